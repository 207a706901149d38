"""What was merged before: which changes are like one that is planned, and what they touched."""

from __future__ import annotations

import math
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from memory.texts.words import stems

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime


class PastChange(NamedTuple):
    """A change as it came to the main line: a merge with all that it brought, or a commit."""

    commit: str  # in full
    subject: str  # of a merge whose subject is git's own, the first line of its text
    moment: datetime
    began: datetime  # when its first commit was written
    commits: int  # that it brought
    paths: tuple[str, ...]  # of files that it changed


class Likened(NamedTuple):
    """A change that is like another one."""

    change: PastChange
    likeness: float  # 0 to 1: the cosine of their words, weighed by rarity


class PastChanges:
    """All that was merged, to look for what is like something."""

    def __init__(self, changes: Iterable[PastChange]) -> None:
        self.changes: Sequence[PastChange] = tuple(changes)

    @cached_property
    def _words(self) -> list[frozenset[str]]:
        return [stems(one.subject) for one in self.changes]

    @cached_property
    def _rarity(self) -> dict[str, float]:
        """The inverse document frequency of each word, as BM25 has it."""
        counts = Counter(word for words in self._words for word in words)
        total = len(self.changes)
        return {
            word: math.log(1 + (total - count + 0.5) / (count + 0.5))
            for word, count in counts.items()
        }

    def like(self, text: str, most: int) -> list[Likened]:
        """Those that are most like a text, the likest first; what shares no word is left out."""
        rarity = self._rarity
        wanted = stems(text)
        length = sum(rarity.get(word, 0.0) for word in wanted)
        found = []
        for change, words in zip(self.changes, self._words, strict=True):
            shared = sum(rarity[word] for word in wanted & words)
            if shared:
                other = sum(rarity[word] for word in words)
                found.append(Likened(change, shared / math.sqrt(length * other)))
        found.sort(key=lambda one: (-one.likeness, one.change.commit))
        return found[:most]
