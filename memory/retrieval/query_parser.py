"""What a question asks for: the words worth looking for, and records called by their number."""

from __future__ import annotations

import re

from memory.texts.words import content_words

MAX_WORDS = 64  # of a question; a pasted page is a search by meaning, not by its every word
#: "decision 12" names one, "import records 19 at a time" and "records 19" do not: what may be a
#: verb or a plural needs a mark before the number.
_NUMBERED = re.compile(
    r"\b(?:(?:adr|rfc|otep|kep|decision)[\s#_-]{0,3}|record(?:\s?#\s?|-|\s(?:no\.?|number)\s))"
    r"0*(\d{1,5})\b|(?:^|(?<=[\s(]))#0*(\d{1,5})\b",
    re.IGNORECASE,
)
#: "TEP-0023", "MSC2229", and "UTF-8" likewise: whose records these are has to be asked.
_PREFIXED = re.compile(r"\b([A-Z]{2,8})[-_ ]?0*(\d{1,5})\b")


def search_words(question: str) -> list[str]:
    """The words worth looking for, each once, in their order."""
    return content_words(question)[:MAX_WORDS]


def named_numbers(question: str) -> dict[int, str]:
    """The records that the question calls by number: 17 in "what does ADR-0017 say?".

    Beside each stands a prefix that the record itself has to have; "" where any will do.
    """
    sure = {int(one or other): "" for one, other in _NUMBERED.findall(question)}
    return {int(number): prefix for prefix, number in _PREFIXED.findall(question)} | sure
