"""What was merged to the main line, as git tells it: kept, and read anew when the head moves."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING

from indexer.git.log import CommitLog
from indexer.git.process import END, LONG, GitFailed
from indexer.git.repository import Repository, moment_of
from memory.code.past_changes import PastChange, PastChanges
from memory.errors import StoreBusy, StoreNotWritable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from memory.ledger.interface.database import Ledger

MOST = 3_000  # changes; older ones tell of another code base
MOST_HELD = 2  # projects in one process
KEPT_AS = "merged:2"  # among the facts of code, by the commit that is checked out
_OWN = ("Merge pull request", "Merge branch", "Merge remote-tracking", "Merge tag")  # git's words


def read_merged(ledger: Ledger, root: Path) -> PastChanges | None:
    """The changes that led to the commit that is checked out; None without git."""
    repository = Repository(root)
    try:
        head = repository.head()
        said = ledger.db.code.facts(KEPT_AS, [head]).get(head)
        if said is None:
            said = json.dumps(list(_rows(repository, head)))
            _keep(ledger, head, said)
    except GitFailed:
        return None
    return _parsed(said)


def changes_to(repository: Repository, commit: str) -> PastChanges:
    """The changes that led to a commit, by its hash; nothing of them is kept."""
    return _parsed(json.dumps(list(_rows(repository, commit))))


@lru_cache(maxsize=MOST_HELD)
def _parsed(said: str) -> PastChanges:
    return PastChanges(
        PastChange(
            commit, subject, moment_of(str(merged)), moment_of(str(began)), count, tuple(paths)
        )
        for commit, subject, merged, began, count, paths in json.loads(said)
    )


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

    A commit belongs to the first merge that has it; merges of branches are not counted.
    """
    said = repository.ask("log", "--format=%H %at %P", END, head, seconds=LONG)
    written: dict[str, int] = {}
    parents: dict[str, list[str]] = {}
    for line in said.splitlines():
        name, moment, others = line.split(" ", 2)
        parents[name] = others.split()
        written[name] = int(moment_of(moment).timestamp())
    main_line = [head]
    while first := next((one for one in parents[main_line[-1]][:1] if one in parents), ""):
        main_line.append(first)
    known = set(main_line)
    found = {}
    for merge in reversed(main_line):
        moments = [written[one] for one in _new(parents, merge, known) if len(parents[one]) <= 1]
        if moments:
            found[merge] = (min(moments), len(moments))
    return found


def _new(parents: Mapping[str, Sequence[str]], merge: str, known: set[str]) -> Iterator[str]:
    """The commits that lead to a merge and are not known yet; afterwards they are."""
    front = list(parents[merge][1:])
    while front:
        name = front.pop()
        if name in parents and name not in known:
            known.add(name)
            front += parents[name]
            yield name


def _keep(ledger: Ledger, head: str, said: str) -> None:
    # What cannot be kept is read again next time.
    if ledger.damage:
        return
    with suppress(StoreBusy, StoreNotWritable), ledger.writing() as db:
        db.code.forget(KEPT_AS)
        db.code.save_facts(KEPT_AS, {head: said})
