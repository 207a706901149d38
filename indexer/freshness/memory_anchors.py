"""What a memory names, going by its text and by its fields, and since when it says so."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from indexer.apart import HEAVY, TooHeavy, apart
from indexer.git.process import GitFailed
from indexer.wording.anchors import MOST, find_anchors
from memory.kinds.vocabulary import Trust
from memory.models.details import Refactoring, Run

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from indexer.git.repository import Repository
    from memory.models.assessment import Anchor
    from memory.models.memory import Memory


def anchors_of(memory: Memory, records: Collection[str]) -> tuple[Anchor, ...]:
    """The places that a memory names, in the order of its text, each once.

    What a refactoring moved away from is to be gone, so only where it went is asked about. A run
    tells what was, of which nothing can age; nor is a record's own file such a place, or that
    of another record, which says itself how it stands.
    """
    draft = memory.revision.draft
    if isinstance(draft.details, Run):
        return ()
    if isinstance(draft.details, Refactoring):
        found = _of_refactoring(draft.details, memory.revision.source.trust, draft.body)
    else:
        found = [*_named_in(f"{draft.title}\n\n{draft.body}", memory.path or "")]
    return tuple(one for one in found if one.type != "path" or one.name not in records)[:MOST]


def _named_in(text: str, path: str) -> tuple[Anchor, ...]:
    """The places that a text names; none of one that takes too long to be searched."""
    try:
        is_heavy = len(text) >= HEAVY
        return apart(find_anchors, text, path) if is_heavy else find_anchors(text, path)
    except TooHeavy:
        return ()


def commits_since(git: Repository, memories: Iterable[Memory], head: str) -> dict[str, str]:
    """The commit at which each memory last said something new, by uid.

    That is the commit that last changed the lines where it stands; of what is not committed,
    or stands in no file, the one that was checked out when it was learned. A memory for which
    git knows neither is left out.
    """
    found: dict[str, str] = {}
    by_file: dict[str, list[Memory]] = defaultdict(list)
    for memory in memories:
        commit = memory.revision.source.commit
        if memory.path is not None:
            by_file[memory.path].append(memory)
        elif commit:
            found[memory.uid] = commit
    whole = {path for path, ones in by_file.items() if len(ones) == 1 and not ones[0].entry}
    lasting = git.last_commits(whole) if whole else {}
    found |= {by_file[path][0].uid: commit for path, commit in lasting.items()}
    for path in sorted(by_file.keys() - whole):
        found |= _by_lines(git, path, by_file[path], head)
    left = [one for ones in by_file.values() for one in ones if one.uid not in found]
    return found | _by_moment(git, left, head)


def _of_refactoring(details: Refactoring, trust: Trust, body: str) -> list[Anchor]:
    moves = [f"`{move.destination}`" for move in details.moved if move.destination]
    made = find_anchors("\n".join(moves))
    if trust is Trust.DERIVED:  # its text is a commit's message, and lists the moves once more
        return list(made)
    left = {
        place.name for place in find_anchors("\n".join(f"`{one.origin}`" for one in details.moved))
    }
    said = [one for one in find_anchors(body) if one.name not in left]
    return list(dict.fromkeys([*made, *said]))


def _by_lines(
    git: Repository, path: str, memories: Collection[Memory], head: str
) -> dict[str, str]:
    """By the commits that brought the lines of each entry of a file.

    Raises:
        GitFailed: the commit and the worktree have the file, and git can still not tell.
    """
    if not git.nodes([(head, path)]):  # git does not know the file
        return {}
    try:
        lines = git.line_commits(path)
    except GitFailed:
        if git.written_at(path) and not git.is_partial():
            raise
        return {}
    committed = {commit for commit in lines.values() if commit.strip("0")}
    ordered = git.ordered(committed) if committed else []
    order = {commit: place for place, commit in enumerate(ordered)}  # the latest first
    found = {}
    for memory in memories:
        first, last = memory.lines or (1, max(lines, default=1))
        commits = {lines[number] for number in range(first, last + 1) if number in lines}
        if commits and all(commit in order for commit in commits):
            found[memory.uid] = min(commits, key=lambda commit: order[commit])
    return found


def _by_moment(git: Repository, memories: Iterable[Memory], head: str) -> dict[str, str]:
    found: dict[str, str] = {}
    at: dict[datetime, str] = {}
    for memory in memories:
        moment = memory.revision.recorded_at.replace(microsecond=0)
        if moment not in at:
            try:
                at[moment] = git.commit_at(moment) or head
            except GitFailed:
                return found
        found[memory.uid] = at[moment]
    return found
