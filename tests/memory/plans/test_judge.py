import numpy as np
import pytest

from memory.kinds.vocabulary import Status, Trust
from memory.models.answer import Hit
from memory.models.assessment import Confidence, Rank
from memory.models.details import Decision, Lesson
from memory.models.plan import Ground
from memory.models.standing import Standing
from memory.norms.sides import read_step
from memory.plans.judge import judge
from memory.plans.likeness import Likeness
from memory.plans.rules import rules_of
from memory.plans.weigh import RuleReader
from tests.builders import a_memory

LIKENESS = Likeness(
    model="m", bias=-2.7, near=1.2, ahead=1, says=1.5, says_ahead=2, within=0.8, conflict=0.55
)
IMAGES = "We will keep all user images in ECR instead of Docker Hub."


def a_hit(decision="", *, title="User images", status=Status.ACCEPTED, details=None, **changes):
    details = details or Decision(decision=decision)
    body = f"# {title}\n\n## Decision\n\n{decision}\n"
    memory = a_memory(title=title, body=body, details=details)
    in_force = status is Status.ACCEPTED
    standing = Standing(in_force=in_force, status=status)
    return Hit(memory=memory, standing=standing, score=1, passage="", **changes)


def judged(step, *hits, near=0.7):
    """What a step breaks and keeps, where all texts are equally near."""
    intent = read_step(step)
    rules = [rule for hit in hits for rule in rules_of(hit, {})]
    reader = RuleReader({})
    while True:
        broken, kept = judge(step, intent, rules, reader, LIKENESS)
        if not reader.missing:
            return [one.ground for one in broken], [one.ground for one in kept]
        reader.learn({text: vector(text, near) for text in reader.missing})


def vector(text, near):
    """Texts that are `near` to each other by their cosine: one axis in common."""
    own = np.zeros(64, dtype=np.float32)
    own[1 + hash(text) % 63] = (1 - near) ** 0.5
    own[0] = near**0.5
    return own


@pytest.mark.parametrize(
    ("step", "broken", "kept"),
    [
        ("Publish user images to Docker Hub", [Ground.REPLACED], []),
        ("Swap ECR for Docker Hub", [Ground.REPLACED], []),
        ("Move the user images back from ECR to Docker Hub", [Ground.REPLACED], []),
        ("Swap Docker Hub for ECR", [], [Ground.KEPT]),
        ("Move the user images from Docker Hub to ECR", [], [Ground.KEPT]),
        ("Stop publishing images to Docker Hub", [], [Ground.KEPT]),
        ("Call time on Docker Hub", [], []),
        ("Send Docker Hub packing", [], []),
        ("Show Docker Hub the door", [], []),
        ("Document why Docker Hub was given up", [], []),
        ("Paint the office walls", [], []),
    ],
)
def test_a_step_and_its_opposite_are_told_apart(step, broken, kept):
    found = judged(step, a_hit(IMAGES))

    assert (found[0][:1], found[1][:1]) == (broken, kept)


def test_what_a_decision_demands_is_not_to_be_taken_away():
    hit = a_hit("We will use AWS Shield Advanced.", title="Use AWS Shield Advanced")

    assert judged("Drop AWS Shield Advanced", hit)[0][:1] == [Ground.TAKEN]
    assert judged("Drop the unused AWS Shield Advanced rules", hit)[0] == []
    assert judged("Switch off the coffee machine", hit)[0] == []


def test_another_thing_for_what_one_was_chosen_conflicts():
    hit = a_hit("We will use RabbitMQ for background jobs.", title="Queue of background jobs")

    assert judged("Run background jobs with Celery", hit)[0][:1] == [Ground.DECIDED]
    assert judged("Run background jobs with RabbitMQ", hit)[0] == []
    assert judged("Upgrade background jobs to Python 3.12", hit)[0] == []


def test_a_thing_that_another_decision_chose_is_no_other_thing():
    jobs = a_hit("We will use RabbitMQ for background jobs.", title="Queue of background jobs")
    other = a_hit("We will use Celery for background work.", title="Background work")

    assert judged("Run background jobs with Celery", jobs, other)[0] == []


def test_the_opposite_of_a_word_of_a_demand_conflicts():
    hit = a_hit("The cluster endpoint will be private.", title="Use a private cluster endpoint")

    assert judged("Make the cluster endpoint public", hit)[0][:1] == [Ground.DECIDED]
    assert judged("Make the cluster endpoint private", hit)[0] == []


@pytest.mark.parametrize(
    ("status", "ground"),
    [
        (Status.SUPERSEDED, Ground.SUPERSEDED),
        (Status.REJECTED, Ground.REJECTED),
        (Status.DEPRECATED, Ground.DEPRECATED),
    ],
)
def test_what_ended_is_not_to_be_proposed_and_may_be_taken_away(status, ground):
    hit = a_hit("We will use Redis lists.", title="Use Redis lists as the queue", status=status)

    assert judged("Use Redis lists as the queue", hit)[0][:1] == [ground]
    assert judged("Remove the Redis lists", hit)[0] == []


def test_a_proposal_binds_nobody():
    hit = a_hit("We will use Redis lists.", title="Use Redis lists", status=Status.PROPOSED)

    assert judged("Drop Redis lists", hit) == ([], [])
    assert judged("Use Redis lists", hit) == ([], [])


@pytest.mark.parametrize(
    ("rank", "counts"), [(Rank.RETIRED, False), (Rank.CANDIDATE, True), (Rank.PRACTICE, True)]
)
def test_a_retired_antipattern_forbids_nothing(rank, counts):
    known = Confidence(rank=rank, alpha=1, beta=1, mean=0.5, lower=0.0, count=0, trust=Trust.TEAM)
    hit = a_hit(title="Retry at a fixed interval", details=Lesson(form="antipattern"),
                confidence=known)  # fmt: skip

    assert bool(judged("Retry at a fixed interval", hit)[0]) is counts


def test_a_thing_called_by_a_name_is_meant_only_where_the_whole_name_is_said():
    hit = a_hit("We will remove api-redis.", title="One Redis fewer")

    assert judged("Use api-redis for sessions", hit)[0][:1] == [Ground.FORBIDDEN]
    assert judged("Use Redis for sessions", hit)[0] == []
