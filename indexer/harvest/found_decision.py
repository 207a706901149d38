"""What the sources of a harvest find, before it is known whether it is new."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - of a field
from typing import TYPE_CHECKING, NamedTuple

from memory.kinds.vocabulary import Status
from memory.models.details import Decision, Lesson
from memory.models.harvest import HarvestedFrom, HarvestEvidence, HarvestProposal
from memory.models.memory import Draft, uid_for
from memory.texts.shortening import shortened
from memory.texts.words import stems

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_TITLE = 160  # characters
HARVESTED, QUOTED = "Harvested from", "Quoted"  # labels in the file that a decision is written to


class FoundDecision(NamedTuple):
    """A decision as a source tells of it."""

    origin: HarvestedFrom
    title: str
    reason: str
    evidence: HarvestEvidence
    at: datetime | None  # when it was taken; None where the source does not say
    chance: float  # 0 to 1, that a strict reader would keep it
    decision: str = ""  # what was chosen, where the title is less than that
    alternatives: tuple[str, ...] = ()  # what else there was to choose from
    status: Status = Status.ACCEPTED
    paths: tuple[str, ...] = ()  # the files of code that it changed
    touched: tuple[str, ...] = ()  # all files that it changed
    modules: tuple[str, ...] = ()
    about: tuple[str, ...] = ()  # names, of all of which one decision is enough
    lesson: Lesson | None = None  # what was learned, where it is no decision


def proposal_of(found: FoundDecision) -> HarvestProposal:
    """A decision as it is proposed; its id is the same wherever the same is found."""
    where = found.evidence.commit or found.evidence.path
    if found.origin == "session":  # which is copied into another when it goes on
        where = found.evidence.quote
    title = shortened(" ".join(found.title.split()), LONGEST_TITLE)
    title = title[:1].upper() + title[1:]
    at = found.at and found.at.replace(hour=0, minute=0, second=0, microsecond=0)
    details = found.lesson or Decision(
        status=found.status,
        context=found.reason,
        decision=found.decision,
        alternatives=found.alternatives,
    )
    draft = Draft(
        title=title,
        body=title,
        details=details,
        modules=found.modules,
        valid_from=at,
        extra={HARVESTED: found.evidence.place, QUOTED: found.evidence.quote},
    )
    uid = uid_for(details.kind, "harvested", where, title.casefold())
    return HarvestProposal(
        id=uid, origin=found.origin, draft=draft, evidence=found.evidence, chance=found.chance
    )


def ranked(found: Iterable[FoundDecision]) -> list[FoundDecision]:
    """The surest first; of equal ones the latest, and then by title."""
    return sorted(
        found,
        key=lambda one: (-one.chance, -(one.at.timestamp() if one.at else 0), one.title),
    )


def distinct(found: Iterable[FoundDecision]) -> list[FoundDecision]:
    """Those of some that say the same, or rest on the same commit or words, once: the first one.

    So is what is decided about nothing new, as where each package of a project changes a
    dependency. What took back a series of commits gives one reason for all of them.
    """
    kept, seen, known = list[FoundDecision](), set[object](), set[str]()
    for one in found:
        quote = one.evidence.quote.casefold()
        marks: set[object] = {stems(one.title), one.evidence.commit or one.evidence, quote}
        is_known = bool(one.about) and known.issuperset(one.about)
        if seen.isdisjoint(marks) and not is_known:
            kept.append(one)
        seen |= marks
        known.update(one.about)
    return kept
