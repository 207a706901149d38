import pytest

from memory.kinds.vocabulary import Kind, Status, Trust
from memory.models.answer import Hit
from memory.models.assessment import Confidence, Rank
from memory.models.details import Decision, Lesson
from memory.models.plan import Ground
from memory.models.standing import Standing
from memory.norms.sides import read_step
from memory.plans.breaking import breaks_of
from memory.plans.evidence import WORST, evidence_of, position_of
from memory.plans.gather_context import Surroundings
from tests.builders import a_memory

IMAGES = """All teams publish to a registry that nobody owns.

## Decision

We will keep all user images in ECR instead of Docker Hub.
The shared table shall not be used for locks.
"""


JWTS = "We will hold the sessions of users in signed JWTs."


def a_hit(title="User images", said=IMAGES, *, status=Status.ACCEPTED, **changes):
    context, _, decision = said.rpartition("## Decision\n\n")
    details = changes.pop("details", None) or Decision(
        context=context, decision=decision, status=status
    )
    body = f"# {title}\n\n## Context\n\n{said}"
    in_force = status is Status.ACCEPTED
    standing = Standing(in_force=in_force, status=status, **changes.pop("stand", {}))
    return Hit(
        **{"memory": a_memory(title=title, body=body, details=details,
                              uid=changes.pop("uid", "dec-aaaaaaaa")), "standing": standing,
           "score": 1, "passage": "", "relevance": 0.999} | changes
    )  # fmt: skip


def broken(step, *hits, heirs=()):
    around = Surroundings(read_step(step), hits, (), {one.memory.uid: one for one in heirs})
    return [(one.ground, one.rule.norm.sentence) for one in breaks_of(step, around, {})]


def grounds(step, *hits):
    return [ground for ground, _ in broken(step, *hits)]


@pytest.mark.parametrize(
    ("step", "ground"),
    [
        ("Publish user images to Docker Hub", Ground.REPLACED),
        ("Move the user images back from ECR to Docker Hub", Ground.REPLACED),
        ("Swap Docker Hub for ECR", None),
        ("Move the user images from Docker Hub to ECR", None),
        ("Stop publishing images to Docker Hub", None),
        ("Call time on Docker Hub", None),
        ("Send Docker Hub packing", None),
        ("Show Docker Hub the door", None),
        ("Paint the office walls", None),
    ],
)
def test_a_step_and_its_opposite_are_told_apart(step, ground):
    assert grounds(step, a_hit()) == ([ground] if ground else [])


def test_what_a_decision_demands_is_not_to_be_taken_away():
    hit = a_hit("Use AWS Shield Advanced", "## Decision\n\nWe will use AWS Shield Advanced.\n")

    assert broken("Drop AWS Shield Advanced", hit) == [(Ground.TAKEN, "Use AWS Shield Advanced")]
    assert broken("Drop the unused AWS Shield Advanced rules", hit) == []
    assert broken("Switch off the coffee machine", hit) == []


@pytest.mark.parametrize(
    ("title", "said", "step"),
    [
        (
            "Publish events through an outbox table",
            "Events are written to an outbox table and published by a relay.",
            "Keep publishing events through the outbox table",
        ),
        (
            "Use one PostgreSQL database for all services",
            "We use a single PostgreSQL database, shared by all services.",
            "Use the same PostgreSQL database for reporting",
        ),
        (
            "Each team owns its deployment pipeline",
            "Every team has its own pipeline. There is no shared pipeline.",
            "Give the payments team its own pipeline",
        ),
    ],
)
def test_who_keeps_to_a_decision_in_its_words_does_not_break_it(title, said, step):
    assert broken(step, a_hit(title, f"## Decision\n\n{said}\n")) == []


def test_the_opposite_of_a_word_of_a_demand_conflicts():
    hit = a_hit("Pipelines of teams", "## Decision\n\nEach team owns its pipeline.\n")

    assert grounds("Let payments and search share one pipeline", hit) == [Ground.DECIDED]
    assert grounds("Make the cluster endpoint private", hit) == []


OPTIONS = """## Considered Options

### Store it in the cloud

Whoever is away can read it.

### Save the notes beside the library file

Easy to move, and easy to lose.

## Decision

Chosen option: "Store it in the cloud", because people travel.
"""


@pytest.mark.parametrize(
    ("step", "conflicts"),
    [
        ("Send Mailgun packing", False),
        ("Kick Mailgun out", False),
        ("Pull the plug on Mailgun", False),
        ("Obliterate Mailgun", False),
        ("Send the mails with Mailgun", True),
        ("Send mails of Mailgun again", True),
    ],
)
def test_a_verb_that_is_not_understood_uses_a_thing_only_where_something_is_done_by_it(
    step, conflicts
):
    options = "## Options\n\n* The Mailgun service\n* Amazon SES"
    hit = a_hit("Sending mails", f"{options}\n\n## Decision\n\nMails go through Amazon SES.\n")

    assert bool(broken(step, hit)) is conflicts


