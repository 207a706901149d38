"""What speaks against a plan beside what is known of its steps: order, code and people."""

from __future__ import annotations

import difflib
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from memory.code.checks.judging import judge_all, violation_words
from memory.code.cycles import imports_between
from memory.kinds.vocabulary import Status
from memory.models.planning import PlanDoubt
from memory.planning.gates import measure
from memory.planning.moves import after_move, files_of, makes_files, moved, taken_away
from memory.planning.plan_progress import starts_of
from memory.planning.touching import at_once, in_flight, is_after, touched_by_all
from memory.texts.agent_names import alike
from memory.texts.formatting import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from memory.code.codebase import CodeBase, Edge
    from memory.models.details import PhasedPlan, PlannedStep
    from memory.planning.plan_facts import PlanFacts
    from memory.planning.touching import TouchedCode

_SHOWN = 3  # places of one finding


class PlanContext(NamedTuple):
    """What a plan is held against, beside what is known of its steps."""

    facts: PlanFacts
    modules: Sequence[str]  # that are known, of code or memory
    agents: Sequence[str]
    statuses: Mapping[int, Status]  # of the steps


def doubts_of(plan: PhasedPlan, known: PlanContext) -> list[PlanDoubt]:
    """What speaks against it, conflicts first, then by step."""
    code = known.facts.known.base
    steps = dict(enumerate((one for phase in plan.phases for one in phase.steps), start=1))
    touched = touched_by_all(plan, code, known.modules)
    found = [
        *_order_said(plan, steps),
        *_order_of_moves(plan, steps, code),
        *_order_of_removals(steps, touched, code),
        *_broken_by_moves(steps, known.facts),
        *_together(plan, touched, known.statuses),
        *_no_way_back(plan),
        *_unknown_parts(steps, known),
        *_unknown_agents(plan, steps, known.agents),
        *_gates(plan, known.facts),
    ]
    return sorted(found, key=lambda one: (not one.conflicts, one.steps or (one.phase or 0,)))


def _order_said(plan: PhasedPlan, steps: Mapping[int, PlannedStep]) -> Iterator[PlanDoubt]:
    """Steps that come after one of a later phase, or after one another."""
    phase_of = _phases(plan)
    for number, step in steps.items():
        for before in step.after:
            if phase_of[before] > phase_of[number]:
                why = f"step {before}, which it comes after, is of phase {phase_of[before]}"
                yield _conflict("order", why, number, before)
            elif before < number and is_after(plan, before, number):
                yield _conflict(
                    "order", f"it and step {before} come after one another", before, number
                )


def _order_of_moves(
    plan: PhasedPlan, steps: Mapping[int, PlannedStep], code: CodeBase
) -> Iterator[PlanDoubt]:
    """Steps that move a module before one on which it depends, and that does not depend on it."""
    place: dict[str, int] = {}
    for number, step in steps.items():
        for module in moved(step.text, code).modules:
            place.setdefault(module, number)
    between = imports_between(code)
    among = {pair: edges for pair, edges in between.items() if place.keys() >= set(pair)}
    for (first, second), edges in among.items():
        here, there = place[first], place[second]
        if here >= there or is_after(plan, here, there):
            continue
        needs = f"{first} depends on {second} ({counted(len(edges), 'import')})"
        if not _leads(among, second, first):
            why = f"it moves {first} before {second} (step {there}): {needs}"
            yield _conflict("order", why, here, there, citations=_places(edges))
        elif not any(
            number < here and _names(step, first, second) for number, step in steps.items()
        ):
            why = f"{needs} and is needed by it: no order is right before that is cut"
            yield _doubt("order", why, here, there, citations=_places(edges))


def _order_of_removals(
    steps: Mapping[int, PlannedStep], touched: Mapping[int, TouchedCode], code: CodeBase
) -> Iterator[PlanDoubt]:
    """Steps that take away what other files still need, which no step before them touches."""
    for number, step in steps.items():
        done = taken_away(step.text, code)
        gone = files_of(done, code) if not any(one.symbol for one in done.places) else frozenset()
        users = {user for path in gone for user in code.needed_by.get(path, ())} - gone
        before = [touched[one] for one in steps if one <= number]
        left = sorted(
            user
            for user in users
            if not any(
                user in one.files or code.files[user].module in one.modules for one in before
            )
        )
        if not left:
            continue
        later = [
            other
            for other, one in touched.items()
            if other > number
            and any(user in one.files or code.files[user].module in one.modules for user in left)
        ]
        said = f"{counted(len(left), 'file')} still need what it takes away"
        if later:
            why = f"{said}, and step {later[0]} changes them after it"
            yield _conflict("order", why, number, later[0], citations=tuple(left[:_SHOWN]))
        else:
            why = f"{said}, and no step changes them"
            yield _doubt("order", why, number, citations=tuple(left[:_SHOWN]))


def _broken_by_moves(steps: Mapping[int, PlannedStep], facts: PlanFacts) -> Iterator[PlanDoubt]:
    """Checks of decisions that would not hold any more once a step has moved what it names."""
    code = facts.known.base
    checks = [one.check for one in facts.judged]
    broken = {(one.check.id, each.parts) for one in facts.judged for each in one.verdict.violations}
    for number, step in steps.items() if checks else ():
        then, went = after_move(code, moved(step.text, code))
        if not went:
            continue
        came = {new: old for old, new in went.items()}
        for check, verdict in judge_all(then, checks):
            new = [
                one
                for one in verdict.violations
                if (check.id, tuple(came.get(part, part) for part in one.parts)) not in broken
            ]
            if new:
                why = f"“{check.said}” ({check.owner}) would not hold: {violation_words(new[0])}"
                yield _conflict("check", why, number, citations=(check.citation,))


