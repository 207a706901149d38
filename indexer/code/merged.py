"""What was merged to the main line, as git tells it: kept, and carried on when the head moves."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from indexer.git.log import CommitLog
from indexer.git.process import END, LONG, GitFailed
from indexer.git.repository import Repository, moment_of
from memory.code.past_changes import PastChange, PastChanges
from memory.ledger.keeping import keep_derived

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from memory.ledger.interface.database import Database, Ledger

MOST = 3_000  # changes; older ones tell of another code base
MOST_HELD = 2  # projects in one process
KEPT_AS = "merged:3"  # among the facts of code, by the commit that was checked out last
_LAST = "last"  # beside it, which commit that was
Row = list[Any]  # the fields of `PastChange`, moments in seconds
_OWN = ("Merge pull request", "Merge branch", "Merge remote-tracking", "Merge tag")  # git's words


def read_merged(ledger: Ledger, root: Path) -> PastChanges | None:
    """The changes that led to the commit that is checked out; None without git."""
    repository = Repository(root)
    try:
        head = repository.head()
        kept = ledger.db.code.facts(KEPT_AS, [head])
        said = kept[head] if head in kept else _carried_on(ledger, repository, head)
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


def _carried_on(ledger: Ledger, repository: Repository, head: str) -> str:
    """The rows of the changes up to a commit, as JSON; they are kept."""
    last = ledger.db.code.facts(KEPT_AS, [_LAST]).get(_LAST, "")
    kept = ledger.db.code.facts(KEPT_AS, [last]) if last else {}
    main_line = repository.ask("rev-list", "--first-parent", f"--max-count={MOST}", END, head)
    before = json.loads(kept[last]) if last in kept and last in main_line.split() else []
    rows = [*_rows(repository, head, after=last if before else ""), *before]
    said = json.dumps(rows[:MOST])

    def write(db: Database) -> None:
        db.code.forget(KEPT_AS)
        db.code.save_facts(KEPT_AS, {head: said, _LAST: head})

    keep_derived(ledger, write)
    return said


def _rows(repository: Repository, head: str, *, after: str = "") -> Iterator[Row]:
    """Those of the main line up to a commit, the latest first; of those since another on it."""
    commits = f"{after}..{head}" if after else head
    brought = _brought(repository, head, commits)
    options = ("--first-parent", "-m", f"--max-count={MOST}", END, commits)
    for one in CommitLog(repository, options):
        at = int(one.at.timestamp()) if one.at else 0
        subject = one.subject
        if one.is_merge and subject.startswith(_OWN):
            subject = next((line for line in one.body.splitlines() if line.strip()), subject)
        began, count = brought.get(one.hash, (at, 1))
        yield [one.hash, subject, at, min(began, at), count, [each.path for each in one.changes]]


def _brought(repository: Repository, head: str, commits: str) -> dict[str, tuple[int, int]]:
    """Of each merge of the main line among commits: when the first that it brought was written.

    And how many it brought: a commit belongs to the first merge that has it; merges of branches are
    not counted.
    """
    said = repository.ask("log", "--format=%H %at %P", END, commits, seconds=LONG)
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
