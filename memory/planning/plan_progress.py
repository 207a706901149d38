"""How far a plan is, measured: what its gates say, which steps are done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.kinds.vocabulary import Status
from memory.models.details import GateValue
from memory.models.planning import GateReading, PhaseProgress, PlanProgress
from memory.planning.gate_values import GateStart
from memory.planning.gates import measure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from memory.models.details import PhasedPlan, PlannedPhase
    from memory.models.memory import Memory
    from memory.planning.gate_values import GateMeasure
    from memory.planning.plan_facts import PlanFacts


def progress(
    memory: Memory, plan: PhasedPlan, facts: PlanFacts, steps: Mapping[int, Status]
) -> PlanProgress:
    """How far a plan is.

    Args:
        memory: That keeps it.
        plan: What it says.
        facts: Of the project.
        steps: How each step stands, by its number, runs considered.
    """
    first = 1
    phases = []
    for number, phase in enumerate(plan.phases, start=1):
        own = [steps[at] for at in range(first, first + len(phase.steps))]
        first += len(phase.steps)
        phases.append(
            PhaseProgress(
                number=number,
                name=phase.name,
                status=phase.status,
                steps=len(own),
                steps_done=own.count(Status.DONE),
                steps_open=own.count(Status.OPEN),
                gates=tuple(read_gates(plan, phase, facts)),
                way_back=phase.way_back,
            )
        )
    return PlanProgress(
        uid=memory.uid,
        revision=memory.revision.number,
        title=memory.title,
        status=plan.status,
        phases=tuple(phases),
    )


def read_gates(plan: PhasedPlan, phase: PlannedPhase, facts: PlanFacts) -> list[GateReading]:
    """What each gate of a phase measures now."""
    starts = starts_of(plan, phase)
    return [
        _reading(gate, measure(gate, facts, starts[gate]), starts[gate]) for gate in phase.gates
    ]


def starts_of(plan: PhasedPlan, phase: PlannedPhase) -> dict[str, GateStart]:
    """What is known of each gate of a phase from when it, or else the plan, began."""
    values = {one.gate: one.value for one in phase.at_start}
    commit = phase.commit or plan.commit
    return {gate: GateStart(commit, values.get(gate)) for gate in phase.gates}


def at_start(starts: Mapping[str, GateStart], facts: PlanFacts) -> tuple[GateValue, ...]:
    """What gates measure that a plan or a phase begins with; 1 of those without a number if met.

    Args:
        starts: What is known of them from before.
        facts: Of the project.
    """
    found = ((gate, measure(gate, facts, start)) for gate, start in starts.items())
    return tuple(
        GateValue(gate=gate, value=1.0 if one.value is None else one.value)
        for gate, one in found
        if one.value is not None or one.answer == "met"
    )


def _reading(gate: str, found: GateMeasure, start: GateStart) -> GateReading:
    return GateReading(
        gate=gate,
        answer=found.answer,
        words=_words(found, start.value),
        value=found.value,
        goal=found.goal,
        at_start=start.value,
        citations=found.citations,
    )


def _words(found: GateMeasure, start: float | None) -> str:
    if found.value is None:
        return found.said
    now = f"{found.value:,.10g}"
    unit = f" {found.unit}" if found.unit else ""
    if not found.noun:
        is_least = found.comparison == "at least"
        words = f"{now} of {found.goal:,.10g}{unit}" if is_least else f"{now}{unit}"
        if start is not None and start != found.value:
            words += f", {start:,.10g} at the start"
    elif start and found.value <= start:
        words = f"{start - found.value:,.10g} of {start:,.10g} {_many(found.noun)} gone"
    elif found.value:
        noun = found.noun if found.value == 1 else _many(found.noun)
        words = f"{now} {noun}" + (
            "" if start is None else f", {found.value - start:,.10g} more than at the start"
        )
    else:
        words = f"no {found.noun}"
    return f"{words}; {found.said}" if found.said else words


def _many(noun: str) -> str:
    first, *rest = noun.split(" ")
    if rest and first == "file":
        return " ".join([f"{first}s", *rest]).replace("uses it", "use it")
    return f"{noun}s"
