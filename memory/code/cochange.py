"""What git changed together: pairs of files, and of whatever files are parts of."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MOST_FILES = 30  # of a commit; one of more is a sweep and says nothing of any two


class CoChange:
    """The commits that were read, as the files that each changed."""

    def __init__(self, commits: Iterable[Sequence[str]]) -> None:
        """Take in commits, the newest first; a commit of many files only counts as a change."""
        self.changes: Counter[str] = Counter()
        self._commits: list[frozenset[str]] = []
        self._of: dict[str, list[int]] = defaultdict(list)
        for files in commits:
            self.changes.update(files)
            if len(files) <= MOST_FILES:
                for path in files:
                    self._of[path].append(len(self._commits))
                self._commits.append(frozenset(files))

    def partners(self, path: str) -> dict[str, tuple[int, float]]:
        """The files that changed with one: commits with both, and their share of those with it."""
        own = self._of.get(path, ())
        counted: Counter[str] = Counter()
        for index in own:
            counted.update(self._commits[index])
        return {
            other: (count, count / len(own)) for other, count in counted.items() if other != path
        }

    def of_parts(self, part: Mapping[str, str]) -> dict[tuple[str, str], tuple[int, float]]:
        """Commits with both of two parts, and their share of those with either, by their names."""
        own: Counter[str] = Counter()
        both: Counter[tuple[str, str]] = Counter()
        for files in self._commits:
            parts = sorted({part[path] for path in files if path in part})
            own.update(parts)
            both.update((a, b) for i, a in enumerate(parts) for b in parts[i + 1 :])
        return {
            pair: (count, count / (own[pair[0]] + own[pair[1]] - count))
            for pair, count in both.items()
        }

    def commits_of_parts(self, part: Mapping[str, str]) -> Counter[str]:
        """How many commits changed each part."""
        return Counter(
            name
            for files in self._commits
            for name in {part[path] for path in files if path in part}
        )
