"""Looks at what memories name, all of it or what may be another than last time, and keeps it.

What looks is imported when there is something to look at: a run over an unchanged tree has nothing.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from indexer.freshness.memory_anchors import anchors_of
from indexer.git.process import GitFailed
from indexer.git.repository import Repository
from indexer.wording.anchors import symbol_parts
from memory.ledger.store_facts import ANCHORS
from memory.models.assessment import AnchorVerdict
from memory.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from memory.ledger.interface.database import Database, Ledger
    from memory.ledger.interface.upkeep import AnchorFinding

LOOKS_BACK = 32  # commits in whose files an index run looks for definitions that are gone now
_BATCH = 200  # memories in one transaction
_NOT_LOOKED_AT = "What memories name was not looked at"
_WORD = re.compile(r"[A-Za-z_]\w*")


class LookMark(BaseModel):
    """How far what memories name was looked at, and in which state of the repository."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    by: str = VERSION  # another may judge otherwise
    revision: int = 0  # the newest one that was looked at
    head: str = ""  # the commit that was checked out; "" without git
    grafts: str = ""  # where a shallow clone ended
    dirty: tuple[str, ...] = ()  # what the worktree had changed, with when
    records: str = ""  # a hash of the paths of all records, when all memories were looked at


class ChangedPaths(NamedTuple):
    """What changed in a repository between two looks."""

    paths: frozenset[str]  # with their old and their new names
    words: frozenset[str] = frozenset()  # in those that are code
    has_moved: bool = False  # whether another commit is checked out

    @property
    def has_manifest(self) -> bool:
        """Whether versions may be."""
        from indexer.freshness.manifests import is_manifest

        return any(is_manifest(path) for path in self.paths)


def check_anchors(ledger: Ledger, root: Path, uids: Collection[str] | None) -> list[str]:
    """Look at what memories name, those with these uids or all, and keep what was found.

    Returns:
        What is wrong with the repository, in a line; nothing as a rule.
    """
    git = Repository(root)
    try:
        mark = _present_mark(ledger.db, git)
        if uids is None:
            paths = "\0".join(sorted(ledger.db.memories.paths()))
            mark = mark.model_copy(update={"records": blake2b(paths.encode()).hexdigest()})
        wanted = _naming_something(ledger.db, mark) if uids is None else uids
        _check(ledger, git, mark.head, wanted, {}, None)
    except GitFailed as error:
        return [f"{_NOT_LOOKED_AT}: {error}. What is told of them is as of the last look."]
    if uids is None:
        with ledger.writing() as db:
            _save_mark(db, mark)
    return []


def look_again(ledger: Ledger, root: Path) -> list[str]:
    """Look at what may be another than it was at the last look, and keep what was found.

    That is what new revisions name, and what commits or the worktree changed meanwhile.

    Returns:
        What is wrong with the repository, in a line; nothing as a rule.
    """
    git = Repository(root)
    before = find_look_mark(ledger.db)
    try:
        now = _present_mark(ledger.db, git).model_copy(update={"records": before.records})
        if now == before:
            return []
        uids, since = _concerned(ledger.db, git, before, now)
        _check(ledger, git, now.head, uids, since, LOOKS_BACK)
    except GitFailed as error:
        return [f"{_NOT_LOOKED_AT}: {error}. `archmem verify` tries again."]
    with ledger.writing() as db:
        _save_mark(db, now)
    return []


def is_touched(finding: AnchorFinding, touched: ChangedPaths) -> bool:
    """Whether a finding may be another after a change.

    A definition can turn up anywhere: where there was one, it is that file which counts; where
    there was none, any that has the word.
    """
    checked, place = finding
    if checked.type == "commit":
        return touched.has_moved and checked.verdict is not AnchorVerdict.FRESH
    if checked.type == "version":
        return touched.has_manifest
    if checked.type == "symbol":
        if place and (checked.verdict is not AnchorVerdict.UNKNOWN or place in touched.paths):
            return place in touched.paths
        return symbol_parts(checked.name)[-1] in touched.words
    is_open = checked.verdict is AnchorVerdict.UNKNOWN  # several ends like it, or none yet
    name = f"/{checked.name}"
    return any(
        path in (checked.name, place, checked.target)
        or path.startswith((f"{place}/", f"{checked.name}/", f"{checked.target or place}/"))
        or (is_open and f"/{path}".endswith(name))
        for path in touched.paths
    )


