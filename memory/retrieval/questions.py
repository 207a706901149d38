"""What a question asks for: its words, and whether it is about the present."""

from __future__ import annotations

import re

#: English function words and the small talk of questions; a word in nearly every text would
#: cost time in full text search and add nothing to the order.
STOP_WORDS = frozenset(
    """
    a about after again all also am an and any are as at be because been before being between
    both but by can could did do does doing done down each for from further get gets getting got
    had has have having he her here him his how i if in instead into is it its itself just let
    like made make makes may me more most much must my need needs no nor not of off on once one
    only or other our ours out over own per she should so some such than that the their them then
    there these they this those through to too under until up us use used uses using very was way
    we were what when where which while who whom why will with without would you your
    """.split()
)
_WORD = re.compile(r"\w+", re.UNICODE)
_PRESENT = re.compile(
    r"\b(?:now|current|currently|today|present|presently|latest|newest|in force|at the moment|"
    r"these days|nowadays|up[- ]to[- ]date|still|valid|effective|finally|any ?more)\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"\b(?:adrs?|rfcs?|oteps?|keps?|decisions?|records?)[\s#_-]{0,3}0*(\d{1,5})\b", re.IGNORECASE
)
MAX_WORDS = 64  # of a question; a pasted page is a search by meaning, not by its every word


def content_words(question: str) -> list[str]:
    """The words worth looking for, each once, in their order."""
    words = dict.fromkeys(word.lower() for word in _WORD.findall(question))
    kept = [
        word for word in words if word not in STOP_WORDS and (len(word) > 1 or not word.isascii())
    ]
    return (kept or list(words))[:MAX_WORDS]


def asks_about_now(question: str) -> bool:
    """Whether the question says that it wants what holds at present."""
    return _PRESENT.search(question) is not None


def named_numbers(question: str) -> list[int]:
    """The records that the question calls by number: 17 in "what does ADR-0017 say?"."""
    return [int(number) for number in _NUMBERED.findall(question)]