def test_an_option_that_was_not_chosen_conflicts_in_the_words_of_its_reasons_too():
    hit = a_hit("Place of notes", OPTIONS)

    ((ground, sentence),) = broken("Save notes beside the library file to move them easily", hit)
    assert (ground, sentence) == (Ground.NOT_CHOSEN, "Easy to move, and easy to lose.")
    assert broken("Store the notes in the cloud", hit) == []


@pytest.mark.parametrize(
    ("status", "ground"),
    [
        (Status.SUPERSEDED, Ground.SUPERSEDED),
        (Status.REJECTED, Ground.REJECTED),
        (Status.DEPRECATED, Ground.DEPRECATED),
        (Status.REVERTED, Ground.REVERTED),
    ],
)
def test_what_is_over_is_not_to_be_done_again_and_may_be_taken_away(status, ground):
    hit = a_hit("Redis lists as queue", "## Decision\n\nWe will use Redis lists.\n", status=status)

    assert grounds("Use Redis lists as the queue", hit) == [ground]
    assert grounds("Remove the Redis lists", hit) == []
    assert grounds("Replace the Redis lists with SQS", hit) == []
    assert grounds("Increase the size of the Redis lists", hit) == []


def test_to_take_away_what_is_over_leaves_nothing_that_is_wanted():
    step = "Remove the Redis lists"

    def evidence(status):
        said = "## Decision\n\nWe will use Redis lists.\n"
        position = position_of(a_hit("Redis lists as queue", said, status=status))
        return evidence_of(step, read_step(step), position, {}, WORST)

    holds, over = evidence(Status.ACCEPTED), evidence(Status.SUPERSEDED)
    assert holds.leaves_wanted > holds.leaves_unwanted
    assert over.leaves_unwanted > over.leaves_wanted


def test_whoever_names_what_came_in_its_place_does_not_do_it_again():
    heir = a_hit("Queue in RabbitMQ", uid="dec-bbbbbbbb")
    over = a_hit(
        "Queue in Redis lists", status=Status.SUPERSEDED, stand={"current": (heir.memory.uid,)}
    )
    step = "Keep the queue of Redis lists in RabbitMQ"

    assert broken("Keep the queue in Redis lists", over, heirs=[heir])
    assert broken(step, over, heirs=[heir]) == []


def test_of_decisions_that_came_after_each_other_the_one_is_told_that_the_step_proposes():
    heir = a_hit("Opaque tokens", "## Decision\n\nWe will hand out opaque tokens.\n", uid="dec-c")
    over = {"status": Status.SUPERSEDED, "stand": {"current": ("dec-c",)}}
    first = a_hit(
        "Keep login state in server-side sessions",
        "## Decision\n\nWe will keep sessions in Redis under a random key.\n",
        uid="dec-a",
        **over,
    )
    then = a_hit(
        "Replace session cookies with signed JWTs",
        f"## Decision\n\n{JWTS}\n",
        uid="dec-b",
        **over,
    )
    again = "Keep sessions of users in signed JWTs again"
    before = "Put sessions of users into server-side Redis sessions"

    for order in ((first, then), (then, first)):
        assert broken(again, *order, heir) == [(Ground.SUPERSEDED, JWTS)]
        assert broken(before, *order, heir) == [(Ground.SUPERSEDED, first.memory.title)]
    assert broken(again, heir, then) == [(Ground.SUPERSEDED, JWTS)]


def test_what_is_over_elsewhere_is_not_told_for_the_nearest():
    nearest = a_hit("Opaque tokens", "## Decision\n\nWe will hand out opaque tokens.\n")
    other = a_hit("Sign JWTs", uid="dec-b", status=Status.SUPERSEDED, stand={"current": ("dec-c",)})

    assert broken("Sign JWTs again", nearest, other) == []


@pytest.mark.parametrize(
    "hits",
    [
        (),
        (a_hit(status=Status.PROPOSED),),
        (a_hit(relevance=None),),
        (a_hit(relevance=0.001),),
        (a_hit(status=Status.PROPOSED), a_hit()),
    ],
)
def test_nothing_is_told_by_a_proposal_or_by_what_is_not_nearest_and_to_the_point(hits):
    assert broken("Publish user images to Docker Hub", *hits) == []


@pytest.mark.parametrize(
    ("form", "rank", "counts"),
    [
        ("antipattern", Rank.RETIRED, False),
        ("antipattern", Rank.CANDIDATE, True),
        ("best_practice", Rank.PRACTICE, False),
    ],
)
def test_only_what_was_learned_not_to_work_and_still_holds_conflicts(form, rank, counts):
    known = Confidence(rank=rank, alpha=1, beta=1, mean=0.5, lower=0.0, count=0, trust=Trust.TEAM)
    title = "Retry at a fixed interval"
    hit = a_hit(title, details=Lesson(form=form), confidence=known)

    assert hit.memory.kind is Kind.LESSON
    assert broken(title, hit) == ([(Ground.ANTIPATTERN, title)] if counts else [])


def test_the_sentence_that_decides_is_the_one_that_speaks_of_the_step():
    assert broken("Use the shared table for locks again", a_hit("State")) == [
        (Ground.FORBIDDEN, "The shared table shall not be used for locks.")
    ]
