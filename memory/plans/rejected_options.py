"""The ways that memories tell of: what each proposed, in sentences that stand by themselves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from memory.kinds.vocabulary import Status
from memory.models.details import Decision, Lesson, Refactoring
from memory.models.plan import Ground
from memory.norms.sides import split_add_remove
from memory.texts.words import stems

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from memory.models.answer import Listed

OPTION_WORDS = 12  # of an alternative; what is longer is an argument
SENTENCES = 4  # of a decision; what comes later goes into detail
_SHORT = 12  # characters; a sentence below it says nothing by itself
_LONG = 400  # characters of a sentence that are looked at
_SENTENCE_END = re.compile(r"(?<=[.!?:])\s+(?=[A-Z`\"'(\[*-])|\n\s*\n|\n\s*(?=[-*\d])")
_LEAD = re.compile(
    r"^(?:[-*+•\s]|\d{1,2}[.)]\s)*(?:proposed:\s*|decision:\s*)?"
    r"(?:(?:so|therefore|hence|thus),?\s+)?"
    r"(?:we(?:'ll| will| have decided to| decided to| shall| are going to| propose to)\s+)?",
    re.IGNORECASE,
)
_CHOSEN = re.compile(
    r"chosen option:?\s*[\"“'*]*(?P<option>[^\"”\n]+?)[\"”'*]*\s*(?:,?\s*because\b.*)?$",
    re.IGNORECASE | re.DOTALL,
)
_REFUSAL = re.compile(r"\b(?:will not|won't|do not|reject|not do this|decided against)\b", re.I)
_OPTION = re.compile(r"^(?P<head>[^:.(;]{3,160})(?:[:.(;]|$)")
_ARGUES = re.compile(
    r"(?:[^\w`\"'(]|(?:this|it|its|we|that|there|these|they|however|if|in|for|as|but|also|because|i|"
    r"when|while|the (?:main|majority|current|problem|reason)|rationale|none|leaving|do nothing)\b|"
    r"[^{}]*(?:[{}<>=]|::))",
    re.IGNORECASE,
)
_OUTDATED = {
    Status.SUPERSEDED: Ground.SUPERSEDED,
    Status.REJECTED: Ground.REJECTED,
    Status.DEPRECATED: Ground.DEPRECATED,
    Status.WITHDRAWN: Ground.DEPRECATED,
}


class Way(NamedTuple):
    """A way of doing something that a memory speaks of."""

    ground: Ground
    texts: tuple[str, ...]  # each says it by itself; the title first
    name: str  # of the way, where it is not the memory's title


def outdated_ways(listed: Listed) -> list[Way]:
    """The ways of a memory that are not to be gone again; none for most."""
    memory = listed.memory
    details = memory.revision.draft.details
    if isinstance(details, Decision):
        if listed.standing.in_force:
            return [_option(option, memory.title) for option in _not_chosen(details, memory.title)]
        ground = _OUTDATED.get(listed.standing.status)
        return [Way(ground, chosen_texts(listed), "")] if ground else []
    if isinstance(details, Lesson) and details.form == "antipattern":
        return [Way(Ground.ANTIPATTERN, _texts([memory.title, details.context]), "")]
    return [way_of(listed)] if isinstance(details, Refactoring) else []


def way_of(listed: Listed) -> Way:
    """What a refactoring did: its title, and what it moved where."""
    details = listed.memory.revision.draft.details
    moved = details.moved[:SENTENCES] if isinstance(details, Refactoring) else ()
    moves = [f"{move.what} to {move.destination}" for move in moved if move.destination]
    return Way(Ground.REVERTED, _texts([listed.memory.title, *moves]), "")


def chosen_texts(listed: Listed) -> tuple[str, ...]:
    """What a decision chose: its title, and the first sentences in which it says so.

    A refusal is told by its title alone: what follows says why not.
    """
    memory = listed.memory
    details = memory.revision.draft.details
    said = details.decision if isinstance(details, Decision) else ""
    sentences = [] if _REFUSAL.search(said[:_LONG]) else list(sentences_of(said))
    return _texts([memory.title, *sentences[:SENTENCES]])


def instead_texts(listed: Listed) -> tuple[str, ...]:
    """What an antipattern says works in its place; a sentence each."""
    details = listed.memory.revision.draft.details
    return _texts(sentences_of(details.alternative)) if isinstance(details, Lesson) else ()


def sentences_of(text: str) -> Iterator[str]:
    """The sentences of what was decided, without "We will"; of options the chosen one first."""
    if match := _CHOSEN.match(text.strip().partition("\n\n")[0]):
        yield match["option"]
        text = text.strip().partition("\n\n")[2] or text.partition(".")[2]
    for sentence in _SENTENCE_END.split(text):
        said = _LEAD.sub("", " ".join(sentence.split()))[:_LONG]
        if len(said) >= _SHORT:
            yield said


def _not_chosen(details: Decision, title: str) -> Iterator[str]:
    """The alternatives that a decision considered, without the reasons, and not what it chose.

    A sentence that argues is no alternative, and neither is one whose words the decision uses, or
    half of whose words its title does.
    """
    match = _CHOSEN.search(details.decision[:_LONG])
    chosen = stems(match["option"]) if match else frozenset()
    said, titled = stems(details.decision), stems(title)
    for alternative in details.alternatives:
        for sentence in _SENTENCE_END.split(alternative) if ": " in alternative else [alternative]:
            head = _OPTION.match(sentence.strip())
            if head is None or _ARGUES.match(head["head"]):
                continue
            words = stems(head["head"])
            is_titled = 2 * len(words & titled) >= len(words)
            is_chosen = is_titled or words <= said or bool(chosen and chosen <= words)
            if words and not is_chosen and len(head["head"].split()) <= OPTION_WORDS:
                yield head["head"].strip()


def _option(option: str, title: str) -> Way:
    return Way(Ground.NOT_CHOSEN, (f"{option}: {title}", option), option)


def _texts(parts: Iterable[str]) -> tuple[str, ...]:
    """What these propose; what they leave behind is no way of theirs."""
    proposed = (split_add_remove(part).proposes for part in parts if part)
    return tuple(dict.fromkeys(text for text in proposed if len(text) >= _SHORT // 2))
