"""The cues by which sentences are read, from `data/lexicon/cues.toml`."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from memory.texts.lexicon import read_lexicon
from memory.texts.words import stem

if TYPE_CHECKING:
    from collections.abc import Iterable


class Cues(NamedTuple):
    """The lexicon, its verbs by stem, its phrases with what is done to something in the middle."""

    adding: frozenset[str]
    removing: frozenset[str]
    light: frozenset[str]
    moving: frozenset[str]
    replacing: frozenset[str]
    causing: frozenset[str]
    parting: frozenset[str]
    aspect: frozenset[str]
    talking: frozenset[str]
    verbs: frozenset[str]  # as they stand there
    negations: frozenset[str]
    states: frozenset[str]
    irregular: dict[str, str]  # past -> base form
    fitting: frozenset[str]
    ending: frozenset[str]
    restraining: frozenset[str]
    adding_phrases: re.Pattern[str]
    removing_phrases: re.Pattern[str]
    talking_phrases: re.Pattern[str]
    clause_end: re.Pattern[str]
    subordinator: re.Pattern[str]


@cache
def read_cues() -> Cues:
    """The cues of `data/lexicon/cues.toml`; read once."""
    said = read_lexicon("cues")
    lists = {name: words.split() for name, words in said.items() if isinstance(words, str)}
    one_word = "adding", "light", "removing", "moving", "changing", "replacing", "aspect", "talking"
    verbs = [
        *(verb for name in one_word for verb in lists[name]),
        *(one for name in ("adding", "removing", "talking") for one in said[f"{name}_phrases"]),
        "do not", "don't", "no longer", "never",
    ]  # fmt: skip
    verb = "|".join(re.escape(one) for one in sorted(verbs, key=len, reverse=True))
    subordinators = "|".join(lists["subordinators"])
    return Cues(
        **{
            name: frozenset(map(stem, lists[name]))
            for name in Cues._fields
            if name in lists and name not in ("negations", "fitting", "irregular", "states")
        },
        verbs=frozenset(verbs),
        irregular=dict(pair.split("=") for pair in lists["irregular"]),
        negations=frozenset(lists["negations"]),
        fitting=frozenset(lists["fitting"]),
        states=frozenset(lists["states"]),
        adding_phrases=_phrases(said["adding_phrases"]),
        removing_phrases=_phrases(said["removing_phrases"]),
        talking_phrases=_phrases(said["talking_phrases"]),
        clause_end=re.compile(
            r"\s*(?:[;\n]|[.!?](?=\s|$)|\s[-–—](?=\s)"
            rf"|,?\s+(?:and|then|but)\s+(?=(?:then\s+)?(?-i:{verb})\b)"
            rf"|,\s+(?=(?:then\s+)?(?-i:{verb})\b))\s*",  # not PUT and POST
            re.IGNORECASE,
        ),
        subordinator=re.compile(rf"(?:^|,\s++|(?<![\s,])\s++)(?:{subordinators})\s", re.IGNORECASE),
    )


def _phrases(phrases: Iterable[str]) -> re.Pattern[str]:
    """Matches a clause that begins with one of them, or has what it is done to inside it."""
    found = []
    for phrase in sorted(phrases, key=len, reverse=True):
        verb, _, rest = phrase.partition(" ")
        forms = rf"{verb}(?:{verb[-1]}?(?:s|es|ing|ed)|n)?" if verb[-1] != "e" else (
            rf"{verb[:-1]}(?:es?|ing|ed|en)"
        )  # fmt: skip
        behind = r"(?=\s*$|\s+(?:in|from|for|at|on|by|before|after|with)\b)"
        found.append(rf"{forms} {rest}\b|{forms} ((?:\S+ ){{1,12}}?){rest}{behind}")
    return re.compile(rf"(?:{'|'.join(found)})", re.IGNORECASE)