def _together(
    plan: PhasedPlan, touched: Mapping[int, TouchedCode], statuses: Mapping[int, Status]
) -> Iterator[PlanDoubt]:
    flying = list(in_flight(touched, statuses))
    for first, second, what in flying:
        why = f"steps {first} and {second} are both in flight on {what}"
        yield _conflict("in flight", why, first, second)
    told = {(first, second) for first, second, _ in flying}
    for first, second, what in at_once(plan, touched):
        if (first, second) not in told and Status.DONE not in (statuses[first], statuses[second]):
            why = (
                f"steps {first} and {second} of different agents may both be in flight on {what}: "
                "let one come `after` the other"
            )
            yield _conflict("in flight", why, first, second)


def _no_way_back(plan: PhasedPlan) -> Iterator[PlanDoubt]:
    number = 0
    for at, phase in enumerate(plan.phases, start=1):
        own = range(number + 1, number + len(phase.steps) + 1)
        number += len(phase.steps)
        without = [
            one for one, step in zip(own, phase.steps, strict=True)
            if not (step.way_back or phase.way_back)
        ]  # fmt: skip
        if without:
            many = "step has" if len(without) == 1 else "steps have"
            why = f"{many} no way back, nor has phase {at}, {phase.name}"
            yield _conflict("no way back", why, *without, phase=at)


def _unknown_parts(steps: Mapping[int, PlannedStep], known: PlanContext) -> Iterator[PlanDoubt]:
    """Modules and files that nobody knows, and that no step up to there makes."""
    code = known.facts.known.base
    modules = {file.module for file in code.files.values()} | set(known.modules)
    letters = {one.casefold() for one in modules}
    made: set[str] = set()
    for number, step in steps.items():
        for name in step.modules:
            if name.casefold() not in letters:
                why = f"no module is called {name}{_near(name, modules)}"
                yield _doubt("unknown module", why, number)
        unknown = [one for one in step.files if one not in code.files and one not in code.unread]
        if makes_files(step.text):
            made.update(unknown)
        for path in unknown:
            if path not in made:
                yield _doubt("unknown file", f"no file of the code is called {path}", number)


def _unknown_agents(
    plan: PhasedPlan, steps: Mapping[int, PlannedStep], agents: Sequence[str]
) -> Iterator[PlanDoubt]:
    named: dict[str, list[int]] = {one: [] for phase in plan.phases for one in phase.agents}
    for number, step in steps.items():
        if step.agent:
            named.setdefault(step.agent, []).append(number)
    for agent, numbers in named.items():
        if not alike(agent, agents):
            why = f"no agent is known as {agent}{_near(agent, agents)}"
            yield _doubt("unknown agent", why, *numbers)


def _gates(plan: PhasedPlan, facts: PlanFacts) -> Iterator[PlanDoubt]:
    for at, phase in enumerate(plan.phases, start=1):
        if not phase.gates:
            yield _doubt("gate", f"phase {at}, {phase.name}, has no gate", phase=at)
        starts = starts_of(plan, phase)
        for gate, count in Counter(phase.gates).items():
            found = measure(gate, facts, starts[gate])
            if found.answer == "cannot tell":
                yield _doubt("gate", f"{gate}: cannot tell: {found.said}", phase=at)
            if count > 1:
                yield _doubt("gate", f"{gate}: it stands there {count} times", phase=at)


def _phases(plan: PhasedPlan) -> dict[int, int]:
    numbers = (at for at, phase in enumerate(plan.phases, start=1) for _ in phase.steps)
    return dict(enumerate(numbers, start=1))


def _leads(pairs: Mapping[tuple[str, str], object], source: str, target: str) -> bool:
    front, seen = [source], set[str]()
    while front:
        one = front.pop()
        if one == target:
            return True
        if one not in seen:
            seen.add(one)
            front += [second for first, second in pairs if first == one]
    return False


def _names(step: PlannedStep, *modules: str) -> bool:
    said = f"{step.text} {' '.join(step.modules)}".casefold()
    return all(one.casefold() in said for one in modules)


def _places(edges: Sequence[Edge]) -> tuple[str, ...]:
    return tuple(f"{one.source.path}:{one.line}" for one in edges[:_SHOWN])


def _near(name: str, names: Sequence[str] | set[str]) -> str:
    near = difflib.get_close_matches(name, sorted(names), n=3, cutoff=0.6)
    return f"; near: {', '.join(near)}" if near else ""


def _conflict(
    rule: str, why: str, *steps: int, phase: int | None = None, citations: tuple[str, ...] = ()
) -> PlanDoubt:
    return PlanDoubt(
        rule=rule, conflicts=True, why=why, steps=steps, phase=phase, citations=citations
    )


def _doubt(
    rule: str, why: str, *steps: int, phase: int | None = None, citations: tuple[str, ...] = ()
) -> PlanDoubt:
    return PlanDoubt(rule=rule, why=why, steps=steps, phase=phase, citations=citations)
