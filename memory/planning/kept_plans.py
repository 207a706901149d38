"""Plans as memories: which there are, what is kept of them, and how their steps stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from memory.errors import InvalidRequest
from memory.kinds.vocabulary import Kind, Status
from memory.lessons.runs import details_of
from memory.models.details import PhasedPlan
from memory.models.memory import Draft, uid_for
from memory.models.selection import NOW, Selection
from memory.planning.gates import measure
from memory.planning.plan_progress import at_start, starts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from memory.ledger.interface.database import Database
    from memory.models.details import PlannedStep
    from memory.models.memory import Memory
    from memory.planning.plan_facts import PlanFacts
    from memory.planning.plan_reader import ReadPlan
    from memory.planning.touching import TouchedCode


class BegunStep(NamedTuple):
    """A step of which a run begins."""

    uid: str  # of its plan
    step: PlannedStep
    beside: tuple[str, ...]  # what speaks against doing it now, a line each


def draft_of(said: ReadPlan, facts: PlanFacts, commit: str, at: datetime) -> Draft:
    """A plan that begins at a moment, with what its gates measure now."""
    plan = PhasedPlan(request=said.request, commit=commit, phases=said.phases)
    phases = tuple(
        phase.model_copy(update={"at_start": at_start(starts_of(plan, phase), facts)})
        for phase in plan.phases
    )
    plan = plan.model_copy(update={"phases": phases})
    modules = dict.fromkeys(name for _, step in steps_of(plan) for name in step.modules)
    return Draft(
        title=said.title, body=said.title, details=plan, modules=tuple(modules), valid_from=at
    )


def uid_of(said: ReadPlan) -> str:
    """The uid of a plan: the same for the same title and phases."""
    phases = [one.model_dump_json(exclude_defaults=True) for one in said.phases]
    return uid_for(Kind.PLAN, "planned", said.title, *phases)


def find_kept(db: Database, uid: str) -> Memory | None:
    """A plan that is kept under a uid; None where there is none, or it was taken away."""
    if not db.memories.contains(uid):
        return None
    memory = db.memories.fetch(uid)
    return None if memory.revision.removed else memory


def untold_gates(plan: PhasedPlan, facts: PlanFacts) -> Iterator[str]:
    """The gates that no machine can evaluate, or not on this code, and why."""
    for phase in plan.phases:
        for gate, start in starts_of(plan, phase).items():
            found = measure(gate, facts, start)
            if found.answer == "cannot tell":
                yield f"{gate}: {found.said}"


def fetch_plan(db: Database, uid: str, expected: int | None = None) -> tuple[Memory, PhasedPlan]:
    """A plan by its uid or what that begins with; "" for the only one that is open.

    `expected` is the revision that was read, where it has to be the newest.

    Raises:
        ChangedMeanwhile: another one is.
        UnknownMemory, AmbiguousUid: there is none, or several.
        InvalidRequest: it is no plan; or none is named, and not just one is open.
    """
    if not uid:
        found = open_plans(db)
        if len(found) != 1:
            named = ", ".join(memory.uid for memory, _ in found)
            said = f"name one of {named}" if found else "no plan is open"
            raise InvalidRequest("plan", said)
        memory = found[0][0]
    else:
        memory = db.memories.fetch(db.memories.find_uid(uid))
    memory.ensure_read(expected)
    return memory, plan_of(memory)


def open_plans(db: Database) -> list[tuple[Memory, PhasedPlan]]:
    """The plans that are not closed, by uid."""
    wanted = Selection(kinds=(Kind.PLAN,), statuses=(Status.OPEN,), lens=NOW)
    found = [(one, plan_of(one)) for one in db.memories.select(wanted)]
    return sorted(found, key=lambda one: one[0].uid)


def plan_of(memory: Memory) -> PhasedPlan:
    """What a plan says.

    Raises:
        InvalidRequest: it is none, or was taken away.
    """
    details = memory.revision.draft.details
    if not isinstance(details, PhasedPlan):
        raise InvalidRequest("plan", f"{memory.uid} is a {memory.kind}")
    if memory.revision.removed:
        raise InvalidRequest("plan", f"{memory.uid} is no longer in the project's files")
    return details


def steps_of(plan: PhasedPlan) -> list[tuple[int, PlannedStep]]:
    """All steps with their numbers, from 1."""
    return list(enumerate((step for phase in plan.phases for step in phase.steps), start=1))


def receivers_of(plan: PhasedPlan) -> list[tuple[str, ...]]:
    """Who is to know of each phase: who works on it, or else the modules that it is about."""
    found = []
    for phase in plan.phases:
        agents = [*(step.agent for step in phase.steps if step.agent), *phase.agents]
        modules = [name for step in phase.steps for name in step.modules]
        found.append(tuple(dict.fromkeys(agents or modules)))
    return found


def runs_of(db: Database, uid: str) -> dict[int, list[Memory]]:
    """The runs of a plan's steps, by their numbers, the oldest first."""
    found: dict[int, list[Memory]] = {}
    for run in db.memories.select(Selection(kinds=(Kind.RUN,), lens=NOW)):
        details = details_of(run)
        if details.plan == uid and details.step is not None:
            found.setdefault(details.step, []).append(run)
    for runs in found.values():
        runs.sort(
            key=lambda one: (details_of(one).begun is not None, details_of(one).begun, one.uid)
        )
    return found


def step_statuses(plan: PhasedPlan, runs: Mapping[int, Sequence[Memory]]) -> dict[int, Status]:
    """How each step stands: as the plan says, else by its last run; done with its phase.

    A run that failed leaves its step as it was before.
    """
    found: dict[int, Status] = {}
    number = 0
    for phase in plan.phases:
        for step in phase.steps:
            number += 1
            own = [details_of(one).status for one in runs.get(number, ())]
            if phase.status in {Status.DONE, Status.REVERTED}:
                found[number] = phase.status
            elif step.status is not Status.PLANNED:
                found[number] = step.status
            elif own and own[-1] is Status.OPEN:
                found[number] = Status.OPEN
            else:
                found[number] = Status.DONE if Status.DONE in own else Status.PLANNED
    return found


def against(
    plan: PhasedPlan,
    step: int,
    phase: int,
    statuses: Mapping[int, Status],
    touched: Mapping[int, TouchedCode],
) -> Iterator[str]:
    """What speaks against doing a step now, in lines."""
    said = steps_of(plan)[step - 1][1]
    if statuses[step] in {Status.OPEN, Status.DONE}:
        yield f"step {step} is {'begun' if statuses[step] is Status.OPEN else 'done'} already"
    for before in said.after:
        if statuses[before] is not Status.DONE:
            yield f"step {before} is to be done before"
    for number, one in enumerate(plan.phases[: phase - 1], start=1):
        if one.status is not Status.DONE:
            yield f"phase {number}, {one.name}, is {one.status}"
    for other, status in statuses.items():
        is_other = status is Status.OPEN and other != step
        if is_other and (shared := touched[step].shared(touched[other])):
            yield f"step {other} is in flight on {shared} too"
