"""Decisions that a person took in a session, by choosing among the options that an agent put."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.harvest.found_decision import FoundDecision
from indexer.harvest.reasoning import pattern
from memory.models.harvest import HarvestEvidence

if TYPE_CHECKING:
    from indexer.harvest.transcripts import ChosenAnswer

_SAYS_ENOUGH = 3  # words of a label that stands by itself
_CHANCE = 0.65  # a reader kept 69 of 106 of projects that nobody had looked at


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
        chance=_CHANCE,
    )
