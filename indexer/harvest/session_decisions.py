"""Decisions that a person took in a session, by choosing among the options that an agent put."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.harvest.found_decision import FoundDecision
from indexer.harvest.reasoning import pattern
from memory.models.harvest import HarvestEvidence

if TYPE_CHECKING:
    from indexer.harvest.transcripts import ChosenAnswer

_SAYS_ENOUGH = 3  # words of a label that stands by itself
#: Chances that a reader would keep it, by projects that nobody had looked at: 54 of 59, 24 of 36.
_SURE, _LESS_SURE = 0.91, 0.66
_NAMES_A_CHOICE = re.compile(r"\b(?:or|vs|versus)\b")
_NAMES_CODE = re.compile(r"`|[a-z][A-Z]|\w[_/]\w|\w\.\w{2,4}\b")
_LONG_WORD = re.compile(r"\w{4,}")


def decision_of(answer: ChosenAnswer) -> FoundDecision | None:
    """The decision of an answer; None where it is about the session, not about the program."""
    question, chosen = " ".join(answer.question.split()), ", ".join(answer.chosen)
    is_aside = pattern("asked_aside").search(question) or pattern("chosen_aside").search(chosen)
    if is_aside or not pattern("asked_to_decide").search(question):
        return None
    is_whole = len(chosen.split()) >= _SAYS_ENOUGH and not pattern("yes_or_no").match(chosen)
    about = answer.header if is_whole else question.rstrip("?")
    return FoundDecision(
        origin="session",
        title=f"{about}: {chosen}" if about else chosen,
        reason=question,
        decision=f"{chosen}: {answer.because}" if answer.because else chosen,
        alternatives=answer.others,
        evidence=HarvestEvidence(
            quote=f"{question} “{chosen}”", path=answer.session, line=answer.line
        ),
        at=answer.at,
        chance=_SURE if _is_definite(question, chosen) else _LESS_SURE,
    )


def _is_definite(question: str, chosen: str) -> bool:
    """Whether a question says between what it asks: its choices, code, or words of the answer."""
    if _NAMES_A_CHOICE.search(question) or _NAMES_CODE.search(question):
        return True
    asked, said = (set(_LONG_WORD.findall(text.lower())) for text in (question, chosen))
    return not asked.isdisjoint(said)
