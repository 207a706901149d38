"""What is asked of single kinds of memories, as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from memory.models.memory import Link, Memory
    from memory.models.selection import Lens


class Undone(NamedTuple):
    """A refactoring that was reverted."""

    uid: str
    by: str  # a commit, or words; "" where nobody says


class Measurement(NamedTuple):
    """A baseline with a number, as its source has it."""

    uid: str
    at: datetime | None
    metric: str
    value: float
    unit: str
    spread: float | None
    n: int | None
    better: str  # lower, higher or nothing
    environment: str
    commit: str
    threshold: float | None
    modules: tuple[str, ...]
    citation: str
    note: str
    title: str


def metric_key(metric: str) -> str:
    """The name of a metric as it is compared; what `fetch_measurements` looks for."""
    lowered = "".join(chr(ord(one) + 32) if "A" <= one <= "Z" else one for one in metric)
    return lowered.replace(" ", "_").replace("-", "_")


class FinishedRun(NamedTuple):
    """A run that is over, as far as it takes to tell what it was about."""

    uid: str
    text_hash: str  # of the passage that tells its task; "" where there is none
    task: str
    modules: tuple[str, ...]


class Refactorings(Protocol):
    """Refactorings by the commits that did or undid them."""

    def has_derived(self) -> bool:
        """Whether git's history was read, so that something may have been worked out."""

    def derived(self) -> list[Memory]:
        """The refactorings worked out from commits, removed ones too, in the order of keeping."""

    def recorded(self) -> list[Memory]:
        """The refactorings that people or agents recorded and that name a commit, by uid."""

    def undone(self, lens: Lens, commits: Iterable[str]) -> dict[str, Undone]:
        """Those of these commits that did a refactoring which was reverted, and by what it was.

        Of several refactorings that name a commit, the one whose uid comes first.

        Args:
            lens: From when to look.
            commits: Hashes, in full or of at least SHORTEST digits; other words name none.
        """


class SeriesRows(Protocol):
    """Measurements as rows, without the cost of whole memories."""

    def measurements(self, lens: Lens, metrics: Iterable[str] | None = None) -> list[Measurement]:
        """The baselines with a number that the lens shows, oldest first, undated ones first.

        Those of one day are in the order in which the ledger learned of them. Left out is what its
        own source rejects or withdraws.

        Args:
            lens: From when to look.
            metrics: Only of these, by their compared names; None for all.
        """

    def measurements_like(self, lens: Lens, uids: Iterable[str]) -> list[Measurement]:
        """The same of the metrics that these measurements are of."""


class RunRows(Protocol):
    """Runs as rows, without the cost of whole memories."""

    def outcomes(
        self, lens: Lens, uids: Iterable[str], text_hashes: Iterable[str]
    ) -> tuple[list[FinishedRun], list[Link]]:
        """The finished runs that name one of these memories or whose task is one of these texts.

        With them come the links of what helped and what misled that name one of the memories, and
        of the other runs all.
        """

    def finished(self, lens: Lens) -> list[FinishedRun]:
        """The runs that the lens shows as done or failed, in the order of uids."""


class FlagRows(Protocol):
    """Flags that forbid to go on, found without reading all flags."""

    def blocking(self, lens: Lens) -> dict[int, Memory]:
        """All flags that block and may be open, by revision, the newest first.

        Which of them are open, only their standing tells.
        """
