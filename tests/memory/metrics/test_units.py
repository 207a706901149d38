import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.metrics.units import convert, read_unit

TIMES = ("ns", "µs", "ms", "s", "min", "h", "days")
VALUES = st.floats(min_value=1e-6, max_value=1e9)


@pytest.mark.parametrize(
    ("value", "unit", "into", "found"),
    [
        (0.905, "s", "ms", 905.0),
        (90, "seconds", "min", 1.5),
        (0.987, "ratio", "%", 98.7),
        (12, "‰", "percent", 1.2),
        (60, "requests/min", "rps", 1.0),
        (500, "jobs a second", "jobs/s", 500.0),
        (2, "MiB", "KiB", 2048.0),
        (7, "Connections", "connection", 7.0),
        (3, "", "", 3.0),
    ],
)
def test_units_that_certainly_convert_do(value, unit, into, found):
    assert convert(value, unit, into) == found


@pytest.mark.parametrize(
    ("unit", "into"),
    [("ms", "%"), ("MB", "KB"), ("", "ms"), ("jobs/s", "requests/s"), ("b", "bytes"), ("x", "y")],
)
def test_units_that_may_mean_several_things_do_not_convert(unit, into):
    assert convert(1.0, unit, into) is None


@given(VALUES, st.sampled_from(TIMES), st.sampled_from(TIMES))
def test_there_and_back_is_the_same(value, unit, into):
    there = convert(value, unit, into)

    assert convert(there, into, unit) == pytest.approx(value, rel=1e-12)


@pytest.mark.slow
@given(st.text(max_size=12))
def test_every_unit_converts_into_itself(unit):
    assert convert(1.5, unit, unit) == 1.5
    assert read_unit(unit) == read_unit(unit.upper().lower()) or unit != unit.lower()
