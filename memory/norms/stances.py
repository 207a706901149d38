"""What the sentences of a decision say is adopted, and what they turn against."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from memory.norms.read import one_line
from memory.norms.sentences import sentences_of
from memory.texts.lexicon import any_of, read_lexicon

if TYPE_CHECKING:
    from memory.models.memory import Draft

MOST = 90  # sentences of one memory that are looked at
_WORDS = {
    name: re.compile(rf"\b(?:{any_of(words)})(?!\w)", re.IGNORECASE)
    for name, words in read_lexicon("stances").items()
}
_ADOPTED, _REFUSED, _GROUNDS, _FOLLOWS, _OTHER = "adopted", "refused", "grounds", "follows", ""


class StanceSentence(NamedTuple):
    """A sentence of a memory, or its title."""

    text: str
    lines: tuple[int, int] | None = None  # of the body, 0-based; None of the title


class Stances(NamedTuple):
    """What a memory says, by what it means for whoever goes on working."""

    adopted: tuple[StanceSentence, ...]  # what is to be
    against: tuple[StanceSentence, ...]  # what is not to be, or was so until then


_KNOWN: dict[str, Stances] = {}  # by digest, as the norms are kept
_MOST_KNOWN = 4_096


def stances_of(draft: Draft) -> Stances:
    """What a decision adopts and turns against, its title first."""
    known = _KNOWN.get(draft.digest)
    if known is None:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        known = _KNOWN[draft.digest] = _read(draft)
    return known


def goes_back(text: str) -> bool:
    """Whether a step says that it goes back to what was, or stays with it."""
    return bool(_WORDS["returning"].search(text)) and not _WORDS["falling"].search(text)


def _read(draft: Draft) -> Stances:
    parts = {
        role: one_line(getattr(draft.details, part, ""))
        for part, role in (
            ("decision", _ADOPTED),
            ("context", _GROUNDS),
            ("consequences", _FOLLOWS),
        )
    }
    adopted: list[StanceSentence] = []
    against: list[StanceSentence] = []
    (against if _WORDS["ending"].search(draft.title) else adopted).append(
        StanceSentence(draft.title)
    )
    for sentence in islice(sentences_of(draft.body), MOST):
        of_part = next((role for role, part in parts.items() if sentence.text in part), _OTHER)
        role = _role(of_part, sentence.headings)
        said = StanceSentence(sentence.text, (sentence.first, sentence.last))
        if not _WORDS["turning"].search(sentence.text):
            if role == _ADOPTED:
                adopted.append(said)
        elif role not in (_REFUSED, _GROUNDS):
            against.append(said)
    return Stances(tuple(adopted), tuple(against))


def _role(of_part: str, headings: tuple[str, ...]) -> str:
    """What a sentence is there for: by the nearest heading that tells, else by its part."""
    for heading in reversed(headings):
        if _WORDS[_REFUSED].search(heading):
            return _REFUSED
        if of_part:
            break
        for role in (_GROUNDS, _FOLLOWS, _ADOPTED):
            if _WORDS[role].search(heading):
                return role
    return of_part
