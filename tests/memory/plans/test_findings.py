import numpy as np
import pytest

from memory.kinds.vocabulary import Status, Trust
from memory.models.answer import Hit
from memory.models.assessment import AnchorVerdict as Fresh
from memory.models.assessment import Checked, Confidence, Freshness, Rank
from memory.models.details import Decision, Lesson
from memory.models.plan import Ground, Verdict
from memory.models.series import Movement, Premise
from memory.models.standing import Standing
from memory.norms.sides import Intent
from memory.plans.check import worst
from memory.plans.conflict_scoring import Surroundings, Suspect, Weighed, own_words, taken_away
from memory.plans.findings import conflict, is_known, stale
from memory.plans.rejected_options import Way
from memory.retrieval.calibration import ConflictEvidence, Likeness
from tests.builders import a_memory

LIKENESS = Likeness(model="m", bias=-5, near=8, ahead=8, words=2, conflict=0.5, known=0.5)
CLEAR = ConflictEvidence(near=0.8, ahead=0.3, words=0.2)


def a_hit(details=None, **changes):
    memory = a_memory(title="Use Redis lists", details=details or Decision())
    standing = Standing(in_force=False, status=Status.SUPERSEDED)
    return Hit(memory=memory, standing=standing, score=1, passage="", **changes)


def weighed(evidence=CLEAR, *, ground=Ground.SUPERSEDED, left=0.0, names_it=True, hit=None):
    way = Way(ground, ("Use Redis lists",), "Redis" if ground is Ground.NOT_CHOSEN else "")
    return Weighed(Suspect(hit or a_hit(), way, (), (), ()), evidence, left, names_it)


def a_confidence(rank):
    return Confidence(rank=rank, alpha=1, beta=1, mean=0.5, lower=0.0, count=0, trust=Trust.TEAM)


def test_what_is_clearly_proposed_conflicts():
    found = conflict(weighed(), LIKENESS)

    assert found is not None
    assert (found.ground, found.conflicts) == (Ground.SUPERSEDED, True)
    assert found.likely > LIKENESS.conflict


def test_what_is_nearer_to_the_ways_that_hold_does_not():
    assert conflict(weighed(ConflictEvidence(near=0.7, ahead=-0.2, words=-0.2)), LIKENESS) is None


@pytest.mark.parametrize(("near", "likely"), [(0.39, False), (0.41, True)])
def test_sentences_that_are_far_apart_speak_of_different_things(near, likely):
    sure = LIKENESS.model_copy(update={"bias": 9})

    assert bool(sure.of(ConflictEvidence(near=near, ahead=near, words=1.0))) is likely


@pytest.mark.parametrize(("cosine", "is_taken"), [(0.49, False), (0.51, True)])
def test_what_is_left_takes_away_a_decision_in_force_only_if_it_is_near(cosine, is_taken):
    standing = Standing(in_force=True, status=Status.ACCEPTED)
    hit = Hit(memory=a_memory(title="Use a queue", details=Decision()), standing=standing, score=1,
              passage="")  # fmt: skip
    around = Surroundings(Intent("", "the queue"), (hit,), (), {})
    away = np.array([cosine, (1 - cosine**2) ** 0.5])

    taken = taken_away(around, {"the queue": np.array([1.0, 0.0]), "Use a queue": away})

    assert taken == ([hit] if is_taken else [])


def test_what_the_step_leaves_behind_does_not():
    assert conflict(weighed(left=0.9), LIKENESS) is None


def test_an_alternative_has_to_be_named():
    assert conflict(weighed(ground=Ground.NOT_CHOSEN), LIKENESS) is not None
    assert conflict(weighed(ground=Ground.NOT_CHOSEN, names_it=False), LIKENESS) is None


@pytest.mark.parametrize(
    ("rank", "counts"), [(Rank.RETIRED, False), (Rank.CANDIDATE, True), (Rank.PRACTICE, True)]
)
def test_a_retired_antipattern_forbids_nothing(rank, counts):
    hit = a_hit(Lesson(form="antipattern"), confidence=a_confidence(rank))
    found = conflict(weighed(ground=Ground.ANTIPATTERN, hit=hit), LIKENESS)

    assert (found is not None) is counts


def test_an_antipattern_says_what_works():
    hit = a_hit(Lesson(form="antipattern", alternative="Full jitter."))

    assert "what works: Full jitter." in conflict(weighed(hit=hit), LIKENESS).reason


def test_what_is_not_embedded_is_not_known():
    assert not is_known(a_hit(), LIKENESS)
    assert is_known(a_hit(relevance=0.9), LIKENESS)
    assert not is_known(a_hit(relevance=0.1), LIKENESS)


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
    gone = Checked(type="path", name="src/a.py", verdict=Fresh.GONE, reason="was deleted")
    freshness = Freshness(verdict=Fresh.GONE, anchors=(gone,))

    assert stale(a_hit()) is None
    assert "src/a.py was deleted" in stale(a_hit(freshness=freshness)).reason


def test_the_worst_verdict_is_the_plans():
    assert worst([Verdict.OK, Verdict.UNKNOWN]) is Verdict.UNKNOWN
    assert worst([Verdict.UNKNOWN, Verdict.GOVERNED]) is Verdict.GOVERNED
    assert worst([Verdict.OK, Verdict.CONFLICT, Verdict.UNKNOWN]) is Verdict.CONFLICT


def test_own_words_speak_for_a_way_and_those_of_others_against_it():
    rarity = dict.fromkeys(["redis", "rabbit", "job"], 1.0)
    way, others = frozenset(["redis", "job"]), frozenset(["rabbit", "job"])

    assert own_words(frozenset(["redis", "job"]), way, others, rarity) == 0.5
    assert own_words(frozenset(["rabbit", "job"]), way, others, rarity) == -0.5
    assert own_words(frozenset(), way, others, rarity) == 0.0


def test_what_one_goes_back_to_is_more_likely_outdated():
    assert LIKENESS.of(CLEAR, returns=True) > LIKENESS.of(CLEAR)
