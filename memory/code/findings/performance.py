"""Queries that are repeated for each of many, and columns that no index leads to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from memory.code.apart import is_migration
from memory.code.findings.rule import AuditSubject, Rule, Seen, finding
from memory.code.testing import is_test
from memory.models.findings import Spot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from memory.code.codebase import CodeBase, CodePlace, Query, Repeat, Route, Table
    from memory.code.flow import CallStep, Flow
    from memory.models.findings import Finding

_CALLS_FOLLOWED = 2  # from a loop to a query
_MOST_STEPS = 4  # of a way that are named
#: What is run by hand or once: how often it asks is of less concern.
_BY_HAND = re.compile(
    r"(?:^|/)(?:management/commands|commands?|console|migrations?|seeds?|seeders?|factories|scripts?|fixes"
    r"|fixtures|cli|bin|tools?|database)(?:/|$)|(?:^|/)(?:seed|populate|manage)\w*\.\w+$"
    r"|(?:^|/)management/\w+\.py$|Command\.(?:php|java)$|Seeder\.php$|(?:^|/)cli\.\w+$",
    re.IGNORECASE,
)
#: A word of a path or a name: what takes in a file or another system does so once for each of it.
_IMPORTS = re.compile(r"(?:^|[\W_])imports?(?:er|ers|ing)?(?:$|[\W_])", re.IGNORECASE)
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_FEW_VALUES = re.compile(r"bool|enum|tinyint|small_?int|bit\b", re.IGNORECASE)
_FLAG = re.compile(
    r"^(?:is|has|can)_|status$|state$|type$|kind$|active$|enabled$|deleted|role$|day$|month$"
)
_WHOSE = re.compile(r"(?:user|owner|member|team|account|customer|author)_?id$", re.IGNORECASE)
_READING = frozenset({"GET", "ANY"})  # methods of a route that may only read
_FEW_UNKNOWN = 0.1  # share of writes of which nobody knows the table, up to which others count
#: Tables of who asks: they change without a query that says so, where an object is only given more.
_OF_PEOPLE = re.compile(
    r"(?:^|_)(?:users?|members?|sessions?|tokens?|profiles?|accounts?|teams?)$", re.IGNORECASE
)
#: Notes by which what a function gives is kept: `@lru_cache`, `@cache.memoize()`, `@Cacheable`.
_KEEPS = re.compile(r"cache|memoi", re.IGNORECASE)
_KEEPS_NOT = re.compile(
    r"evict|cache_?put|never|no_?cache|control|clear|invalid|delete", re.IGNORECASE
)


class _Repeated(NamedTuple):
    """A query that a loop repeats."""

    place: CodePlace  # the function that has the loop
    query: Query
    line: int  # in the loop
    loop: int
    way: tuple[CodePlace, ...]  # functions between the loop and the query
    sure: bool


def repeated(flow: Flow) -> Iterator[_Repeated]:
    """Every query in a loop, and those that its calls make, by file and line."""
    code = flow.code
    for query in code.queries:
        if query.loop and not is_test(query.place.path):
            sure = query.sure and not _is_of_migration(code, query.place)
            sure = sure and not _writes_too(flow, query.place, query.loop)
            yield _Repeated(query.place, query, query.line, query.loop, (), sure)
    for one in code.repeats:
        if is_test(one.source.path) or is_test(one.target.path):
            continue
        for way, query in _below(flow, one.target, (one.target,)):
            if query.does == "read" and not query.loop and not _is_loaded(query, one):
                sure = one.sure and query.sure and not flow.is_queued(one.target)
                sure = sure and not _writes_too(flow, one.source, one.loop)
                yield _Repeated(one.source, query, one.line, one.loop, way, sure)


def _writes_too(flow: Flow, place: CodePlace, loop: int) -> bool:
    """Whether a loop writes for each too, and asks that often anyway."""
    return any(one.does == "write" and one.loop == loop for one in flow.queries(place)) or any(
        query.does == "write"
        for one in flow.repeats(place)
        if one.loop == loop
        for _, query in _below(flow, one.target, (one.target,))
    )


def is_sure(one: _Repeated) -> bool:
    """Whether it is likely to be worth asking at once."""
    by_hand = _is_by_hand(one.place) or is_migration(one.place.path)
    return one.sure and not by_hand and len(one.way) < _CALLS_FOLLOWED


def _is_by_hand(place: CodePlace) -> bool:
    """Whether it is run by hand or once, or takes something in."""
    named = _HUMPS.sub("_", f"{place.path}/{place.symbol}")
    return bool(_BY_HAND.search(place.path) or _IMPORTS.search(named))


def _below(
    flow: Flow, place: CodePlace, way: tuple[CodePlace, ...]
) -> Iterator[tuple[tuple[CodePlace, ...], Query]]:
    if _is_kept(flow.code, place):
        return  # it asks once for each that it was not asked for before
    asked = flow.queries(place)
    for query in asked:
        if not _is_read_back(query, asked):
            yield way, query
    for step in flow.steps(place) if len(way) < _CALLS_FOLLOWED else ():
        if step.target not in way:
            yield from _below(flow, step.target, (*way, step.target))


def _is_read_back(query: Query, beside: Sequence[Query]) -> bool:
    """Whether a function wrote the same table before it reads: each needs what it wrote."""
    return query.does == "read" and any(
        one.does == "write" and one.table == query.table and one.line < query.line
        for one in beside
        if one.table
    )


def _is_loaded(query: Query, repeat: Repeat) -> bool:
    """Whether it is of a relation that what the loop goes over has already."""
    is_own = query.place.top == repeat.target.top
    return bool(query.relation) and is_own and query.relation in repeat.loaded


def _is_of_migration(code: CodeBase, place: CodePlace) -> bool:
    """Whether it runs when the schema changes: a receiver of Django's `post_migrate`."""
    symbol = code.symbols.get(place)
    return any("_migrate" in one for one in (symbol.annotations if symbol else ()))


