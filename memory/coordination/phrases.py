"""The phrases of a request that say of what of the code it is asked: "across the controllers"."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from memory.texts.lexicon import read_lexicon

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_WORDS = 4  # of a phrase: a longer one is a clause that was not seen to be one
_TOKEN = re.compile(r"[A-Za-z_][\w-]*+|[^\w\s]")
_GENITIVE = re.compile(r"['’]s\b|[`\"'’]")


def phrases_of(text: str) -> list[str]:
    """The nouns after articles and prepositions, each of a list by itself, in their order.

    Of "in the handlers and the tasks" "handlers" and "tasks"; none that says that all of the
    code is meant ("across all endpoints"), and no clauses.
    """
    plain = _GENITIVE.sub(" ", text).replace("code base", "code")
    runs = (one for one in _runs(plain) if 0 < len(strip(one, "whole")) <= _MOST_WORDS)
    return list(dict.fromkeys(map(" ".join, runs)))


def strip(words: list[str], of: str) -> list[str]:
    """Words without those of a list of the lexicon at both ends."""
    telling = [at for at, word in enumerate(words) if not _is_any(word, of)]
    return words[telling[0] : telling[-1] + 1] if telling else []


def _runs(text: str) -> Iterator[list[str]]:
    """Words in a row that begin after an article or a preposition, or go on a list of such."""
    is_open = False
    run: list[str] = []
    for token in _TOKEN.findall(text):
        said = token.casefold()
        is_joint = said in {",", "&", "/", "and", "or"}
        if not is_joint and (said[0].isalpha() or said[0] == "_") and not _is_limit(said):
            run += [token] if is_open else []
            continue
        if run:
            yield run
        is_open = said in _listed("opening") or (is_open and is_joint)
        run = []
    if run:
        yield run


def _is_limit(word: str) -> bool:
    return word in _listed("opening") or word in _listed("ending")


def _is_any(word: str, of: str) -> bool:
    said = word.casefold()
    return said in _listed(of) or said.removesuffix("s") in _listed(of)


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(read_lexicon("coordination")["phrases"][name].split())
