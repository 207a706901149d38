from datetime import timedelta

import pytest

from memory.kinds.vocabulary import Kind
from memory.models.details import Flag
from memory.models.plan import Ground
from memory.models.series import Comparison, Movement, Point, Series
from memory.plans.risks import Risks
from tests.builders import NOW, a_memory


def a_series(*values, threshold=800.0, spread=10.0, better="lower"):
    points = tuple(
        Point(
            uid=f"bas-{number}",
            at=NOW + timedelta(days=number),
            value=value,
            spread=spread,
            threshold=threshold,
            citation="baselines.json:7",
            is_violated=threshold is not None and value > threshold,
            compared=Comparison(movement=Movement.FIRST, now=value, words=""),
        )
        for number, value in enumerate(values)
    )
    return Series(
        metric="checkout_latency_p95",
        unit="ms",
        better=better,
        modules=("payments",),
        points=points,
    )


def of(series, text="Change it", modules=("payments",)):
    return Risks((series,), ()).of(text, modules)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((900.0,), "at 900 ms; past its threshold of 800 ms"),
        ((750.0,), "at 750 ms; near its threshold of 800 ms"),
        ((905.0, 430.0), "at 430 ms; it was past its threshold once, at 905 ms"),
    ],
)
def test_a_baseline_that_is_near_its_threshold_or_was_past_it_is_at_risk(values, said):
    (found,) = of(a_series(*values))

    assert (found.ground, found.reason, found.conflicts) == (Ground.BASELINE, said, False)
    assert found.cited.citation == "baselines.json:7"


def test_one_that_never_was_is_not():
    assert of(a_series(430.0)) == []
    assert of(a_series(430.0, threshold=None)) == []


def test_one_of_another_module_is_not_unless_the_step_names_it():
    assert of(a_series(900.0), modules=("api",)) == []
    assert of(a_series(430.0), "Halve the p95 of checkout latency", ("api",))
    assert of(a_series(430.0), "Halve checkout_latency_p95", ())


def test_a_flag_that_blocks_stands_beside_a_step_on_its_module():
    details = Flag(blocking=True, severity="high")
    flag = a_memory("fla-1", title="It leaks", details=details, modules=("auth",))
    risks = Risks((), (flag,))

    (found,) = risks.of("Change it", ("api", "auth"))
    assert flag.kind is Kind.FLAG
    assert (found.ground, found.conflicts) == (Ground.FLAG, False)
    assert found.reason == "high flag, open and blocking, on auth"
    assert risks.of("Change it", ("api",)) == []


def test_a_module_is_the_same_however_its_case_is_written():
    flag = a_memory("fla-1", title="It leaks", details=Flag(blocking=True), modules=("Payments",))
    risks = Risks((a_series(900.0),), (flag,))

    found = risks.of("Change it", ("PAYMENTS",))

    assert [one.ground for one in found] == [Ground.FLAG, Ground.BASELINE]


def test_numbers_keep_their_digits():
    (found,) = of(a_series(1234568.0, threshold=1234567.0))

    assert found.reason == "at 1234568 ms; past its threshold of 1234567 ms"
