"""The sections of a brief, whose slice a memory stands in, and what reading it is worth."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from memory.kinds import SPECS
from memory.kinds.spec import Section
from memory.kinds.vocabulary import Status, Trust
from memory.models.assessment import Rank
from memory.models.details import Decision, Flag, Lesson, Note, Refactoring, Run
from memory.models.flags import is_blocking, parties
from memory.texts.agent_names import alike
from memory.texts.modules import same_modules

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from memory.models.answer import Listed


class Owner(NamedTuple):
    """An agent that gets a slice."""

    name: str  # as it was asked for
    agents: frozenset[str]  # the names of it that the memory knows
    modules: frozenset[str]  # that are its own


class Place(NamedTuple):
    """Where a memory stands in a brief."""

    agent: str  # whose slice it is in; "" for everybody's part
    section: Section


#: Relevances between which a memory goes from having nothing to do with a task to being to the
#: point: in ten tasks over the sample little below the first was of use, and all above the second.
#: Where nothing is so near, the nearest counts for as much, down to the third.
REMOTE, TO_THE_POINT, NEAREST = 0.002, 0.5, 0.05
#: What belonging to a module that was asked about counts for by itself, and to one that only an
#: agent who gets a slice calls its own.
OWN_MODULE, AGENTS_MODULE = 0.35, 0.25
HELPED = 0.5  # likewise, that it always helped in tasks like this one
EARNED = 0.5  # by how much at most what helped in like tasks gains, and what misled loses
DERIVED = 0.6  # a commit says less than what somebody wrote down
LEARNED_FROM = 0.3  # a run whose lessons are there: at 0.7 they took the room of what helped …
NOT_BORNE_OUT = 0.6  # … and so did lessons that an agent drew from a run or two
FLOOR = 0.1  # what is worth less is not told however much room there is

_SECTIONS = {
    Section.OPEN: 0.9,
    Section.GOVERNS: 1.0,
    Section.TRIED: 0.85,
    Section.LEARNED: 0.95,
    Section.MEASURED: 1.1,
    Section.KNOWN: 0.75,
}
_SEVERITIES = {"critical": 1.2, "high": 1.1, "medium": 1.0, "low": 0.8, "": 1.0}
_NOT_IN_FORCE = {Status.PROPOSED: 0.8, Status.REJECTED: 0.7}
_RANKS = {Rank.PRACTICE: 1.15, Rank.CANDIDATE: 1.0, Rank.RETIRED: 0.6}


def section_of(listed: Listed) -> Section:
    """Where a memory is told."""
    standing = listed.standing
    return SPECS[listed.memory.kind].section(standing.status, standing.in_force)


def warns(listed: Listed) -> bool:
    """Whether it tells of something that did not work, or was decided against."""
    details, status = listed.memory.revision.draft.details, listed.standing.status
    if isinstance(details, Lesson):
        return details.form == "antipattern" and listed.standing.in_force
    return status in (Status.REVERTED, Status.REJECTED, Status.FAILED)


def place_of(listed: Listed, modules: Collection[str], owners: Sequence[Owner]) -> Place:
    """Its section, in the slice of the one agent that it concerns, else in everybody's part.

    What concerns several, or none of them, is told once for all.

    Args:
        listed: The memory.
        modules: That it concerns, by its source or by its text.
        owners: The agents that get a slice.
    """
    concerned = [one.name for one in owners if _concerns(listed, modules, one)]
    return Place(concerned[0] if len(concerned) == 1 else "", section_of(listed))


def affinity(relevance: float, best: float, belonging: float) -> float:
    """How near a memory is to a task, 0 to 1.

    Args:
        relevance: How likely it answers, 0 to 1.
        best: That of the nearest memory.
        belonging: What it counts for by itself that it belongs to what was asked about, 0 to 1.
    """
    low, high = _log_odds(REMOTE), _log_odds(min(TO_THE_POINT, max(NEAREST, best)))
    near = min(1.0, max(0.0, (_log_odds(relevance) - low) / (high - low)))
    return near + (1.0 - near) * belonging


def worth(listed: Listed, near: float, earned: float) -> float:
    """What reading a memory is worth, 0 or more.

    Args:
        listed: The memory, with what bears on it.
        near: Its affinity to the task, 0 to 1.
        earned: How it served in like tasks, -1 to 1.
    """
    value = near * _SECTIONS[section_of(listed)] * _weight(listed) * _trusted(listed)
    return value * (1.0 + EARNED * earned)


def _trusted(listed: Listed) -> float:
    """What its rank makes of a lesson; agents' count in full once runs have borne them out."""
    known = listed.confidence
    if known is None:
        return 1.0
    is_new = known.rank is Rank.CANDIDATE and known.trust in (Trust.AGENT, Trust.DERIVED)
    return NOT_BORNE_OUT if is_new else _RANKS[known.rank]


def _weight(listed: Listed) -> float:
    """What kind and standing make of it."""
    details, status = listed.memory.revision.draft.details, listed.standing.status
    value = 1.0
    match details:
        case Decision() if not listed.standing.in_force:
            value = _NOT_IN_FORCE.get(status, 0.45)
        case Refactoring() if status is Status.REVERTED:
            value = 1.2
        case Lesson(form="antipattern"):
            value = 1.1
        case Flag():
            urgency = 1.3 if is_blocking(listed) else 1.0
            value = urgency * _SEVERITIES[details.severity] * (1.0 if _is_open(listed) else 0.45)
        case Note(topic="definition"):
            value = 0.6
        case Run(learned=True):
            value = LEARNED_FROM
        case Run() if status not in (Status.OPEN, Status.FAILED):
            value = 0.7
    is_derived = listed.memory.revision.source.trust is Trust.DERIVED
    return value * DERIVED if is_derived else value


def _is_open(listed: Listed) -> bool:
    return section_of(listed) is Section.OPEN


def _concerns(listed: Listed, modules: Collection[str], owner: Owner) -> bool:
    draft = listed.memory.revision.draft
    if draft.agent is not None:
        return draft.agent in owner.agents
    if isinstance(draft.details, Flag) and alike(owner.name, parties(draft.details)):
        return True
    return same_modules(owner.modules, modules)


def _log_odds(likely: float) -> float:
    likely = min(1.0 - 1e-9, max(1e-9, likely))
    return math.log(likely / (1.0 - likely))
