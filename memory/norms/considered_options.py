"""The options that a decision considered and did not choose."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from memory.texts.patterns import lazy
from memory.texts.words import stems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memory.models.details import Decision

MOST_WORDS = 12  # of an option; what is longer is an argument
_NUMBER = lazy(
    r"^\W*(?:(?:option|alternative|solution)\s+)?#?(?:\d{1,2}|[A-D](?=[.):]))[.):]?"
    r"(?:\s*[–:.)-])?\s+",
    re.IGNORECASE,
)
_CHOSEN = lazy(
    r"(?:chosen|selected|preferred) options?:?\W*+(?P<option>[^\"”\n]+?)"
    r"[\"”'*]*+\s*+(?:,?\s*+because\b.*)?$",
    re.IGNORECASE | re.MULTILINE,
)
_NUMBERED = lazy(r"\b(?:option|alternative|solution)s?\s+#?(?P<number>\w{1,2})\b", re.I)
_HEAD = lazy(r"^(?P<head>[^:.(;]{3,160})(?:[:.(;]|$)")
_ARGUES = lazy(
    r"(?:[^\w`\"'(]|(?:this|it|its|we|that|there|these|they|however|if|in|for|as|but|also|because|i|"
    r"when|while|the (?:main|majority|current|problem|reason)|rationale|none|leaving|do nothing|"
    r"good|bad|neutral|pros?|cons?|advantages?|disadvantages?)\b|[^{}]*(?:[{}<>=]|::))",
    re.IGNORECASE,
)
_SENTENCE_END = lazy(r"(?<=[.!?:])\s+(?=[A-Z`\"'(\[*-])|\n\s*\n|\n\s*(?=[-*\d])")


def chosen_in(decision: str) -> list[set[str]]:
    """The stems of each option that a decision says by its label is the chosen one."""
    return [set(stems(match["option"])) for match in _CHOSEN.finditer(decision[:400])]


def name_of(alternative: str) -> str:
    """The name of the option that an alternative is about; "" where it only argues."""
    said = " ".join(alternative.split())
    number = _NUMBER.match(said)
    head = _HEAD.match(said[number.end() :] if number else said)
    if head is None or is_argument(head["head"]) or len(head["head"].split()) > MOST_WORDS:
        return ""
    return (number[0] if number else "") + head["head"].strip()


def is_argument(said: str) -> bool:
    """Whether some words argue for something and name nothing."""
    return _ARGUES.match(_NUMBER.sub("", said).strip(" .:)-")) is not None


def not_chosen(details: Decision, title: str) -> Iterator[str]:
    """The options without their reasons, none of them what was chosen.

    Each of several begins with its name; one alone may be a text that names all of them. A
    sentence that argues is no option, and neither is one whose words the decision uses, or half
    of whose words its title does. Where the decision names an option by its number, the one with
    that number is the chosen one; which that is nobody can tell where none has its number.
    """
    called = {match["number"] for match in _NUMBERED.finditer(details.decision[:200])}
    is_numbered = any(_NUMBER.match(one) for one in details.alternatives)
    if not is_numbered and any(re.fullmatch(r"\d+|[A-D]", one) for one in called):
        return
    chosen = chosen_in(details.decision)
    numbers = {one.lower() for one in called}
    said, titled = stems(details.decision), stems(title)
    is_text = len(details.alternatives) == 1
    for alternative in details.alternatives:
        is_split = is_text and ": " in alternative
        for part in _SENTENCE_END.split(alternative) if is_split else [alternative]:
            number = _NUMBER.match(part)
            if number and numbers & set(re.findall(r"[a-z0-9]+", number[0].lower())):
                continue
            head = _HEAD.match(part[number.end() :] if number else part.strip())
            if head is None or _ARGUES.match(head["head"]):
                continue
            words = stems(head["head"])
            is_titled = 2 * len(words & titled) >= len(words)
            is_chosen = is_titled or words <= said or any(one and one <= words for one in chosen)
            if words and not is_chosen and len(head["head"].split()) <= MOST_WORDS:
                yield head["head"].strip()