def _is_kept(code: CodeBase, place: CodePlace) -> bool:
    """Whether what a function gives is kept, going by what is noted at it."""
    symbol = code.symbols.get(place)
    notes = symbol.annotations if symbol else ()
    return any(_KEEPS.search(one) and not _KEEPS_NOT.search(one) for one in notes)


def _repeats(subject: AuditSubject) -> Seen:
    """Queries that read, once for each; those that write are less sure to be worth it."""
    flow = subject.flow
    groups: dict[tuple[str, ...], list[_Repeated]] = {}
    every = list(repeated(flow))
    found_first = {_asked_at(one) for one in every if one.query.does == "read"}
    for one in every:
        if one.query.does == "write" and _asked_at(one) in found_first:
            continue  # it finds or makes: told once
        what = one.query.relation or one.query.table or one.query.model
        key = (flow.code.called(one.place), what, one.query.does)
        groups.setdefault(key, []).append(one)
    seen = Seen(len(subject.code.queries))
    for (where, what, does), found in sorted(groups.items()):
        seen.findings.append(_told(flow, where, what, does, found))
    return seen


def _asked_at(one: _Repeated) -> tuple[CodePlace, int, str, int]:
    return one.query.place, one.query.line, one.query.table, one.loop


def _told(flow: Flow, where: str, what: str, does: str, found: Sequence[_Repeated]) -> Finding:
    found = sorted(found, key=lambda one: (len(one.way), not one.sure, one.line))
    first = found[0]
    route = _way_from_route(flow, first.place)
    reads = does == "read"
    spots = [Spot(file=first.place.path, line=first.line, said=_said(first, flow.code))]
    spots += [
        Spot(file=one.query.place.path, line=one.query.line, said=flow.code.called(one.query.place))
        for one in (first,)
        if one.way
    ]
    spots += [
        Spot(file=one.place.path, line=one.line, said=_said(one, flow.code))
        for one in found[1:]
        if one.line != first.line
    ]
    verb = "loads" if _is_lazy(first) else "reads" if reads else "writes"
    name = first.place.symbol or where
    through = f" through {first.way[-1].symbol}" if first.way else ""
    return finding(
        "performance.repeated-query" if reads else "performance.repeated-write",
        (where, what, does),
        f"{name} {verb} {what} once for each in its loop{through}{route.said}",
        [*spots, *route.spots],
        severity="major" if route.said and reads and is_sure(first) else "minor",
        modules=_modules(flow.code, first.place),
        sure=False,  # see what `RULES` says of them
        do=_settled(first),
    )


