"""What a brief is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from memory.models.details import Baseline

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from memory.models.answer import Listed
    from memory.models.revision import Memory
    from memory.models.series import Series


@dataclass(frozen=True)
class Found:
    """A memory that may belong in a brief."""

    listed: Listed
    near: float  # affinity to the task, 0 to 1
    relevance: float  # how likely it answers by itself, 0 to 1
    modules: frozenset[str]  # that it concerns, by its source or by its text
    vector: NDArray[np.float32] | None  # what it is about, of length 1
    words: frozenset[str]  # of its title
    passage: str = ""  # of it that comes nearest to the task

    @property
    def uid(self) -> str:
        """Of the memory."""
        return self.listed.memory.uid


@dataclass(frozen=True)
class Owner:
    """An agent that gets a slice."""

    name: str  # as it was asked for
    agents: frozenset[str]  # the names of it that the memory knows
    modules: frozenset[str]  # that are its own


@dataclass(frozen=True)
class Gathered:
    """All that a brief is made of."""

    task: str
    modules: tuple[str, ...]  # given, or named in the task
    owners: tuple[Owner, ...]
    found: tuple[Found, ...]  # by uid
    series: Mapping[str, Series]  # by the uid of the latest measurement
    titles: Mapping[str, str]  # of the memories that standings name
    counts: Mapping[str, Mapping[str, int]]  # memories by module asked about, and by kind
    known_modules: tuple[str, ...]
    nearby: tuple[str, ...]  # modules of what is to the point, where none was asked about
    total: int  # memories that the lens shows
    earned: Mapping[str, float]  # how memories served in like tasks, -1 to 1, by uid
    complete: bool
    reason: str


def was_measured_again(memory: Memory, series: Mapping[str, Series]) -> bool:
    """Whether it is a measurement that is not the latest: only that must not get worse."""
    details = memory.revision.draft.details
    is_number = isinstance(details, Baseline) and details.value is not None
    return is_number and memory.uid not in series
