"""Changes of a plan while it is followed: phases and steps that begin, are done or taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from memory.errors import InvalidRequest
from memory.kinds.vocabulary import Status
from memory.planning.plan_progress import at_start, starts_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from memory.models.details import PhasedPlan, PlannedPhase
    from memory.models.planning import PhaseAction, PhaseProgress
    from memory.planning.plan_facts import PlanFacts

_BECOMES: dict[PhaseAction, Status] = {
    "begin": Status.OPEN,
    "done": Status.DONE,
    "back": Status.REVERTED,
}


class Wanted(NamedTuple):
    """What is said of a phase, or of one of its steps."""

    action: PhaseAction
    number: int  # of the phase
    step: int | None  # of the plan; None for the phase itself
    because: str
    anyway: bool  # even though a gate is open, a run unfinished, an earlier phase not done


def changed(
    plan: PhasedPlan,
    wanted: Wanted,
    now: PhaseProgress,
    facts: PlanFacts,
    at: datetime,
    commit: str,
) -> PhasedPlan:
    """The plan as it is then; the same where that was said before.

    Args:
        plan: What it says.
        wanted: Of which phase or step, and what.
        now: The phase as it is measured.
        facts: What gates are measured from.
        at: The moment.
        commit: What is checked out.

    Raises:
        InvalidRequest: the step is of another phase, or something speaks against it and nobody
            says that it is meant anyway.
    """
    phase = plan.phases[wanted.number - 1]
    if wanted.action == "back" and not wanted.because:
        raise InvalidRequest("plan", "say why it is taken back, with because")
    if wanted.step is not None:
        return _with_phase(plan, wanted.number, _with_step(plan, phase, wanted))
    becomes = _BECOMES[wanted.action]
    if phase.status is becomes:
        return plan
    if not wanted.anyway and (reason := _against(plan, wanted, now)):
        raise InvalidRequest("plan", f"{reason}; say anyway, and why, if it is meant so")
    then = _phase_then(phase, becomes, plan, facts, at, commit)
    return _with_phase(
        plan, wanted.number, then.model_copy(update={"reason": wanted.because or then.reason})
    )


def begun_with(
    plan: PhasedPlan, number: int, facts: PlanFacts, at: datetime, commit: str
) -> PhasedPlan:
    """The plan with a phase begun by the first run of one of its steps, if the others are done."""
    phase = plan.phases[number - 1]
    earlier = plan.phases[: number - 1]
    if phase.status is not Status.PLANNED or any(one.status is not Status.DONE for one in earlier):
        return plan
    return _with_phase(plan, number, _phase_then(phase, Status.OPEN, plan, facts, at, commit))


def phase_of(plan: PhasedPlan, step: int) -> int:
    """The number of the phase that has a step.

    Raises:
        InvalidRequest: there is no such step.
    """
    first = 1
    for number, phase in enumerate(plan.phases, start=1):
        if first <= step < first + len(phase.steps):
            return number
        first += len(phase.steps)
    raise InvalidRequest("plan", f"there is no step {step}; it has {first - 1}")


def ensure_phase(plan: PhasedPlan, number: int) -> None:
    """Raises `InvalidRequest` where a plan has no phase of a number."""
    if not 1 <= number <= len(plan.phases):
        raise InvalidRequest("plan", f"there is no phase {number}; it has {len(plan.phases)}")


def _against(plan: PhasedPlan, wanted: Wanted, now: PhaseProgress) -> str:
    """What speaks against it, in words; "" where nothing does."""
    if wanted.action == "back":
        return ""
    for number, phase in enumerate(plan.phases[: wanted.number - 1], start=1):
        if phase.status is not Status.DONE:
            return f"phase {number}, {phase.name}, is {phase.status}"
    if wanted.action == "begin":
        return ""
    if now.steps_open:
        return f"{now.steps_open} of its steps are begun and not done"
    still = [f"{one.gate} ({one.words})" for one in now.gates if one.answer == "open"]
    return f"open: {'; '.join(still)}" if still else ""


def _phase_then(
    phase: PlannedPhase,
    status: Status,
    plan: PhasedPlan,
    facts: PlanFacts,
    at: datetime,
    commit: str,
) -> PlannedPhase:
    if status is not Status.OPEN:
        then: dict[str, object] = {"status": status, "ended": at}
        then |= {} if phase.begun else {"begun": at, "commit": commit or plan.commit}
        if status is Status.REVERTED:  # what was done of it is undone: it is to be done again
            undone = {"status": Status.PLANNED}
            then["steps"] = tuple(one.model_copy(update=undone) for one in phase.steps)
        return phase.model_copy(update=then)
    said: Mapping[str, object] = {"status": status, "begun": at, "ended": None, "commit": commit}
    begun = phase.model_copy(update=said)
    return begun.model_copy(update={"at_start": at_start(starts_of(plan, begun), facts)})


def _with_step(plan: PhasedPlan, phase: PlannedPhase, wanted: Wanted) -> PlannedPhase:
    if wanted.step is None or phase_of(plan, wanted.step) != wanted.number:
        raise InvalidRequest("plan", f"step {wanted.step} is not of phase {wanted.number}")
    first = sum(len(one.steps) for one in plan.phases[: wanted.number - 1]) + 1
    steps = list(phase.steps)
    at = wanted.step - first
    steps[at] = steps[at].model_copy(update={"status": _BECOMES[wanted.action]})
    said = {"steps": tuple(steps), "reason": wanted.because or phase.reason}
    return phase.model_copy(update=said)


def _with_phase(plan: PhasedPlan, number: int, phase: PlannedPhase) -> PhasedPlan:
    phases = (*plan.phases[: number - 1], phase, *plan.phases[number:])
    return plan.model_copy(update={"phases": phases})
