"""What the rest of archmem may ask of an embedding model, and what every one does to its texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt


Precision: TypeAlias = Literal["fp32", "int8"]
Vectors: TypeAlias = "npt.NDArray[np.float32]"
OnStage: TypeAlias = Callable[[str, float], None]
"""Told what a compilation does now, in a few words, and the share that is done, 0 to 1."""
CompileElsewhere: TypeAlias = "Callable[[str | None, Precision, bool, OnStage], None]"
"""Compiles a model, by name, precision and whether although it was compiled, in another process.

Returns when that has ended, well or not; what came of it is in the cache. It may raise an
`ArchMemError` where it could not even be tried.
"""
OnProgress: TypeAlias = Callable[[int], None]
"""Told how many further texts have been encoded since it was last called."""


class Embedder(Protocol):
    """A loaded model. Its methods may be called from several threads at once."""

    @property
    def model_id(self) -> str:
        """Equal for equal vectors only: "all-MiniLM-L6-v2@53aa5117-4c1e/fp32"."""

    @property
    def dimension(self) -> int:
        """How many floats a vector has."""

    @property
    def max_tokens(self) -> int:
        """What is left of a text after truncation, special tokens included."""

    def encode(self, texts: Sequence[str], *, on_progress: OnProgress | None = None) -> Vectors:
        """Encode passages: n x dimension, each of length 1, in the order of `texts`.

        A text has the same vector whatever it is encoded together with.
        """

    def encode_query(self, text: str) -> Vectors:
        """Encode a question, with the model's prompt for questions: 1-d, of length 1."""

    def count_tokens(self, text: str) -> int:
        """How many tokens a passage has before truncation, special tokens included.

        Of a text longer than `texts.CHARS_PER_TOKEN` times `max_tokens`, the beginning is counted.
        """


# English prose has 4 to 5 characters a token, indented tables up to 15. What lies beyond 64 a
# token is cut unread: tokenising 50 MB takes minutes, and all but the beginning is dropped.
CHARS_PER_TOKEN = 64
MAX_TOKENS = 8192  # of a text, where a tokeniser names no limit


def readable(text: str, *, max_tokens: int) -> str:
    """The beginning of a text, as long as it may matter, without lone surrogates.

    Surrogates come from file names and from JSON that escapes half a pair; no tokeniser takes
    them, so each becomes a question mark.
    """
    beginning = text[: max_tokens * CHARS_PER_TOKEN]
    return beginning.encode("utf-8", errors="replace").decode("utf-8")


def longest_first(texts: Sequence[str]) -> list[int]:
    """Positions of the texts by falling length; equal lengths keep their order.

    Neighbours are then of like shape, which the runtime's memory plans are made for, and the
    remaining time is never underestimated.
    """
    return sorted(range(len(texts)), key=lambda position: -len(texts[position]))