def _said(one: _Repeated, code: CodeBase) -> str:
    query = one.query
    if _is_lazy(one):
        return f"loop at line {one.loop}: .{query.relation} is loaded when it is asked for"
    by = f" by {', '.join(query.columns)}" if query.columns else ""
    call = f"calls {code.called(one.way[0])}, which " if one.way else ""
    asks = "asks" if query.does == "read" else "writes"
    what = query.table or query.model or query.relation
    return f"loop at line {one.loop}: {call}{asks} {what}{by}"


def _is_lazy(one: _Repeated) -> bool:
    """Whether nobody wrote the query: a relation is loaded by being asked for."""
    return bool(one.query.relation) and one.query.does == "read"


def _settled(one: _Repeated) -> str:
    if _is_lazy(one):
        return f"load {one.query.relation} with what the loop goes over"
    if one.query.does == "read":
        return "ask once for all of them before the loop"
    return "write them together"


class _Way(NamedTuple):
    said: str
    spots: tuple[Spot, ...]


def _way_from_route(flow: Flow, place: CodePlace) -> _Way:
    """From which route one comes to a function, and by which calls."""
    if place not in flow.routed:
        return _Way("", ())
    route, steps = flow.routed[place]
    spots = [Spot(file=route.file, line=route.line, said=f"{route.method} {route.path}")]
    spots += [_step(flow.code, one) for one in steps[-_MOST_STEPS:]]
    return _Way(f", for {route.method} {route.path}", tuple(spots))


def _step(code: CodeBase, step: CallStep) -> Spot:
    return Spot(file=step.file, line=step.line, said=f"calls {code.called(step.target)}")


def _modules(code: CodeBase, *places: CodePlace) -> list[str]:
    return sorted({code.files[one.path].module for one in places if one.path in code.files})


def _unindexed(subject: AuditSubject) -> Seen:
    """Columns that queries go by, and that no index of their table begins with."""
    flow, code = subject.flow, subject.code
    tables = {one.table: one for one in code.tables}
    seen = Seen()
    missing: dict[tuple[str, str], list[Query]] = {}
    for query in code.queries:
        table = tables.get(query.table)
        if (
            table is None
            or query.relation
            or query.of_another
            or is_test(query.place.path)
            or not query.columns
        ):
            continue
        seen.looked_at += 1
        if not table.whole:
            reason = "the table is not understood as a whole"
            seen.untold.append(Spot(file=query.place.path, line=query.line, said=reason))
            continue
        column = without_index(table, query.columns)
        if column:
            missing.setdefault((table.table, column), []).append(query)
    for (name, column), queries in sorted(missing.items()):
        queries.sort(key=lambda one: one.place not in flow.routed)
        seen.findings.append(_missing(flow, tables[name], column, queries))
    return seen


def without_index(table: Table, columns: Sequence[str]) -> str:
    """The first of some columns, if no index of the table leads with any; else ""."""
    known = {one.name for one in table.columns}
    if not set(columns) <= known:
        return ""  # it goes by something that nobody knows
    leading = {one[0] for one in (table.primary_key, *table.indexes, *table.unique) if one}
    return "" if leading & set(columns) else columns[0]


def _missing(flow: Flow, table: Table, column: str, queries: Sequence[Query]) -> Finding:
    waited = [one for one in queries if one.place in flow.routed and one.sure]
    waited = [one for one in waited if not _is_by_hand(one.place)]
    first = (waited or queries)[0]
    route = _way_from_route(flow, first.place)
    type_ = next((one.type for one in table.columns if one.name == column), "")
    is_small = bool(_FEW_VALUES.search(type_) or _FLAG.search(column))
    keys = {column for key in table.foreign_keys for column in key.columns}  # often have one
    is_key = bool(keys & {column for one in queries for column in one.columns})
    spots = [
        Spot(file=one.place.path, line=one.line, said=f"asks by {', '.join(one.columns)}")
        for one in queries
    ]
    spots.append(Spot(file=table.file, line=table.line, said=f"{table.table} is defined here"))
    go = f"{len(queries)} queries go" if len(queries) > 1 else "a query goes"
    return finding(
        "performance.missing-index",
        (table.table, column),
        f"{go} by {table.table}.{column}, which no index begins with{route.said}",
        [*spots, *route.spots],
        severity="major" if waited and not is_small and not is_key else "minor",
        modules=_modules(flow.code, *(one.place for one in queries)),
        sure=False,  # nobody tells from code how many rows a table has: see what `RULES` says
        do=f"an index on {table.table} ({column}), if the table grows",
    )


