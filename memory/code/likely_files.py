"""Which files a task is likely to change, by what they are called and by what like changes touched.

It foresees and does not know: `benchmarks/likely_files.py` says how often it is right.
"""

from __future__ import annotations

from collections import Counter
from math import log, sqrt
from typing import TYPE_CHECKING, NamedTuple

from memory.texts.formatting import counted
from memory.texts.words import stems

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from memory.code.codebase import CodeBase
    from memory.code.past_changes import PastChanges

_K1, _B = 1.2, 0.75  # of BM25, as SQLite's FTS5 has them
_LIKE = 30  # changes that are like a task
_LEAST = 2  # words and changes that speak for a file; those with one alone are mostly chance


class LikelyFile(NamedTuple):
    """A file, and what speaks for it."""

    path: str
    words: int  # of the task by which the file, or something in it, is called
    changes: int  # of the likest to the task, however like, that touched it

    @property
    def reason(self) -> str:
        """What speaks for it, in words."""
        said = [f"{counted(self.words, 'word')} of the task in its names"] if self.words else []
        if self.changes:
            said.append(f"touched by {self.changes} of the changes that are likest to it")
        return ", ".join(said)


def likely_files(
    code: CodeBase, past: PastChanges | None, task: str, most: int
) -> list[LikelyFile]:
    """The likeliest first; none of tests, migrations, or other people's code.

    A file's score is half that of its names (Okapi BM25 over all files' names) and half that of the
    changes like it (the square of each one's likeness, shared among its files), each as a part of
    the highest.

    Args:
        code: All of it.
        past: What was merged before; None without git.
        task: In plain words.
        most: So many at most.
    """
    wanted = stems(task)
    by_name = _by_name(code, wanted)
    by_change, counts = _by_change(code, past, task)
    halves = [_as_parts(one) for one in (by_name, by_change)]
    scores = {path: sum(half.get(path, 0.0) for half in halves) for path in {*by_name, *by_change}}
    likeliest = sorted(scores, key=lambda one: (-scores[one], one))[:most]
    found = [
        LikelyFile(path, len(wanted & code.names_of[path].keys()), counts[path])
        for path in likeliest
    ]
    return [one for one in found if one.words + one.changes >= _LEAST]


def _by_name(code: CodeBase, wanted: Iterable[str]) -> dict[str, float]:
    names, frequency = code.names_of, code.name_frequency
    average = sum(counts.total() for counts in names.values()) / max(len(names), 1)
    found: dict[str, float] = {}
    for word in wanted:
        rarity = log(1 + (len(names) - frequency[word] + 0.5) / (frequency[word] + 0.5))
        for path, counts in names.items() if frequency[word] else ():
            if often := counts[word]:
                length = 1 - _B + _B * counts.total() / average
                found[path] = found.get(path, 0.0) + rarity * often * (_K1 + 1) / (
                    often + _K1 * length
                )
    return found


def _by_change(
    code: CodeBase, past: PastChanges | None, task: str
) -> tuple[dict[str, float], Counter[str]]:
    found: dict[str, float] = {}
    counts: Counter[str] = Counter()
    for one in past.like(task, _LIKE) if past else ():
        own = [path for path in one.change.paths if path in code.names_of]
        counts.update(own)
        for path in own:
            found[path] = found.get(path, 0.0) + one.likeness**2 / sqrt(len(own))
    return found, counts


def _as_parts(scores: Mapping[str, float]) -> dict[str, float]:
    highest = max(scores.values(), default=0.0)
    return {path: score / highest for path, score in scores.items()} if highest else {}
