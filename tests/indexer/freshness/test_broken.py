"""A look at everything: what it looks at, and what it says where an object is missing."""

from __future__ import annotations

import pytest

from indexer.freshness import look
from indexer.freshness.look import find_look_mark
from indexer.git.process import GitFailed
from indexer.git.repository import Repository
from indexer.project import open_project


@pytest.mark.slow
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


@pytest.mark.slow
def test_a_look_at_everything_reads_again_only_what_names_something(history, monkeypatch):
    history.write(src__a_py="x = 1\n")
    names, plain = "It stands in `src/a.py`, by `docs/b.md`.", "Nothing is named."
    for number, title, said in ((5, "names", names), (6, "plain", plain)):
        history.project.write(
            f"docs/adr/{number}-{title}.md",
            f"# {title}\n\n## Status\n\nAccepted\n\n## Decision\n\n{said}\n",
        )
    history.commit()
    with open_project(history.root) as memory:
        memory.upkeep.take_in()
        memory.verify()
        read, real = [], look.anchors_of
        monkeypatch.setattr(
            look,
            "anchors_of",
            lambda one, records: (read.append(one.title), real(one, records))[1],
        )

        memory.verify()
        assert read == ["names"]

        history.project.write("docs/adr/7-new.md", "# New\n\n## Status\n\nAccepted\n\nSo it is.\n")
        memory.upkeep.take_in()
        read.clear()
        memory.verify()
        assert sorted(read) == ["New", "names", "plain"]  # a path may be a record's now


@pytest.mark.slow
def test_where_git_cannot_tell_the_end_of_history_what_was_found_stays(history, monkeypatch):
    def fail(_):
        raise GitFailed(".git/shallow: Input/output error")

    history.write(src__a_py="x = 1\n")
    record = "# Decisions\n\n## Use a\n\nStatus: accepted\n\nIt stands in `src/a.py`.\n"
    history.project.write(".claude/memory/decisions.md", record)
    history.commit()
    with open_project(history.root) as memory:
        memory.upkeep.take_in()
        memory.verify()
        before = memory.ledger.db.anchors.findings()
        assert before
        monkeypatch.setattr(Repository, "grafts", fail)

        (problem,) = memory.verify().problems

        assert "was not looked at: .git/shallow: Input/output error" in problem
        assert memory.ledger.db.anchors.findings() == before
