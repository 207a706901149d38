from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.review.trigger_parser import (
    After,
    Contrary,
    Gone,
    MetricBound,
    OnDate,
    Unreadable,
    read_trigger,
)


def read(trigger):
    """What each alternative asks; nothing for what no machine can read."""
    return [asks for _, asks in read_trigger(trigger) if not isinstance(asks, Unreadable)]


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2026-06-30", date(2026, 6, 30)),
        ("Review on 2026-06-30.", date(2026, 6, 30)),
        ("30 June 2026", date(2026, 6, 30)),
        ("June 30th, 2026", date(2026, 6, 30)),
        ("after 2026-06-30", date(2026, 7, 1)),
        ("after Q2 2027", date(2027, 7, 1)),
        ("in January 2027", date(2027, 1, 1)),
        ("after January 2027", date(2027, 2, 1)),
        ("by the end of Q2 2027", date(2027, 6, 30)),
        ("end of February 2028", date(2028, 2, 29)),
        ("before 2027-01-01", date(2026, 12, 31)),
        ("revisit in 2027-Q3", date(2027, 7, 1)),
        ("H2 2027", date(2027, 7, 1)),
        ("look at it again in 2028", date(2028, 1, 1)),
        ("no later than March 2027", date(2027, 3, 31)),
    ],
)
def test_dates_are_read(words, day):
    assert read(words) == [OnDate(day)]


@pytest.mark.parametrize(
    ("words", "bound"),
    [
        ("queue_throughput < 900", MetricBound("queue_throughput", "<", 900)),
        (
            "checkout_latency_p95 exceeds 800 ms",
            MetricBound("checkout_latency_p95", ">", 800, "ms"),
        ),
        (
            "p95 of checkout_latency above 0.8 s",
            MetricBound("p95 of checkout_latency", ">", 0.8, "s"),
        ),
        ("peak passes 300", MetricBound("peak", ">", 300)),
        ("when `success_rate` drops below 98 %", MetricBound("success_rate", "<", 98, "%")),
        ("jobs reach 1,200 jobs a second", MetricBound("jobs", ">=", 1200, "jobs a second")),
        (
            "queue_depth >= 5000 in production",
            MetricBound("queue_depth", ">=", 5000, "", "production"),
        ),
        ("connections at most 10", MetricBound("connections", "<=", 10)),
    ],
)
def test_bounds_of_metrics_are_read(words, bound):
    assert read(words) == [bound]


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("module payments is removed", Gone("payments", is_path=False)),
        ("the queue module goes away", Gone("queue", is_path=False)),
        ("`src/queue` is gone", Gone("src/queue", is_path=True)),
        ("src/queue/consumer.py no longer exists", Gone("src/queue/consumer.py", is_path=True)),
        ("after 3 contrary outcomes", Contrary(3)),
        ("three failed runs", Contrary(3)),
        ("when 2 runs contradict it", Contrary(2)),
        ("2 attempts failed", Contrary(2)),
        ("in 6 months", After(months=6)),
        ("after a year", After(months=12)),
        ("after two weeks", After(days=14)),
    ],
)
def test_other_conditions_are_read(words, asked):
    assert read(words) == [asked]


@pytest.mark.parametrize(
    "words",
    [
        "Postgres can prepare statements through the pooler",
        "the incident of 2026-06-30 repeats itself",
        "queue_throughput is below 900 and errors rise",
        "latency is not above 800 ms",
        "unless we moved, or queue_throughput < 900",
        "neither latency > 800 ms or errors > 5",
        "the team is gone",
        "we are removed from the contract",
        "2026-13",
        "2026-02-30",
        "03/04/2027",
        "at 20 processes",
        "latency > 800 ms for two weeks",
        "every 6 months",
        "0 failed runs",
        "",
        "or",
    ],
)
def test_what_is_not_certain_is_not_read(words):
    assert read(words) == []


def test_any_alternative_counts_and_each_is_read_by_itself():
    assert read("the moon is full, or 2027-01-01; or when peak passes 300") == [
        OnDate(date(2027, 1, 1)),
        MetricBound("peak", ">", 300),
    ]


@pytest.mark.slow
@given(st.text(max_size=200))
def test_any_text_can_be_asked(text):
    read_trigger(text)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_back(day):
    assert read(f"{day}") == [OnDate(day)]
    assert read(f"{day:%d %B %Y}") == [OnDate(day)]
