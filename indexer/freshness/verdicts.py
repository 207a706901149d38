"""What became of the paths and commits that memories name, since then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from memory.ledger.interface.upkeep import AnchorFinding
from memory.models.assessment import Anchor, AnchorVerdict, CheckedAnchor

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from indexer.freshness.path_history import PathEvent, PathHistory, WorkingTree
    from indexer.git.repository import Node, Repository

_Outcome = tuple[AnchorVerdict, str, str]  # with its reason, and where it moved


class DatedAnchor(NamedTuple):
    """What a memory names, and the commit at which it last said something new."""

    anchor: Anchor
    since: str  # "" where that is not known
    is_called: bool = False  # whether the memory speaks of it as of something that is called


@dataclass(frozen=True)
class KnownPaths:
    """What is known of the paths of a repository."""

    now: WorkingTree
    history: PathHistory
    then: Mapping[tuple[str, str], Node]  # by commit and path
    renames: Callable[[str], dict[str, str]]  # since a commit, whoever did them


def finding(
    anchor: Anchor, verdict: AnchorVerdict, reason: str, place: str = "", *, target: str = ""
) -> AnchorFinding:
    """A verdict on an anchor, with the file that was looked at."""
    checked = CheckedAnchor(**anchor.model_dump(), verdict=verdict, reason=reason, target=target)
    return AnchorFinding(checked, place)


def check_path(anchor: Anchor, path: str, since: str, known: KnownPaths) -> AnchorFinding:
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
        last = event or events[0]  # of a rename, what became of the file after it
        return AnchorVerdict.GONE, f"made since, and deleted in {last.words}", ""
    return AnchorVerdict.UNKNOWN, "was not there when this was written, and is not now", ""


def check_commits(
    git: Repository, named: Collection[DatedAnchor], head: str, *, is_whole: bool
) -> dict[DatedAnchor, AnchorFinding]:
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
