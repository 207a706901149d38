"""Word lists that rules of language rest on, read from `data/lexicon/*.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import TYPE_CHECKING, Any

from memory.config import data_folder

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def read_lexicon(name: str) -> Mapping[str, Any]:
    """The tables of `data/lexicon/NAME.toml`; read once, not to be changed."""
    path = data_folder() / "lexicon" / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def words_of(name: str, table: str) -> frozenset[str]:
    """The words of a list in a lexicon, as `words_of("cues", "removal")`."""
    return frozenset(read_lexicon(name)[table])
