"""What uses what would change, in statements: each is one edge of the code, or a count of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from memory.code.apart import is_migration
from memory.code.codebase import CodePlace, Edge, Grade
from memory.code.flow import Flow
from memory.code.reach import DEEPEST, reach
from memory.coordination.worked_out.telling import cited
from memory.models.coordination import Statement
from memory.texts.formatting import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from memory.code.codebase import CodeBase, Query, Route, Table
    from memory.coordination.subject import NamedColumn, RequestSubject

_SAYS = {
    Grade.CALL: "calls it",
    Grade.INHERIT: "extends it",
    Grade.INHERITED: "has a member from it",
    Grade.IMPORT: "imports it",
    Grade.TABLE: "touches its table",
    Grade.FRAMEWORK: "is wired to it",
    Grade.REFERENCE: "names it in a string or a comment",
    Grade.DYNAMIC: "imports it by a call",
}
_LESS = frozenset({Grade.IMPORT, Grade.REFERENCE})  # what else is known of a use says more
_FUNCTIONS = frozenset({"function", "method"})
_SCHEMAS = frozenset({"liquibase", "sql"})
_FORMULA = "formula: edges to it, tests and steps of a schema apart"


class Users(NamedTuple):
    """What uses something directly, and what uses that."""

    direct: Mapping[CodePlace, tuple[Edge, ...]]  # by the definition at the top of its file
    tests: Mapping[str, tuple[Edge, ...]]  # by path
    indirect: Mapping[str, list[tuple[str, int]]]  # places by module, over other definitions
    own: frozenset[CodePlace]  # what would change

    @property
    def places(self) -> list[tuple[str, int]]:
        """Where it is used."""
        return sorted({(one.source.path, one.line) for own in self.direct.values() for one in own})


def users_of(code: CodeBase, starts: Collection[CodePlace]) -> Users:
    """What uses some definitions or files; of a member, what is known to use that."""
    own = frozenset(starts) | {
        one for place in starts if "." in place.symbol for one in _accessors(code, place)
    }
    is_of_member = any("." in one.symbol for one in own)
    found: dict[CodePlace, list[Edge]] = defaultdict(list)
    tests: dict[str, list[Edge]] = defaultdict(list)
    for edge in _edges_to(code, own):
        if code.files[edge.source.path].is_test:
            tests[edge.source.path].append(edge)
        elif not is_migration(edge.source.path):
            found[edge.source.top].append(edge)
    named = {place.path for place in found if place.symbol}
    direct = {
        place: tuple(sorted(edges, key=lambda one: (one.grade in _LESS, one.line)))
        for place, edges in sorted(found.items())
        if place.symbol or place.path not in named  # its import stands with what uses it
    }
    indirect: dict[str, list[tuple[str, int]]] = defaultdict(list)
    if not is_of_member:
        near = {place.path for place in direct} | {one.path for one in own}
        seen: set[str] = set()
        for place, step in reach(code, own).items():
            file = code.files[place.path]
            if step.edge is None or place.path in near | seen or file.is_test:
                continue
            if not is_migration(place.path):
                seen.add(place.path)
                indirect[file.module].append((place.path, step.edge.line))
    return Users(direct, {path: tuple(tests[path]) for path in sorted(tests)}, indirect, own)


def _edges_to(code: CodeBase, own: Collection[CodePlace]) -> Iterator[Edge]:
    """The edges that lead to it from elsewhere; keys of a schema are told with the tables."""
    files = {one.path for one in own if not one.symbol}
    members = {one for one in own if "." in one.symbol}
    for edge in code.edges:
        source, target = edge.source, edge.target
        is_meant = target in own or (target.top in own and target.top not in members)
        is_inside = source.path in files or source.top in own or source.top == target.top
        is_inside |= source == CodePlace(target.path)  # its file, which exports or registers it
        is_use = (
            edge.grade is not Grade.COCHANGE and code.files[source.path].language not in _SCHEMAS
        )
        if is_meant and is_use and not is_inside:
            yield edge


def _accessors(code: CodeBase, place: CodePlace) -> Iterator[CodePlace]:
    """What reads and writes a field: `getCode`, `setCode` and `isCode` of `code`."""
    owner, _, name = place.symbol.rpartition(".")
    for verb in ("get", "set", "is"):
        one = CodePlace(place.path, f"{owner}.{verb}{name[:1].upper()}{name[1:]}")
        if one in code.symbols:
            yield one


def direct_statements(code: CodeBase, users: Users) -> Iterator[Statement]:
    """Each definition that uses it, and where."""
    for place, edges in users.direct.items():
        first = edges[0]
        more = f", in {counted(len(edges), 'known place')}" if len(edges) > 1 else ""
        yield Statement(
            text=f"{code.called(place)} ({code.files[place.path].module}) "
            f"{_SAYS.get(first.grade, 'uses it')}{more}",
            citations=cited((one.source.path, one.line) for one in edges),
        )


def indirect_statements(users: Users) -> Iterator[Statement]:
    """How many files of each module use it by way of others."""
    for module, places in sorted(users.indirect.items(), key=lambda one: (-len(one[1]), one[0])):
        yield Statement(
            text=f"{counted(len(places), 'file')} of {module} by way of others, "
            f"in at most {DEEPEST} steps",
            value=len(places),
            citations=(_FORMULA, *cited(sorted(places))),
        )


def test_statements(code: CodeBase, users: Users) -> Iterator[Statement]:
    """The tests that use it directly."""
    for path, edges in users.tests.items():
        yield Statement(
            text=f"{code.files[path].name} ({code.files[path].module})",
            citations=cited((path, one.line) for one in edges),
        )


def query_statements(code: CodeBase, tables: Sequence[Table]) -> Iterator[Statement]:
    """Where tables without a model are known to be read and written."""
    names = {one.table for one in tables if not one.symbol}
    yield from _asking(code, (one for one in code.queries if one.table in names))


def column_statements(code: CodeBase, columns: Sequence[NamedColumn]) -> Iterator[Statement]:
    """The queries that are known to go by a column, and the keys that are on it."""
    for one in columns:
        table, name = one.table, one.column.name
        asking = [
            query
            for query in code.queries
            if query.table == table.table and name in {*query.columns, *query.orders}
        ]
        yield from _asking(code, asking, f" by {name}")
        for other in code.tables:
            for key in other.foreign_keys:
                if key.references == table.table and name in key.referenced:
                    yield Statement(
                        text=f"{other.table} ({', '.join(key.columns)}) points at {one}",
                        citations=(f"{other.file}:{key.line or other.line}",),
                    )


def _asking(code: CodeBase, queries: Iterable[Query], by: str = "") -> Iterator[Statement]:
    found: dict[tuple[CodePlace, str, str], list[tuple[str, int]]] = defaultdict(list)
    for one in queries:
        if _is_product(code, one):
            found[one.place, one.does, one.table].append((one.place.path, one.line))
    for (place, does, table), places in sorted(found.items()):
        yield Statement(
            text=f"{code.called(place)} ({code.files[place.path].module}) {does}s {table}{by}",
            citations=cited(sorted(places)),
        )


def modules_asking(code: CodeBase, about: RequestSubject) -> list[str]:
    """The modules that ask what is named: a table without a model, or by a column."""
    tables = {one.table for one in about.tables if not one.symbol}
    columns = {(one.table.table, one.column.name) for one in about.columns}
    asking = Counter(
        code.files[one.place.path].module
        for one in code.queries
        if _is_product(code, one)
        and (
            one.table in tables
            or any((one.table, name) in columns for name in (*one.columns, *one.orders))
        )
    )
    return _most(asking)


def _is_product(code: CodeBase, query: Query) -> bool:
    path = query.place.path
    return path in code.files and not code.files[path].is_test and not is_migration(path)


def table_statements(code: CodeBase, subject: RequestSubject) -> Iterator[Statement]:
    """The tables themselves, and those with a key to them."""
    own = tables_of(code, subject)
    names = {one.table for one in own}
    for one in own:
        yield Statement(text=one.table, citations=(f"{one.file}:{one.line}",))
    for one in code.tables:
        for key in one.foreign_keys:
            if key.references in names and one.table not in names:
                yield Statement(
                    text=f"{one.table} ({', '.join(key.columns)}) points at {key.references}",
                    citations=(f"{one.file}:{key.line or one.line}",),
                )


def tables_of(code: CodeBase, subject: RequestSubject) -> list[Table]:
    """The tables that are named, and those of models that are."""
    models = {place for _, place in subject.places}
    return [
        one
        for one in code.tables
        if one in subject.tables or (one.symbol and CodePlace(one.file, one.symbol) in models)
    ]


def routes_by(code: CodeBase, users: Users) -> list[tuple[Route, tuple[str, int]]]:
    """The routes on whose way something is known to use it, and where that is.

    What stands in a class of Python, or is extended, is of all its methods; a field is not.
    """
    using: dict[CodePlace, tuple[str, int]] = {}
    of_class: dict[CodePlace, tuple[str, int]] = {}
    for edges in users.direct.values():
        for edge in edges:
            path = edge.source.path
            using.setdefault(edge.source, (path, edge.line))
            if edge.grade is Grade.INHERIT or code.files[path].language == "python":
                of_class.setdefault(edge.source, (path, edge.line))
    own = {place for place in users.own if place.symbol}
    flow = Flow(code)
    found = []
    for route in code.routes:
        starts = flow.starts(route)
        around = {
            place
            for one in starts
            if "." in one.symbol
            and (place := CodePlace(one.path, one.symbol.rpartition(".")[0])) in code.symbols
            and code.symbols[place].kind
            not in _FUNCTIONS  # which makes handlers, and is none's way
        }
        ways = [*((place, using) for place in flow.reach(starts))]
        for place, known in [*ways, *((place, of_class) for place in sorted(around))]:
            where = known.get(place)
            if where is None and own & {place, place.top} and place in code.symbols:
                where = (place.path, code.symbols[place].line)
            if where:
                found.append((route, where))
                break
    return found


def modules_of(code: CodeBase, users: Users) -> list[str]:
    """The modules that use it, those that do so most often first."""
    direct = Counter(code.files[place.path].module for place in users.direct)
    indirect = Counter({name: len(places) for name, places in users.indirect.items()})
    return list(dict.fromkeys([*_most(direct), *_most(indirect)]))


def _most(counts: Counter[str]) -> list[str]:
    return sorted(counts, key=lambda name: (-counts[name], name))
