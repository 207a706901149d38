"""The map of a project's code: its modules in numbers, what couples them, what goes in circles."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from memory.code.coupling import LEVELS, couplings
from memory.code.coverage import share
from memory.code.cycles import find_cycles
from memory.code.inventory import doubts
from memory.models.code import CodeMap, ModuleRow
from memory.texts.module_names import same_modules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memory.code.cochange import CoChange
    from memory.code.codebase import CodeBase
    from memory.code.coverage import CoverageReport

FORMULAS = {
    "fan_in, fan_out": "modules that import it, that it imports; tests and type checking left out",
    "instability": "edges_out / (edges_in + edges_out), by Martin; none without edges",
    "level": LEVELS,
    "cochange": "commits with both / commits with either; commits of more than 30 files left out",
    "commits": "that changed one of its files, of those that were read; likewise",
    "cycles": "strongly connected parts; folders flat, so a parent and its child are two",
    "coverage": "unknown where the project has no report",
}


def draw_map(
    code: CodeBase,
    cochange: CoChange | None,
    modules: Sequence[str] = (),
    level: Literal["file", "module"] = "module",
    coverage: CoverageReport | None = None,
) -> CodeMap:
    """The map of some modules, or of all.

    Args:
        code: All of it.
        cochange: What git changed together; None where git does not tell.
        modules: Only these, and what they are coupled to.
        level: What the parts are.
        coverage: What tests run; None where no report says.
    """
    if level == "file":
        files = {path: file._replace(module=file.name) for path, file in code.files.items()}
        wanted = {
            file.name
            for file in code.files.values()
            if not file.is_test and (not modules or same_modules([file.module], modules))
        }
        code = replace(code, files=files)
    else:
        wanted = {
            file.module
            for file in code.files.values()
            if not modules or same_modules([file.module], modules)
        }
    return CodeMap(
        level=level,
        modules=tuple(row for row in _rows(code, cochange, coverage) if row.module in wanted),
        couplings=tuple(
            one for one in couplings(code, cochange) if {one.first, one.second} & wanted
        ),
        cycles=tuple(
            cycle
            for each in (("file", "folder", "module") if level == "module" else ("file",))
            for cycle in find_cycles(code, each)
            if not modules or _touches(code, cycle.members, wanted)
        ),
        formulas=FORMULAS | ({"coverage": _coverage_words(coverage)} if coverage else {}),
        doubts=doubts(code),
    )


def _touches(code: CodeBase, members: Sequence[str], wanted: set[str]) -> bool:
    inside = set(members)
    return bool(inside & wanted) or any(
        {file.name, file.path.rpartition("/")[0]} & inside and file.module in wanted
        for file in code.files.values()
    )


def _coverage_words(coverage: CoverageReport) -> str:
    words = f"lines run / lines that can be, by {coverage.report} of {coverage.day}"
    older = len(coverage.older)
    return f"{words}; {older} of its files were changed since" if older else words


def _rows(
    code: CodeBase, cochange: CoChange | None, coverage: CoverageReport | None
) -> list[ModuleRow]:
    counted = _sizes(code)
    fan_in: dict[str, set[str]] = defaultdict(set)
    fan_out: dict[str, set[str]] = defaultdict(set)
    for edge in code.imports_at_run_time:
        source = code.files[edge.source.path].module
        target = code.files[edge.target.path].module
        if source != target:
            fan_out[source].add(target)
            fan_in[target].add(source)
            counted[source]["edges_out"] += 1
            counted[target]["edges_in"] += 1
    part = {path: file.module for path, file in code.files.items()}
    commits = cochange.commits_of_parts(part) if cochange else None
    inside: dict[str, list[str]] = defaultdict(list)
    for path, file in code.files.items():
        inside[file.module] += [] if file.is_test else [path]
    return [
        ModuleRow(
            module=name,
            files=own["files"],
            lines=own["lines"],
            tests=own["tests"],
            symbols=own["symbols"],
            routes=own["routes"],
            tables=own["tables"],
            fan_in=len(fan_in[name]),
            fan_out=len(fan_out[name]),
            edges_in=own["edges_in"],
            edges_out=own["edges_out"],
            instability=_share(own["edges_out"], own["edges_in"]),
            commits=None if commits is None else commits[name],
            coverage=share(coverage, inside[name]) if coverage else None,
        )
        for name, own in sorted(counted.items())
    ]


def _sizes(code: CodeBase) -> dict[str, Counter[str]]:
    """What each module has, by name; tests are only counted as files."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for file in code.files.values():
        own = counted[file.module]
        if file.is_test:
            own["tests"] += 1
        else:
            own["files"] += 1
            own["lines"] += file.lines
    for what, paths in (
        ("symbols", [place.path for place in code.symbols]),
        ("routes", [one.file for one in code.routes]),
        ("tables", [one.file for one in code.tables]),
    ):
        for path in paths:
            if path in code.files and not code.files[path].is_test:
                counted[code.files[path].module][what] += 1
    return counted


def _share(out: int, into: int) -> float | None:
    return round(out / (out + into), 2) if out + into else None