def _cacheable(subject: AuditSubject) -> Seen:
    """Routes that all may ask and that only read tables which hardly any request changes."""
    flow = subject.flow
    seen = Seen()
    reaches = {
        route: tuple(flow.reach(flow.starts(route)))
        for route in subject.code.routes
        if not is_test(route.file)
    }
    changed = _changed(flow, reaches)
    writes = [one for one in subject.code.queries if one.does == "write"]
    owned = {
        one.table
        for one in subject.code.tables
        if any(_WHOSE.search(column.name) for column in one.columns)
    }
    known = sum(not one.table for one in writes) <= _FEW_UNKNOWN * len(writes)
    for route, places in reaches.items():
        if route.method not in _READING:
            continue
        queries = [one for place in places for one in flow.queries(place)]
        seen.looked_at += bool(queries)  # of what no query is read nothing was looked at
        only_reads = queries and all(one.does == "read" and one.table for one in queries)
        is_own = any(_WHOSE.search(column) for one in queries for column in one.columns)
        if (
            only_reads
            and route.authorisation.answer != "yes"
            and changed.isdisjoint(one.table for one in queries)
            and not any(_OF_PEOPLE.search(one.table) for one in queries)
            and all(one.sure or one.loop for one in queries)  # else what one gives is kept
            and (route.auth.answer == "no" or not is_own)
            and (route.auth.answer != "yes" or owned.isdisjoint(one.table for one in queries))
            and not _is_cached(flow, route, places)
        ):
            seen.findings.append(_kept_answer(subject.code, route, queries, known=known))
    return seen


def _changed(flow: Flow, reaches: Mapping[Route, Sequence[CodePlace]]) -> set[str]:
    """The tables that are written by requests for which nobody needs a right, or by no request."""
    changed: set[str] = set()
    by_right: set[CodePlace] = set()
    for route, places in reaches.items():
        has_right = route.authorisation.answer == "yes"
        for place in places:
            if has_right:
                by_right.add(place)
            else:
                changed |= {one.table for one in flow.queries(place) if one.does == "write"}
    changed |= {
        one.table
        for one in flow.code.queries
        if one.does == "write"
        and one.place not in by_right
        and not is_test(one.place.path)
        and not _BY_HAND.search(one.place.path)
    }
    return changed


def _kept_answer(code: CodeBase, route: Route, queries: Sequence[Query], *, known: bool) -> Finding:
    """That the answer of a route could be kept.

    Args:
        code: All of it.
        route: That only reads.
        queries: Of it and of all that it calls.
        known: Whether of nearly every write the table is known.
    """
    called = f"{route.method} {route.path}"
    lists = ", ".join(sorted({one.table for one in queries}))
    doubt = "" if known else "; of some writes the table is not known"
    return finding(
        "performance.cacheable",
        (called,),
        f"{called} reads {lists}, which no request without rights is known to change{doubt}",
        [
            Spot(file=route.file, line=route.line, said=called),
            *(Spot(file=q.place.path, line=q.line, said=f"reads {q.table}") for q in queries),
        ],
        severity="minor",
        modules=[code.files[route.file].module] if route.file in code.files else [],
        sure=False,  # see what `RULES` says of them
        do="its answer could be kept",
    )


def _is_cached(flow: Flow, route: Route, places: Sequence[CodePlace]) -> bool:
    """Whether something on the way is named like a cache."""
    symbols = flow.code.symbols
    noted = [note for one in places if one in symbols for note in symbols[one].annotations]
    said = [*noted, *route.middleware, *(place.symbol for place in places)]
    return any("cache" in one.lower() for one in said)


RULES = (
    Rule(
        "performance.repeated-query",
        "queries that a loop repeats for each",
        _repeats,
        6,
        judged="125 of 216 were worth asking at once",
    ),
    Rule(
        "performance.missing-index",
        "columns asked by that no index leads to",
        _unindexed,
        5,
        judged="43 of 84 were worth an index",
    ),
    Rule(
        "performance.cacheable",
        "answers that could be kept",
        _cacheable,
        4,
        judged="4 of 7 were right",
    ),
)
