"""Files that were written to keep the indexer busy are read about as soon as ordinary ones."""

from __future__ import annotations

import os

import pytest

from indexer import pipeline
from indexer.formats.registry import formats
from indexer.pipeline import take_in
from memory.models.selection import EVERYTHING
from memory.norms.read import norms_of

RECORD = "# 1. Use Kafka\n\n## Status\n\nAccepted\n\n## Decision\n\nWe will use Kafka.\n"
LOG = "# Decisions\n\n## 2026-01-12 — Move jobs to Kafka\n\n**Status:** Accepted\n\nOne queue.\n"
FILES = {"docs/adr/0001-use-kafka.md": RECORD, ".claude/memory/context/decisions.md": LOG}
LIMIT = 3.0  # seconds; it takes a tenth of that, and took minutes


@pytest.mark.slow
@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize(
    ("before", "unit", "after"),
    [
        ("## x", " ", "y"),
        ("## x", "\t", "y"),
        ("## ", "#", "y"),
        ("**Status:** ", "1", "x"),
        ("**Status:** ", "[", "x"),
        ("**Status:** ", " ", "x"),
        ("**Status:**", "\n", "x"),
        ("", "\n", "x"),
        ("- [", ".", ""),
        ("see ", "\\", "a"),
        ("see ", "./", ""),
        ("", "~", "x"),
        ("", "<table ", ""),
        ("", "<dt>", ""),
        ("", "| ", ""),
        ("", "_", "x"),
    ],
)
def test_one_long_line_delays_nobody(project, path, before, unit, after):
    file = project.root / path
    file.parent.mkdir(parents=True)
    many = 30_000 if unit == "\n" else 150_000 // len(unit)  # each line costs something
    file.write_text(f"{FILES[path]}\n{before}{unit * many}{after}\n")
    os.utime(file, (1_700_000_000, 1_700_000_000))
    start = sum(os.times()[:4])  # of ours and of whom we waited for: others may be at work

    take_in(project.ledger, project.root, formats())
    for memory in project.db.memories.select(EVERYTHING):
        norms_of(memory)

    assert sum(os.times()[:4]) - start < LIMIT
    assert project.db.memories.select(EVERYTHING)


def test_more_entries_than_anybody_writes_are_told_and_not_all_kept(project, monkeypatch):
    monkeypatch.setattr(pipeline, "MOST_ENTRIES", 3)
    project.write("a.txt", "".join(f"# Title {number}\nSomething of it.\n" for number in range(5)))

    report = project.index()

    assert report.added == 3
    assert report.problems == ("a.txt: has 5 entries; the first 3 of them are kept; split it",)
