"""The phases of a change to something that is named: steps that facts of the code call for."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from memory.code.file_kinds import schema_files
from memory.coordination.worked_out.models import both_written
from memory.models.coordination import Phase, PlanStep
from memory.texts.formatting import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from memory.code.codebase import CodeBase
    from memory.models.code import Impact

_SHOWN = 5
CYCLES = "no new major findings in architecture"


def step(
    text: str, module: str, agent_of: Callable[[str], str], citations: Iterable[str]
) -> PlanStep:
    """A step of a module, for whoever knows it best."""
    return PlanStep(
        text=text,
        modules=(module,) if module else (),
        agent=agent_of(module) if module else "",
        citations=tuple(citations),
    )


def change_phases(
    code: CodeBase, impact: Impact, agent_of: Callable[[str], str]
) -> tuple[Phase, ...]:
    """Tests, then old and new beside each other, then module by module, then the old goes."""
    tests = [f"{one.file} passes" for one in impact.tests[:_SHOWN]]
    gates = (CYCLES, *dict.fromkeys(tests))
    changed = _to_change(code, impact)
    places = [(one.file, one.line) for one in impact.direct if one.file in changed]
    migrate = []
    for module, count in Counter(code.files[path].module for path in changed).most_common():
        own = [f"{path}:{line}" for path, line in places if code.files[path].module == module]
        said = f"change {module}: what changes is relied on by {counted(count, 'file')} of it"
        said += f", {len(own)} directly" if own else ""
        formula = "formula: files that edges lead from, by module"
        migrate.append(step(said, module, agent_of, [formula, *own[:_SHOWN]]))
    target = next(iter(impact.files), "")
    return (
        Phase(
            name="preparation",
            steps=tuple(_preparation(code, impact, agent_of)),
            way_back="nothing to take back: only tests are added",
            gates=gates,
        ),
        Phase(
            name="parallel run",
            steps=tuple(both_written(code, impact, agent_of)),
            way_back="read and write the old only: it is still there",
            gates=gates,
        ),
        Phase(
            name="migration",
            steps=tuple(migrate),
            way_back="go back module by module in the opposite order; the old is still there",
            gates=gates,
        ),
        Phase(
            name="cleanup",
            steps=(
                step(
                    "take out the old, once nothing uses it",
                    code.files[target].module if target in code.files else "",
                    agent_of,
                    ["formula: edges to a definition"],
                ),
            ),
            way_back="revert the commits that take the old out",
            gates=gates,
        ),
    )


def _to_change(code: CodeBase, impact: Impact) -> set[str]:
    """The files that are reached and can be changed: what changed a schema once stays as it is."""
    reached = {one.file for one in (*impact.direct, *impact.cascade)}
    return {
        path
        for path in reached - set(schema_files(reached))
        if path in code.files and code.files[path].language != "sql"
    }


def _preparation(
    code: CodeBase, impact: Impact, agent_of: Callable[[str], str]
) -> Iterable[PlanStep]:
    """Tests of what uses it and has none."""
    changed = _to_change(code, impact)
    for one in impact.direct:
        if one.file not in changed:
            continue
        users = code.needed_by.get(one.file, ())
        if not any(code.files[user].is_test for user in users):
            yield step(
                f"write a test that reaches {one.name}: none is known to need its file",
                one.module,
                agent_of,
                [f"{one.file}:{one.line}"],
            )
