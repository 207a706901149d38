"""What each engineer is told of a plan: what to do, to agree upon, and to know."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from memory.code.cycles import imports_between
from memory.kinds.vocabulary import Status
from memory.models.planning import Directive, Directives, ToDo
from memory.planning.touching import touched_by_all
from memory.texts.formatting import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from memory.code.codebase import CodeBase
    from memory.models.brief import Brief
    from memory.models.details import PhasedPlan
    from memory.models.memory import Memory
    from memory.planning.assigning import Assigned
    from memory.planning.touching import TouchedCode

_MOST = 12  # points to agree upon that follow from the code


class Task(NamedTuple):
    """What an engineer is told about."""

    text: str
    modules: tuple[str, ...]
    agents: tuple[str, ...]
    only: frozenset[str] | None = None  # uids of memories that may be told; None for all
    without: frozenset[str] = frozenset()  # of those that somebody is told
    with_code: bool = False  # whether lines on the code in reach belong to it


def directives(
    memory: Memory,
    plan: PhasedPlan,
    assigned: Mapping[int, Assigned],
    code: CodeBase,
    modules: Sequence[str],
    brief: Callable[[Task], Brief],
) -> Directives:
    """A directive for each engineer of a plan, of the phases that are not done.

    What two of them have to know is told once, to all; what is left, each is told alone.
    """
    todo = [one for one in _todo(plan, assigned) if one.agent]
    agents = list(dict.fromkeys(one.agent for one in todo))
    touched = touched_by_all(plan, code, modules)
    itself = frozenset({memory.uid})
    tasks = {agent: _task(agent, todo, touched)._replace(without=itself) for agent in agents}
    alone = {agent: _uids(brief(task)) for agent, task in tasks.items()}
    counts = Counter(uid for uids in alone.values() for uid in uids)
    shared = frozenset(uid for uid, count in counts.items() if count > 1)
    all_modules = tuple(dict.fromkeys(name for one in tasks.values() for name in one.modules))
    context = brief(Task(f"{memory.title}. {plan.request}", all_modules, (), only=shared))
    told = {memory.uid, *shared}
    found = []
    for agent, task in tasks.items():
        knows = brief(task._replace(without=frozenset(told), with_code=True))
        told |= _uids(knows)
        own = [one for one in todo if one.agent == agent]
        found.append(
            Directive(
                agent=agent,
                because=assigned[own[0].step].reason,
                modules=task.modules,
                todo=tuple(own),
                gates=tuple(dict.fromkeys(gate for one in own for gate in _gates(plan, one.phase))),
                knows=knows.text,
                tokens=knows.tokens,
                budget=knows.budget,
                served=tuple(one.uid for one in knows.served),
            )
        )
    return Directives(
        uid=memory.uid,
        task=memory.title,
        context=context.text,
        tokens=context.tokens,
        served=tuple(one.uid for one in context.served),
        directives=tuple(found),
        coordination_points=tuple(_points(plan, todo, touched, code)),
        unassigned=tuple(
            f"step {one.step}, {one.text}: {assigned[one.step].reason}"
            for one in _todo(plan, assigned)
            if not one.agent
        ),
    )


def _todo(plan: PhasedPlan, assigned: Mapping[int, Assigned]) -> Iterator[ToDo]:
    number = 0
    for at, phase in enumerate(plan.phases, start=1):
        for step in phase.steps:
            number += 1
            if Status.DONE not in (phase.status, step.status):
                yield ToDo(
                    agent=assigned[number].agent,
                    step=number,
                    phase=at,
                    text=step.text,
                    after=step.after,
                    way_back=step.way_back or phase.way_back,
                )


def _task(agent: str, todo: Sequence[ToDo], touched: Mapping[int, TouchedCode]) -> Task:
    own = [one for one in todo if one.agent == agent]
    modules = dict.fromkeys(name for one in own for name in sorted(touched[one.step].modules))
    text = "; ".join(dict.fromkeys(one.text for one in own))
    return Task(text, tuple(modules), (agent,))


def _uids(brief: Brief) -> frozenset[str]:
    return frozenset(one.uid for one in brief.served)


def _gates(plan: PhasedPlan, phase: int) -> tuple[str, ...]:
    return plan.phases[phase - 1].gates


def _points(
    plan: PhasedPlan, todo: Sequence[ToDo], touched: Mapping[int, TouchedCode], code: CodeBase
) -> Iterator[str]:
    """What they have to agree upon: what the plan says, who waits for whom, what both touch."""
    names = {one.step: one.agent for one in todo}
    for at, phase in enumerate(plan.phases, start=1):
        yield from phase.integration_points
        if at < len(plan.phases) and phase.gates and phase.status is not Status.DONE:
            yield (
                f"Phase {at + 1}, {plan.phases[at].name}, begins when the gates of phase {at}, "
                f"{phase.name}, are met."
            )
    for one in todo:
        for before in one.after:
            if (first := names.get(before, one.agent)) != one.agent:
                yield f"{one.agent} begins step {one.step} when {first} has done step {before}."
    yield from _of_code(todo, touched, code)


def _of_code(
    todo: Sequence[ToDo], touched: Mapping[int, TouchedCode], code: CodeBase
) -> Iterator[str]:
    """Modules that several engineers touch, and imports between those of different ones."""
    whose: dict[str, list[str]] = {}
    for one in todo:
        for module in sorted(touched[one.step].modules):
            if one.agent not in whose.setdefault(module, []):
                whose[module].append(one.agent)
    points = [
        f"{' and '.join(agents)} both change {module}."
        for module, agents in whose.items()
        if len(agents) > 1
    ]
    for (first, second), edges in imports_between(code).items():
        ours, theirs = whose.get(first, []), whose.get(second, [])
        if len(ours) == len(theirs) == 1 and ours != theirs:
            place = f"{edges[0].source.path}:{edges[0].line}"
            uses = f"{first} ({ours[0]}) uses {second} ({theirs[0]})"
            points.append(f"{uses}: {counted(len(edges), 'import')}, such as {place}.")
    yield from points[:_MOST]
