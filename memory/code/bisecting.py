"""Since when something is so in the code: by halving the commits of git's main line.

Between two commits of it, of which the later has it and the earlier has not, there is one with
which it began; halving finds one. Where it came, went and came again in between, it is one of these
times. A merge is looked into: the commit of its branch that brought it is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.models.findings import Began

if TYPE_CHECKING:
    from collections.abc import Callable

    from memory.code.history import CodeHistory, NamedCommit


def first_commit_where(history: CodeHistory, holds: Callable[[NamedCommit], bool]) -> Began:
    """The commit with which something began that is so in the worktree.

    What began of late is found by looking at few commits, near to each other: one commit back from
    the one that is checked out, then two, four, eight ... and halving from there.

    Args:
        history: Of the project.
        holds: Whether it is so at a commit.
    """
    if not holds(history.head):
        return uncommitted(history.head)
    line = history.main_line(history.head.hash)
    later, back = len(line) - 1, 1
    while later > 0:
        earlier = max(len(line) - 1 - back, 0)
        if not holds(line[earlier]):
            return between(history, holds, line[earlier], line[later])
        later, back = earlier, back * 2
    if history.is_shallow:
        return Began(told="it began before the commits that this clone has")
    return began(line[0])


def between(
    history: CodeHistory,
    holds: Callable[[NamedCommit], bool],
    without: NamedCommit,
    having: NamedCommit,
) -> Began:
    """Where it began between a commit that has it and one before that has it not."""
    line = list(history.main_line(having.hash, without.hash))
    low, high = 0, len(line) - 1  # line[high] has it, what is before line[low] has not
    while low < high:
        middle = (low + high) // 2
        if holds(line[middle]):
            high = middle
        else:
            low = middle + 1
    found = line[high]
    if len(found.parents) > 1:
        return _within_merge(history, holds, found)
    return began(found)


def _within_merge(
    history: CodeHistory, holds: Callable[[NamedCommit], bool], merge: NamedCommit
) -> Began:
    branch = history.commit(merge.parents[1])
    base = history.merge_base(*merge.parents[:2])
    start = history.commit(base) if base and base != branch.hash else None
    if start and holds(branch) and not holds(start):
        found = between(history, holds, start, branch)
        return found.model_copy(update={"merged": merge.hash})
    return began(merge)


def began(commit: NamedCommit) -> Began:
    """It began with a commit."""
    return Began(told="exact", commit=commit.hash, day=_day(commit), subject=commit.subject)


def uncommitted(last: NamedCommit) -> Began:
    """It began in the worktree, and the last commit has it not."""
    return Began(told="uncommitted", commit=last.hash, day=_day(last), subject=last.subject)


def _day(commit: NamedCommit) -> str:
    return commit.moment.date().isoformat()
