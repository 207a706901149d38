"""Plans of phases as they are printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.printing.checked import print_checked
from memory.kinds.vocabulary import Status
from memory.texts.formatting import counted
from memory.texts.safe_text import one_line

if TYPE_CHECKING:
    from cli.forms.screen import Screen
    from memory.models.details import PhasedPlan
    from memory.models.planning import (
        ChangedPlan,
        GateReading,
        HeldPlan,
        NewPlan,
        PhaseProgress,
        PlanProgress,
        ShownPlan,
    )

_COLOURS = {"met": "green", "open": "yellow", "cannot tell": "bright_black"}
_BAR = 20  # columns


def print_new(screen: Screen, made: NewPlan) -> None:
    """Print where a plan is kept, and which of its gates cannot be evaluated."""
    recorded = made.recorded
    known = "Recorded" if recorded.is_new else "Known already:"
    place = f" in {recorded.path}" if recorded.path else ""
    steps = sum(len(one.steps) for one in made.plan.phases)
    gates = sum(len(one.gates) for one in made.plan.phases)
    screen.line(one_line(f"{known} {recorded.uid}{place}."))
    told = [counted(len(made.plan.phases), "phase"), counted(steps, "step"), counted(gates, "gate")]
    screen.line(f"{', '.join(told)}.")
    for said in made.untold:
        screen.note(f"Cannot tell: {said}")
    if recorded.pending:
        screen.note(f"It is not in the project's files yet: {recorded.pending}")


def print_plan(screen: Screen, shown: ShownPlan) -> None:
    """Print phases with steps, gates and ways back."""
    plan = shown.plan
    screen.line(screen.styled(one_line(f"{shown.uid} {shown.title}"), bold=True))
    screen.facts(
        (name, said)
        for name, said in (
            ("status", str(plan.status)),
            ("request", plan.request),
            ("made at", f"commit {plan.commit[:12]}" if plan.commit else ""),
            ("written in", shown.citation),
            ("outcome", plan.outcome),
        )
        if said and said != shown.title
    )
    number = 0
    for at, phase in enumerate(plan.phases, start=1):
        screen.line("")
        head = (
            f"{at}. {phase.name} ({phase.status}{f', {phase.duration}' if phase.duration else ''})"
        )
        screen.line(screen.styled(one_line(head), bold=True))
        for step in phase.steps:
            number += 1
            done = "" if step.status is Status.PLANNED else f" ({step.status})"
            modules = f" in {', '.join(step.modules)}" if step.modules else ""
            agent = f" [{step.agent}]" if step.agent else ""
            after = f" after {', '.join(map(str, step.after))}" if step.after else ""
            screen.line(f"  {number:2} {one_line(f'{step.text}{modules}{agent}{after}{done}')}")
            for run in shown.runs.get(number, ()):
                screen.line(f"     {one_line(run)}")
        for name, texts in (
            ("gate", phase.gates),
            ("agree upon", phase.integration_points),
            ("with", phase.agents),
            ("way back", (phase.way_back,) if phase.way_back else ()),
        ):
            for said in texts:
                screen.line(f"     {name}: {one_line(said)}")


def phase_lines(plan: PhasedPlan) -> list[str]:
    """The phases of a plan, a line each, as its page among other memories tells them."""
    return [
        f"{one.name} ({one.status}): {counted(len(one.steps), 'step')}, "
        f"{counted(len(one.gates), 'gate')}"
        for one in plan.phases
    ]


def print_status(screen: Screen, plan: PlanProgress) -> None:
    """Print each phase with a bar and its gates."""
    screen.line(screen.styled(one_line(f"{plan.uid} {plan.title} ({plan.status})"), bold=True))
    for phase in plan.phases:
        screen.line(
            f"{_bar(phase)} {one_line(f'phase {phase.number} {phase.name}: {_counts(phase)}')}"
        )
        for gate in phase.gates:
            screen.line(_gate(screen, gate))
    for name, uids in (("Raised", plan.raised), ("Resolved", plan.resolved)):
        if uids:
            screen.line(f"{name} {', '.join(uids)}.")


def print_held(screen: Screen, held: HeldPlan) -> None:
    """Print what speaks against a plan, and of its steps those of which something is known."""
    for one in held.doubts:
        mark = (
            screen.styled("conflict", fg="red")
            if one.conflicts
            else screen.styled("look at ", dim=True)
        )
        steps = f"step {', '.join(map(str, one.steps))}: " if one.steps else ""
        cited = f" ({', '.join(one.citations)})" if any(one.citations) else ""
        screen.line(f"{mark} {one_line(f'{one.rule}: {steps}{one.why}{cited}')}")
    if held.doubts:
        screen.line("")
    print_checked(screen, held.steps)
    if held.verdict != held.steps.verdict:
        screen.line(f"The plan: {held.verdict}.")


def print_changed(screen: Screen, made: ChangedPlan, number: int) -> None:
    """Print how a phase is now, and when it is taken back, how that is done."""
    phase = made.plan.phases[number - 1]
    known = "" if made.changed else ", as was known"
    said = f"Phase {number} {phase.name}: {_counts(phase)}{known}."
    screen.line(one_line(said))
    if phase.status is Status.REVERTED and phase.way_back:
        screen.line(f"Way back: {one_line(phase.way_back)}")
    for gate in phase.gates:
        screen.line(_gate(screen, gate))


def _bar(phase: PhaseProgress) -> str:
    full = int(phase.share * _BAR)
    return f"{'█' * full}{'░' * (_BAR - full)} {int(100 * phase.share):3}%"


def _counts(phase: PhaseProgress) -> str:
    begun = f", {phase.steps_open} begun" if phase.steps_open else ""
    met = sum(one.answer == "met" for one in phase.gates)
    gates = f", {met} of {len(phase.gates)} gates met" if phase.gates else ""
    return f"{phase.status}, {phase.steps_done} of {phase.steps} steps done{begun}{gates}"


def _gate(screen: Screen, gate: GateReading) -> str:
    answer = "lost" if gate.lost and gate.answer == "open" else gate.answer
    colour = "red" if answer == "lost" else _COLOURS[gate.answer]
    shown = screen.styled(f"{answer:11}", fg=colour)
    return f"    {shown} {one_line(f'{gate.gate}: {gate.words}')}"
