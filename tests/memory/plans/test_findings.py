import pytest

from memory.kinds.vocabulary import Status
from memory.models.answer import Hit
from memory.models.assessment import AnchorVerdict as Fresh
from memory.models.assessment import CheckedAnchor, Freshness
from memory.models.details import Decision
from memory.models.plan import Verdict
from memory.models.series import Movement, Premise
from memory.models.standing import Standing
from memory.norms.sides import NOTHING
from memory.plans.check import worst
from memory.plans.findings import findings_of, is_known, stale
from memory.plans.gather_context import Surroundings
from tests.builders import a_memory


def a_hit(details=None, **changes):
    memory = a_memory(title="Use Redis lists", details=details or Decision())
    standing = Standing(in_force=False, status=Status.SUPERSEDED)
    return Hit(memory=memory, standing=standing, score=1, passage="", **changes)


def test_what_is_not_embedded_is_not_known():
    assert not is_known(a_hit())
    assert is_known(a_hit(relevance=1.0))
    assert not is_known(a_hit(relevance=0.0))


@pytest.mark.parametrize("movement", [Movement.WORSE, Movement.BETTER])
def test_a_decision_is_stale_where_what_it_rests_on_got_worse(movement):
    premise = Premise(
        metric="p95",
        rested_on="bas-aaaaaaaa",
        was=430.0,
        latest="bas-bbbbbbbb",
        now=905.0,
        movement=movement,
        reason="430 → 905 ms",
    )

    found = stale(a_hit(premises=(premise,)))

    assert (found is not None) == (movement is Movement.WORSE)


def test_a_decision_that_names_what_is_gone_is_stale():
    gone = CheckedAnchor(type="path", name="src/a.py", verdict=Fresh.GONE, reason="was deleted")
    freshness = Freshness(verdict=Fresh.GONE, anchors=(gone,))

    assert stale(a_hit()) is None
    assert "src/a.py was deleted" in stale(a_hit(freshness=freshness)).reason


@pytest.mark.parametrize(
    ("status", "told"), [(Status.ACCEPTED, "governs"), (Status.UNSTATED, "bears on it")]
)
def test_only_what_is_stated_to_be_in_force_governs(status, told):
    standing = Standing(in_force=True, status=status)
    hit = a_hit(relevance=1.0).model_copy(update={"standing": standing})

    (found,) = findings_of(
        "Tinker with the queue", Surroundings(NOTHING, (hit,), (), {}), [], [], []
    )

    assert found.ground == told
    assert ("in force" in found.reason) == (status is Status.ACCEPTED)


def test_the_worst_verdict_is_the_plans():
    assert worst([Verdict.OK, Verdict.UNKNOWN]) is Verdict.UNKNOWN
    assert worst([Verdict.UNKNOWN, Verdict.GOVERNED]) is Verdict.GOVERNED
    assert worst([Verdict.OK, Verdict.CONFLICT, Verdict.UNKNOWN]) is Verdict.CONFLICT
