"""The tokens of one file, from its bytes alone: what clones are found in."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

NAME, TEXT, NUMBER = 1, 2, 3  # what a token stands for beside itself: its lowest two bits
KIND = 3  # the mask of these bits; 0 is what a language gives: keywords, signs
_FIRST = 48  # characters from here on stand for numbers, as those below need escapes
_SURROGATES, _AFTER = 0xD800, 0x0800  # are no characters, and so many are left out for them


def token(said: bytes, kind: int = 0) -> int:
    """What stands for a token."""
    return zlib.crc32(said) & ~KIND | kind


class FileTokens(NamedTuple):
    """The tokens of a file without comments and imports; a table of data is one of them."""

    texts: NDArray[np.uint32]  # a hash of what each says, its lowest bits what it is
    lines: NDArray[np.uint32]  # where each begins, from 1
    generated: bool = False  # whether the file says that a tool wrote it

    def to_json(self) -> str:
        """The tokens as a line of JSON: the n-th of the vocabulary as a character, lines too."""
        vocabulary, indexes = np.unique(self.texts, return_inverse=True)
        steps = np.diff(self.lines, prepend=np.uint32(0))
        said = (vocabulary.tolist(), _as_text(indexes), _as_text(steps), self.generated)
        return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def tokens_from_json(said: str) -> FileTokens:
    """What `FileTokens.to_json` gave."""
    vocabulary, indexes, steps, generated = json.loads(said)
    texts = np.array(vocabulary, np.uint32)[_as_numbers(indexes)]
    return FileTokens(texts, np.cumsum(_as_numbers(steps), dtype=np.uint32), generated)


def tokens_of(texts: Sequence[int], lines: Sequence[int], *, generated: bool) -> FileTokens:
    """Tokens from lists of the same length."""
    return FileTokens(np.array(texts, np.uint32), np.array(lines, np.uint32), generated)


def _as_text(numbers: NDArray[np.integer]) -> str:
    codes = numbers.astype("<u4") + _FIRST
    codes[codes >= _SURROGATES] += _AFTER
    return codes.tobytes().decode("utf-32-le")


def _as_numbers(said: str) -> NDArray[np.uint32]:
    codes = np.frombuffer(said.encode("utf-32-le"), "<u4").copy()
    codes[codes >= _SURROGATES] -= _AFTER
    return codes - np.uint32(_FIRST)
