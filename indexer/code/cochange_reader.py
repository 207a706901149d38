"""Which files git's commits changed together: of the latest commits, kept and carried on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from indexer.git.process import END, GitFailed
from indexer.git.repository import Repository
from memory.code.cochange import CoChange
from memory.ledger.keeping import keep_derived
from memory.ledger.store_facts import CODE_COMMITS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from memory.ledger.interface.database import Database, Ledger

MOST_COMMITS = 3_000  # as more of them tell of files that are no longer what they were
KEPT_AS = "commits:1"  # among the facts of code, by the hash of the last commit
Commits = list[list[str]]  # the files of each, the newest first

_held: dict[str, tuple[str, CoChange]] = {}


def read_changes(ledger: Ledger, root: Path) -> CoChange | None:
    """What the commits that led to the one that is checked out changed; None without git."""
    repository = Repository(root)
    try:
        head = repository.head()
        held = _held.get(str(root))
        if held and held[0] == head:
            return held[1]
        found = CoChange(_commits(ledger, repository, head))
    except GitFailed:
        return None
    _held[str(root)] = (head, found)
    return found


def _commits(ledger: Ledger, repository: Repository, head: str) -> Commits:
    last = ledger.db.facts.find(CODE_COMMITS) or ""
    kept = ledger.db.code.facts(KEPT_AS, [last]).get(last) if last else None
    before: Commits = json.loads(kept) if kept else []
    if kept and last == head:
        return before
    if before and repository.is_ancestor(last, head):
        commits = [*log_files(repository, f"{last}..{head}"), *before][:MOST_COMMITS]
    else:
        commits = list(log_files(repository, head))

    def write(db: Database) -> None:
        db.code.forget(KEPT_AS)
        db.code.save_facts(KEPT_AS, {head: json.dumps(commits)})
        db.facts.save(CODE_COMMITS, head)

    keep_derived(ledger, write)
    return commits


def log_files(repository: Repository, commits: str) -> Iterator[list[str]]:
    """The files that each of the newest commits changed, the last first; merges are left out.

    Where objects are missing, what git could say until then.
    """
    options = ("-z", "--no-merges", "--no-renames", "--name-only", f"--max-count={MOST_COMMITS}")
    files: list[str] | None = None
    try:
        for text in repository.stream("log", *options, "--format=%x1e%H", END, commits, "--"):
            if text.startswith(("\x1e", "\n\x1e")):
                if files is not None:
                    yield files
                files = []
            elif files is not None and (path := text.strip("\n")):
                files.append(path)
    except GitFailed:
        if files is None:
            raise
    if files is not None:
        yield files
