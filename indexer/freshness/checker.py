"""What became of the places that memories name."""

from __future__ import annotations

from collections import defaultdict
from functools import cache, cached_property
from typing import TYPE_CHECKING

from indexer.freshness.beside import folders_of_records
from indexer.freshness.manifest_versions import check_versions
from indexer.freshness.manifests import is_manifest, read_manifest
from indexer.freshness.memory_anchors import commits_since
from indexer.freshness.path_history import WorkingTree, ending_like, read_path_history
from indexer.freshness.removals import decides_removal
from indexer.freshness.spoken_of import is_called, linked_files
from indexer.freshness.symbols import NOT_DEFINED, check_symbols
from indexer.freshness.verdicts import DatedAnchor, KnownPaths, check_commits, check_path, finding
from indexer.git.process import GitFailed
from indexer.wording.anchors import symbol_parts
from memory.models.assessment import Anchor, AnchorVerdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from indexer.freshness.manifests import Pinned
    from indexer.freshness.path_history import PathHistory
    from indexer.git.repository import Node, Repository
    from memory.ledger.interface.upkeep import AnchorFinding
    from memory.models.memory import Memory

_NOT_IN_CLONE = "the commit that this was written at is not in this clone"
_COMMON = 3  # files of one name in different folders; of more, that at the root is none's
_END_OF_CLONE = "the clone does not reach back to when this was written"


class Checker:
    """One look at a repository."""

    def __init__(self, git: Repository, head: str, records: Iterable[str] = ()) -> None:
        """Look at it.

        Args:
            git: The repository.
            head: The commit that is checked out.
            records: The paths of all files that memories are from.

        Raises:
            GitFailed: it cannot be looked at.
        """
        self._git = git
        self._head = head
        self._now = WorkingTree(git, head)
        self._grafts = frozenset(git.grafts().split())
        self._is_partial = git.is_partial()
        self._beside = folders_of_records(records, self._now.files)
        self._known_files: set[str] = set()  # now, or once as far as history was looked at

    def check(
        self,
        memories: Sequence[Memory],
        named: Mapping[str, Sequence[Anchor]],
        known_since: Mapping[str, str],
        *,
        looks_back: int | None,
    ) -> tuple[dict[str, list[AnchorFinding]], dict[str, str]]:
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
        found: dict[str, list[AnchorFinding]] = {}
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
    ) -> dict[DatedAnchor, AnchorFinding]:
        """What became of paths and symbols, without what may well be no place at all."""
        history = self._history(paths, symbols)
        self._known_files = {*self._now.files, *history.paths}
        judged = self._paths([one for one in paths if one.since], history)
        judged |= check_symbols(
            self._git,
            [one for one in symbols if one.since],
            history,
            looks_back=looks_back,
            beside=self._beside,
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
    ) -> dict[DatedAnchor, AnchorFinding]:
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

    def _as_said(
        self, found: AnchorFinding, text: str, linked: Mapping[str, set[str]]
    ) -> AnchorFinding:
        """A finding, as far as the text of its memory lets it be about this project."""
        checked = found.checked
        files = linked.get(checked.name)
        if checked.type != "symbol" or not files or not files.isdisjoint(self._known_files):
            return _as_decided(found, text)
        anchor = Anchor(type=checked.type, name=checked.name)
        reason = f"is linked to {min(files)}, which this repository does not have"
        return finding(anchor, AnchorVerdict.UNKNOWN, reason, found.place)

    def _as_known(self, one: DatedAnchor, found: AnchorFinding | None) -> AnchorFinding:
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


def _as_decided(found: AnchorFinding, text: str) -> AnchorFinding:
    """A finding; what is gone as its memory decided is as it is to be."""
    checked = found.checked
    is_lost = checked.verdict is AnchorVerdict.GONE or checked.reason.startswith(NOT_DEFINED)
    if not is_lost or checked.type == "commit" or not decides_removal(text, checked.name):
        return found
    anchor = Anchor(type=checked.type, name=checked.name)
    return finding(anchor, AnchorVerdict.FRESH, f"is gone, as decided: {checked.reason}")


def _is_words(found: AnchorFinding) -> bool:
    """Whether what was never found may well be something else than a place.

    Two words with a slash between are no path then; `orders_total` is a metric or a column.
    """
    name = found.checked.name
    if found.checked.verdict is not AnchorVerdict.UNKNOWN:
        return False
    if found.checked.type == "path":
        return "." not in name.rpartition("/")[2]
    return name.isidentifier() and name.islower() and not found.place


def without_git(anchors: Iterable[Anchor], reason: str) -> list[AnchorFinding]:
    """What can be said of anchors where there is no history."""
    return [
        finding(anchor, AnchorVerdict.UNKNOWN, f"there is no history to look at: {reason}")
        for anchor in anchors
    ]
