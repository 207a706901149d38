"""What stands twice, where it could stand once, and in which order modules would take it over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.code.cuts import in_order
from memory.code.decoupling import module_costs
from memory.coordination.untested import untested_files
from memory.coordination.worked_out.telling import cited, of_finding
from memory.models.coordination import Part, Phase, PlanStep, Statement
from memory.texts.formatting import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from memory.code.codebase import CodeBase
    from memory.models.findings import Finding, RuleRow

_RULE = "duplication.clone"
_SHOWN = 10


def clones_of(findings: Sequence[Finding]) -> list[Finding]:
    """The clones that are sure, those that would save most lines first."""
    found = [one for one in findings if one.rule == _RULE and one.sure]
    return sorted(found, key=lambda one: (-_saved(one), one.id))


def _saved(one: Finding) -> int:
    lines = [spot.last_line - spot.line + 1 for spot in one.spots]
    return sum(lines) - max(lines, default=0)


def _lines(clones: Sequence[Finding]) -> set[tuple[str, int]]:
    """The lines of all places but the longest of each clone; those of several clones once."""
    found: set[tuple[str, int]] = set()
    for one in clones:
        longest = max(one.spots, key=lambda spot: spot.last_line - spot.line, default=None)
        for spot in one.spots:
            if spot is not longest:
                found |= {(spot.file, line) for line in range(spot.line, spot.last_line + 1)}
    return found


def duplicate_parts(findings: Sequence[Finding], rules: Sequence[RuleRow]) -> Iterator[Part]:
    """The share of lines, and each clone with its places and where it could stand."""
    clones = clones_of(findings)
    saved = len(_lines(clones))
    share = next((row.said for row in rules if row.rule == _RULE), "")
    size = f"{counted(len(clones), 'clone')}, {counted(saved, 'line')} beyond one place of each"
    if not clones:
        size = "no clone is known that is surely one"
    total = Statement(
        text=f"{size}; {share}" if share else size,
        value=len(clones),
        citations=("formula: lines of all places but the longest",),
    )
    each = (of_finding(one, f", {counted(_saved(one), 'line')} could go") for one in clones)
    yield Part(title="Duplicate code", statements=(total, *each))


def duplicate_phases(
    code: CodeBase, findings: Sequence[Finding], agent_of: Callable[[str], str]
) -> tuple[Phase, ...]:
    """Tests first, then one place for each clone, then module after module, then the copies go."""
    clones = clones_of(findings)[:_SHOWN]
    if not clones:
        return ()

    def step(text: str, module: str, *citations: str) -> PlanStep:
        agent = agent_of(module) if module else ""
        modules = (module,) if module else ()
        return PlanStep(text=text, modules=modules, agent=agent, citations=citations)

    known = untested_files(code)
    untested = {
        (spot.file, spot.said): spot.line
        for one in clones
        for spot in reversed(one.spots)
        if spot.file in known
    }
    modules = {module for one in clones for module in one.modules}
    order, _ = in_order(sorted(modules), module_costs(code))
    gate = "no new minor findings in duplication"
    migrate = []
    for module in order:
        spots = [
            (spot.file, spot.line)
            for one in clones
            for spot in one.spots
            if code.files[spot.file].module == module
        ]
        text = f"let {module} use what is shared, in {counted(len(spots), 'place')}"
        migrate.append(step(text, module, *cited(spots)))
    return (
        Phase(
            name="preparation",
            steps=tuple(
                step(
                    f"write a test of {said or path}: none is known to lead to its file",
                    code.files[path].module,
                    f"{path}:{line}",
                )
                for (path, said), line in sorted(untested.items())
            ),
            way_back="nothing to take back: only tests are added",
            gates=(gate,),
        ),
        Phase(
            name="parallel run",
            steps=tuple(
                step(f"{one.message}: {one.do}; the copies stay for now", "", one.id)
                for one in clones
            ),
            way_back="revert the commits of this phase: nothing uses the shared code yet",
            gates=(gate,),
        ),
        Phase(
            name="migration",
            steps=tuple(migrate),
            way_back="go back module by module in the opposite order; the copies are still there",
            gates=(gate,),
        ),
        Phase(
            name="cleanup",
            steps=(step("take out the copies", "", *(one.id for one in clones)),),
            way_back="revert the commits that take the copies out",
            gates=(gate,),
        ),
    )
