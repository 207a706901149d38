import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betainc, betaincinv

from memory.kinds.vocabulary import Trust
from memory.lessons.beta import beta_quantile, beta_share_below
from memory.lessons.confidence import one_per_origin, weigh
from memory.models.assessment import Evidence, Rank
from tests.builders import DAY, NOW

pytestmark = pytest.mark.slow

ORDER = [Rank.RETIRED, Rank.CANDIDATE, Rank.PRACTICE]

pieces = st.builds(
    Evidence,
    origin=st.sampled_from([f"run-{letter}" for letter in "abcdefghij"]),
    kind=st.sampled_from(["run", "baseline", "revert", "anchor"]),
    speaks_for=st.booleans(),
    weight=st.sampled_from([0.0, 0.25, 0.5, 1.0]),
    words=st.sampled_from(["", "it went well"]),
    at=st.sampled_from([None, NOW, NOW + DAY]),
)
evidence = st.lists(pieces, max_size=14)


def runs(speak_for: int, against: int = 0) -> list[Evidence]:
    return [
        Evidence(origin=f"run-{number}", kind="run", speaks_for=number < speak_for)
        for number in range(speak_for + against)
    ]


def rank_of(speak_for: int, against: int = 0) -> Rank:
    return weigh(runs(speak_for, against), Trust.TEAM).rank


@given(st.floats(0.1, 300), st.floats(0.1, 300), st.floats(0.01, 0.99))
def test_a_quantile_is_that_of_scipy(a, b, share):
    value = beta_quantile(a, b, share)

    assert value == pytest.approx(betaincinv(a, b, share), abs=1e-9)
    assert beta_share_below(a, b, value) == pytest.approx(betainc(a, b, value), abs=1e-9)


def test_what_nobody_has_tried_is_a_candidate():
    known = weigh([], Trust.TEAM)

    assert (known.alpha, known.beta, known.mean, known.count) == (1, 1, 0.5, 0)
    assert known.lower == pytest.approx(0.05)
    assert known.rank is Rank.CANDIDATE


@pytest.mark.parametrize("successes", range(1, 9))
def test_without_a_failure_the_bound_is_a_root_of_the_tail(successes):
    bound = weigh(runs(successes), Trust.TEAM).lower

    assert bound == pytest.approx(0.05 ** (1 / (successes + 1)))


def test_four_successes_make_a_practice_and_three_do_not():
    assert rank_of(3) is Rank.CANDIDATE
    assert rank_of(4) is Rank.PRACTICE


def test_a_practice_comes_down_by_one_failure_and_up_again_by_two_successes():
    assert rank_of(4, 1) is Rank.CANDIDATE
    assert rank_of(5, 1) is Rank.CANDIDATE
    assert rank_of(6, 1) is Rank.PRACTICE


def test_a_lesson_is_retired_by_two_failures_and_comes_back_by_two_successes():
    assert rank_of(0, 1) is Rank.CANDIDATE
    assert rank_of(0, 2) is Rank.RETIRED
    assert rank_of(1, 2) is Rank.RETIRED
    assert rank_of(2, 2) is Rank.CANDIDATE
    assert rank_of(2, 5) is Rank.CANDIDATE
    assert rank_of(2, 6) is Rank.RETIRED


def test_one_origin_counts_once_on_either_side():
    once = Evidence(origin="run-a", kind="run", speaks_for=True)
    half = Evidence(origin="run-a", kind="baseline", speaks_for=True, weight=0.5)
    against = Evidence(origin="run-a", kind="baseline", speaks_for=False, weight=0.5)

    known = weigh([half, once, against, once], Trust.TEAM)

    assert (known.alpha, known.beta) == (2, 1.5)
    assert known.evidence == (once, against)


@given(evidence, st.randoms())
def test_the_order_of_evidence_means_nothing(pieces, random):
    shuffled = random.sample(pieces, len(pieces))

    assert weigh(shuffled, Trust.TEAM) == weigh(pieces, Trust.TEAM)


@given(evidence, pieces)
def test_more_that_speaks_for_it_never_lowers_it(pieces, more):
    before, after = levels(pieces, more.model_copy(update={"speaks_for": True}))

    assert after.lower >= before.lower - 1e-12
    assert after.mean >= before.mean - 1e-12
    assert ORDER.index(after.rank) >= ORDER.index(before.rank)


@given(evidence, pieces)
def test_more_that_speaks_against_it_never_raises_it(pieces, more):
    before, after = levels(pieces, more.model_copy(update={"speaks_for": False}))

    assert after.lower <= before.lower + 1e-12
    assert after.mean <= before.mean + 1e-12
    assert ORDER.index(after.rank) <= ORDER.index(before.rank)


@given(evidence, pieces)
def test_what_has_no_weight_changes_nothing(pieces, more):
    before, after = levels(pieces, more.model_copy(update={"weight": 0.0}))

    numbers = {"rank", "alpha", "beta", "mean", "lower", "count", "reason"}
    assert after.model_dump(include=numbers) == before.model_dump(include=numbers)


@given(evidence)
def test_weighing_what_was_kept_gives_the_same(pieces):
    known = weigh(pieces, Trust.AGENT)

    assert weigh(known.evidence, Trust.AGENT) == known
    assert one_per_origin(known.evidence) == known.evidence


@given(evidence)
def test_the_bound_lies_between_nothing_and_the_mean(pieces):
    known = weigh(pieces, Trust.TEAM)

    assert 0 < known.lower < known.mean < 1
    assert known.count == pytest.approx(known.alpha + known.beta - 2)


def levels(pieces, more):
    return weigh(pieces, Trust.TEAM), weigh([*pieces, more], Trust.TEAM)
