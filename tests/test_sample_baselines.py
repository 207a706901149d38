"""The sample project's measurements, and the decisions that rest on them."""

import pytest

from memory.kinds.vocabulary import Kind
from memory.models.selection import Selection


@pytest.mark.slow
def test_each_metric_is_one_series(sample):
    said = {
        one.metric: [str(point.compared.movement) for point in one.points]
        for one in sample.baselines()
    }

    assert said["checkout_latency_p95"] == ["first", "better", "worse", "better"]
    assert said["queue_throughput"] == ["first", "worse", "noise", "better"]
    assert len(said) == 7


@pytest.mark.slow
def test_decisions_know_the_baselines_that_they_rest_on(sample):
    rested = {
        one.memory.title: [(premise.was, premise.now) for premise in one.premises]
        for one in sample.list(Selection(kinds=(Kind.DECISION,)))
        if one.premises
    }

    assert rested == {
        "Back off exponentially with full jitter on outbound calls": [(91.4, 98.7)],
        "Pool database connections in PgBouncer": [(497, 118)],
        "Fold the payments service back into the monolith": [(905, 430)],
    }


def test_the_one_trigger_of_the_sample_is_watched_as_far_as_it_goes(sample):
    (one,) = sample.unwatched()

    assert one.reason == "only “peak passes 300” of it is watched"
    assert sample.review() == ()
