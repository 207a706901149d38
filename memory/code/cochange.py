"""What git changed together: pairs of files, and of whatever files are parts of."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MOST_FILES = 30  # of a commit; one of more is a sweep and says nothing of any two
HALF_LIFE = 400  # commits after which one counts half


class Cochange(NamedTuple):
    """How often two files changed together."""

    commits: int  # with both
    share: float  # of the commits with the one, those with both
    degree: float  # the same, where late commits count more and few commits are doubted
    jaccard: float  # commits with both / commits with either
    lift: float  # how many times more often than by chance, as a logarithm; 0 for not more
    ago: int  # commits since the last one with both


class CoChange:
    """The commits that were read, as the files that each changed."""

    def __init__(self, commits: Iterable[Sequence[str]]) -> None:
        """Take in commits, the newest first; a commit of many files only counts as a change."""
        self.changes: Counter[str] = Counter()
        self._commits: list[tuple[float, frozenset[str]]] = []
        self._wide: list[frozenset[str]] = []  # sweeps, which are counted and no more
        self._of: dict[str, list[int]] = defaultdict(list)
        for number, files in enumerate(commits):
            self.changes.update(files)
            if len(files) <= MOST_FILES:
                for path in files:
                    self._of[path].append(len(self._commits))
                self._commits.append((0.5 ** (number / HALF_LIFE), frozenset(files)))
            else:
                self._wide.append(frozenset(files))

    @cached_property
    def recent(self) -> Mapping[str, float]:
        """How often each file was changed, late commits counting more."""
        found: dict[str, float] = defaultdict(float)
        for weight, files in self._commits:
            for path in files:
                found[path] += weight
        return found

    def partners(self, path: str) -> dict[str, Cochange]:
        """The files that changed with one."""
        own = self._of.get(path, ())
        counted: Counter[str] = Counter()
        weighed: dict[str, float] = defaultdict(float)
        latest: dict[str, int] = {}
        all_weight = 0.0
        for index in own:
            weight, files = self._commits[index]
            counted.update(files)
            latest = dict.fromkeys(files, index) | latest
            all_weight += weight
            for other in files:
                weighed[other] += weight
        return {
            other: Cochange(
                count,
                count / len(own),
                weighed[other] / (all_weight + 1),
                count / (len(own) + len(self._of[other]) - count),
                self._lift(count, len(own), len(self._of[other])),
                latest[other],
            )
            for other, count in counted.items()
            if other != path
        }

    def _lift(self, both: int, own: int, others: int) -> float:
        return max(0.0, math.log((both + 0.1) * len(self._commits) / (own * others)))

    def ago(self, path: str) -> int | None:
        """Commits since the last one that changed a file; None for none."""
        own = self._of.get(path)
        return own[0] if own else None

    def of_parts(self, part: Mapping[str, str]) -> dict[tuple[str, str], tuple[int, float]]:
        """Commits with both of two parts, and their share of those with either, by their names."""
        own: Counter[str] = Counter()
        both: Counter[tuple[str, str]] = Counter()
        for _, files in self._commits:
            parts = sorted({part[path] for path in files if path in part})
            own.update(parts)
            both.update((a, b) for i, a in enumerate(parts) for b in parts[i + 1 :])
        return {
            pair: (count, count / (own[pair[0]] + own[pair[1]] - count))
            for pair, count in both.items()
        }

    def commits_of_parts(self, part: Mapping[str, str]) -> Counter[str]:
        """How many commits changed each part, those of many files among them."""
        return Counter(
            name
            for files in (*(files for _, files in self._commits), *self._wide)
            for name in {part[path] for path in files if path in part}
        )
