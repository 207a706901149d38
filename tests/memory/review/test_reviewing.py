"""Review triggers of a whole project: flags in its files, raised once."""

from datetime import date

import pytest

from indexer.project import open_project
from memory.kinds.vocabulary import Kind, Status
from memory.models.selection import Selection

pytestmark = pytest.mark.slow

LOG = """\
# Decisions

## 2025-02-17 — Pool connections

**Status:** Accepted
**Modules:** payments
**Rests on:** baseline `peak` of 2025-02-10 (497), and baseline `depth` of 2025-02-10

**Decision:** PgBouncer.

**Review when:** the moon is full, or 2026-06-30.
"""
BASELINES = """\
{"baselines": [
  {"metric": "peak", "value": 497, "spread": 2, "date": "2025-02-10"},
  {"metric": "peak", "value": 118, "spread": 9, "date": "2025-03-03"},
  {"metric": "depth", "value": 10, "spread": 1, "date": "2025-02-10"}
]}
"""
RECORD = """\
# Use a broker

* Status: accepted
* Date: 2025-02-17
* Rests on: baseline `peak` of 2025-02-10

## Decision

RabbitMQ.
"""
THEN, NEXT = date(2026, 6, 30), date(2026, 7, 1)


@pytest.fixture
def memory(tmp_path, word_model):
    for path, text in (
        (".claude/memory/context/decisions.md", LOG),
        (".claude/memory/performance/baselines.json", BASELINES),
        ("docs/adr/0001-use-a-broker.md", RECORD),
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    with open_project(tmp_path) as memory:
        memory.upkeep.take_in()
        yield memory


def flags(memory):
    return memory.list(Selection(kinds=(Kind.FLAG,)))


def test_a_flag_is_raised_once_for_a_firing(memory):
    (found,) = memory.review(THEN)
    assert memory.review(NEXT) == (found,)

    (flag,) = flags(memory)
    assert flag.memory.uid == found.flag
    assert flag.standing.status is Status.OPEN
    assert flag.memory.path == ".claude/memory/flags/pending.json"


def test_a_flag_that_was_taken_away_is_not_raised_again(memory):
    (found,) = memory.review(THEN)
    pending = memory.root / ".claude/memory/flags/pending.json"
    pending.write_text('{"flags": []}', encoding="utf-8")
    memory.upkeep.take_in(accept_removals=True)
    assert flags(memory) == ()

    (again,) = memory.review(NEXT)

    assert (again.flag, again.flag_status) == (found.flag, "withdrawn")
    assert flags(memory) == ()


def test_a_flag_that_a_colleague_raised_is_known_by_its_file(memory, tmp_path, word_model):
    memory.review(THEN)
    (memory.folder / "memory.db").rename(tmp_path / "elsewhere.db")
    with open_project(tmp_path) as fresh:
        fresh.upkeep.take_in()

        (found,) = fresh.review(THEN)

        assert found.flag_status == "open"
        assert [one.memory.uid for one in flags(fresh)] == [found.flag]


def test_the_day_of_a_review_is_noted(memory):
    assert not memory.upkeep.was_reviewed(THEN)
    memory.review(THEN)

    assert memory.upkeep.was_reviewed(THEN)
    assert not memory.upkeep.was_reviewed(NEXT)


def test_files_name_the_measurements_that_decisions_rest_on(memory):
    premises = {
        one.memory.title: [(premise.metric, premise.was, premise.now) for premise in one.premises]
        for one in memory.list(Selection(kinds=(Kind.DECISION,)))
    }

    assert premises == {
        "Pool connections": [("peak", 497, 118)],
        "Use a broker": [("peak", 497, 118)],
    }


def test_what_cannot_be_watched_is_told(memory):
    (one,) = memory.unwatched()

    assert one.trigger == "the moon is full, or 2026-06-30."
    assert one.reason == "only “2026-06-30” of it is watched"
