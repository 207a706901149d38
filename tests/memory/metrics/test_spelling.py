"""Metrics in words."""

import pytest

from memory.metrics.spelling import spell_metric


@pytest.mark.parametrize(
    ("name", "unit", "said"),
    [
        ("checkout_latency_p95", "ms", ("checkout latency p95", "95th percentile", "how long")),
        ("cacheHitRatio", "%", ("cache hit ratio", "share", "percentage")),
        ("queue_depth max", "jobs", ("queue depth max", "highest", "jobs, how many")),
        ("Durchsatz", "msg/s", ("durchsatz", "msg per second")),
        ("http_5xx_count", "", ("http 5xx count", "server errors")),
        ("日本語", "", ("日本語",)),
    ],
)
def test_a_metric_is_told_with_what_its_abbreviations_stand_for(name, unit, said):
    spelled = spell_metric(name, unit)

    assert all(words in spelled for words in said), spelled
