"""What a finished run says that works, does not work, or is best done."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from memory.models.kinds import Status
from memory.runs.metrics import metrics_words
from memory.texts.shortening import shortened

if TYPE_CHECKING:
    from memory.models.details import Run

LONGEST_TITLE = 200  # characters
_SENTENCE_END = re.compile(r"(?<=[.!?])\s")


class Claim(NamedTuple):
    """What a run says that works, does not work, or is best done."""

    form: Literal["pattern", "antipattern", "best_practice"]
    text: str
    words: str  # what bears it out

    @property
    def title(self) -> str:
        """Its first sentence."""
        first = _SENTENCE_END.split(" ".join(self.text.split()), maxsplit=1)[0]
        return even(first) if len(first) <= LONGEST_TITLE else shortened(first, LONGEST_TITLE)


def claims_of(run: Run) -> tuple[Claim, ...]:
    """What a finished run has to teach.

    An approach that succeeded is a pattern, and keeps the issues that came with it: to the one
    who reads it they are its price, whereas an antipattern of the same name beside it would say
    of one and the same run that its approach is to be followed and to be avoided. An approach
    that failed is an antipattern even if nobody says why, as that it failed is known. Each
    lesson of either is a best practice.
    """
    claims = []
    if run.approach:
        measured = metrics_words(run.metrics)
        if run.status is Status.DONE:
            claims.append(Claim("pattern", run.approach, measured or "it worked"))
        else:
            why = "; ".join(run.issues) or measured
            claims.append(Claim("antipattern", run.approach, why or "it failed"))
    claims += [Claim("best_practice", lesson, _task(run)) for lesson in run.lessons]
    return tuple(claims)


def even(text: str) -> str:
    """A text on one line, without the full stop at its end."""
    said = " ".join(text.split())
    return said.removesuffix(".") or said


def _task(run: Run) -> str:
    return " ".join(run.task.split()) or "learned"
