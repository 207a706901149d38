"""How much two modules hang together: by imports, calls, tables that both touch, and git."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Literal

from memory.code.codebase import Grade
from memory.models.code import CouplingRow
from memory.texts.formatting import counted

if TYPE_CHECKING:
    from memory.code.cochange import CoChange
    from memory.code.codebase import CodeBase

Pair = tuple[str, str]
Level = Literal["HIGH", "MED", "LOW"]
LEVELS = (
    "HIGH: both import each other, or 20 imports, or 3 shared tables, or a co-change of 0.3; "
    "MED: 5 imports, or a shared table, or a co-change of 0.15; LOW: anything less; "
    "a co-change counts from 5 commits with both on"
)
_COMMITS = 5  # with both; of fewer a share is chance


def couplings(code: CodeBase, cochange: CoChange | None) -> list[CouplingRow]:
    """The pairs of modules that have to do with each other, the strongest first; tests apart."""
    imports: dict[Pair, list[int]] = defaultdict(lambda: [0, 0])
    calls: Counter[Pair] = Counter()
    tables = _shared_tables(code)
    for edge in code.edges:
        source, target = code.files[edge.source.path], code.files[edge.target.path]
        if source.module == target.module or source.is_test or target.is_test:
            continue
        pair = _pair(source.module, target.module)
        if edge.grade is Grade.IMPORT:
            imports[pair][pair[0] != source.module] += 1
        elif edge.grade is Grade.CALL:
            calls[pair] += 1
    module_of = {path: file.module for path, file in code.files.items() if not file.is_test}
    together = cochange.of_parts(module_of) if cochange else {}
    rows = []
    for pair in {
        *imports,
        *calls,
        *tables,
        *(each for each, one in together.items() if one[0] >= _COMMITS and one[1] >= 0.1),
    }:
        there, back = imports[pair]
        commits, degree = together.get(pair, (0, 0.0))
        level, reason = _level(there, back, tables[pair], commits, degree)
        rows.append(
            CouplingRow(
                first=pair[0],
                second=pair[1],
                level=level,
                imports=there + back,
                calls=calls[pair],
                tables=tables[pair],
                cochange=round(degree, 3) if cochange else None,
                commits=commits if cochange else None,
                reason=reason,
            )
        )
    order = {"HIGH": 0, "MED": 1, "LOW": 2}
    return sorted(rows, key=lambda one: (order[one.level], -one.imports, one.first, one.second))


def _level(there: int, back: int, tables: int, commits: int, degree: float) -> tuple[Level, str]:
    if there and back:
        return "HIGH", f"they import each other ({there} and {back})"
    many = there + back
    for level, most, shared, together in (("HIGH", 20, 3, 0.3), ("MED", 5, 1, 0.15)):
        said: Level = "HIGH" if level == "HIGH" else "MED"
        if many >= most:
            return said, counted(many, "import")
        if tables >= shared:
            return said, counted(tables, "shared table")
        if commits >= _COMMITS and degree >= together:
            either = round(commits / degree)
            return said, f"changed together in {commits} of the {either} commits with either"
    return "LOW", counted(many, "import")


def _pair(one: str, other: str) -> Pair:
    return (one, other) if one <= other else (other, one)


def _shared_tables(code: CodeBase) -> Counter[Pair]:
    """In how many tables two modules meet: one uses the model that the other has, or both do."""
    models = {(one.file, one.symbol): one.table for one in code.tables if one.symbol}
    users: dict[str, set[str]] = defaultdict(set)
    for one in code.tables:
        if one.file in code.files:
            users[one.table].add(code.files[one.file].module)
    for edge in code.edges:
        table = models.get((edge.target.path, edge.target.symbol.partition(".")[0]))
        source = code.files[edge.source.path]
        if table and not source.is_test:
            users[table].add(source.module)
    shared: Counter[Pair] = Counter()
    for modules in users.values():
        named = sorted(modules)
        shared.update((a, b) for i, a in enumerate(named) for b in named[i + 1 :])
    return shared
