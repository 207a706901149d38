"""Tells the thing that a sentence would use from what it would use it for."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from memory.texts.lexicon import any_of, read_lexicon
from memory.texts.words import is_stop_word


class Slot(NamedTuple):
    """A sentence in two parts; both "" where it has none."""

    thing: str  # that is used: "Vault"
    purpose: str  # and what for: "Keep secrets"
    is_use: bool = False  # whether it says outright that the thing is used


NO_SLOT = Slot("", "")
LONGEST = 500  # characters of what is proposed; a longer text is no proposal
_LISTS = read_lexicon("slots")
_WORDS = {name: any_of(_LISTS[name]) for name in ("using", "going", "within")}
_LEAD = (
    r"^(?:(?:\S+\s++){1,5}?(?:will|must|should|shall)\s++)?"
    r"(?:(?:then|to|and|also|now|will|must|should|be|we|only|always|continue)\s++)*"
)
_USE = re.compile(
    rf"{_LEAD}(?:{_WORDS['using']})\s++(?:(?:with|for|on)\s++)?(?P<thing>.+?)"
    r"(?:(?<!\s)\s++(?:for|as|to|when|where|because)\s++(?P<purpose>.+))?$",
    re.IGNORECASE,
)
_TO = re.compile(
    rf"{_LEAD}(?:{_WORDS['going']})\s++(?:over\s++|back\s++)?(?:to|onto)\s++(?:using\s++)?(?P<thing>.+?)"
    r"(?:(?<!\s)\s++(?:for|as|in)\s++(?P<purpose>.+))?$",
    re.IGNORECASE,
)
_IN = rf"\s(?:{_WORDS['within']})\s"
_MEANS = re.compile(rf"^(?P<purpose>\w.*?){_IN}(?P<thing>(?:(?!{_IN}).)+)$", re.IGNORECASE)
_NAME = re.compile(r"[A-Z].*|\w*[a-z][A-Z]\w*|(?=\w*\d)(?=\w*[A-Za-z])\w+|\w+[-_.]\w[\w.-]*")

_ACRONYM = re.compile(r"\b(?:[A-Z][\w-]*){2,}\b")


@lru_cache(maxsize=4_096)
def slot_of(said: str) -> Slot:
    """The thing and the purpose of what is proposed, or wanted."""
    said = said.strip(" .;")
    if len(said) > LONGEST:
        return NO_SLOT
    if said.partition(" ")[0].lower() in _LISTS["changing"]:
        return NO_SLOT
    for pattern in (_TO, _USE, _MEANS):
        if match := pattern.match(said):
            return Slot(match["thing"], match["purpose"] or "", pattern is not _MEANS)
    return NO_SLOT


def names_in(thing: str) -> tuple[str, ...]:
    """Its words that are names: in capitals, with a digit among letters, or put together."""
    words = (word.strip("`\"'(),.:") for word in re.split(r"[\s/]", thing) if word)
    return tuple(word for word in words if _NAME.fullmatch(word) and not is_stop_word(word))


def chosen_in(said: str) -> tuple[str, ...]:
    """The names of the thing that a demand would have used; none where it names no thing.

    Where all words are in capitals, as in many a title, only acronyms and the like are names.
    """
    slot = slot_of(said)
    words = [word for word in said.split() if not is_stop_word(word)]
    if sum(word[0].isupper() for word in words) < max(2, len(words)):
        return names_in(slot.thing)
    return tuple(_ACRONYM.findall(slot.thing if slot.is_use else said))
