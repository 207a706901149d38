"""A repository in which an object is missing costs a line, not the answer."""

from __future__ import annotations

from indexer.freshness.checker import find_look_mark
from indexer.project import open_project


def test_a_look_at_everything_says_why_it_could_not_look_and_goes_on_when_it_can(history):
    history.write(src__a_py="x = 1\n")
    record = "# Decisions\n\n## Use a\n\nStatus: accepted\n\nIt stands in `src/a.py`.\n"
    history.project.write(".claude/memory/decisions.md", record)
    history.commit()
    with open_project(history.root) as memory:
        memory.upkeep.take_in()
        tree = history.git("rev-parse", "HEAD:src")
        lost = history.root / ".git/objects" / tree[:2] / tree[2:]
        content = lost.read_bytes()
        lost.unlink()
        before = find_look_mark(memory.ledger.db)

        (problem,) = memory.verify().problems

        assert problem.startswith("What memories name was not looked at")
        assert find_look_mark(memory.ledger.db) == before
        lost.write_bytes(content)
        assert memory.verify().problems == ()
