"""TOML as strangers write it: read within bounds."""

from __future__ import annotations

import tomllib
from typing import Any

from memory.texts.linear import compiled

LONGEST = 1_000_000  # characters
DEEPEST = 32  # parts of a key; reading takes the square of them
_PART = r"""(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[\w-]+)[ \t]*\.[ \t]*"""


def read_toml(text: str) -> dict[str, Any]:
    """What a text says; the mark that some editors put first says nothing.

    Raises:
        ValueError: it is no TOML, is too long, nests too deep, or has a number of too many digits.
    """
    if len(text) > LONGEST:
        raise ValueError(f"it is longer than {LONGEST:,} characters")
    if text.count(".") >= DEEPEST and compiled(f"(?:{_PART}){{{DEEPEST}}}").search(text):
        raise ValueError(f"a key has more than {DEEPEST} parts")
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except RecursionError:
        raise ValueError("it nests too deep") from None
