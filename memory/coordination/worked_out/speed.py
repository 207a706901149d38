"""What could be faster: what to cache and who makes it stale, queries by cost, queues."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

from memory.code.apart import is_command, is_migration, is_seed
from memory.code.flow import Flow
from memory.coordination.worked_out.plans import mending
from memory.coordination.worked_out.telling import cited, of_finding
from memory.models.coordination import Part, PlanStep, Statement
from memory.texts.formatting import counted
from memory.texts.lexicon import any_of, read_lexicon

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from memory.code.codebase import CodeBase, CodePlace, Query
    from memory.models.coordination import Phase
    from memory.models.findings import Finding, RuleRow
    from memory.models.series import Series

    Through = Mapping[CodePlace, Collection[int]]  # routes by what they come by

_READS = 5  # places that read, from which on a cache pays
_WRITES = 5  # places that write, up to which it is known when the cache is stale
_USERS = 3  # files that call a function, from which on its answer is worth keeping
#: By its name a function answers for whoever asks: kept for one it would be told to another.
_OF_WHO_ASKS = re.compile(r"(?i)current_?[a-z]|session|logged_?in|authenticated|whoami")
_MOST = 10
_REPEATED = "performance.repeated-query"
_COSTLY = (_REPEATED, "performance.missing-index")


def speed_parts(
    code: CodeBase,
    findings: Sequence[Finding],
    rules: Sequence[RuleRow],
    series: Sequence[Series],
    tables: Collection[str] | None,
    named: Collection[str],
    *,
    caches_first: bool,
) -> Iterator[Part]:
    """Caches by layer, repeated queries and missing indexes by cost, queues.

    Of caches only those of `tables`; None for all. Of those that are `named` it is told where they
    are read and written, however often that is.
    """
    flow = Flow(code)
    through = _routes_through(flow)
    caches = list(_caches(flow, tables, named))
    if caches_first:
        yield from caches
    for rule, title in zip(_COSTLY, ("Repeated queries", "Missing indexes"), strict=True):
        found = by_cost(code, findings, rule, through)
        statements = tuple(of_finding(one, f"; {_on_the_way(routes)}") for routes, one in found)
        if statements:
            right = next((row.judged for row in rules if row.rule == rule), "")
            yield Part(
                title=f"{title}, those that most routes come by first"
                + (f" ({right})" if right else ""),
                statements=statements,
            )
    if not caches_first:
        yield from caches
    if queues := tuple(_queues(series)):
        yield Part(title="Queues, by their baselines", statements=queues)


def _on_the_way(routes: int) -> str:
    if not routes:
        return "no route is known to come by it"
    return f"on the way of {counted(routes, 'route')}"


def unknown_speed(code: CodeBase, series: Sequence[Series]) -> Iterator[str]:
    """What of it no fact tells."""
    if not any(_queues(series)):
        yield "queues: no baseline measures one, so nothing tells which to rebalance"
    yield "how often a route is asked for, and how large a table is: no fact tells"
    lost = sum(one.does == "write" and not one.table for one in code.queries)
    if lost:
        yield f"when a cache is stale: of {counted(lost, 'write')} the table is not known"
    if not code.queries:
        yield "queries: none was understood"


def speed_phases(
    code: CodeBase, findings: Sequence[Finding], agent_of: Callable[[str], str]
) -> tuple[Phase, ...]:
    """What to measure, and to change where that proves slow; each is a change of its own.

    Code tells what is asked how often for each, and not how long that takes.
    """
    through = _routes_through(Flow(code))
    found = [one for rule in _COSTLY for one in by_cost(code, findings, rule, through)[:_MOST]]
    found.sort(key=lambda one: -one[0])
    if not found:
        return ()
    routes = [spot for _, one in found for spot in one.spots if " /" in spot.said]
    names = list(dict.fromkeys(spot.said for spot in routes))[:_MOST]
    first = PlanStep(
        text=f"measure how long these take, as baselines: {', '.join(names)}",
        citations=cited([(spot.file, spot.line) for spot in routes]),
    )
    gate = "no new minor findings in performance"
    costliest = [one.model_copy(update={"do": f"if slow, {one.do}"}) for _, one in found]
    return mending(costliest, gate, agent_of, (first,) if names else ())


def by_cost(
    code: CodeBase, findings: Sequence[Finding], rule: str, through: Through
) -> list[tuple[int, Finding]]:
    """Findings of a rule that matter, with how many routes come by, the most first.

    They are candidates: whether one is worth a change is for who measures it.

    By a loop those count that come by where it stands, whatever else comes by what it calls.
    """
    inside: dict[str, list[CodePlace]] = defaultdict(list)
    for place in through:
        inside[place.path].append(place)
    found = []
    for one in findings:
        if one.rule == rule and matters(one):
            spots = one.spots[:1] if rule == _REPEATED else one.spots
            places = (_around(code, inside, spot.file, spot.line) for spot in spots)
            routes = {route for place in places if place for route in through[place]}
            found.append((len(routes), one))
    return sorted(found, key=lambda each: (-each[0], each[1].id))


def matters(one: Finding) -> bool:
    """Whether a finding is told of: it is sure, or grave though it may be nothing."""
    return one.sure or one.severity != "minor"


def _around(
    code: CodeBase, inside: Mapping[str, list[CodePlace]], path: str, line: int
) -> CodePlace | None:
    """The innermost definition of a line that some route comes by."""
    around = [
        (symbol.last_line - symbol.line, place)
        for place in inside.get(path, ())
        if (symbol := code.symbols.get(place)) and symbol.line <= line <= symbol.last_line
    ]
    return min(around)[1] if around else None


def _routes_through(flow: Flow) -> Through:
    """The routes that reach each function, by their number."""
    found: dict[CodePlace, set[int]] = defaultdict(set)
    for number, route in enumerate(flow.code.routes):
        for place in flow.reach(flow.starts(route)):
            found[place].add(number)
    return found


def _caches(flow: Flow, tables: Collection[str] | None, named: Collection[str]) -> Iterator[Part]:
    code = flow.code
    by_table: dict[str, dict[str, list[Query]]] = defaultdict(lambda: {"read": [], "write": []})
    for query in code.queries:
        path = query.place.path
        is_past = is_migration(path) or is_seed(path) or path not in code.files
        is_past = is_past or code.files[path].is_test
        if query.table and not is_past:
            by_table[query.table][query.does].append(query)
    quiet = {
        table: found
        for table, found in by_table.items()
        if len(found["read"]) >= _READS
        and len(found["write"]) <= _WRITES
        # Where only a command is known to write, what requests write is not known.
        and not all(is_command(one.place.path) for one in found["write"])
        and (tables is None or table in tables)
    }
    asked = {table: found for table, found in by_table.items() if table in named}
    if asked:
        yield Part(
            title="What is named: where it is read, and what would make a cache of it stale",
            statements=tuple(_data(asked)),
        )
    if data := tuple(_data({table: quiet[table] for table in quiet.keys() - asked.keys()})):
        yield Part(
            title="Tables read in many known places and written in few: how often, no fact tells",
            statements=data,
        )
    if services := tuple(_services(flow, {**quiet, **asked})):
        yield Part(
            title="To cache in services: functions that only read these", statements=services
        )


def _data(quiet: Mapping[str, Mapping[str, list[Query]]]) -> Iterator[Statement]:
    for table, found in sorted(quiet.items(), key=lambda one: (-len(one[1]["read"]), one[0])):
        reads, writes = _places(found["read"]), _places(found["write"])
        yield Statement(
            text=f"{table}: read in {counted(len(reads), 'known place')}, {_stale(writes)}",
            value=len(reads),
            citations=(*cited(writes), *cited(reads)[: 1 if writes else None]),
        )


def _services(flow: Flow, quiet: Mapping[str, Mapping[str, list[Query]]]) -> Iterator[Statement]:
    """Functions that read these tables and write nothing, with the files that call them."""
    code = flow.code
    users: dict[CodePlace, set[str]] = defaultdict(set)
    handlers = {start for route in code.routes for start in flow.starts(route)}
    for edge in code.edges:
        if edge.grade == "call" and not code.files[edge.source.path].is_test:
            users[edge.target].add(edge.source.path)
    found = []
    for place, callers in users.items():
        queries = flow.queries(place)
        others = callers - {place.path}
        is_of_caller = bool(_OF_WHO_ASKS.search(place.symbol))
        if place in handlers or is_of_caller or len(others) < _USERS or not queries:
            continue
        # One that is not asked each time is kept already.
        if all(one.does == "read" and one.sure and one.table in quiet for one in queries):
            found.append((len(others), place, queries))
    for count, place, queries in sorted(found, key=lambda one: (-one[0], one[1]))[:_MOST]:
        tables = sorted({one.table for one in queries})
        writes = _places([one for table in tables for one in quiet[table]["write"]])
        symbol = code.symbols.get(place)
        yield Statement(
            text=f"{code.called(place)} reads {', '.join(tables)}, called from "
            f"{counted(count, 'file')}; {_stale(writes)}",
            value=count,
            citations=(f"{place.path}:{symbol.line if symbol else 1}", *cited(writes)),
        )


def _stale(writes: Sequence[tuple[str, int]]) -> str:
    if not writes:
        return "no write of it is known"
    return f"stale at least after writes in {counted(len(writes), 'known place')}"


def _places(queries: Sequence[Query]) -> list[tuple[str, int]]:
    return sorted({(one.place.path, one.line) for one in queries})


def _queues(series: Sequence[Series]) -> Iterator[Statement]:
    """What baselines say of queues and workers; those past their threshold first."""
    wanted = _queue_words()
    told = [one for one in series if wanted.search(one.metric.replace("_", " "))]
    for one in sorted(told, key=lambda one: (not one.latest.is_violated, one.metric)):
        latest = one.latest
        past = ", past its threshold" if latest.is_violated else ""
        bound = f", threshold {latest.threshold:g}" if latest.threshold is not None else ""
        yield Statement(
            text=f"{one.metric}: {latest.value:g} {one.unit}".rstrip() + f"{bound}{past}",
            value=latest.value,
            citations=(latest.citation or latest.uid,),
        )


@cache
def _queue_words() -> re.Pattern[str]:
    words = read_lexicon("coordination")["queues"]["words"]
    return re.compile(rf"\b(?:{any_of(words)})\b", re.IGNORECASE)