def find_look_mark(db: Database) -> LookMark:
    """How far they were looked at; not at all where that cannot be told."""
    try:
        return LookMark.model_validate_json(db.facts.find(ANCHORS) or "")
    except ValidationError:
        return LookMark(by="")


def _save_mark(db: Database, mark: LookMark) -> None:
    db.facts.save(ANCHORS, mark.model_dump_json())


def _naming_something(db: Database, now: LookMark) -> Collection[str]:
    """All memories but those that are known to name nothing.

    A path is no anchor as long as it is a record's, so what they name may be another with those.
    """
    before = find_look_mark(db)
    if (before.by, before.records) != (now.by, now.records):
        return db.changes.revised(0)
    return {*db.changes.revised(before.revision), *(one.uid for one in db.anchors.findings())}


def _present_mark(db: Database, git: Repository) -> LookMark:
    """How far there is to look at.

    Raises:
        GitFailed: there are commits, and git cannot tell where they end.
    """
    revision = db.changes.latest()
    try:
        head = git.head()
    except GitFailed:  # no commit yet, or no git
        return LookMark(revision=revision)
    grafts = git.grafts()
    try:
        dirty = git.uncommitted().paths
    except GitFailed:  # a bare repository
        dirty = frozenset()
    moments = tuple(f"{path}\0{git.written_at(path)}" for path in sorted(dirty))
    return LookMark(revision=revision, head=head, grafts=grafts, dirty=moments)


def _concerned(
    db: Database, git: Repository, before: LookMark, now: LookMark
) -> tuple[list[str], dict[str, str]]:
    """The memories to look at, and since when those say what they say that say nothing new."""
    everything = db.changes.revised(0)
    alike = before.model_copy(update={"revision": 0, "head": "", "dirty": ()})
    if alike != now.model_copy(update={"revision": 0, "head": "", "dirty": ()}):
        return everything, {}
    new = db.changes.revised(before.revision)
    if bool(before.head) != bool(now.head):
        return everything, {}
    if not now.head:
        return new, {}
    moved = before.head != now.head
    if moved and not git.is_ancestor(before.head, now.head):
        return everything, {}
    changed = git.changed_between(before.head, now.head) if moved else set()
    dirty = {one.partition("\0")[0] for one in {*before.dirty} ^ {*now.dirty}}
    touched = _touched_by(git, now.head, changed, dirty)._replace(has_moved=moved)
    kept = db.anchors.findings()
    concerned = {one.uid for one in kept if is_touched(one.finding, touched)}
    since = {one.uid: one.since for one in kept if one.uid not in new}
    return sorted({*new, *concerned}), since


def _touched_by(
    git: Repository, head: str, changed: Collection[str], dirty: Collection[str]
) -> ChangedPaths:
    """What commits changed since the last look, and the worktree, then or now."""
    from indexer.freshness.definitions import LANGUAGES

    code = tuple(f".{ending}" for ending in LANGUAGES)
    places = [(head, path) for path in changed] + [("", path) for path in dirty]
    texts = git.texts(place for place in places if place[1].endswith(code))
    words = {word for text in texts.values() for word in _WORD.findall(text)}
    return ChangedPaths(frozenset({*changed, *dirty}), frozenset(words))


def _check(
    ledger: Ledger,
    git: Repository,
    head: str,
    uids: Collection[str],
    since: Mapping[str, str],
    looks_back: int | None,
) -> None:
    memories = [
        one for one in ledger.db.memories.with_uids(sorted(uids)) if not one.revision.removed
    ]
    if not memories:
        return
    from indexer.freshness.checker import Checker, without_git

    records = ledger.db.memories.paths()
    named = {one.uid: anchors for one in memories if (anchors := anchors_of(one, records))}
    found: dict[str, list[AnchorFinding]] = {}
    since = dict(since)
    if not head:
        reason = "no commit is checked out"
        found = {uid: without_git(anchors, reason) for uid, anchors in named.items()}
    elif named:
        asked = [one for one in memories if one.uid in named]
        found, since = Checker(git, head, records).check(asked, named, since, looks_back=looks_back)
    for start in range(0, len(memories), _BATCH):
        with ledger.writing() as db:
            for one in memories[start : start + _BATCH]:
                db.anchors.save(
                    one.uid,
                    one.revision.number,
                    found.get(one.uid, ()),
                    since=since.get(one.uid, ""),
                    commit=head,
                )
