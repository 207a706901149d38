import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.printing.plots import Scale, row, scale_for, sparkline

VALUES = st.lists(st.floats(-1e9, 1e9).map(lambda one: round(one, 3)), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        ([430, 2140], 0, 2500),
        ([91.4, 98.7], 90, 100),
        ([5], 4, 6),
        ([0], 0, 1),
        ([-3, -1], -3, 0),
    ],
)
def test_a_scale_has_round_ends(values, low, high):
    scale = scale_for(values)

    assert scale.low <= min(values) <= max(values) <= scale.high
    assert (scale.low, scale.high) == (pytest.approx(low, abs=2), pytest.approx(high, abs=2))


@pytest.mark.slow
@given(VALUES)
def test_every_value_is_on_its_scale(values):
    scale = scale_for(values)

    assert all(-1e-6 <= scale.share(value) <= 1 + 1e-6 for value in values)
    assert 2 <= len(scale.marks) <= 14


@pytest.mark.slow
@given(VALUES, st.integers(1, 40))
def test_a_sparkline_has_a_bar_for_each_value_that_fits(values, width):
    assert len(sparkline(values, width=width)) == min(len(values), width)


def test_a_row_shows_value_spread_and_threshold():
    scale = Scale(0, 10, 1)

    assert row(scale, 11, 5, spread=2, threshold=8) == "   ├─●─┤┊  "
    assert row(scale, 11, 5, spread=None, threshold=5) == "     ●     "
    assert row(scale, 11, 5, spread=3, threshold=4) == "  ├─┼●──┤  "


@pytest.mark.slow
@given(st.floats(-5, 15), st.floats(0, 9) | st.none(), st.floats(-5, 15) | st.none())
def test_a_row_is_as_wide_as_it_may_be(value, spread, threshold):
    drawn = row(Scale(0, 10, 1), 20, value, spread=spread, threshold=threshold)

    assert len(drawn) == 20
    assert drawn.count("●") == 1
