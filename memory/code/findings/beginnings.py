"""The commit with which a finding began: it has it, and those before it do not."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from memory.code.bisecting import began, between, uncommitted
from memory.code.findings.auditing import look
from memory.code.findings.comparing import compare
from memory.code.findings.rule import AuditSubject
from memory.code.findings.snapshots import modules_of, renames
from memory.code.history import NOT_HERE
from memory.models.findings import Began

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from memory.code.checks.check import Check
    from memory.code.findings.snapshots import Snapshot
    from memory.code.history import CodeHistory, NamedCommit
    from memory.models.findings import Finding


def find_beginning(
    history: CodeHistory,
    seen: Sequence[tuple[NamedCommit, Snapshot]],
    present: Snapshot,
    target: Finding,
    checks: Sequence[Check] = (),
) -> Began:
    """When a finding of the worktree began.

    Args:
        history: Of the project.
        seen: The commits that were looked at, the oldest first, and what held there.
        present: What holds in the worktree.
        target: One of its findings.
        checks: What the code has to keep to.
    """
    looking = _Looking(history, present, target, checks)
    return _proven(history, looking, _began(history, looking, seen))


def _proven(history: CodeHistory, looking: _Looking, found: Began) -> Began:
    """The same where the commit before could be read, so that what was not there was not there.

    Nor may it have been there under names that its files lost with that commit, and of which git
    tells no longer when it looks from there to the worktree at once.
    """
    before = history.commit(found.commit).parents[:1] if found.told == "exact" else ()
    for parent in before:
        missing = list(history.code_at(parent).unread.values()).count(NOT_HERE)
        if missing:
            which = f"{missing} of the files before {found.commit[:12]}"
            return Began(told=f"{which} are not in this clone, so it may have been there")
        if looking.only_moved(history.commit(parent), history.commit(found.commit)):
            where = f"before {found.commit[:12]}, which gave files other names"
            return Began(told=f"it was there {where}, and how long is not followed")
    return found


def _began(
    history: CodeHistory, looking: _Looking, seen: Sequence[tuple[NamedCommit, Snapshot]]
) -> Began:
    later = history.head
    if not (seen and seen[-1][0] == later) and not looking.holds(later):
        return uncommitted(later)  # where an interrupted trend lacks its last point
    for commit, snapshot in reversed(seen):
        if looking.holds_in(commit, snapshot):
            later = commit
        elif commit == history.head:
            return uncommitted(commit)
        else:
            return between(history, looking.holds, commit, later)
    root = history.main_line(later.hash)[0]
    if not looking.holds(root):
        return between(history, looking.holds, root, later)
    if history.is_shallow:
        return Began(told="it began before the commits that this clone has")
    return began(root)


class _Looking:
    """Looks for one finding in commits of the past."""

    def __init__(
        self, history: CodeHistory, present: Snapshot, target: Finding, checks: Sequence[Check]
    ) -> None:
        self._history = history
        self._present = present
        self._target = target
        self._checks = checks

    def holds_in(self, commit: NamedCommit, snapshot: Snapshot) -> bool:
        return bool(self._as_it_was(commit, snapshot.findings, snapshot.modules))

    def holds(self, commit: NamedCommit) -> bool:
        return bool(self._as_it_was(commit, *self._look(commit)))

    def only_moved(self, before: NamedCommit, commit: NamedCommit) -> bool:
        """Whether a commit has it that the one before has under other names of its files."""
        (were, old), (are, new) = self._look(before), self._look(commit)
        moved = renames(old, new, self._history.renamed(before.hash, commit.hash))
        here = {id(one) for one in self._as_it_was(commit, are, new)}
        return any(id(one) in here for _, one in compare(were, are, moved).kept)

    def _look(self, commit: NamedCommit) -> tuple[Sequence[Finding], Mapping[str, str]]:
        code = self._history.code_at(commit.hash)
        subject = AuditSubject(
            code, checks=self._checks, tokens=partial(self._history.tokens, code)
        )
        return look(subject, self._target.rule).findings, modules_of(code)

    def _as_it_was(
        self, commit: NamedCommit, findings: Sequence[Finding], modules: Mapping[str, str]
    ) -> list[Finding]:
        """What of some findings of a commit is this one."""
        ours = [one for one in findings if one.rule == self._target.rule]
        if not ours:
            return []
        moved = renames(modules, self._present.modules, self._history.renamed(commit.hash))
        theirs = [one for one in self._present.findings if one.rule == self._target.rule]
        return [was for was, one in compare(ours, theirs, moved).kept if one is self._target]
