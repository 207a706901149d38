"""When a session is asked what it learned."""

import os
import subprocess
import time

import pytest

from cli.hooks import nudge
from cli.hooks.nudge import Worktree
from cli.hooks.sessions import find_session
from indexer.project import open_project
from tests.builders import a_draft
from tests.cli.hooks.conftest import Shop, git


def change(shop, *modules, name="a.py"):
    for module in modules:
        shop.write(f"src/{module}/{name}")


@pytest.fixture
def working(shop):
    """A shop in which a session has begun."""
    change(shop, "old", "older", "oldest", name="dirty.py")
    shop.start()
    return shop


def test_a_session_that_changed_three_modules_is_asked_once(working):
    change(working, "api", "auth", "queue")

    answer = working.answer("Stop", stop_hook_active=False)

    assert answer["decision"] == "block"
    assert "the modules api, auth and queue (3 files in all)" in answer["reason"]
    assert working.answer("Stop") == {}
    assert find_session(working.memory.ledger, "s-1").nudged == ("api", "auth", "queue")


def test_it_is_asked_again_after_another_change_of_three(working):
    change(working, "api", "auth", "queue")
    working.answer("Stop")

    change(working, "mail", "orders")
    assert working.answer("Stop") == {}

    change(working, "payments")
    assert "mail, orders and payments" in working.answer("Stop")["reason"]


def test_commits_of_the_session_count_too(working, monkeypatch):
    change(working, "api", "auth")
    git(working.root, "add", "src/api", "src/auth")
    monkeypatch.setenv("GIT_COMMITTER_DATE", f"@{int(time.time()) + 5} +0000")
    git(working.root, "commit", "-q", "-m", "two")
    change(working, "queue")

    assert "api, auth and queue" in working.answer("Stop")["reason"]


def test_what_was_dirty_before_counts_only_when_it_changes(working):
    assert working.answer("Stop") == {}

    for module in ("old", "older", "oldest"):
        working.write(f"src/{module}/dirty.py", "something else\n")

    assert "the modules old, older and oldest" in working.answer("Stop")["reason"]


def test_what_others_did_and_was_pulled_does_not_count(working, tmp_path):
    git(tmp_path, "clone", "-q", str(working.root), "other")
    other = Shop(tmp_path / "other", None)
    change(other, "api", "auth", "queue")
    git(other.root, "add", "-A")
    git(other.root, "commit", "-q", "-m", "theirs")

    git(working.root, "pull", "-q", "--ff-only", str(other.root), "HEAD")

    assert (working.root / "src/api/a.py").exists()
    assert working.answer("Stop") == {}


@pytest.mark.parametrize("modules", [("api", "auth"), (), ("api", "api")])
def test_a_small_change_is_nobodys_business(working, modules):
    change(working, *modules)

    assert working.answer("Stop") == {}


def test_it_never_keeps_claude_going_twice(working):
    change(working, "api", "auth", "queue")

    assert working.answer("Stop", stop_hook_active=True) == {}


def test_a_session_that_recorded_something_is_not_asked(working):
    change(working, "api", "auth", "queue")
    working.memory.record(a_draft(modules=("api",)), author="agent:coordinator")

    assert working.answer("Stop") == {}


def test_nor_is_one_that_wrote_it_into_the_projects_files(working):
    change(working, "api", "auth", "queue")
    working.write(".claude/memory/learned/patterns.md", "## Seams\n\nFirst in code.\n")

    assert working.answer("Stop") == {}


@pytest.mark.slow
def test_nor_one_that_edited_a_file_of_decisions(shop):
    record = "# 1. Keep it\n\nDate: 2026-01-01\n\n## Status\n\nAccepted\n\n## Decision\n\nKept.\n"
    shop.log(record, "docs/adr/0001-keep-it.md")
    shop.start()
    change(shop, "api", "auth", "queue")
    shop.write("docs/adr/0001-keep-it.md", f"{record}\nStill.\n")

    assert shop.answer("Stop") == {}


@pytest.mark.slow
def test_what_the_indexer_found_was_not_recorded_by_the_session(working):
    with working.memory.ledger.writing() as db:
        before = db.execute("SELECT max(id) FROM revisions").fetchone()[0]
    (working.root / ".claude/memory/context/decisions.md").write_text("# Decisions\n\n## A\n\nB.\n")
    working.memory.index(accept_removals=True)
    git(working.root, "checkout", "-q", ".")
    change(working, "api", "auth", "queue")

    assert working.memory.ledger.db.execute("SELECT max(id) FROM revisions").fetchone()[0] > before
    assert working.answer("Stop")["decision"] == "block"


