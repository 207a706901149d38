"""All that the code says, in lines by section: what a coordinator loads before anything is asked.

In each section what hangs most on stands first, so that a budget leaves out what matters least.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from memory.code.codebase import CodePlace, Grade
from memory.code.coverage import share
from memory.code.file_kinds import schema_files
from memory.code.inventory import unread_facts, unread_pages
from memory.code.map import draw_map
from memory.texts.formatting import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from memory.code.codebase import CodeBase, Route, Table
    from memory.code.known import KnownCode

_AUTH = {"no": 0, "unknown": 1, "yes": 2}
_LOOSE = frozenset({Grade.COCHANGE, Grade.REFERENCE, Grade.TABLE})
_SHOWN = 6
_READ_AS = {"routes": "routes", "schema": "tables"}  # as `unread_facts` calls them


class FactSection(NamedTuple):
    """One section, as lines in the order of their worth."""

    part: str  # architecture, database, quality
    name: str  # routes
    lines: tuple[str, ...]
    command: str  # that tells all of it

    @property
    def title(self) -> str:
        """As a heading."""
        return f"{self.part.capitalize()}: {self.name}"


UNREAD = FactSection("architecture", "code", ("not read yet",), "archmem map")


def load_facts(known: KnownCode) -> list[FactSection]:
    """The sections that have something."""
    code = known.base
    routes = "archmem inventory routes --json"
    tables = "archmem inventory tables --json"
    symbols = "archmem inventory symbols --json"
    users = _users(code)
    found = [
        ("architecture", "what is not read", _not_read(code), "archmem map"),
        ("architecture", "modules", _modules(known), "archmem map"),
        ("architecture", "routes", _routes(code), routes),
        ("architecture", "controllers", _controllers(code), routes),
        ("architecture", "services", _services(code, users), symbols),
        ("architecture", "models", _models(code, users), tables),
        ("architecture", "middleware", _middleware(code), routes),
        ("database", "schema", _schema(code), tables),
        ("database", "indexes and keys", _indexes(code), tables),
        ("database", "migrations", _migrations(code), "git ls-files"),
        ("quality", "tests", _tests(code), "archmem inventory tests --json"),
        ("quality", "coverage", _coverage(known), "archmem map"),
    ]
    unread = unread_facts(code)
    unknown = {name: unread[kind] for name, kind in _READ_AS.items() if kind in unread}
    if known.coverage is None:
        unknown["coverage"] = "the project has no report of it"
    sections = [
        FactSection(
            part,
            name,
            tuple(lines) or ((f"unknown: {unknown[name]}",) if name in unknown else ()),
            command,
        )
        for part, name, lines, command in found
    ]
    return [one for one in sections if one.lines]


def _users(code: CodeBase) -> Mapping[CodePlace, int]:
    """In how many other files, tests apart, each top-level definition is used."""
    found: dict[CodePlace, set[str]] = defaultdict(set)
    for edge in code.edges:
        source = edge.source.path
        is_use = edge.target.symbol and edge.grade not in _LOOSE
        if is_use and source != edge.target.path and not code.files[source].is_test:
            found[edge.target.top].add(source)
    return {place: len(paths) for place, paths in found.items()}


def _not_read(code: CodeBase) -> Iterator[str]:
    """What stands here and nobody reads: without it a zero below says nothing."""
    yield from dict.fromkeys(unread_facts(code).values())
    yield from (f"not read: {why}" for why in unread_pages(code).values())


def _modules(known: KnownCode) -> Iterator[str]:
    unread = unread_facts(known.base)

    def told(count: int, noun: str) -> str:
        is_known = count or f"{noun}s" not in unread
        return counted(count, noun) if is_known else f"{noun}s unknown"

    drawn = draw_map(known.base, known.together, coverage=known.coverage)
    strong: dict[str, list[str]] = defaultdict(list)
    for one in drawn.couplings:
        if one.level == "HIGH":
            strong[one.first].append(one.second)
            strong[one.second].append(one.first)
    for row in sorted(drawn.modules, key=lambda row: (-row.fan_in, -row.lines, row.module)):
        said = (
            f"{row.module}: {counted(row.files, 'file')}, {row.lines:,} lines, "
            f"{counted(row.tests, 'test file')}, {told(row.routes, 'route')}, "
            f"{told(row.tables, 'table')}; imported by {counted(row.fan_in, 'module')}, "
            f"imports {row.fan_out}"
        )
        coupled = strong[row.module]
        yield said + (f"; coupled most to {_listed(coupled)}" if coupled else "")


def _routes(code: CodeBase) -> Iterator[str]:
    """First those that anyone may ask, then those of which nobody can tell."""
    for one in sorted(code.routes, key=lambda one: (_AUTH[one.auth.answer], one.path, one.method)):
        yield (
            f"{one.method} {one.path} -> {one.handler}, authentication {one.auth.answer}, "
            f"authorisation {one.authorisation.answer} ({one.file}:{one.line})"
        )


def _controllers(code: CodeBase) -> Iterator[str]:
    handled: dict[CodePlace, list[Route]] = defaultdict(list)
    for route in code.routes:
        handled[CodePlace(route.file, route.symbol).top].append(route)
    for place, routes in sorted(handled.items(), key=lambda one: (-len(one[1]), one[0])):
        if place.path in code.files:
            yield f"{_called(code, place)}: {counted(len(routes), 'route')}"


def _services(code: CodeBase, users: Mapping[CodePlace, int]) -> Iterator[str]:
    """What handlers of routes call, and what is neither a handler nor a model."""
    handlers = {CodePlace(route.file, route.symbol).top for route in code.routes}
    models = {CodePlace(table.file, table.symbol).top for table in code.tables}
    called: Counter[CodePlace] = Counter()
    for edge in code.edges:
        target = edge.target.top
        is_call = edge.grade is Grade.CALL and edge.source.top in handlers
        if is_call and target.symbol and target not in handlers | models:
            called[target] += not code.files[target.path].is_test
    for place, count in sorted(called.items(), key=lambda one: (-users.get(one[0], 0), one[0])):
        if count:
            yield (
                f"{_called(code, place)}: called {counted(count, 'time')} by handlers, "
                f"used in {counted(users.get(place, 0), 'file')}"
            )


def _models(code: CodeBase, users: Mapping[CodePlace, int]) -> Iterator[str]:
    found = [(CodePlace(one.file, one.symbol).top, one.table) for one in code.tables if one.symbol]
    for place, table in sorted(found, key=lambda one: (-users.get(one[0], 0), one)):
        if place.path in code.files:
            used = counted(users.get(place, 0), "file")
            yield f"{_called(code, place)}: table {table}, used in {used}"


def _middleware(code: CodeBase) -> Iterator[str]:
    passed = Counter(name for route in code.routes for name in dict.fromkeys(route.middleware))
    for name, count in sorted(passed.items(), key=lambda one: (-one[1], one[0])):
        yield f"{name}: {counted(count, 'route')}"


def _by_use(code: CodeBase) -> list[Table]:
    """The tables, those that most places read or write first."""
    used = Counter(query.table for query in code.queries)
    return sorted(code.tables, key=lambda one: (-used[one.table], one.table))


def _schema(code: CodeBase) -> Iterator[str]:
    for one in _by_use(code):
        columns = ", ".join(
            f"{column.name} {column.type}".rstrip() + ("?" if column.nullable else "")
            for column in one.columns
        )
        part = "" if one.whole else "; not all of it was understood"
        yield f"{one.table}: {columns or 'no column is known'}{part} ({one.file}:{one.line})"


def _indexes(code: CodeBase) -> Iterator[str]:
    for one in _by_use(code):
        said = [f"key ({', '.join(one.primary_key)})"] if one.primary_key else []
        said += [f"unique ({', '.join(columns)})" for columns in one.unique]
        said += [f"index ({', '.join(columns)})" for columns in one.indexes]
        said += [f"{', '.join(key.columns)} -> {key.references}" for key in one.foreign_keys]
        if said:
            yield f"{one.table}: {'; '.join(said)} ({one.file}:{one.line})"


def _migrations(code: CodeBase) -> Iterator[str]:
    """By name, the last first: what numbers or dates are given comes from late to early."""
    files = {one.created.rpartition(":")[0] for one in code.tables if one.created}
    files |= {
        path
        for path in schema_files(code.files)
        if not (code.files[path].is_test or path.endswith("/__init__.py"))
    }
    yield from sorted(files, key=lambda path: (path.rpartition("/")[2], path), reverse=True)


def _tests(code: CodeBase) -> Iterator[str]:
    reached: dict[str, set[str]] = defaultdict(set)
    for edge in code.edges:
        source, target = code.files[edge.source.path], code.files[edge.target.path]
        if source.is_test and not target.is_test:
            reached[source.path].add(target.path)
    tests = [path for path, file in code.files.items() if file.is_test]
    for path in sorted(tests, key=lambda path: (-len(reached[path]), path)):
        modules = Counter(code.files[one].module for one in reached[path])
        needs = counted(len(reached[path]), "file")
        named = _listed([name for name, _ in modules.most_common()])
        yield f"{path}: needs {needs}" + (f" of {named}" if named else "")


def _coverage(known: KnownCode) -> Iterator[str]:
    """The least covered module first."""
    if known.coverage is None:
        return
    inside: dict[str, list[str]] = defaultdict(list)
    for path, file in known.base.files.items():
        if not file.is_test:
            inside[file.module].append(path)
    shares = {name: share(known.coverage, paths) for name, paths in inside.items()}
    told = sorted((value, name) for name, value in shares.items() if value is not None)
    yield from (f"{name}: {value:.0%} of its lines are run" for value, name in told)


def _called(code: CodeBase, place: CodePlace) -> str:
    symbol = code.symbols.get(place)
    return f"{code.called(place)} ({place.path}:{symbol.line if symbol else 1})"


def _listed(names: list[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
