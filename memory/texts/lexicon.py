"""Word lists that rules of language rest on, read from `data/lexicon/*.toml`."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import TYPE_CHECKING, Any

from memory.config import data_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@cache
def read_lexicon(name: str) -> Mapping[str, Any]:
    """The tables of `data/lexicon/NAME.toml`; read once, not to be changed."""
    path = data_folder() / "lexicon" / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def words_of(name: str, table: str) -> frozenset[str]:
    """The words of a list in a lexicon, as `words_of("cues", "removal")`."""
    return frozenset(read_lexicon(name)[table])


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of some words, without the brackets around it.

    A blank stands for one of white space, a `-` also for nothing, `*` for the rest of a word,
    `**` for anything, and a `.` at the end for the end of a word.
    """
    return "|".join(
        _PARTS.sub(_pattern, word) for word in sorted(words, key=lambda one: (-len(one), one))
    )


def by_word(table: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Word -> the name of the list that it stands in."""
    return {word: name for name, words in table.items() for word in words}


_PARTS = re.compile(r"\*\*|\W")
_MEANING = {" ": r"\s", "-": r"[\s-]?", "*": r"\w*", "**": ".*", ".": r"\b"}


def _pattern(part: re.Match[str]) -> str:
    is_inner_point = part[0] == "." and part.end() < len(part.string)
    return r"\." if is_inner_point else _MEANING.get(part[0], re.escape(part[0]))
