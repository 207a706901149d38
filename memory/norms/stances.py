"""What the sentences of a decision say is adopted, was considered and refused, or was so before."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from memory.norms.options import Sentence, read_options, settle
from memory.norms.read import one_line
from memory.norms.sentences import sentences_of
from memory.texts.lexicon import any_of, read_lexicon
from memory.texts.words import stems

if TYPE_CHECKING:
    from memory.models.memory import Draft
    from memory.norms.options import ConsideredOption
    from memory.norms.sentences import NormSentence

MOST = 220  # sentences of one memory that are looked at
MOST_ADOPTED, MOST_GROUNDS = 30, 24  # … and kept; what comes later goes into detail
_ALIKE = 0.8  # of the words of a heading and of the title, with which that is the title
_WORDS = {
    name: re.compile(rf"\b(?:{any_of(words)})(?!\w)", re.IGNORECASE)
    for name, words in read_lexicon("stances").items()
}
_ADOPTED, _GROUNDS, _FOLLOWS = "adopted", "grounds", "follows"
_PARTS = {"decision": _ADOPTED, "context": _GROUNDS, "consequences": _FOLLOWS}
_COMMENT = re.compile(r"<!--.*?-->")


class Stances(NamedTuple):
    """What a memory says, by what it means for whoever goes on working."""

    adopted: tuple[Sentence, ...]  # what is to be
    grounds: tuple[Sentence, ...]  # why, and how it was until then
    chosen: tuple[ConsideredOption, ...]  # of what was considered
    refused: tuple[ConsideredOption, ...]
    ends: bool  # whether the title says what is to be no more


_KNOWN: dict[str, Stances] = {}  # by digest, as the norms are kept
_MOST_KNOWN = 4_096


def stances_of(draft: Draft) -> Stances:
    """What a decision adopts, refuses and rests on."""
    known = _KNOWN.get(draft.digest)
    if known is None:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        known = _KNOWN[draft.digest] = _read(draft)
    return known


def goes_back(text: str) -> bool:
    """Whether a step says that it goes back to what was, or stays with it."""
    return bool(_WORDS["returning"].search(text)) and not _WORDS["falling"].search(text)


def turns_against(text: str) -> bool:
    """Whether a sentence speaks of what is not to be."""
    return bool(_WORDS["turning"].search(text))


def _read(draft: Draft) -> Stances:
    said = {part: one_line(getattr(draft.details, part, "")) for part in _PARTS}
    by_role: dict[str, list[Sentence]] = {_ADOPTED: [], _GROUNDS: [], _FOLLOWS: [], "": []}
    considered: list[tuple[tuple[str, ...], NormSentence]] = []
    title = stems(draft.title)
    for sentence in islice(sentences_of(draft.body), MOST):
        headings = tuple(
            heading
            for heading in (_COMMENT.sub("", one) for one in sentence.headings)
            if not _is_title(heading, title)
        )
        of_part = next((role for part, role in _PARTS.items() if sentence.text in said[part]), "")
        if sentence.is_check:
            continue
        at = _considers(headings)
        if at is not None and of_part != _ADOPTED:
            considered.append((headings[at:], sentence))
        else:
            role = of_part or _role(headings)
            place = (sentence.first, sentence.last)
            by_role[role].append(Sentence(sentence.text, place))
    adopted = (by_role[_ADOPTED] or by_role[""])[:MOST_ADOPTED]
    options = read_options(considered, draft.body, getattr(draft.details, "alternatives", ()))
    chosen, refused = settle(options, " ".join(one.text for one in adopted), draft.title)
    return Stances(
        tuple(adopted),
        tuple(by_role[_GROUNDS][:MOST_GROUNDS]),
        chosen,
        refused,
        ends=bool(_WORDS["ending"].search(draft.title)),
    )


def _considers(headings: tuple[str, ...]) -> int | None:
    """The outermost heading under which there are options; None where there is none."""
    for at, heading in enumerate(headings):
        if _WORDS["considered"].search(heading) and not _WORDS["settled"].search(heading):
            return at
    return None


def _role(headings: tuple[str, ...]) -> str:
    """What a sentence is there for, by the nearest heading that tells."""
    for heading in reversed(headings):
        for role in (_GROUNDS, _FOLLOWS, _ADOPTED):
            if _WORDS[role].search(heading):
                return role
    return ""


def _is_title(heading: str, title: frozenset[str]) -> bool:
    said = stems(heading)
    return bool(said | title) and len(said & title) >= _ALIKE * len(said | title)
