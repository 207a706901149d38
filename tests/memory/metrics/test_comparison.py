import math
from statistics import NormalDist

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from memory.metrics.comparison import (
    COVERAGE,
    Reading,
    change,
    compare,
    deviation,
    is_violated,
)
from memory.models.series import Movement
from memory.texts.numbers import number
from tests.builders import day

BEFORE, AFTER = day("2025-03-17"), day("2025-11-10")
VALUES = st.floats(min_value=0.001, max_value=1e6)
SPREADS = st.none() | st.floats(min_value=0, max_value=1e5)
BETTER = st.sampled_from(["lower", "higher"])


def old(value, **said):
    return Reading("bas-old", BEFORE, value, **said)


def new(value, **said):
    return Reading("bas-new", AFTER, value, **said)


@pytest.mark.parametrize(
    ("then", "now", "better", "movement"),
    [
        (old(905, spread=38), new(1010, spread=32), "lower", Movement.WORSE),
        (old(905, spread=38), new(800, spread=32), "lower", Movement.BETTER),
        (old(905, spread=38), new(1010, spread=32), "higher", Movement.BETTER),
        (old(905, spread=120), new(1010, spread=100), "lower", Movement.NOISE),
        (old(905, spread=120), new(1010), "lower", Movement.NOISE),
        (old(905), new(1010, spread=10), "lower", Movement.WORSE),
        (old(905), new(1010), "lower", Movement.UNKNOWN),
        (old(905), new(905), "lower", Movement.NOISE),
        (old(905, spread=10), new(1010, spread=10), "", Movement.UNKNOWN),
        (old(790), new(810, threshold=800), "lower", Movement.WORSE),
        (old(810, threshold=800), new(790), "lower", Movement.BETTER),
    ],
)
def test_a_difference_counts_beyond_the_noise(then, now, better, movement):
    assert compare(now, then, better=better).movement is movement


def test_the_comparison_tells_it_in_one_line():
    said = compare(
        new(1010, spread=32, threshold=1000), old(905, spread=38), better="lower", unit="ms"
    )

    assert said.words == (
        "worse than 2025-03-17: 905 → 1010 ms (+12 %), beyond its spread (±97.4)"
        "; crossed its threshold of 1000 ms"
    )
    assert said.reason == "|105| > 97.4 = 1.96·√(38² + 32²)"
    assert said.noise == pytest.approx(COVERAGE * math.sqrt(38**2 + 32**2))


def test_without_any_spread_the_series_own_scatter_is_used():
    calm = [100, 101, 99, 100, 102, 98]

    assert compare(new(101), old(98), better="lower", earlier=calm).movement is Movement.NOISE
    assert compare(new(140), old(98), better="lower", earlier=calm).movement is Movement.WORSE
    assert compare(new(140), old(98), better="lower", earlier=calm[:3]).movement is Movement.UNKNOWN


def test_one_wild_point_hardly_changes_the_scatter():
    assert deviation([100, 101, 99, 100, 102, 5000]) < 3
    assert deviation([0, 0, 0, 4]) > 0
    assert deviation([7, 7, 7, 7]) == 0


def test_the_scatter_is_the_standard_deviation_of_a_normal_distribution():
    quarter = NormalDist(100, 20).inv_cdf(0.75) - 100  # half of all values are that near

    assert deviation([100 - quarter, 100 + quarter] * 2) == pytest.approx(20, abs=1e-3)


def test_what_lies_on_its_threshold_is_within_it():
    assert not is_violated(800, 800, "lower")
    assert is_violated(800.1, 800, "lower")
    assert is_violated(799, 800, "higher")
    assert not is_violated(900, 800, "")
    assert not is_violated(900, None, "lower")


@pytest.mark.parametrize(
    ("value", "said"), [(905.0, "905"), (4.1, "4.1"), (-3.5, "−3.5"), (352000.0, "352000")]
)
def test_numbers_are_written_as_people_write_them(value, said):
    assert number(value) == said


def test_large_numbers_have_no_exponent():
    assert number(1.5e13) == "15000000000000"
    assert number(98765.0, 3) == "98800"


def test_a_change_of_a_percentage_is_told_in_points():
    assert change(91.4, 98.7, "%") == "+7.3 points"
    assert change(905, 1010, "ms") == "+12 %"
    assert change(0, 5, "jobs") == ""


@given(VALUES, VALUES, SPREADS, SPREADS, BETTER)
def test_exchanging_two_measurements_turns_better_into_worse(a, b, s, t, better):
    there = compare(new(a, spread=s), old(b, spread=t), better=better)
    back = compare(new(b, spread=t), old(a, spread=s), better=better)

    turned = {Movement.BETTER: Movement.WORSE, Movement.WORSE: Movement.BETTER}
    assert back.movement is turned.get(there.movement, there.movement)
    assert back.noise == there.noise


@given(VALUES, VALUES, SPREADS, SPREADS, BETTER, st.integers(-20, 20))
def test_a_verdict_does_not_depend_on_the_scale(a, b, s, t, better, power):
    scale = 2.0**power  # exact, so that what lies on the edge stays there
    scaled = [None if one is None else one * scale for one in (s, t)]

    plain = compare(new(a, spread=s), old(b, spread=t), better=better)
    large = compare(
        new(a * scale, spread=scaled[0]), old(b * scale, spread=scaled[1]), better=better
    )

    assert plain.movement is large.movement


@given(VALUES, VALUES, st.floats(0, 1e5), st.floats(0, 1e5), BETTER)
def test_a_wider_spread_never_makes_a_difference_count(a, b, s, more, better):
    narrow = compare(new(a, spread=s), old(b, spread=s), better=better)
    wide = compare(new(a, spread=s + more), old(b, spread=s), better=better)

    assert narrow.is_beyond or not wide.is_beyond


@pytest.mark.slow
@given(VALUES, VALUES, SPREADS, SPREADS)
def test_lower_and_higher_are_mirror_images(a, b, s, t):
    assume(a != b)
    lower = compare(new(a, spread=s), old(b, spread=t), better="lower")
    higher = compare(new(a, spread=s), old(b, spread=t), better="higher")

    if lower.is_beyond:
        assert {lower.movement, higher.movement} == {Movement.BETTER, Movement.WORSE}
    else:
        assert lower.movement is higher.movement
