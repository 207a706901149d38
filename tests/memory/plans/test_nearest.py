import numpy as np
import pytest

from memory.kinds.vocabulary import Status
from memory.models.answer import Hit
from memory.models.details import Decision
from memory.models.plan import Ground
from memory.models.standing import Standing
from memory.norms.sides import read_step
from memory.plans.nearest import break_of
from memory.plans.rules import rules_of
from memory.plans.weigh import RuleReader
from tests.builders import a_memory

DECISION = """We will keep the terraform state in a bucket of its own.
The old table shall not be used for locks.
"""


def a_hit(title, decision=DECISION, *, status=Status.ACCEPTED, relevance=0.99):
    body = f"# {title}\n\n## Decision\n\n{decision}"
    memory = a_memory(title=title, body=body, details=Decision(decision=decision, status=status))
    standing = Standing(in_force=status is Status.ACCEPTED, status=status)
    return Hit(memory=memory, standing=standing, score=1, relevance=relevance, passage="")


def broken(step, *hits, near=0.6):
    """What a step breaks of the nearest of some memories, where all texts are equally near."""
    rules = [rule for hit in hits for rule in rules_of(hit, {})]
    reader = RuleReader({})
    while True:
        found = break_of(step, read_step(step), hits, rules, reader)
        if not reader.missing:
            return found
        reader.learn(
            {text: np.array([near**0.5, (1 - near) ** 0.5 * (-1) ** (len(text) % 2)])
             for text in reader.missing}
        )  # fmt: skip


@pytest.mark.parametrize(
    ("status", "ground"),
    [
        (Status.SUPERSEDED, Ground.SUPERSEDED),
        (Status.REJECTED, Ground.REJECTED),
        (Status.REVERTED, Ground.REVERTED),
    ],
)
def test_what_is_over_is_not_to_be_done_again(status, ground):
    hit = a_hit("Keep the state in a bucket of its own", status=status)

    assert broken("Give the terraform state its bucket again", hit).ground is ground
    assert broken("Give up the bucket of the terraform state", hit) is None


def test_the_sentence_that_decides_is_the_one_that_speaks_of_the_step():
    hit = a_hit("Terraform state")
    found = broken("Lock through the old table again", hit)

    assert found.rule.norm.sentence == "The old table shall not be used for locks."
    assert found.ground is Ground.FORBIDDEN


@pytest.mark.parametrize(
    "hits",
    [
        (),
        (a_hit("Use the old table again", status=Status.PROPOSED),),
        (a_hit("Use the old table again", relevance=None),),
        (a_hit("Use the old table again", relevance=0.01),),
    ],
)
def test_nothing_is_told_by_a_proposal_or_by_what_is_not_to_the_point(hits):
    assert broken("Lock through the old table again", *hits) is None


def test_to_change_a_measure_of_a_thing_is_not_to_use_it_again():
    hit = a_hit("Keep the state in a bucket of its own", status=Status.REJECTED)

    assert broken("Increase the retention of the bucket of the state", hit) is None