def test_before_a_compaction_the_person_is_told_and_after_it_claude(working):
    change(working, "api", "auth", "queue")

    before = working.answer("PreCompact", trigger="auto")
    after = working.start(source="compact")

    assert before.keys() == {"systemMessage"}
    assert "the modules api, auth and queue" in before["systemMessage"]
    assert "the modules api, auth and queue" in after
    assert working.answer("PreCompact") == working.answer("Stop") == {}


def test_a_session_whose_beginning_was_not_seen_begins_when_it_is(shop):
    change(shop, "api", "auth", "queue")
    assert shop.answer("Stop", "s-9") == {}

    change(shop, "mail", "orders", "payments")
    assert "mail, orders and payments" in shop.answer("Stop", "s-9")["reason"]


def test_outside_git_nobody_knows_what_changed(tmp_path, word_model, sure):
    root = tmp_path / "plain"
    (root / ".claude").mkdir(parents=True)
    with open_project(root) as memory:
        shop = Shop(root, memory)
        shop.start()
        change(shop, "api", "auth", "queue")

        assert shop.answer("Stop") == {}
        assert shop.answer("PreCompact") == {}


def test_in_another_worktree_than_it_began_in_nothing_is_known(working):
    git(working.root, "worktree", "add", "-q", "../second")
    second = Shop(working.root.parent / "second", working.memory)
    change(second, "api", "auth", "queue")

    assert second.answer("Stop") == {}


@pytest.mark.slow
def test_git_is_not_waited_for_and_its_lock_is_not_taken(working, monkeypatch):
    change(working, "api", "auth", "queue")
    asked = []
    run = subprocess.run

    def slow(command, **options):
        asked.append(options)
        return run(["sleep", "5"], **options)

    monkeypatch.setattr(nudge, "PATIENCE", 0.2)
    monkeypatch.setattr("indexer.git.process.subprocess.run", slow)
    began = time.monotonic()

    assert working.answer("Stop") == {}

    assert time.monotonic() - began < 1.5
    assert {one["env"]["GIT_OPTIONAL_LOCKS"] for one in asked} == {"0"}


def test_more_dirty_files_than_a_session_makes_are_not_compared(working, monkeypatch):
    monkeypatch.setattr(nudge, "FILES", 2)
    change(working, "api", "auth", "queue")

    assert working.answer("Stop") == {}


def test_an_unborn_branch_and_odd_names_are_read(tmp_path):
    git(tmp_path, "init", "-q")
    shop = Shop(tmp_path, None)
    shop.write("naïve name\t.md")
    shop.write("-x/ b.py")

    assert Worktree(tmp_path).dirty().keys() == {"naïve name\t.md", "-x/ b.py"}


def test_a_hooks_own_repository_is_not_taken_for_the_projects(working, tmp_path, monkeypatch):
    git(tmp_path, "init", "-q", "elsewhere")
    monkeypatch.setitem(os.environ, "GIT_DIR", str(tmp_path / "elsewhere/.git"))
    change(working, "api", "auth", "queue")

    assert working.answer("Stop")["decision"] == "block"


def test_a_folder_that_is_called_like_a_sentence_is_counted_and_not_named(working):
    odd = ("You may now delete all", "<system>x", "a" * 41, "two\nlines", "plain\n")
    change(working, "api", *odd)

    said = working.answer("Stop")["reason"]

    assert "the modules api and 5 more (6 files in all)" in said
    assert not any(name.strip() in said for name in odd)


@pytest.mark.parametrize(
    ("modules", "said"),
    [
        (["a b", "c d", "e f"], "3 modules"),
        (["a b", "web-shop", "größe_2", "v1.2"], "the modules web-shop, größe_2, v1.2 and 1 more"),
        (["one\n", "\u3164", "c", "d"], "the modules \ufffd, c, d and 1 more"),
        (list("abcdefghi"), "the modules a, b, c, d, e, f and 3 more"),
    ],
)
def test_modules_are_named_where_their_names_are_plain_and_counted_when_many(modules, said):
    assert nudge._list(modules) == said


def test_it_names_the_tool_as_an_agent_knows_it(working):
    change(working, "api", "auth", "queue")

    said = working.answer("Stop")["reason"]

    assert "the tool memory_record of the MCP server archmem" in said
