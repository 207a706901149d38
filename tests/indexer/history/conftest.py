"""A small repository with fixed dates, and a ledger to read its history into."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from indexer.git.log import Commit, FileChange
from indexer.history.history_reader import read_history
from memory.ledger.sqlite.connection import open_ledger

if TYPE_CHECKING:
    from pathlib import Path

    from memory.models.memory import Memory

START = datetime(2024, 1, 1, 12, tzinfo=UTC)


def a_commit(subject: str = "refactor: split payments", **changes) -> Commit:
    """One that changed a file of code; `renamed` pairs of paths are added to what it did."""
    renamed = [FileChange("R", new, old) for old, new in changes.pop("renamed", ())]
    said = {
        "hash": "a" * 40,
        "parents": ("b" * 40,),
        "at": START,
        "subject": subject,
        "body": "",
        "changes": [FileChange("M", "src/payments/refunds.py"), *renamed],
    }
    return Commit(**(said | changes))


class Repository:
    """A repository whose commits are a day apart."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._days = 0
        root.mkdir(exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> str:
        at = (START + timedelta(days=self._days)).isoformat()
        return run_git(self.root, *arguments, at=at)

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def commit(self, message: str, *options: str, **files: str | None) -> str:
        """Commit files by path, `__` for a slash and `_dot_` for a dot; None deletes one."""
        for name, text in files.items():
            path = name.replace("__", "/").replace("_dot_", ".")
            if text is None:
                (self.root / path).unlink()
            else:
                self.write(path, text)
        self._days += 1
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message, *options)
        return self.git("rev-parse", "HEAD")

    def refactor(self, message: str = "refactor: split payments out of api", n: int = 0) -> str:
        """Commit a change of code."""
        return self.commit(message, src__payments__refunds_dot_py=f"x = {self._days + n}\n")


def run_git(root: Path, *arguments: str, at: str = START.isoformat()) -> str:
    identity = {
        "GIT_AUTHOR_NAME": "dana",
        "GIT_AUTHOR_EMAIL": "dana@example.org",
        "GIT_COMMITTER_NAME": "dana",
        "GIT_COMMITTER_EMAIL": "dana@example.org",
        "GIT_AUTHOR_DATE": at,
        "GIT_COMMITTER_DATE": at,
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    done = subprocess.run(
        ["git", "-C", str(root), "-c", "protocol.file.allow=always", *arguments],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | identity,
    )
    return done.stdout.strip()


class Reader:
    """A ledger, and what is known in it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.ledger = open_ledger(folder / "memory.db", create=True)

    def read(self, root: Path, **options):
        return read_history(self.ledger, root, **options)

    def known(self) -> dict[str, Memory]:
        """What is known of commits, by title; removed ones left out."""
        return {
            one.title: one
            for one in self.ledger.db.refactorings.derived()
            if not one.revision.removed
        }


@pytest.fixture(autouse=True)
def plain_git(monkeypatch):
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def repository(tmp_path):
    return Repository(tmp_path / "shop")


@pytest.fixture
def reader(tmp_path):
    reader = Reader(tmp_path / "store")
    yield reader
    reader.ledger.close()
