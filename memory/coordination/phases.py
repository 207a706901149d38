"""The phases of a migration: steps that facts of the code call for, in an order that it allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.code.cuts import in_order
from memory.code.decoupling import module_costs
from memory.models.coordination import Phase, PlanStep
from memory.texts.formatting import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from memory.code.codebase import CodeBase
    from memory.models.code import Impact
    from memory.models.coordination import Owner
    from memory.models.findings import Finding

_SHOWN = 5
_REVERT = "revert the commits of this phase"


def phases(
    code: CodeBase,
    impact: Impact | None,
    modules: Sequence[str],
    findings: Sequence[Finding],
    owner_of: Callable[[str], Owner | None],
    *,
    moves: bool,
) -> tuple[tuple[Phase, ...], list[str]]:
    """The four phases, and what of them cannot be told.

    Args:
        code: All of it.
        impact: Of what the request names; None where it names nothing.
        modules: That are reached.
        findings: Of the code.
        owner_of: Who knows a module best.
        moves: Whether whole modules go elsewhere, for which they need an order; else what relies
            on something is changed where it is.
    """
    costs = module_costs(code)
    order, (cut, is_exact) = in_order(modules, costs)
    cheapest = "the cheapest cuts" if is_exact else "the cheapest cuts that were found"
    reached = impact.modules if impact else {}
    unplanned = []
    if not modules:
        return (), ["a plan: no module is known to be reached"]

    def owner(module: str) -> str:
        found = owner_of(module)
        return found.agent if found else ""

    def step(text: str, module: str = "", *citations: str) -> PlanStep:
        return PlanStep(
            text=text,
            modules=(module,) if module else (),
            agent=owner(module) if module else "",
            citations=citations,
        )

    prepare = list(_preparation(code, impact, modules, step))
    prepare += [
        step(
            f"turn round or take out {counted(costs[pair], 'import')} of {pair[1]} by {pair[0]}, "
            "so that an order exists",
            pair[0],
            f"formula: {cheapest} that leave no cycle among these modules",
        )
        for pair in (cut if moves else ())
    ]
    public = impact.routes[:_SHOWN] if impact else ()
    parallel = [
        step(f"serve {one.name} by the old and the new way", one.module, f"{one.file}:{one.line}")
        for one in public
    ]
    parallel += [
        step(
            f"keep the old columns of {one.name} beside the new ones, nullable, and write both",
            one.module,
            f"{one.file}:{one.line}",
        )
        for one in (impact.tables if impact and not moves else ())
        if one.distance == 0
    ]
    if not parallel:
        unplanned.append("a parallel run: no route and no table is known to be reached")
    if moves:
        migrate = [
            step(
                f"move {module}: {counted(_uses(costs, module, modules), 'import')} of others of "
                "these modules",
                module,
                "formula: each after those that it relies on, once the cuts are made",
            )
            for module in order
        ]
    else:
        migrate = [
            step(
                f"change {module}: {counted(count, 'file')} of it rely on what changes",
                module,
                "formula: files that edges lead from, by module",
            )
            for module, count in reached.items()
        ]
    broken = [one for one in findings if one.rule == "architecture.broken-check"]
    clean = [
        step(f"{one.message} ({one.id})", one.modules[0] if one.modules else "", one.id)
        for one in broken[:_SHOWN]
    ]
    clean.append(
        step(
            "take out what nothing uses any more: `archmem impact` of it tells no dependents",
            "",
            "formula: edges to a definition",
        )
    )
    cycles = "no new major findings in architecture"
    tests = [f"{one.file} passes" for one in (impact.tests if impact else ())[:_SHOWN]]
    return (
        Phase(
            name="preparation",
            steps=tuple(prepare),
            way_back=_REVERT,
            gates=(cycles, *tests),
        ),
        Phase(
            name="parallel run",
            steps=tuple(parallel),
            way_back="route all requests to the old way; both are there",
            gates=(cycles, *tests),
        ),
        Phase(
            name="migration",
            steps=tuple(migrate),
            way_back="go back module by module in the opposite order; the old way is still there",
            gates=(cycles, *tests),
        ),
        Phase(
            name="cleanup",
            steps=tuple(clean),
            way_back="revert the commits that take the old way out",
            gates=(cycles, *tests),
        ),
    ), unplanned


def _preparation(
    code: CodeBase,
    impact: Impact | None,
    modules: Sequence[str],
    step: Callable[..., PlanStep],
) -> Iterable[PlanStep]:
    """What no test reaches, and where tests are to begin."""
    if impact is None:
        return
    for one in impact.direct[:_SHOWN]:
        users = code.needed_by.get(one.file, ())
        if not any(code.files[user].is_test for user in users):
            yield step(
                f"write a test that reaches {one.name}: none is known to need its file",
                one.module,
                f"{one.file}:{one.line}",
            )
    for path in impact.files[:_SHOWN]:
        if path in code.files and code.files[path].module in modules:
            yield step(f"fix what {path} promises in a test", code.files[path].module, path)


def _uses(costs: Mapping[tuple[str, str], int], module: str, modules: Sequence[str]) -> int:
    """Imports of a module by others of these."""
    inside = set(modules)
    return sum(
        cost for (first, second), cost in costs.items() if second == module and first in inside
    )
