"""Looks at the places that memories name, and keeps what became of each."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache, cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from indexer.freshness.definitions import LANGUAGES
from indexer.freshness.manifests import is_manifest, read_manifest
from indexer.freshness.memory_anchors import anchors_of, commits_since
from indexer.freshness.path_history import WorkingTree, ending_like, read_path_history
from indexer.freshness.removals import decides_removal
from indexer.freshness.spoken_of import is_called, linked_files
from indexer.freshness.symbols import check_symbols
from indexer.freshness.verdicts import DatedAnchor, KnownPaths, check_commits, check_path, finding
from indexer.freshness.versions import check_versions
from indexer.git.process import GitFailed
from indexer.git.repository import Repository
from indexer.wording.anchors import symbol_parts
from memory.ledger.facts import ANCHORS
from memory.models.assessment import Anchor, AnchorVerdict
from memory.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from indexer.freshness.manifests import Pinned
    from indexer.freshness.path_history import PathHistory
    from indexer.git.repository import Node
    from memory.ledger.interface.database import Database, Ledger
    from memory.ledger.interface.upkeep import Finding
    from memory.models.memory import Memory

_NOT_IN_CLONE = "the commit that this was written at is not in this clone"
_COMMON = 3  # files of one name in different folders; of more, that at the root is none's
_END_OF_CLONE = "the clone does not reach back to when this was written"


class Checker:
    """One look at a repository."""

    def __init__(self, git: Repository, head: str) -> None:
        """Look at it.

        Raises:
            GitFailed: it cannot be looked at.
        """
        self._git = git
        self._head = head
        self._now = WorkingTree(git, head)
        self._grafts = frozenset(git.grafts().split())
        self._is_partial = git.is_partial()
        self._known_files: set[str] = set()  # now, or once as far as history was looked at

    def check(
        self,
        memories: Sequence[Memory],
        named: Mapping[str, Sequence[Anchor]],
        known_since: Mapping[str, str],
        *,
        looks_back: int | None,
    ) -> tuple[dict[str, list[Finding]], dict[str, str]]:
        """What became of everything that memories name.

        Returns:
            The findings of each, in the order of its text, and since when it says so; by uid.
        """
        since = self._since(memories, known_since)
        texts = {one.uid: f"{one.title}\n\n{one.revision.draft.body}" for one in memories}
        dated = {
            uid: [_dated(anchor, since.get(uid, ""), texts.get(uid, "")) for anchor in anchors]
            for uid, anchors in named.items()
        }
        by_type: dict[str, list[DatedAnchor]] = defaultdict(list)
        for one in dict.fromkeys(one for ones in dated.values() for one in ones):
            by_type[one.anchor.type].append(one)
        is_whole = not self._grafts and not self._is_partial
        judged = check_commits(self._git, by_type["commit"], self._head, is_whole=is_whole)
        judged |= self._places(by_type["path"], by_type["symbol"], looks_back)
        found: dict[str, list[Finding]] = {}
        for uid, ones in dated.items():
            versions = [one.anchor for one in ones if one.anchor.type == "version"]
            in_use = check_versions(versions, self._pinned) if versions else {}
            outcomes = (judged.get(one) or in_use.get(one.anchor) for one in ones)
            text = texts.get(uid, "")
            linked = linked_files(text)
            found[uid] = [self._as_said(one, text, linked) for one in outcomes if one]
        return found, since

    def _since(self, memories: Sequence[Memory], known: Mapping[str, str]) -> dict[str, str]:
        found = {one.uid: known[one.uid] for one in memories if known.get(one.uid)}
        new = [one for one in memories if one.uid not in found]
        found |= commits_since(self._git, new, self._head)
        there = self._git.present(set(found.values())) if found else set()
        return {uid: commit for uid, commit in found.items() if commit in there}

    @cached_property
    def _pinned(self) -> list[Pinned]:
        paths = sorted(path for path in self._now.files if is_manifest(path))
        where = "" if self._now.has_worktree else self._head
        texts = self._git.texts((where, path) for path in paths)
        return [
            one
            for path in paths
            if (where, path) in texts
            for one in read_manifest(path, texts[where, path])
        ]

    def _places(
        self, paths: Sequence[DatedAnchor], symbols: Sequence[DatedAnchor], looks_back: int | None
    ) -> dict[DatedAnchor, Finding]:
        """What became of paths and symbols, without what may well be no place at all."""
        history = self._history(paths, symbols)
        self._known_files = {*self._now.files, *history.paths}
        judged = self._paths([one for one in paths if one.since], history)
        judged |= check_symbols(
            self._git, [one for one in symbols if one.since], history, looks_back=looks_back
        )
        known = {one: self._as_known(one, judged.get(one)) for one in (*paths, *symbols)}
        return {one: found for one, found in known.items() if not _is_words(found)}

    def _history(self, paths: Sequence[DatedAnchor], symbols: Sequence[DatedAnchor]) -> PathHistory:
        """The history back to the oldest commit at which something was another than now."""
        then = self._then((one.since, one.anchor.name) for one in paths if one.since)
        wanted = {one.since for one in symbols}
        for one in paths:
            now = self._now.node(one.anchor.name)
            was = then.get((one.since, one.anchor.name))
            is_same = now and was and (now.id == was.id or (now.is_folder and was.is_folder))
            if not is_same:
                wanted.add(one.since)
        return read_path_history(self._git, wanted - {""})

    def _paths(
        self, paths: Sequence[DatedAnchor], history: PathHistory
    ) -> dict[DatedAnchor, Finding]:
        then = self._then((one.since, one.anchor.name) for one in paths)
        meant: dict[DatedAnchor, list[str]] = {}
        for one in paths:
            name = one.anchor.name
            is_exact = (one.since, name) in then or self._now.is_there(name)
            is_common = "/" not in name and len(self._now.ending_like(name)) > _COMMON
            if is_exact and not is_common:
                meant[one] = [name]
            else:
                meant[one] = self._likes(name, one.since, history)
        single = {one: likes[0] for one, likes in meant.items() if len(likes) == 1}
        then |= self._then((one.since, path) for one, path in single.items())
        known = KnownPaths(self._now, history, then, self._renames)
        found = {
            one: check_path(one.anchor, path, one.since, known) for one, path in single.items()
        }
        for one, likes in meant.items():
            if len(likes) > 1:
                found[one] = finding(
                    one.anchor, AnchorVerdict.UNKNOWN, f"{len(likes)} paths end so"
                )
        return found

    def _likes(self, name: str, since: str, history: PathHistory) -> list[str]:
        """The paths that a name may mean that is none itself: there now, or else there once."""
        likes = self._now.ending_like(name)
        if not likes and history.since(name, since):
            return [name]
        once = [] if likes else ending_like(name, history.paths)
        then = self._then((since, path) for path in once) if len(once) > 1 else {}
        return likes or [path for path in once if (since, path) in then] or once or [name]

    def _then(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Node]:
        if not self._is_partial:
            return self._git.nodes(wanted)
        by_commit: dict[str, set[str]] = defaultdict(set)
        for commit, path in wanted:
            by_commit[commit].add(path)
        found: dict[tuple[str, str], Node] = {}
        for commit, paths in by_commit.items():
            try:
                found |= self._git.listed(commit, paths)
            except GitFailed:
                continue
        return found

    @cache  # noqa: B019 - one look lives as long as one run
    def _renames(self, since: str) -> dict[str, str]:
        try:
            return self._git.renames_between(since, self._head)
        except GitFailed:
            return {}

    def _as_said(self, found: Finding, text: str, linked: Mapping[str, set[str]]) -> Finding:
        """A finding, as far as the text of its memory lets it be about this project."""
        checked = found.checked
        files = linked.get(checked.name)
        if checked.type != "symbol" or not files or not files.isdisjoint(self._known_files):
            return _as_decided(found, text)
        anchor = Anchor(type=checked.type, name=checked.name)
        reason = f"is linked to {min(files)}, which this repository does not have"
        return finding(anchor, AnchorVerdict.UNKNOWN, reason, found.place)

    def _as_known(self, one: DatedAnchor, found: Finding | None) -> Finding:
        """A finding as far as the clone can bear it out."""
        if found is None:
            return finding(one.anchor, AnchorVerdict.UNKNOWN, _NOT_IN_CLONE)
        is_at_end = one.since in self._grafts
        if is_at_end and found.checked.verdict in (AnchorVerdict.FRESH, AnchorVerdict.UNKNOWN):
            return finding(one.anchor, AnchorVerdict.UNKNOWN, _END_OF_CLONE, found.place)
        return found


def _dated(anchor: Anchor, since: str, text: str) -> DatedAnchor:
    is_bare = anchor.type == "symbol" and len(symbol_parts(anchor.name)) == 1
    return DatedAnchor(anchor, since, is_bare and is_called(text, anchor.name))


def _as_decided(found: Finding, text: str) -> Finding:
    """A finding; what is gone as its memory decided is as it is to be."""
    checked = found.checked
    if checked.verdict is not AnchorVerdict.GONE or checked.type == "commit":
        return found
    if not decides_removal(text, checked.name):
        return found
    anchor = Anchor(type=checked.type, name=checked.name)
    return finding(anchor, AnchorVerdict.FRESH, f"is gone, as decided: {checked.reason}")


def _is_words(found: Finding) -> bool:
    """Whether what was never found may well be something else than a place.

    Two words with a slash between are no path then; `orders_total` is a metric or a column.
    """
    name = found.checked.name
    if found.checked.verdict is not AnchorVerdict.UNKNOWN:
        return False
    if found.checked.type == "path":
        return "." not in name.rpartition("/")[2]
    return name.isidentifier() and name.islower() and not found.place


def without_git(anchors: Iterable[Anchor], reason: str) -> list[Finding]:
    """What can be said of anchors where there is no history."""
    return [
        finding(anchor, AnchorVerdict.UNKNOWN, f"there is no history to look at: {reason}")
        for anchor in anchors
    ]


LOOKS_BACK = 32  # commits in whose files an index run looks for definitions that are gone now
_BATCH = 200  # memories in one transaction
_NOT_LOOKED_AT = "What memories name was not looked at"
_CODE = tuple(f".{ending}" for ending in LANGUAGES)
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


class Touched(NamedTuple):
    """What changed in a repository between two looks."""

    paths: frozenset[str]  # with their old and their new names
    words: frozenset[str] = frozenset()  # in those that are code
    has_moved: bool = False  # whether another commit is checked out

    @property
    def has_manifest(self) -> bool:
        """Whether versions may be."""
        return any(is_manifest(path) for path in self.paths)


def check_anchors(ledger: Ledger, root: Path, uids: Collection[str] | None) -> list[str]:
    """Look at what memories name, those with these uids or all, and keep what was found.

    Returns:
        What is wrong with the repository, in a line; nothing as a rule.
    """
    git = Repository(root)
    mark = _present_mark(ledger.db, git)
    if uids is None:
        paths = "\0".join(sorted(ledger.db.memories.paths()))
        mark = mark.model_copy(update={"records": blake2b(paths.encode()).hexdigest()})
    wanted = _naming_something(ledger.db, mark) if uids is None else uids
    try:
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
    now = _present_mark(ledger.db, git).model_copy(update={"records": before.records})
    if now == before:
        return []
    try:
        uids, since = _concerned(ledger.db, git, before, now)
        _check(ledger, git, now.head, uids, since, LOOKS_BACK)
    except GitFailed as error:
        return [f"{_NOT_LOOKED_AT}: {error}. `archmem verify` tries again."]
    with ledger.writing() as db:
        _save_mark(db, now)
    return []


def is_touched(finding: Finding, touched: Touched) -> bool:
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
    revision = db.changes.latest()
    try:
        head, grafts = git.head(), git.grafts()
    except GitFailed:
        return LookMark(revision=revision)
    try:
        dirty = git.uncommitted().paths
    except GitFailed:  # a bare repository
        dirty = frozenset()
    moments = tuple(f"{path}\0{git.moment_of(path)}" for path in sorted(dirty))
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
) -> Touched:
    """What commits changed since the last look, and the worktree, then or now."""
    places = [(head, path) for path in changed] + [("", path) for path in dirty]
    texts = git.texts(place for place in places if place[1].endswith(_CODE))
    words = {word for text in texts.values() for word in _WORD.findall(text)}
    return Touched(frozenset({*changed, *dirty}), frozenset(words))


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
    records = ledger.db.memories.paths()
    named = {one.uid: anchors for one in memories if (anchors := anchors_of(one, records))}
    found: dict[str, list[Finding]] = {}
    since = dict(since)
    if not head:
        reason = "no commit is checked out"
        found = {uid: without_git(anchors, reason) for uid, anchors in named.items()}
    elif named:
        asked = [one for one in memories if one.uid in named]
        found, since = Checker(git, head).check(asked, named, since, looks_back=looks_back)
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
