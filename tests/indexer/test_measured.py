import pytest

from indexer.resolution import Directory
from indexer.wording.entry_names import named_baselines
from memory.ledger.interface.relations import ReferenceTarget


def a_measurement(uid, metric, day, value):
    return ReferenceTarget(uid, "", metric=metric, day=day, value=value)


MEASURED = [
    a_measurement("b1", "checkout_latency_p95", "2025-03-17", 905),
    a_measurement("b2", "checkout_latency_p95", "2025-11-10", 430),
    a_measurement("b3", "checkout_latency_p95", "2025-11-10", 90),
    a_measurement("b4", "latency", "2025-03-17", 1),
    a_measurement("b5", "queue depth", "", 12),
]
find = Directory(MEASURED).resolve


@pytest.mark.parametrize(
    ("said", "uid"),
    [
        ("baseline checkout_latency_p95 of 2025-03-17 (905 ms)", "b1"),
        ("the baseline Checkout latency p95 from 17 March 2025", "b1"),
        ("checkout_latency_p95 2025-03-17", "b1"),
        ("checkout-latency-p95 (2025-03-17)", "b1"),
        ("baseline checkout_latency_p95 of 2025-11-10 (430 ms)", "b2"),
        ("latency of 2025-03-17", "b4"),
        ("baseline queue_depth", "b5"),
    ],
)
def test_a_measurement_is_found_by_metric_and_day(said, uid):
    assert find(said) == uid


@pytest.mark.parametrize(
    "said",
    [
        "checkout_latency_p95",  # there are three
        "checkout_latency_p95 of 2025-11-10",  # there are two
        "checkout_latency_p95 of 2025-11-10 (500 ms)",
        "checkout_latency_p95 of 2024-01-01",
        "checkout_latency of 2025-03-17",
        "latency_p99 of 2025-03-17",
        "the incident of 2025-03-17",
        "",
    ],
)
def test_nothing_is_guessed(said):
    assert find(said) is None


def test_a_text_may_name_several():
    said = "baseline a of 2025-01-01 (9,000), and the baseline b of 2025-01-02; baseline c"

    assert named_baselines(said) == [
        "baseline a of 2025-01-01 (9,000)",
        "the baseline b of 2025-01-02",
        "baseline c",
    ]
    assert named_baselines("our own experience") == []


def test_other_names_come_first():
    directory = Directory([ReferenceTarget("d1", "Latency of 2025-03-17"), *MEASURED])

    assert directory.resolve("latency of 2025-03-17") == "d1"
    assert directory.resolve("baseline latency of 2025-03-17") == "b4"
