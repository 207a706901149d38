"""Processes that write are killed, and whoever comes next finds all that they acknowledged."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from tests.builders import CHAOS
from tests.chaos.forks import preloaded

KILLS = CHAOS or 60
OF_ONE = 20  # of one project
AT_ONCE = 24 if CHAOS > 1000 else 2  # projects; each waits for its processes most of the time

pytestmark = [pytest.mark.slow, preloaded]


def test_kills_lose_nothing_that_was_acknowledged_and_double_nothing(forks, tmp_path, tell):
    function = "tests.chaos.killed:kill_all"
    said = {"folder": str(tmp_path), "kills": KILLS, "of_one": OF_ONE, "at_once": AT_ONCE}
    ended = forks.ask(function, **said)

    counts, wrong = Counter(), []
    for line in ended.lines:
        counted, said = json.loads(line)
        counts.update(counted)
        wrong += said
    lost, doubled = (sum(one.startswith(word) for one in wrong) for word in ("lost", "doubled"))
    tell(
        kills=counts["kills"],
        writes_acknowledged=counts["writes"],
        lost=lost,
        doubled=doubled,
        otherwise_wrong=len(wrong) - lost - doubled,
        ms_of_a_processor_each=counts["ms"] // max(counts["kills"], 1),
        **{step: count for step, count in counts.most_common() if step.startswith("before_")},
    )
    assert not wrong
    assert counts["kills"] == KILLS
    assert counts["writes"] > KILLS / 4
