"""Phases where nothing is named: what is found is mended, what is served moves over."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from memory.code.cuts import in_order
from memory.code.decoupling import decouple, module_costs
from memory.coordination.worked_out.rules import is_worth
from memory.coordination.worked_out.telling import cited
from memory.models.coordination import Phase, PlanStep
from memory.texts.formatting import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from memory.code.codebase import CodeBase, Route
    from memory.models.findings import Finding

    AgentOf = Callable[[str], str]

_MOST = 10
_PAIR = 2  # modules that can be parted


def mending(
    findings: Sequence[Finding], gate: str, agent_of: AgentOf, first: tuple[PlanStep, ...] = ()
) -> tuple[Phase, ...]:
    """A step for each finding in their order; each is a change of its own.

    Args:
        findings: What is to be mended; the first few of it are told.
        gate: What must hold afterwards.
        agent_of: Who knows a module best.
        first: Steps before any of it.
    """
    steps = [
        PlanStep(
            text=f"{one.do}: {one.message}" if one.do else one.message,
            modules=one.modules[:1],
            agent=agent_of(one.modules[0]) if one.modules else "",
            citations=(*cited([(spot.file, spot.line) for spot in one.spots]), one.id),
        )
        for one in findings[:_MOST]
    ]
    if not steps:
        return ()
    migration = Phase(
        name="migration",
        steps=tuple(steps),
        way_back="revert the commit of the step",
        gates=(gate,),
    )
    if not first:
        return (migration,)
    return (
        Phase(
            name="preparation",
            steps=first,
            way_back="nothing to take back: it is only looked at",
            gates=(gate,),
        ),
        migration,
    )


def cutting(code: CodeBase, modules: Sequence[str], agent_of: AgentOf) -> tuple[Phase, ...]:
    """The cuts that part the modules that are named, or resolve the largest cycle.

    They are in the order of their gain.
    """
    found = decouple(code, *modules[:_PAIR])
    if not found.cuts:
        return ()
    steps = [
        PlanStep(
            text=f"turn round or take out {counted(one.imports, 'import')} of {one.target} by "
            f"{one.source}: then {counted(one.shape.modules_in_cycles, 'module')} in cycles",
            modules=(one.source,),
            agent=agent_of(one.source),
            citations=cited((spot.file, spot.line) for spot in one.spots),
        )
        for one in found.cuts
    ]
    return (
        Phase(
            name="migration",
            steps=tuple(steps),
            way_back="revert the commits of the cut; each stands by itself",
            gates=("no new major findings in architecture",),
        ),
    )


def serving_both(code: CodeBase, routes: Sequence[Route], agent_of: AgentOf) -> tuple[Phase, ...]:
    """Routes by module: served both ways, then the new one only; who calls them nobody tells."""
    places: dict[str, list[tuple[str, int]]] = defaultdict(list)
    if not is_worth(code):
        return ()
    for route in routes:
        places[code.files[route.file].module].append((route.file, route.line))
    if not places:
        return ()
    order, _ = in_order(sorted(places), module_costs(code))

    def each(text: str) -> tuple[PlanStep, ...]:
        return tuple(
            PlanStep(
                text=text.format(routes=counted(len(places[name]), "route"), module=name),
                modules=(name,),
                agent=agent_of(name),
                citations=cited(sorted(places[name])),
            )
            for name in order
        )

    gate = "no new major findings in security"
    return (
        Phase(
            name="parallel run",
            steps=each("serve the {routes} of {module} by the old and the new way"),
            way_back="send all requests the old way; both are there",
            gates=(gate,),
        ),
        Phase(
            name="migration",
            steps=each("send who calls the {routes} of {module} to the new way"),
            way_back="send them the old way again; it is still there",
            gates=(gate,),
        ),
        Phase(
            name="cleanup",
            steps=each("take out the old way of the {routes} of {module}"),
            way_back="revert the commits that take the old way out",
            gates=(gate,),
        ),
    )
