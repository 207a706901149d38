"""Makes any string safe and cheap to tokenise."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# English prose has 4 to 5 characters a token, indented tables up to 15. What lies beyond 64 a
# token is cut unread: tokenising 50 MB takes minutes, and all but the beginning is dropped.
CHARS_PER_TOKEN = 64


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
