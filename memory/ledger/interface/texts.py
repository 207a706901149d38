"""What is asked of passages, their words and their embeddings."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from memory.models.memory import Passage
    from memory.models.selection import Selection


class Matches(NamedTuple):
    """What a search by words found."""

    selected: list[list[int]]  # of each selection the best revisions, best first, ties by age
    scores: dict[int, float]  # BM25 of all that match, selected or not; above 0, higher is better


class Passages(Protocol):
    """Passages of revisions, the texts that are embedded and shown, and their words."""

    def add(self, revision_id: int, passages: Sequence[Passage]) -> None:
        """Keep a revision's passages and queue their texts for embedding.

        A text that another revision has too is queued again, which costs nothing: its
        embedding is found by its hash.
        """

    def of(self, revision_id: int) -> list[Passage]:
        """All passages of a revision, in the order of its text."""

    def texts(self, places: Mapping[int, int]) -> dict[int, str]:
        """The text of one passage of each of these revisions, by revision.

        Args:
            places: Which passage, by revision: 0 for the first.
        """

    def hashes_of(self, revision_ids: Iterable[int]) -> dict[int, list[str]]:
        """The hashes of these revisions' embedded texts, by revision, in the order of its text."""

    def holders(self, text_hashes: Iterable[str], selection: Selection) -> dict[str, list[int]]:
        """The selected revisions that hold each of these texts, which are left out if none does."""

    def count(self) -> int:
        """How many passages there are, of all revisions."""

    def hashes(self) -> set[str]:
        """The hashes of all passages' texts."""

    def hashes_since(self, change: int) -> set[str]:
        """The hashes of the texts of all revisions that came after a change."""

    def add_words(self, revision_id: int, title: str, body: str) -> None:
        """Make a revision's words searchable; revisions are never changed, nor their words."""

    def count_words(self, stems: Iterable[str]) -> tuple[dict[str, int], int]:
        """In how many revisions, old ones among them, each stem stands, and how many there are.

        Stems are those of `memory.texts.words`, which are the index's own; those that no revision
        has are left out.
        """

    def match_each(
        self, words: Sequence[str], selections: Sequence[Selection], *, limit: int
    ) -> Matches:
        """The revisions that have any of these words.

        Args:
            words: Single words, without any syntax.
            selections: Which revisions may be found.
            limit: At most so many of each.
        """


class Embeddings(Protocol):
    """Embeddings by model and text, and the queue of texts that the vector index still lacks."""

    def queued(self) -> list[str]:
        """The hashes of all queued texts, the one that came into the ledger last at the end."""

    def queued_since(self, change: int) -> list[str]:
        """The same of revisions that came after a change; quick however long the queue is."""

    def texts(self, text_hashes: Iterable[str]) -> dict[str, str]:
        """What is embedded for these hashes, in their order."""

    def count_queued(self) -> int:
        """How many texts the vector index still lacks."""

    def state(self) -> tuple[str | None, int]:
        """The model that embedded this memory, and how many texts the vector index still lacks."""

    def dequeue(self, text_hashes: Iterable[str]) -> None:
        """The vector index has these."""

    def enqueue(self, text_hashes: Iterable[str]) -> None:
        """The vector index lacks these."""

    def add(self, model: str, text_hashes: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Cache embeddings: `vectors[i]`, of length 1, is of the text named `text_hashes[i]`."""

    def fetch(
        self, model: str, text_hashes: Sequence[str]
    ) -> tuple[list[str], NDArray[np.float32]]:
        """The cached embeddings among those asked for, in no particular order.

        Returns:
            n hashes, and their vectors as an array of n rows; (0, 0) where none is cached.
        """

    def fetch_all(self, model: str) -> tuple[list[str], NDArray[np.float32]]:
        """Every cached embedding of a model, by text hash."""

    def count(self, model: str, *, at_most: int = -1) -> int:
        """How many embeddings of a model are cached, counted up to `at_most` if that is set.

        SQLite has to walk past every vector to count them.
        """
