"""The sections of a brief, whose slice a memory stands in, and what reading it is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from memory.kinds import SPECS
from memory.kinds.spec import BriefSection
from memory.kinds.vocabulary import Status, Trust
from memory.models.assessment import Rank
from memory.models.details import Decision, Flag, Lesson, Run
from memory.models.flags import parties
from memory.texts.agent_names import alike
from memory.texts.module_names import same_modules

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from memory.models.answer import Listed


class SliceOwner(NamedTuple):
    """An agent that gets a slice."""

    name: str  # as it was asked for
    agents: frozenset[str]  # the names of it that the memory knows
    modules: frozenset[str]  # that are its own


class BriefPlace(NamedTuple):
    """Where a memory stands in a brief."""

    agent: str  # whose slice it is in; "" for everybody's part
    section: BriefSection


#: What is told has at least this chance to be of use, and what is named has at least that one:
#: where the curve of `benchmarks/fit_usefulness.py` bends, and where hardly anything is missed.
USEFUL, NAMED = 0.4, 0.15
#: What belonging to a module that was asked for counts for by itself, to one that the task only
#: names, and to one that an agent who gets a slice calls its own.
ASKED_MODULE, NAMED_MODULE, AGENTS_MODULE = 0.6, 0.1, 0.5
HELPED = 1.0  # likewise, that it always helped in tasks like this one
EARNED = 0.5  # by how much at most what helped in like tasks gains, and what misled loses
DERIVED = 0.7  # a commit that is as relevant says less than what somebody wrote down
DOUBTED = 0.3  # what gives orders to its reader is hardly meant to inform
OVER = 0.7  # so does what is no longer in force, unless it warns
LEARNED_FROM = 0.3  # a run whose lessons are there: at 0.7 they took the room of what helped …
NOT_BORNE_OUT = 0.6  # … and so did lessons that an agent drew from a run or two
SETTLED = 0.45  # a flag that is no longer open
FLOOR = 0.05  # what adds less to what is told already is not told however much room there is

_SEVERITIES = {"critical": 1.2, "high": 1.1, "medium": 1.0, "low": 0.8, "": 1.0}


def section_of(listed: Listed) -> BriefSection:
    """Where a memory is told."""
    standing = listed.standing
    return SPECS[listed.memory.kind].section(standing.status, standing.in_force)


def warns(listed: Listed) -> bool:
    """Whether it tells of something that did not work, or was decided against."""
    details, status = listed.memory.revision.draft.details, listed.standing.status
    if isinstance(details, Lesson):
        return details.form == "antipattern" and listed.standing.in_force
    return status in (Status.REVERTED, Status.REJECTED, Status.FAILED)


def place_of(listed: Listed, modules: Collection[str], owners: Sequence[SliceOwner]) -> BriefPlace:
    """Its section, in the slice of the one agent that it concerns, else in everybody's part.

    What concerns several, or none of them, is told once for all.

    Args:
        listed: The memory.
        modules: That it concerns, by its source or by its text.
        owners: The agents that get a slice.
    """
    concerned = [one.name for one in owners if _concerns(listed, modules, one)]
    return BriefPlace(concerned[0] if len(concerned) == 1 else "", section_of(listed))


def belonging_too(chance: float, belonging: float) -> float:
    """How likely a memory is of use for a task that also belongs to what was asked about, 0 to 1.

    Args:
        chance: How likely it is for how it was found, 0 to 1.
        belonging: What it counts for by itself that it belongs there, 0 to 1.
    """
    return chance + (1.0 - chance) * belonging


def is_named(useful: float) -> bool:
    """Whether what is this likely to be of use is not told, but named."""
    return NAMED <= useful < USEFUL


def worth(listed: Listed, useful: float, earned: float) -> float:
    """What reading a memory is worth, 0 or more.

    Args:
        listed: The memory, with what bears on it.
        useful: How likely it is of use for the task, 0 to 1.
        earned: How it served in like tasks, -1 to 1.
    """
    doubt = DOUBTED if listed.memory.revision.source.orders else 1.0
    return useful * _weight(listed) * _trusted(listed) * doubt * (1.0 + EARNED * earned)


def is_derived(listed: Listed) -> bool:
    """Whether archmem worked it out itself."""
    return listed.memory.revision.source.trust is Trust.DERIVED


def _trusted(listed: Listed) -> float:
    """What its rank makes of a lesson; agents' count in full once runs have borne them out."""
    known = listed.confidence
    if known is None:
        return 1.0
    is_new = known.rank is Rank.CANDIDATE and known.trust in (Trust.AGENT, Trust.DERIVED)
    return NOT_BORNE_OUT if is_new or known.rank is Rank.RETIRED else 1.0


def _weight(listed: Listed) -> float:
    """What kind and standing make of it."""
    details = listed.memory.revision.draft.details
    value = 1.0
    match details:
        case Decision() if not listed.standing.in_force and not warns(listed):
            value = OVER
        case Flag():
            value = _SEVERITIES[details.severity] * (1.0 if _is_open(listed) else SETTLED)
        case Run(learned=True):
            value = LEARNED_FROM
    return value


def _is_open(listed: Listed) -> bool:
    return section_of(listed) is BriefSection.OPEN


def _concerns(listed: Listed, modules: Collection[str], owner: SliceOwner) -> bool:
    draft = listed.memory.revision.draft
    if draft.agent is not None:
        return draft.agent in owner.agents
    if isinstance(draft.details, Flag) and alike(owner.name, parties(draft.details)):
        return True
    return same_modules(owner.modules, modules)
