"""What a change of a model meets: who uses it, its columns, keys, and who writes and reads it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from memory.code.apart import is_migration
from memory.coordination.reached import tables_of
from memory.coordination.worked_out.telling import by_module, cited
from memory.models.coordination import Part, PlanStep, Statement
from memory.texts.formatting import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from memory.code.codebase import CodeBase, Query, Table
    from memory.coordination.reached import Users
    from memory.coordination.subject import RequestSubject


def model_parts(code: CodeBase, about: RequestSubject, users: Users | None) -> Iterator[Part]:
    """The parts for what a request names, where it has tables those too."""
    if users and users.direct:
        direct = users.places
        files = {path for path, _ in direct}
        tests = counted(len(users.tests), "test")
        yield Part(
            title="Direct references",
            statements=(
                Statement(
                    text=f"{counted(len(files), 'file')} and {tests} are known to use it directly",
                    value=len(files),
                    citations=(
                        "formula: files with an edge to it, steps of a schema apart",
                        *cited(direct),
                    ),
                ),
                *by_module(code, direct, "uses it"),
            ),
        )
    for named in about.columns:
        yield _columns(code, named.table, named.column.name)
    for table in tables_of(code, about):
        yield _columns(code, table)
        yield _keys(code, table)
        for does, said, title in (("write", "writes", "written"), ("read", "reads", "read")):
            places = [(one.place.path, one.line) for one in queries_of(code, table, does)]
            if statements := tuple(by_module(code, places, f"{said} it")):
                yield Part(title=f"{table.table}: where it is {title}", statements=statements)


def queries_of(code: CodeBase, table: Table, does: str) -> list[Query]:
    """Where product code reads or writes a table, steps of a schema apart."""
    return [
        one
        for one in code.queries
        if one.table == table.table and one.does == does and not _is_past(code, one)
    ]


def _is_past(code: CodeBase, query: Query) -> bool:
    """Whether it is of a test, or was done once."""
    path = query.place.path
    return is_migration(path) or (path in code.files and code.files[path].is_test)


def _columns(code: CodeBase, table: Table, only: str = "") -> Part:
    """Its columns, or one of them, those that most queries go by first."""
    asked: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for query in code.queries:
        if query.table == table.table and not _is_past(code, query):
            for column in {*query.columns, *query.orders}:
                asked[column].append((query.place.path, query.line))
    where = f"{table.file}:{table.line}"
    columns = [one for one in table.columns if only in {"", one.name}]
    statements = [
        Statement(
            text=f"{one.name} {one.type}".rstrip()
            + f": asked by in {counted(len(asked[one.name]), 'known query', 'known queries')}",
            value=len(asked[one.name]),
            citations=(where, *cited(sorted(asked[one.name]))),
        )
        for one in sorted(columns, key=lambda one: (-len(asked[one.name]), one.name))
        if asked[one.name]
    ]
    if rest := [f"{one.name} {one.type}".rstrip() for one in columns if not asked[one.name]]:
        text = (
            f"no query that was understood asks in a way that an index serves by {', '.join(rest)}"
        )
        if not any(query.table == table.table for query in code.queries):
            text = f"no query that goes by its columns was understood: {', '.join(rest)}"
        statements.append(Statement(text=text, value=len(rest), citations=(where,)))
    doubt = "" if table.whole else "; not all that concerns it was understood"
    return Part(
        title=f"{table.table}.{only}{doubt}"
        if only
        else f"{table.table}: {counted(len(table.columns), 'column')}{doubt}",
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
    points = "points" if len(found) == 1 else "point"
    title = (
        f"{counted(len(found), 'foreign key')} of {counted(tables, 'table')} "
        f"{points} at {table.table}"
    )
    return Part(title=title, statements=tuple(statements))


def both_written(
    code: CodeBase, about: RequestSubject, agent_of: Callable[[str], str]
) -> Iterator[PlanStep]:
    """The step of a parallel run for each table: where old and new columns are to be written."""
    for table, name in _written(code, about):
        writes = sorted({(one.place.path, one.line) for one in queries_of(code, table, "write")})
        module = code.files[table.file].module if table.file in code.files else ""
        known = counted(len(writes), "known place")
        at = f": {table.table} is written in {known}" if writes else ""
        yield PlanStep(
            text=f"keep what changes of {name} beside the new, nullable, and write both{at}",
            modules=(module,) if module else (),
            agent=agent_of(module) if module else "",
            citations=(f"{table.file}:{table.line}", *cited(writes)),
        )


def _written(code: CodeBase, about: RequestSubject) -> Iterator[tuple[Table, str]]:
    for one in about.columns:
        yield one.table, str(one)
    for table in tables_of(code, about):
        yield table, table.table
