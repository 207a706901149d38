"""What came of a plan that is closed, as the result of a run from which is learned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from memory.kinds.vocabulary import Status
from memory.models.details import Measured

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from memory.models.details import PhasedPlan
    from memory.models.memory import Memory
    from memory.models.planning import PlanProgress
    from memory.models.runs import Result


def result_said(plan: PhasedPlan, said: Mapping[str, Any] | None) -> dict[str, Any]:
    """What is said of a plan that is closed; it succeeded if all its phases are done."""
    given = dict(said or {})
    if "result" not in given:
        given.setdefault("success", all(one.status is Status.DONE for one in plan.phases))
    return given


def with_facts(result: Result, memory: Memory, plan: PhasedPlan, now: PlanProgress) -> Result:
    """The result with what the plan and its gates tell beside what is said.

    Its approach are the phases that were done, its metrics what gates measured at their start and
    measure now, its issues what was taken back or left, and the gates that are not met.
    """
    phases = ", then ".join(one.name for one in plan.phases if one.status is Status.DONE)
    approach = f"{memory.title}: {phases}" if phases else ""
    return result.model_copy(
        update={
            "task": memory.title,
            "approach": result.approach or approach,
            "situation": result.situation or plan.request,
            "metrics": (*result.metrics, *_measured(now)),
            "issues": tuple(dict.fromkeys((*result.issues, *issues_of(plan, now)))),
            "modules": result.modules or memory.revision.draft.modules,
        }
    )


def _measured(now: PlanProgress) -> Iterator[Measured]:
    for phase in now.phases:
        for gate in phase.gates:
            if gate.value is not None and gate.at_start is not None:
                yield Measured(metric=gate.gate, before=gate.at_start, after=gate.value)


def issues_of(plan: PhasedPlan, now: PlanProgress) -> Iterator[str]:
    """What was taken back, or is not done, of a plan that is closed."""
    for planned, phase in zip(plan.phases, now.phases, strict=True):
        if phase.status is Status.REVERTED:
            yield f"phase {phase.number}, {phase.name}, was taken back: {planned.reason}"
        elif phase.status is not Status.DONE:
            yield f"phase {phase.number}, {phase.name}, was not done"
        yield from (
            f"not met when it was closed: {gate.gate} ({gate.words})"
            for gate in phase.gates
            if gate.answer == "open"
        )
