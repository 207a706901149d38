import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.ledger.interface.kind_rows import Measurement
from memory.metrics.comparison import LOOKED_BACK, compare
from memory.metrics.measurement_series import (
    chosen,
    group,
    latest_of,
    read_series,
    read_tracks,
    to_series,
)
from memory.models.selection import Lens
from memory.models.series import Movement
from tests.builders import DAY, NOW, day
from tests.memory.metrics.measuring import measure

FIELDS = {
    "uid": "bas-a",
    "at": NOW,
    "metric": "latency",
    "value": 1.0,
    "unit": "ms",
    "spread": None,
    "n": None,
    "better": "lower",
    "environment": "production",
    "commit": "",
    "threshold": None,
    "modules": ("payments",),
    "citation": "baselines.json:1",
    "note": "",
    "title": "latency",
}


def measured(value, **changes):
    return Measurement(**(FIELDS | {"value": value} | changes))


def test_points_of_a_series_are_in_the_order_of_time(ledger, db):
    measure(ledger, 430, "2025-11-10")
    measure(ledger, 905, "2025-03-17")
    measure(ledger, 2140, None)

    (series,) = read_series(db)

    assert [point.value for point in series.points] == [2140, 905, 430]
    assert series.points[0].compared.movement is Movement.FIRST


def test_two_of_one_day_are_in_the_order_in_which_they_were_recorded(ledger, db):
    for value in (3, 1, 2):
        measure(ledger, value)

    assert [point.value for point in read_series(db)[0].points] == [3, 1, 2]


@pytest.mark.parametrize(
    "changes",
    [
        {"environment": "  PRODUCTION "},
        {"metric": "Latency"},
        {"unit": "s"},
        {"modules": ()},
        {"modules": ("Payments", "api")},
    ],
)
def test_spelling_and_convertible_units_do_not_part_a_series(changes):
    assert len(group([measured(905), measured(1, **changes)])) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"environment": "staging"},
        {"metric": "latency_p99"},
        {"unit": "jobs"},
        {"unit": ""},
        {"modules": ("auth",)},
    ],
)
def test_what_cannot_be_compared_is_another_series(changes):
    assert len(group([measured(905), measured(1, **changes)])) == 2


def test_modules_that_hang_together_are_one_series():
    found = group(
        [measured(1), measured(2, modules=("auth",)), measured(3, modules=("auth", "payments"))]
    )

    assert [len(track.measured) for track in found] == [3]


def test_what_names_no_module_belongs_to_neither_of_two():
    found = group([measured(1), measured(2, modules=("auth",)), measured(3, modules=())])

    assert sorted(track.newest.modules for track in found) == [(), ("auth",), ("payments",)]


def test_a_series_is_told_in_the_unit_of_its_newest_point():
    series = to_series(
        group([measured(905, spread=38, threshold=800), measured(1.01, unit="s", spread=0.03)])[0]
    )

    first, second = series.points
    assert (first.value, first.spread, first.threshold) == (0.905, 0.038, 0.8)
    assert second.compared.movement is Movement.WORSE
    assert second.is_violated  # by the threshold that nobody has taken back


def test_the_side_of_the_thresholds_tells_what_is_better_where_nobody_says():
    past = [measured(value, better="", threshold=900) for value in (5200, 4800)]
    worse = measured(700, better="", threshold=900)

    series = to_series(group([*past, worse])[0])

    assert series.better == "higher"
    assert series.better_because
    assert series.latest.compared.movement is Movement.WORSE
    assert to_series(group([past[0], worse])[0]).better == ""


@pytest.mark.parametrize("said", [{"value": float("nan")}, {"value": float("inf")}])
def test_what_is_no_number_is_left_out(said):
    assert group([measured(**said)]) == []


def test_what_was_measured_later_is_not_seen_as_of_a_day(ledger, db):
    measure(ledger, 905, "2025-03-17")
    measure(ledger, 430, "2025-11-10")

    (series,) = read_series(db, Lens(as_of=day("2025-06-01")))

    assert [point.value for point in series.points] == [905]


