"""The phrases of a request that say of what of the code it is asked: "across the controllers"."""

from __future__ import annotations

import re
from functools import cache
from itertools import dropwhile
from typing import TYPE_CHECKING

from memory.texts.lexicon import read_lexicon

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_WORDS = 4  # of a phrase: a longer one is a clause that was not seen to be one
_TOKEN = re.compile(r"[A-Za-z_][\w-]*+|[^\w\s]")
_ARTICLES = re.compile(
    r"\b(?:the|an?|our|all|every|each|any|which|what|whose|their)\b", re.IGNORECASE
)
_GENITIVE = re.compile(r"['’]s\b|[`\"'’]")


def phrases_of(text: str) -> list[str]:
    """The nouns after articles and prepositions, each of a list by itself, in their order.

    Of "in the handlers and the tasks" "handlers" and "tasks"; none that says that all of the
    code is meant ("across all endpoints"), and no clauses.
    """
    runs = (one for one in runs_of(text) if 0 < len(strip(one, "whole")) <= _MOST_WORDS)
    return list(dict.fromkeys(map(" ".join, runs)))


def bare_phrases(text: str) -> list[str]:
    """The nouns of a request that has none after articles and prepositions: "cache user lists".

    What it begins with is done to them.
    """
    found = []
    for run in runs_of(text, is_bare=True):
        own = strip([*dropwhile(_is_verb, run)], "whole")
        found += [" ".join(own)] if 0 < len(own) <= _MOST_WORDS else []
    return list(dict.fromkeys(found))


def nouns_of(text: str) -> list[list[str]]:
    """All runs of words that may be a name, whatever stands before them."""
    bare = ([*dropwhile(_is_verb, run)] for run in runs_of(text, is_bare=True))
    return [*runs_of(text), *filter(None, bare)]


def without_articles(text: str) -> str:
    """A text without what stands before nouns: "the", "our", "which"."""
    return _ARTICLES.sub(" ", text)


def strip(words: list[str], of: str) -> list[str]:
    """Words without those of a list of the lexicon at both ends."""
    telling = [at for at, word in enumerate(words) if not _is_any(word, of)]
    return words[telling[0] : telling[-1] + 1] if telling else []


def runs_of(text: str, *, is_bare: bool = False) -> Iterator[list[str]]:
    """Words in a row that begin after an article or a preposition, or go on a list of such.

    All of them where it is said so.
    """
    is_open = is_bare
    run: list[str] = []
    plain = _GENITIVE.sub(" ", text).replace("code base", "code")
    for token in _TOKEN.findall(plain):
        said = token.casefold()
        is_joint = said in {",", "&", "/", "and", "or"}
        if not is_joint and (said[0].isalpha() or said[0] == "_") and not _is_limit(said):
            run += [token] if is_open else []
            continue
        if run:
            yield run
        is_open = is_bare or said in _listed("opening") or (is_open and is_joint)
        run = []
    if run:
        yield run


def _is_limit(word: str) -> bool:
    return word in _listed("opening") or word in _listed("ending")


def _is_verb(word: str) -> bool:
    return word.casefold() in _listed("verbs")


def _is_any(word: str, of: str) -> bool:
    said = word.casefold()
    return said in _listed(of) or said.removesuffix("s") in _listed(of)


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(read_lexicon("coordination")["phrases"][name].split())
