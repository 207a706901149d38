"""What became of a path since a commit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from memory.ledger.anchors import Finding
from memory.models.freshness import Anchor, Checked, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from indexer.freshness.now import Now
    from indexer.freshness.story import Event, Story
    from indexer.git.repository import Node


@dataclass(frozen=True)
class Surroundings:
    """What is known of a repository."""

    now: Now
    story: Story
    then: Mapping[tuple[str, str], Node]  # by commit and path
    renames: Callable[[str], dict[str, str]]  # since a commit, whoever did them


def check_path(anchor: Anchor, path: str, since: str, known: Surroundings) -> Finding:
    """What became of a path that a memory names.

    A folder is fresh as long as it is there: it is named as a place, not for what is in it. What
    was not there yet and is now was planned, and came.

    Args:
        anchor: As the memory has it.
        path: Which path of the repository it means.
        since: The commit at which the memory last said something new.
        known: What there is to know.
    """
    then, now = known.then.get((since, path)), known.now.thing(path)
    if then is not None and now is not None:
        verdict, reason, target = _compared(path, then, now, since, known)
    elif then is not None:
        verdict, reason, target = _vanished(path, then, since, known)
    elif now is not None:
        verdict, reason, target = Verdict.FRESH, _made(path, since, known), ""
    else:
        verdict, reason, target = _never_seen(path, since, known)
    checked = Checked(**anchor.model_dump(), verdict=verdict, reason=reason, target=target)
    return Finding(checked, path)


def counted_changes(events: list[Event]) -> str:
    """How many commits changed something, and the last of them."""
    if not events:
        return "its content is another now"
    if len(events) == 1:
        return f"changed in {events[0].words}"
    return f"{len(events)} commits since, last {events[0].words}"


_Said = tuple[Verdict, str, str]


def _compared(path: str, then: Node, now: Node, since: str, known: Surroundings) -> _Said:
    if then.is_folder and now.is_folder:
        return Verdict.FRESH, "the folder is there", ""
    if then.is_folder or now.is_folder:
        return Verdict.CHANGED, f"is a {'folder' if now.is_folder else 'file'} now", ""
    if then.id == now.id:
        return Verdict.FRESH, f"as it was in {since[:7]}", ""
    uncommitted = "changed in the worktree, not committed"
    if path in known.now.dirty.changed:
        committed = known.now.committed(path)
        if committed is not None and committed.id == then.id:
            return Verdict.CHANGED, uncommitted, ""
    return Verdict.CHANGED, counted_changes(known.story.since(path, since)), ""


def _vanished(path: str, then: Node, since: str, known: Surroundings) -> _Said:
    dirty = known.now.dirty
    if path in dirty.renamed:
        return Verdict.MOVED, "renamed in the worktree, not committed", dirty.renamed[path]
    if path in dirty.deleted:
        return Verdict.GONE, "deleted in the worktree, not committed", ""
    if then.is_folder:
        target, event = known.story.folder_followed(path, known.now.is_folder)
        what = "its files went there"
    else:
        target, event = known.story.followed(path, known.now.is_there)
        what = "renamed"
        if event is None:  # as a merge can do that no commit of either side tells of
            target = known.renames(since).get(path, "")
            target = target if target and known.now.is_there(target) else ""
    when = f" in {event.words}" if event else ""
    if target:
        return Verdict.MOVED, f"{what}{when}{_changed_too(target, then, since, known)}", target
    how = "nothing is left of it since" if then.is_folder else "deleted in"
    return Verdict.GONE, f"{how} {event.words}" if event else "is not there any more", ""


def _changed_too(target: str, then: Node, since: str, known: Surroundings) -> str:
    now = known.now.thing(target)
    if then.is_folder or now is None or now.id == then.id:
        return ""
    edits = [event for event in known.story.since(target, since) if event.letter == "M"]
    return f", and changed: {counted_changes(edits)}" if edits else ", and changed with that"


def _made(path: str, since: str, known: Surroundings) -> str:
    if known.now.committed(path) is None:
        return "is there since, not committed"
    made = [event for event in known.story.since(path, since) if event.letter == "A"]
    return f"is there since {made[-1].words}" if made else "is there since"


def _never_seen(path: str, since: str, known: Surroundings) -> _Said:
    """What became of something that was neither there then nor is now."""
    events = known.story.since(path, since)
    if any(event.letter == "A" for event in events):
        target, event = known.story.followed(path, known.now.is_there)
        if target and event:
            return Verdict.MOVED, f"renamed in {event.words}", target
        return Verdict.GONE, f"made since, and deleted in {events[0].words}", ""
    return Verdict.UNKNOWN, "was not there when this was written, and is not now", ""