def test_only_the_metrics_that_are_asked_for_are_read(ledger, db):
    measure(ledger, 1, metric="Checkout-latency p95")
    measure(ledger, 1, metric="queue_depth")

    (track,) = read_tracks(db, Lens(), ["checkout_latency_p95"])
    assert track.newest.metric == "Checkout-latency p95"


def test_a_whole_name_is_meant_before_parts_of_names(ledger, db):
    for metric in ("latency", "latency_p95", "queue_depth"):
        measure(ledger, 1, metric=metric)
    series = read_series(db)

    assert [one.metric for one in chosen(series, "latency", (), "")] == ["latency"]
    assert [one.metric for one in chosen(series, "p95", (), "")] == ["latency_p95"]
    assert len(chosen(series, "", ("PAYMENTS",), "prod")) == 3
    assert chosen(series, "", (), "staging") == ()


@pytest.mark.slow
@given(
    st.lists(
        st.tuples(st.integers(1, 10**6), st.none() | st.integers(0, 10**5)), min_size=1, max_size=8
    ),
    st.lists(st.booleans(), min_size=8, max_size=8),
)
def test_verdicts_do_not_depend_on_the_units_of_the_points(points, in_seconds):
    def series(units):
        return to_series(
            group(
                measured(
                    value / (1000 if unit == "s" else 1),
                    uid=f"bas-{at}",
                    at=NOW + at * DAY,
                    unit=unit,
                    spread=None if spread is None else spread / (1000 if unit == "s" else 1),
                )
                for at, ((value, spread), unit) in enumerate(zip(points, units, strict=False))
            )[0]
        )

    plain = series(["ms"] * len(points))
    mixed = series(["s" if one else "ms" for one in in_seconds])

    assert [point.compared.movement for point in plain.points] == [
        point.compared.movement for point in mixed.points
    ]


@pytest.mark.slow
@given(
    st.lists(
        st.tuples(
            st.floats(min_value=1, max_value=9),
            st.none() | st.floats(min_value=0, max_value=1),
            st.none() | st.floats(min_value=1, max_value=9),
            st.sampled_from(["", "lower", "higher"]),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_the_latest_is_that_of_the_whole_series(rows):
    (track,) = group(
        measured(value, uid=f"bas-{at}", spread=spread, threshold=threshold, better=better)
        for at, (value, spread, threshold, better) in enumerate(rows)
    )

    whole, short = to_series(track), latest_of(track)

    past = [point for point in whole.points[:-1] if point.is_violated]
    assert short == whole.model_copy(update={"points": (*past[-1:], whole.latest)})


def test_a_point_is_compared_with_the_scatter_of_the_last_ones_before_it():
    calm = [measured(100 + number % 2, better="lower") for number in range(300)]
    wild = [measured(100 + 500 * (number % 2), better="lower") for number in range(LOOKED_BACK)]

    (track,) = group([*wild, *calm, measured(110)])

    plain = compare(
        track.reading(500),
        track.reading(499),
        better="lower",
        earlier=[one.value for one in track.measured[500 - LOOKED_BACK : 500]],
        unit="ms",
    )
    assert track.compare(500, 499) == plain
    assert plain.movement is Movement.WORSE


def movements(*values):
    series = to_series(group([measured(value, spread=12.0) for value in values])[0])
    return [point.compared.movement for point in series.points]


def test_many_small_steps_are_told_once_they_add_up():
    told = movements(440, 455, 470, 485, 500, 515, 530, 560)

    assert told[:3] == [Movement.FIRST, Movement.NOISE, Movement.NOISE]
    assert Movement.WORSE in told


def test_of_small_steps_the_words_name_where_they_began(ledger, db):
    for value in (440, 455, 470, 485):
        measure(ledger, value, spread=12.0)

    words = read_series(db)[0].latest.compared.words

    assert "440 → 485 ms" in words
    assert words.endswith("in steps that were each within it")


@pytest.mark.slow
@given(st.lists(st.floats(-16, 16), min_size=1, max_size=40))
def test_what_stays_about_one_level_is_noise(around):
    told = movements(440, *(440 + offset for offset in around))

    assert set(told[1:]) <= {Movement.NOISE}
