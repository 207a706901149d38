"""What a long text names is searched in another process, and found as in a short one."""

from __future__ import annotations

import time

import pytest

from indexer import apart
from indexer.freshness import memory_anchors
from indexer.freshness.memory_anchors import anchors_of
from tests.builders import a_memory

LONG = f"See `src/orders.py`. {'Words of a long record. ' * 12_000}"


def a_long_memory():
    return a_memory(title="Long", body=LONG)


@pytest.mark.slow
def test_a_long_text_names_what_a_short_one_does():
    assert [one.name for one in anchors_of(a_long_memory(), ())] == ["src/orders.py"]


@pytest.mark.slow
def test_what_takes_too_long_names_nothing(monkeypatch):
    monkeypatch.setattr(
        memory_anchors, "apart", lambda *_: apart.apart(time.sleep, 60, seconds=0.2)
    )
    assert anchors_of(a_long_memory(), ()) == ()
