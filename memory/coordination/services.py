"""What a part of the code is as a service: its routes, tables, contract and needs, from facts."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from memory.code.codebase import CodePlace, Grade
from memory.models.coordination import Published, Service, ServiceTable, Statement
from memory.texts.formatting import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from memory.code.codebase import CodeBase, Edge, Table

_USED = frozenset({Grade.CALL, Grade.INHERIT, Grade.USE, Grade.INHERITED})
_PLACES = 3  # told of what uses one definition
_DONE = {"read": "read", "write": "written"}

Touched = dict[str, dict[tuple[str, str], str]]  # by table: part and what it does, first place


class Crossing(NamedTuple):
    """What leads from one part of the code to another."""

    imports: Mapping[tuple[str, str], list[Edge]]  # at run time, each statement once
    uses: Mapping[CodePlace, list[Edge]]  # of each top-level definition by other parts
    owners: Mapping[str, str]  # of each table
    touched: Touched


def crossing(code: CodeBase, parts: Mapping[str, str]) -> Crossing:
    """What leads between the parts that files are of, by path; files without a part are none."""
    imports: dict[tuple[str, str], dict[tuple[str, int], Edge]] = defaultdict(dict)
    for edge in code.imports_at_run_time:
        source, target = parts.get(edge.source.path), parts.get(edge.target.path)
        if source and target and source != target:
            imports[source, target].setdefault((edge.source.path, edge.line), edge)
    uses: dict[CodePlace, list[Edge]] = defaultdict(list)
    handlers = {CodePlace(one.file, one.symbol).top for one in code.routes}
    registering = {one.registered.rpartition(":")[0] for one in code.routes}
    for edge in code.edges:
        source, target = parts.get(edge.source.path), parts.get(edge.target.path)
        if not (source and target and edge.target.symbol) or source == target:
            continue
        is_registered = edge.target.top in handlers and edge.source.path in registering
        if edge.grade in _USED and not is_registered:
            # A method of Go may stand in another file than its type.
            is_here = edge.target.top in code.symbols
            uses[edge.target.top if is_here else edge.target].append(edge)
    touched: Touched = defaultdict(dict)
    for query in code.queries:
        if query.table and (part := parts.get(query.place.path)):
            touched[query.table].setdefault((part, query.does), f"{query.place.path}:{query.line}")
    modelled = {one.file for one in code.tables if one.symbol}
    return Crossing(
        imports={
            pair: sorted(found.values(), key=lambda one: (one.source.path, one.line))
            for pair, found in sorted(imports.items())
        },
        uses=uses,
        owners={
            one.table: owner for one in code.tables if (owner := _owner(code, parts, one, modelled))
        },
        touched=touched,
    )


def _owner(
    code: CodeBase, parts: Mapping[str, str], table: Table, modelled: Collection[str]
) -> str:
    """Whose a table is: of the part that has its model; else of the one that uses it most.

    One that joins models, and has none itself, is of the part whose model says so. Nobody's where
    no use is known: what a file of the schema is in does not have its tables.
    """
    if table.file in parts and (table.symbol or table.file in modelled):
        return parts[table.file]
    users = Counter(
        (query.does == "write", parts[query.place.path])
        for query in code.queries
        if query.table == table.table and query.place.path in parts
    )
    if users:
        (_, part), _ = max(users.items(), key=lambda one: (one[0][0], one[1], one[0][1]))
        return part
    return ""


def service(
    code: CodeBase,
    parts: Mapping[str, str],
    name: str,
    between: Crossing,
    contexts: Mapping[str, str],
) -> Service:
    """One of the parts, without phases; `contexts` say what else hangs together with it."""
    own = sorted(path for path, part in parts.items() if part == name)
    inside = set(own)
    main, _ = Counter(contexts[path] for path in own).most_common(1)[0]
    routes = tuple(
        Statement(
            text=f"{one.method} {one.path} -> {one.handler}", citations=(f"{one.file}:{one.line}",)
        )
        for one in code.routes
        if one.file in inside
    )
    tables = tuple(
        ServiceTable(
            table=one.table,
            file=one.file,
            line=one.line,
            others=tuple(_others(between, name, one.table)),
            keys=tuple(_keys(code, between, name, one.table)),
        )
        for one in code.tables
        if between.owners.get(one.table) == name
    )
    return Service(
        name=name,
        kind="service" if routes or tables else "library",
        files=len(own),
        lines=sum(code.files[path].lines for path in own),
        modules=dict(Counter(code.files[path].module for path in own).most_common()),
        near=tuple(
            path
            for path, context in sorted(contexts.items())
            if context == main and path not in inside
        ),
        routes=routes,
        tables=tables,
        foreign_tables=tuple(_foreign(between, name)),
        published=tuple(_published(code, parts, inside, between)),
        needs=_counts({b: edges for (a, b), edges in between.imports.items() if a == name}),
        needed_by=_counts({a: edges for (a, b), edges in between.imports.items() if b == name}),
        phases=(),
    )


def _counts(found: Mapping[str, list[Edge]]) -> dict[str, int]:
    return dict(Counter({part: len(edges) for part, edges in found.items()}).most_common())


def _others(between: Crossing, name: str, table: str) -> Iterator[Statement]:
    for (part, does), place in sorted(between.touched.get(table, {}).items()):
        if part != name:
            yield Statement(text=f"{table} is {_DONE[does]} by {part}", citations=(place,))


def _keys(code: CodeBase, between: Crossing, name: str, table: str) -> Iterator[Statement]:
    for one in code.tables:
        owner = between.owners.get(one.table, name)
        for key in one.foreign_keys:
            if key.references == table and owner != name:
                text = f"{one.table} ({', '.join(key.columns)}) of {owner} points at {table}"
                yield Statement(text=text, citations=(f"{one.file}:{key.line or one.line}",))


def _foreign(between: Crossing, name: str) -> Iterator[Statement]:
    for table, touched in sorted(between.touched.items()):
        owner = between.owners.get(table)
        if owner and owner != name:
            for (part, does), place in sorted(touched.items()):
                if part == name:
                    yield Statement(text=f"{table} of {owner} is {_DONE[does]}", citations=(place,))


def _published(
    code: CodeBase, parts: Mapping[str, str], inside: set[str], between: Crossing
) -> Iterator[Published]:
    found = [(place, edges) for place, edges in between.uses.items() if place.path in inside]
    for place, edges in sorted(found, key=lambda one: (-len(one[1]), one[0])):
        symbol = code.symbols.get(place)
        places = sorted({(edge.source.path, edge.line) for edge in edges})
        yield Published(
            name=code.called(place),
            kind=symbol.kind if symbol else "name",
            file=place.path,
            line=symbol.line if symbol else 1,
            users=dict(Counter(parts[edge.source.path] for edge in edges).most_common()),
            places=tuple(f"{path}:{line}" for path, line in places[:_PLACES]),
        )


def cut_statement(between: Crossing, pair: tuple[str, str], how: str) -> Statement:
    """What it takes that one part no longer needs another."""
    edges = between.imports[pair]
    return Statement(
        text=f"turn round or take out what {pair[0]} uses of {pair[1]}: "
        f"{counted(len(edges), 'import')}",
        value=len(edges),
        citations=(*(f"{one.source.path}:{one.line}" for one in edges), how),
    )
