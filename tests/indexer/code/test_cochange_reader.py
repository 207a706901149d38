"""What git changed together, carried on commit by commit."""

from __future__ import annotations

import subprocess

import pytest

from indexer.code import cochange_reader
from indexer.code.cochange_reader import read_changes
from memory.ledger.sqlite.connection import open_ledger


@pytest.fixture
def commit(tmp_path):
    root = tmp_path / "project"
    root.mkdir()

    def git(*arguments):
        who = ("-c", "user.name=dana", "-c", "user.email=dana@example.org")
        command = ["git", "-C", str(root), *who, *arguments]
        subprocess.run(command, check=True, capture_output=True)

    def commit_files(*paths):
        for path in paths:
            with (root / path).open("a") as file:
                file.write("x\n")
        git("add", "-A")
        git("commit", "-qm", "x")

    git("init", "-q")
    commit_files.root, commit_files.git = root, git
    return commit_files


@pytest.fixture
def ledger(tmp_path):
    opened = open_ledger(tmp_path / "memory.db", create=True)
    yield opened
    opened.close()


def partners(ledger, root, path="a.py"):
    cochange_reader._held.clear()
    return {other: one.commits for other, one in read_changes(ledger, root).partners(path).items()}


@pytest.mark.slow
def test_new_commits_are_added_and_another_branch_is_read_anew(commit, ledger):
    commit("a.py", "b.py")
    assert partners(ledger, commit.root) == {"b.py": 1}
    commit("a.py", "c.py")
    assert partners(ledger, commit.root) == {"b.py": 1, "c.py": 1}

    commit.git("checkout", "-qb", "other", "HEAD~1")
    commit("a.py", "d.py")

    assert partners(ledger, commit.root) == {"b.py": 1, "d.py": 1}


def test_without_git_or_a_commit_nothing_is_known(tmp_path, ledger):
    assert read_changes(ledger, tmp_path) is None
