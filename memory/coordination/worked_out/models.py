"""What a change of a model meets: who uses it, its columns, keys, and who writes and reads it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from memory.coordination.worked_out.telling import by_module, cited
from memory.models.coordination import Part, PlanStep, Statement
from memory.texts.formatting import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from memory.code.codebase import CodeBase, Query, Table
    from memory.models.code import Impact


def model_parts(code: CodeBase, impact: Impact) -> Iterator[Part]:
    """The parts for what a request names, where it has tables those too."""
    direct = [(one.file, one.line) for one in impact.direct]
    tests = [one for one in impact.tests if one.distance == 1]
    users = f"{counted(len(direct), 'file')} and {counted(len(tests), 'test')}"
    yield Part(
        title="Direct references",
        statements=(
            Statement(
                text=f"{users} use it directly",
                value=len(direct),
                citations=("formula: files with an edge to it, tests apart", *cited(direct)),
            ),
            *by_module(code, direct, "uses it", "file"),
        ),
    )
    for table in own_tables(code, impact):
        yield _columns(code, table)
        yield _keys(code, table)
        for does, said, title in (("write", "writes", "written"), ("read", "reads", "read")):
            places = [(one.place.path, one.line) for one in queries_of(code, table, does)]
            if statements := tuple(by_module(code, places, f"{said} it")):
                yield Part(title=f"{table.table}: where it is {title}", statements=statements)


def own_tables(code: CodeBase, impact: Impact) -> list[Table]:
    """The tables of what is changed itself."""
    names = {one.name for one in impact.tables if one.distance == 0}
    return [one for one in code.tables if one.table in names]


def queries_of(code: CodeBase, table: Table, does: str) -> list[Query]:
    """Where product code reads or writes a table."""
    return [
        one
        for one in code.queries
        if one.table == table.table and one.does == does and not _is_test(code, one)
    ]


def _is_test(code: CodeBase, query: Query) -> bool:
    return query.place.path in code.files and code.files[query.place.path].is_test


def _columns(code: CodeBase, table: Table) -> Part:
    """Its columns, those that most queries go by first."""
    asked: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for query in code.queries:
        if query.table == table.table and not _is_test(code, query):
            for column in {*query.columns, *query.orders}:
                asked[column].append((query.place.path, query.line))
    where = f"{table.file}:{table.line}"
    statements = [
        Statement(
            text=f"{one.name} {one.type}".rstrip()
            + f": asked by in {counted(len(asked[one.name]), 'known query', 'known queries')}",
            value=len(asked[one.name]),
            citations=(where, *cited(sorted(asked[one.name]))),
        )
        for one in sorted(table.columns, key=lambda one: (-len(asked[one.name]), one.name))
    ]
    doubt = "" if table.whole else "; not all that concerns it was understood"
    return Part(
        title=f"{table.table}: {counted(len(table.columns), 'column')}{doubt}",
        statements=tuple(statements),
    )


def _keys(code: CodeBase, table: Table) -> Part:
    found = [
        (one, key)
        for one in code.tables
        for key in one.foreign_keys
        if key.references == table.table
    ]
    tables = len({one.table for one, _ in found})
    statements = [
        Statement(
            text=f"{one.table} ({', '.join(key.columns)})"
            + (f", on delete {key.on_delete.lower()}" if key.on_delete else ""),
            citations=(f"{one.file}:{key.line or one.line}",),
        )
        for one, key in found
    ]
    title = (
        f"{counted(len(found), 'foreign key')} of {counted(tables, 'table')} point at {table.table}"
    )
    return Part(title=title, statements=tuple(statements))


def both_written(
    code: CodeBase, impact: Impact, agent_of: Callable[[str], str]
) -> Iterator[PlanStep]:
    """The step of a parallel run for each table: where old and new columns are to be written."""
    for table in own_tables(code, impact):
        writes = sorted({(one.place.path, one.line) for one in queries_of(code, table, "write")})
        module = code.files[table.file].module if table.file in code.files else ""
        at = f": it is written in {counted(len(writes), 'place')}" if writes else ""
        yield PlanStep(
            text=f"keep the old columns of {table.table} beside the new ones, nullable, and write "
            f"both{at}",
            modules=(module,) if module else (),
            agent=agent_of(module) if module else "",
            citations=(f"{table.file}:{table.line}", *cited(writes)),
        )
