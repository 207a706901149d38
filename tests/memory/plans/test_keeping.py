import pytest

from memory.kinds.vocabulary import Status
from memory.models.answer import Hit
from memory.models.details import Decision
from memory.models.standing import Standing
from memory.norms.sides import read_step
from memory.plans.keeping import kept_by
from memory.plans.rules import rules_of
from tests.builders import a_memory


def keeps(step, decision, *, title="User images", status=Status.ACCEPTED):
    body = f"# {title}\n\n## Decision\n\n{decision}\n"
    memory = a_memory(title=title, body=body, details=Decision(decision=decision))
    standing = Standing(in_force=status is Status.ACCEPTED, status=status)
    hit = Hit(memory=memory, standing=standing, score=1, passage="")
    return bool(kept_by(read_step(step), list(rules_of(hit, {})), {}))


@pytest.mark.parametrize(
    ("step", "is_kept"),
    [
        ("Swap Docker Hub for ECR", True),
        ("Move the user images from Docker Hub to ECR", True),
        ("Stop publishing images to Docker Hub", True),
        ("Swap ECR for Docker Hub", False),
        ("Publish user images to Docker Hub", False),
        ("Send Docker Hub packing", False),
        ("Document why Docker Hub was given up", False),
        ("Paint the office walls", False),
    ],
)
def test_only_what_was_decided_or_takes_away_what_is_not_to_be_is_kept(step, is_kept):
    said = "We will keep all user images in ECR instead of Docker Hub."

    assert keeps(step, said) is is_kept


def test_to_take_away_what_ended_is_as_decided_and_a_proposal_binds_nobody():
    said = "We will use Redis lists."

    assert keeps("Remove the Redis lists", said, title="Redis lists", status=Status.SUPERSEDED)
    assert not keeps("Use Redis lists", said, title="Redis lists", status=Status.PROPOSED)
