"""The refactorings of a history while it is read: what is known of each, and who undid it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.history.drafts import Undoing, redone, undoing_draft, undone
from indexer.history.subjects import folded
from memory.models.details import Refactoring
from memory.models.kinds import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from indexer.history.log import Commit
    from indexer.history.reverts import Revert
    from memory.models.revision import Draft, Memory

SHORTEST = 7  # digits of a hash that are taken to name a commit
_HASH = re.compile(rf"[0-9a-f]{{{SHORTEST},64}}")


class Shelf:
    """Drafts by commit, the oldest first, and the refactorings that people recorded."""

    def __init__(self, recorded: Iterable[Memory] = ()) -> None:
        self.drafts: dict[str, Draft] = {}  # by full hash
        self._by_title: dict[str, list[str]] = {}
        self._by_number: dict[str, list[str]] = {}
        self._undone_by: dict[str, list[str]] = {}  # what a commit undid
        self._recorded = {
            name.lower(): memory
            for memory in recorded
            for name in commits_of(memory.revision.draft)
            if _HASH.fullmatch(name.lower())
        }

    def is_recorded(self, commit: str) -> bool:
        """Whether people recorded this commit, so that it needs no memory of its own."""
        return self._recorded_as(commit) is not None

    def put(self, draft: Draft) -> None:
        """Afterwards this is what is known of its commit."""
        commit = draft.key
        if commit not in self.drafts:
            title = str(draft.extra.get("subject", draft.title))
            self._by_title.setdefault(folded(title), []).append(commit)
            if number := draft.extra.get("pull_request"):
                self._by_number.setdefault(str(number), []).append(commit)
        self.drafts[commit] = draft
        if isinstance(draft.details, Refactoring) and draft.details.reverted_by:
            self._undone_by.setdefault(draft.details.reverted_by, []).append(commit)

    def undo(self, commit: Commit, revert: Revert, also: Sequence[str] = ()) -> list[str]:
        """Take a commit's word for what it undoes, or does again.

        Args:
            commit: It came after everything that is on the shelf.
            revert: What it says.
            also: Further commits that it undoes, in full.

        Returns:
            The commits of which something else is known now, its own if it is one of them.
        """
        by = Undoing(commit.hash, commit.at, revert.reason)
        changed = []
        again = [one for name in revert.hashes for one in self._undone_with(name)]
        for one in again:
            self.put(redone(self.drafts[one], by))
        changed += again
        for one in dict.fromkeys([*self._meant(revert), *also]):
            draft = self.drafts.get(one)
            if draft is None or one in again or _is_undone(draft) is not revert.again:
                continue
            self.put(redone(draft, by) if revert.again else undone(draft, by))
            changed.append(one)
        if not revert.again and (memory := self._recorded_among(revert, also)):
            self.put(undoing_draft(commit, revert.reason, memory))
            changed.append(commit.hash)
        return changed

    def _meant(self, revert: Revert) -> Iterator[str]:
        """The commits on the shelf that a revert means: by hash, or the last so called."""
        for name in revert.hashes:
            found = [one for one in self.drafts if one.startswith(name)]
            yield from found if len(found) == 1 else ()
        for numbered in revert.numbers:
            yield from self._by_number.get(numbered, [])[-1:]
        for title in revert.titles:
            yield from self._by_title.get(title, [])[-1:]

    def _undone_with(self, name: str) -> list[str]:
        """What is undone by a commit with this hash, or one that begins so."""
        whole = [one for one in self._undone_by if one.startswith(name)]
        return [
            undone
            for one in (whole if len(whole) == 1 else ())
            for undone in self._undone_by[one]
            if _is_undone(self.drafts[undone])
        ]

    def _recorded_among(self, revert: Revert, also: Sequence[str]) -> Memory | None:
        found = (self._recorded_as(name) for name in (*revert.hashes, *also))
        return next((memory for memory in found if memory), None)

    def _recorded_as(self, commit: str) -> Memory | None:
        """The record that names a commit; either may have only the beginning of its hash."""
        for end in range(SHORTEST, len(commit) + 1):
            if memory := self._recorded.get(commit[:end]):
                return memory
        longer = [name for name in self._recorded if name.startswith(commit)]
        return self._recorded[longer[0]] if len(longer) == 1 else None


def commits_of(draft: Draft) -> tuple[str, ...]:
    """The commits that a refactoring names."""
    return draft.details.commits if isinstance(draft.details, Refactoring) else ()


def _is_undone(draft: Draft) -> bool:
    return draft.status is Status.REVERTED
