"""What was merged to the main line, as git tells it: kept, and read anew when the head moves."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from indexer.git.log import CommitLog
from indexer.git.process import END, GitFailed
from indexer.git.repository import Repository
from memory.code.past_changes import PastChange, PastChanges
from memory.errors import StoreBusy, StoreNotWritable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from memory.ledger.interface.database import Ledger

MOST = 3_000  # changes; older ones tell of another code base
KEPT_AS = "merged:1"  # among the facts of code, by the commit that is checked out
_OWN = ("Merge pull request", "Merge branch", "Merge remote-tracking", "Merge tag")  # git's words

_held: dict[str, tuple[str, PastChanges]] = {}


def read_merged(ledger: Ledger, root: Path) -> PastChanges | None:
    """The changes that led to the commit that is checked out; None without git."""
    repository = Repository(root)
    try:
        head = repository.head()
        held = _held.get(str(root))
        if held and held[0] == head:
            return held[1]
        said = ledger.db.code.facts(KEPT_AS, [head]).get(head)
        if said is None:
            said = json.dumps(list(_rows(repository, head)))
            _keep(ledger, head, said)
    except GitFailed:
        return None
    found = PastChanges(
        PastChange(commit, subject, _moment(merged), _moment(began), count, tuple(paths))
        for commit, subject, merged, began, count, paths in json.loads(said)
    )
    _held[str(root)] = (head, found)
    return found


def _rows(repository: Repository, head: str) -> Iterator[list[object]]:
    """The fields of `PastChange`, moments in seconds."""
    brought = _brought(repository, head)
    options = ("--first-parent", "-m", f"--max-count={MOST}", END, head)
    for one in CommitLog(repository, options):
        at = int(one.at.timestamp()) if one.at else 0
        subject = one.subject
        if one.is_merge and subject.startswith(_OWN):
            subject = next((line for line in one.body.splitlines() if line.strip()), subject)
        began, count = brought.get(one.hash, (at, 1))
        yield [one.hash, subject, at, min(began, at), count, [each.path for each in one.changes]]


def _brought(repository: Repository, head: str) -> dict[str, tuple[int, int]]:
    """Of each merge on the main line: when the first commit that it brought was written; how many.

    A commit belongs to the first merge that has it.
    """
    options = ("--first-parent", "--merges", f"--max-count={MOST}", "--format=%H %P", END, head)
    found = {}
    for line in repository.ask("log", *options).splitlines():
        merge, first, *others = line.split()
        said = repository.ask("log", "--no-merges", "--format=%at", END, *others, f"^{first}")
        moments = [int(one) for one in said.split()]
        if moments:
            found[merge] = (min(moments), len(moments))
    return found


def _keep(ledger: Ledger, head: str, said: str) -> None:
    try:
        with ledger.writing() as db:
            db.code.forget(KEPT_AS)
            db.code.save_facts(KEPT_AS, {head: said})
    except (StoreBusy, StoreNotWritable):
        return  # it is read again next time


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
