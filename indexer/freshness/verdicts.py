"""What became of the paths, symbols, commits and versions that memories name, since then."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from indexer.freshness.definitions import definitions, find_definitions, without_tests
from indexer.freshness.manifests import fold_product
from memory.ledger.interface.upkeep import Finding
from memory.models.assessment import Anchor, AnchorVerdict, Checked

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from indexer.freshness.manifests import Pinned
    from indexer.freshness.path_history import PathEvent, PathHistory, WorkingTree
    from indexer.git.repository import Node, Repository

_VERSION = re.compile(
    r"(?P<name>.+?)(?:\[[\w,]+\])?[\s=<>~^@:v]+(?P<number>\d+(?:\.\d+)*)(?:-\w+)?$"
)
MANY = 3  # files that define a name; beyond that nobody can say which is meant
_Outcome = tuple[AnchorVerdict, str, str]  # with its reason, and where it moved


class DatedAnchor(NamedTuple):
    """What a memory names, and the commit at which it last said something new."""

    anchor: Anchor
    since: str  # "" where that is not known


@dataclass(frozen=True)
class KnownPaths:
    """What is known of the paths of a repository."""

    now: WorkingTree
    history: PathHistory
    then: Mapping[tuple[str, str], Node]  # by commit and path
    renames: Callable[[str], dict[str, str]]  # since a commit, whoever did them


def finding(
    anchor: Anchor, verdict: AnchorVerdict, reason: str, place: str = "", *, target: str = ""
) -> Finding:
    """A verdict on an anchor, with the file that was looked at."""
    checked = Checked(**anchor.model_dump(), verdict=verdict, reason=reason, target=target)
    return Finding(checked, place)


def check_path(anchor: Anchor, path: str, since: str, known: KnownPaths) -> Finding:
    """What became of a path that a memory names.

    A folder is fresh as long as it is there: it is named as a place, not for what is in it. What
    was not there yet and is now was planned, and came.
    """
    then, now = known.then.get((since, path)), known.now.node(path)
    if then is not None and now is not None:
        verdict, reason, target = _compared(path, then, now, since, known)
    elif then is not None:
        verdict, reason, target = _vanished(path, then, since, known)
    elif now is not None:
        verdict, reason, target = AnchorVerdict.FRESH, _made(path, since, known), ""
    else:
        verdict, reason, target = _never_seen(path, since, known)
    return finding(anchor, verdict, reason, path, target=target)


def counted_changes(events: list[PathEvent]) -> str:
    """How many commits changed something, and the last of them."""
    if not events:
        return "its content is another now"
    if len(events) == 1:
        return f"changed in {events[0].words}"
    return f"{len(events)} commits since, last {events[0].words}"


def _compared(path: str, then: Node, now: Node, since: str, known: KnownPaths) -> _Outcome:
    if then.is_folder and now.is_folder:
        return AnchorVerdict.FRESH, "the folder is there", ""
    if then.is_folder or now.is_folder:
        return AnchorVerdict.CHANGED, f"is a {'folder' if now.is_folder else 'file'} now", ""
    if then.id == now.id:
        return AnchorVerdict.FRESH, f"as it was in {since[:7]}", ""
    if path in known.now.changes.changed:
        committed = known.now.committed(path)
        if committed is not None and committed.id == then.id:
            return AnchorVerdict.CHANGED, "changed in the worktree, not committed", ""
    return AnchorVerdict.CHANGED, counted_changes(known.history.since(path, since)), ""


def _vanished(path: str, then: Node, since: str, known: KnownPaths) -> _Outcome:
    changes = known.now.changes
    if path in changes.renamed:
        return AnchorVerdict.MOVED, "renamed in the worktree, not committed", changes.renamed[path]
    if path in changes.deleted:
        return AnchorVerdict.GONE, "deleted in the worktree, not committed", ""
    if then.is_folder:
        target, event = known.history.folder_followed(path, known.now.is_folder)
        what = "its files went there"
    else:
        target, event = known.history.followed(path, known.now.is_there)
        what = "renamed"
        if event is None:  # as a merge can do that no commit of either side tells of
            target = known.renames(since).get(path, "")
            target = target if target and known.now.is_there(target) else ""
    when = f" in {event.words}" if event else ""
    if target:
        return (
            AnchorVerdict.MOVED,
            f"{what}{when}{_changed_too(target, then, since, known)}",
            target,
        )
    how = "nothing is left of it since" if then.is_folder else "deleted in"
    return AnchorVerdict.GONE, f"{how} {event.words}" if event else "is not there any more", ""


def _changed_too(target: str, then: Node, since: str, known: KnownPaths) -> str:
    now = known.now.node(target)
    if then.is_folder or now is None or now.id == then.id:
        return ""
    edits = [event for event in known.history.since(target, since) if event.letter == "M"]
    return f", and changed: {counted_changes(edits)}" if edits else ", and changed with that"


def _made(path: str, since: str, known: KnownPaths) -> str:
    if known.now.committed(path) is None:
        return "is there since, not committed"
    made = [event for event in known.history.since(path, since) if event.letter == "A"]
    return f"is there since {made[-1].words}" if made else "is there since"


def _never_seen(path: str, since: str, known: KnownPaths) -> _Outcome:
    events = known.history.since(path, since)
    if any(event.letter == "A" for event in events):
        target, event = known.history.followed(path, known.now.is_there)
        if target and event:
            return AnchorVerdict.MOVED, f"renamed in {event.words}", target
        return AnchorVerdict.GONE, f"made since, and deleted in {events[0].words}", ""
    return AnchorVerdict.UNKNOWN, "was not there when this was written, and is not now", ""


def check_symbols(
    git: Repository, named: Iterable[DatedAnchor], history: PathHistory, *, looks_back: int | None
) -> dict[DatedAnchor, Finding]:
    """What became of symbols, by them.

    A definition is first looked for where it is now. Only where it was not there then are the
    files of that commit searched.

    With `looks_back`, only the files of so many commits are searched, the latest.
    """
    named = list(dict.fromkeys(named))
    now = find_definitions(git, {one.anchor.name for one in named}, "")
    places = {(one.since, path) for one in named for path in now[one.anchor.name]}
    texts = git.texts(places)
    then: dict[DatedAnchor, dict[str, str]] = {}
    for one in named:
        bodies = ((path, texts.get((one.since, path), "")) for path in now[one.anchor.name])
        then[one] = without_tests(
            {path: definitions(path, text, one.anchor.name) for path, text in bodies}
        )
    missing: dict[str, list[DatedAnchor]] = defaultdict(list)
    for one in named:
        if not then[one] and one.since:
            missing[one.since].append(one)
    oldest = len(history.positions)
    latest_first = sorted(missing, key=lambda one: (history.positions.get(one, oldest), one))
    searched = latest_first[:looks_back]
    for since in searched:
        found = find_definitions(git, {one.anchor.name for one in missing[since]}, since)
        for one in missing[since]:
            then[one] = found[one.anchor.name]
    unsearched = missing.keys() - set(searched)
    return {
        one: _unsearched(one.anchor, now[one.anchor.name])
        if one.since in unsearched and not then[one]
        else _judge_symbol(one.anchor, one.since, then[one], now[one.anchor.name], history)
        for one in named
    }


def _judge_symbol(
    anchor: Anchor,
    since: str,
    then: Mapping[str, str],
    now: Mapping[str, str],
    history: PathHistory,
) -> Finding:
    """What became of a symbol, by what it was defined as then and is now, by file."""
    if len(now) > MANY or len(then) > MANY:
        count = max(len(now), len(then))
        return finding(anchor, AnchorVerdict.UNKNOWN, f"is defined in {count} files")
    place = min(now, default="")
    if not then and not now:
        return finding(anchor, AnchorVerdict.UNKNOWN, "no definition was or is there")
    if not then:
        return finding(anchor, AnchorVerdict.FRESH, f"is defined in {place} since", place)
    if not now:
        return finding(anchor, AnchorVerdict.GONE, _symbol_left(min(then), since, history))
    both = sorted(then.keys() & now.keys())
    if both:
        return _compared_symbol(
            anchor, since, {path: then[path] == now[path] for path in both}, history
        )
    changed = "" if set(then.values()) & set(now.values()) else ", and changed"
    return finding(
        anchor, AnchorVerdict.MOVED, f"was defined in {min(then)}{changed}", place, target=place
    )


def _symbol_left(was: str, since: str, history: PathHistory) -> str:
    event = next((one for one in history.since(was, since) if one.letter in "DR"), None)
    did = "" if event is None else "deleted" if event.letter == "D" else "renamed"
    how = f", {did} in {event.words}" if event else ""
    return f"no definition is left; it was in {was}{how}"


def _compared_symbol(
    anchor: Anchor, since: str, is_same: Mapping[str, bool], history: PathHistory
) -> Finding:
    other = next((path for path, same in is_same.items() if not same), None)
    if other is None:
        path = next(iter(is_same))
        return finding(anchor, AnchorVerdict.FRESH, f"defined in {path} as it was", path)
    events = history.since(other, since)
    told = f": {counted_changes(events)}" if events else ""
    return finding(
        anchor, AnchorVerdict.CHANGED, f"its definition in {other} is another{told}", other
    )


def _unsearched(anchor: Anchor, now: Mapping[str, str]) -> Finding:
    where = f"is defined in {min(now)}" if now else "is not defined anywhere now"
    words = f"{where}; how it was is for `archmem verify` to look up"
    return finding(anchor, AnchorVerdict.UNKNOWN, words, min(now, default=""))


def check_commits(
    git: Repository, named: Collection[DatedAnchor], head: str, *, is_whole: bool
) -> dict[DatedAnchor, Finding]:
    """Whether commits are part of what is checked out, by the anchors that name them.

    What a record that came with the first commit names is from a history before this one.
    """
    if not named:
        return {}
    known = git.resolved(sorted({one.anchor.name for one in named}))
    beyond = git.beyond(known.values(), head)
    first = git.first_commits(head)

    def outcome(one: DatedAnchor) -> tuple[AnchorVerdict, str]:
        commit = known.get(one.anchor.name)
        if commit and commit not in beyond:
            return AnchorVerdict.FRESH, "is part of what is checked out"
        if commit:
            return AnchorVerdict.CHANGED, "is known, but not part of what is checked out"
        if one.since in first:
            return (
                AnchorVerdict.UNKNOWN,
                "is from before this history, which begins with the record",
            )
        if is_whole:
            return AnchorVerdict.GONE, "no commit has this hash"
        return AnchorVerdict.UNKNOWN, "is not in this clone, which has a part of the history"

    return {one: finding(one.anchor, *outcome(one)) for one in named}


def check_versions(anchors: Iterable[Anchor], pinned: Sequence[Pinned]) -> dict[Anchor, Finding]:
    """Whether versions are in use, by their anchors; all of them are from one memory.

    Of several versions of one product, those that are not in use are what it was before, if
    another is: they are left out.
    """
    judged = [(*_product(anchor), _check_version(anchor, pinned)) for anchor in anchors]
    in_use = {name for name, _, one in judged if one.checked.verdict is AnchorVerdict.FRESH}
    newest: dict[str, tuple[tuple[int, ...], Finding]] = {}
    for name, number, one in judged:
        counts = name not in in_use or one.checked.verdict is AnchorVerdict.FRESH
        if counts and (name not in newest or number > newest[name][0]):
            newest[name] = number, one
    return {Anchor(type="version", name=one.checked.name): one for _, one in newest.values()}


def _product(anchor: Anchor) -> tuple[str, tuple[int, ...]]:
    match = _VERSION.match(anchor.name)
    return (fold_product(match["name"]), _parts(match["number"])) if match else ("", ())


def _parts(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split("."))


def _check_version(anchor: Anchor, pinned: Sequence[Pinned]) -> Finding:
    name, number = _product(anchor)
    found = [one for one in pinned if one.name == name]
    same = next((one for one in found if _agree(number, _parts(one.version))), None)
    if same:
        return finding(anchor, AnchorVerdict.FRESH, f"{same.path} has {same.version}")
    if not found:
        return finding(anchor, AnchorVerdict.UNKNOWN, "no manifest names a version of it")
    said = sorted({one.version for one in found}, key=_parts)
    places = f"{found[0].path} has" if len(said) == 1 else "manifests have"
    return finding(anchor, AnchorVerdict.CHANGED, f"{places} {', '.join(said)}")


def _agree(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether two versions are the same as far as both go, and no further than the minor one."""
    length = min(len(one), len(other), 2)
    return one[:length] == other[:length]
