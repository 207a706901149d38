"""Queries that are repeated, and columns without an index."""

from __future__ import annotations

from dataclasses import replace

import pytest

from memory.code.codebase import (
    Answered,
    CodePlace,
    Column,
    ForeignKey,
    Query,
    Repeat,
    Route,
    Symbol,
    Table,
)
from memory.code.findings.auditing import look
from memory.code.findings.performance import is_sure, repeated
from memory.code.findings.rule import AuditSubject
from memory.code.flow import Flow

VIEW, LOAD, FIND = (
    CodePlace("shop/views.py", "view"),
    CodePlace("shop/a.py", "load"),
    CodePlace("shop/b.py", "find"),
)
CALLS = [
    ("shop/views.py:view", "shop/a.py:load", "call"),
    ("shop/a.py:load", "shop/b.py:find", "call"),
]
COLUMNS = tuple(
    Column(name, type_, nullable=False)
    for name, type_ in [
        ("id", "int"), ("name", "text"), ("code", "text"), ("user_id", "int"), ("is_paid", "bool")
    ]
)  # fmt: skip
TAKEN_IN = (
    CodePlace("app/importers/jira.py", "load"),
    CodePlace("app/teams.ts", "importFromJson"),
    CodePlace("app/cli.py", "run"),
)
JOB = CodePlace("app/jobs.py", "run")
KEYS = (ForeignKey(("user_id",), "users"),)
ORDERS = Table(
    "orders", COLUMNS, ("id",), KEYS, (("code", "name"),), (), "", "shop/m.py", 1, "Order"
)


def a_query(place=VIEW, **more) -> Query:
    return Query(place, 7, more.pop("does", "read"), more.pop("table", "orders"), "Order", **more)


@pytest.fixture
def made(code):
    def make(*queries: Query, repeats=(), method="GET", table: Table = ORDERS, notes=(), **of):
        taken_in = [f"{one.path}:{one.symbol}" for one in (*TAKEN_IN, JOB)]
        named = ["shop/m.py:Order", "db/seeders/x.py:run", *taken_in]
        base = code(CALLS, symbols=named, tables=(table,))
        symbols = {
            place: one._replace(kind="function", annotations=dict(notes).get(place, ()))
            for place, one in base.symbols.items()
        }
        route = Route(method, "/orders", "view", "shop/views.py", 1, symbol="view")
        route = route._replace(
            authorisation=Answered(of.get("right", "unknown"), ""),
            auth=Answered(of.get("auth", "unknown"), ""),
        )
        return replace(
            base,
            symbols=symbols,
            routes=(route, *of.get("routes", ())),
            queries=queries,
            repeats=tuple(repeats),
        )

    return make


@pytest.fixture
def audited(made):
    return lambda *queries, **more: (
        look(AuditSubject(made(*queries, **more)), "performance").findings
    )


@pytest.fixture
def likely(made):
    """Whether each that is repeated is likely to be worth asking at once."""
    return lambda *queries, **more: [
        is_sure(one) for one in repeated(Flow(made(*queries, **more))) if one.query.does == "read"
    ]


def of(findings, rule):
    return [one for one in findings if one.rule == f"performance.{rule}"]


def test_a_query_in_a_loop_is_told_with_the_route_that_leads_to_it(audited):
    (found,) = of(audited(a_query(FIND, loop=5)), "repeated-query")

    assert (found.severity, found.sure) == ("major", False)
    assert found.message == "find reads orders once for each in its loop, for GET /orders"
    assert [spot.said for spot in found.spots[1:]] == [
        "GET /orders",
        "calls shop.a.load",
        "calls shop.b.find",
    ]


def test_beside_what_is_less_sure_stands_how_often_that_was_right(made):
    def judged(*queries):
        rows = look(AuditSubject(made(*queries)), "performance").rules
        return {row.rule: row.judged for row in rows}["performance.repeated-query"]

    assert judged(a_query(loop=5)) == "125 of 216 were worth asking at once"
    assert judged(a_query()) == ""


def test_a_query_is_repeated_through_calls_and_less_surely_through_two(audited, likely):
    repeats = [Repeat(VIEW, LOAD, 9, 8)]

    assert likely(a_query(LOAD), repeats=repeats) == [True]
    assert likely(a_query(FIND), repeats=repeats) == [False]
    (near,) = of(audited(a_query(LOAD), repeats=repeats), "repeated-query")
    assert near.spots[0].line == 9


@pytest.mark.parametrize(
    ("note", "told"),
    [
        ("functools.lru_cache", False),
        ("cache.memoize()", False),
        ("cached_property", False),
        ('Cacheable("orders")', False),
        ('CacheEvict("orders")', True),
        ("login_required", True),
    ],
)
def test_what_a_function_keeps_is_asked_once(audited, note, told):
    found = audited(a_query(LOAD), repeats=[Repeat(VIEW, LOAD, 9, 8)], notes={LOAD: (note,)})

    assert bool(of(found, "repeated-query")) == told


@pytest.mark.parametrize(
    "note", ["task()", "db_task()", "shared_task(bind=True)", "app.task", "Async"]
)
def test_a_call_that_is_put_into_a_queue_is_less_surely_repeated(likely, note):
    repeats = [Repeat(VIEW, LOAD, 9, 8)]

    assert likely(a_query(LOAD), repeats=repeats, notes={LOAD: (note,)}) == [False]


def test_no_request_waits_for_what_is_put_into_a_queue(audited):
    (found,) = of(audited(a_query(FIND, loop=5), notes={LOAD: ("shared_task",)}), "repeated-query")

    assert found.severity == "minor"
    assert found.message == "find reads orders once for each in its loop"


def test_what_is_called_of_something_with_its_relations_asks_for_none(audited):
    query = a_query(LOAD, relation="author")
    repeats = [Repeat(VIEW, LOAD, 9, 8, loaded=("author",))]

    assert of(audited(query, repeats=[Repeat(VIEW, LOAD, 9, 8)]), "repeated-query")
    assert not of(audited(query, repeats=repeats), "repeated-query")


def test_a_query_that_is_kept_where_it_stands_is_less_surely_repeated_by_calls(likely):
    assert likely(a_query(LOAD, sure=False), repeats=[Repeat(VIEW, LOAD, 9, 8)]) == [False]


@pytest.mark.parametrize(
    "query",
    [
        a_query(CodePlace("db/seeders/x.py", "run"), loop=5),
        a_query(loop=5, sure=False),
    ],
)
def test_what_is_run_by_hand_or_goes_by_nothing_of_the_loop_is_less_sure(likely, query):
    assert likely(query) == [False]


@pytest.mark.parametrize("place", TAKEN_IN)
def test_what_takes_something_in_is_less_sure(likely, place):
    assert likely(a_query(place, loop=5)) == [False]


def test_what_a_loop_writes_too_is_less_surely_worth_reading_at_once(likely):
    writes = a_query(VIEW, does="write", table="users", loop=5)

    assert likely(a_query(VIEW, loop=5)) == [True]
    assert likely(a_query(VIEW, loop=5), writes) == [False]


def test_what_is_read_back_after_it_was_written_is_not_repeated(audited):
    wrote = a_query(LOAD, does="write")._replace(line=5)
    repeats = [Repeat(VIEW, LOAD, 9, 8)]

    assert not of(audited(wrote, a_query(LOAD), repeats=repeats), "repeated-query")
    assert of(audited(a_query(LOAD), wrote._replace(line=9), repeats=repeats), "repeated-query")


def test_an_index_for_what_is_asked_at_times_or_by_no_request_is_less_sure(audited):
    elsewhere = a_query(CodePlace("db/seeders/x.py", "run"), columns=("name",))

    (found,) = of(audited(a_query(columns=("name",), sure=False), elsewhere), "missing-index")

    assert not found.sure


def test_writes_in_a_loop_are_told_on_demand(audited):
    (found,) = of(audited(a_query(does="write", loop=5)), "repeated-write")

    assert (found.severity, found.sure) == ("minor", False)


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        (("name",), ("name", "major")),
        (("id",), None),  # the primary key
        (("code",), None),  # an index begins with it
        (("name", "code"), None),  # one of them is enough
        (("is_paid",), ("is_paid", "minor")),  # few values
        (("user_id",), ("user_id", "minor")),  # some databases index keys by themselves
        (("unknown",), None),
        ((), None),
    ],
)
def test_a_column_that_no_index_begins_with_is_told(audited, columns, told):
    found = of(audited(a_query(columns=columns)), "missing-index")

    assert [(one.parts[1], one.severity) for one in found] == ([told] if told else [])
    assert not any(one.sure for one in found)


def test_of_a_table_that_is_not_understood_nothing_is_told(audited):
    found = audited(a_query(columns=("name",)), table=ORDERS._replace(whole=False))

    assert of(found, "missing-index") == []


@pytest.mark.parametrize(
    ("queries", "method", "told"),
    [
        ([a_query(LOAD)], "GET", True),
        ([a_query(LOAD)], "ANY", True),
        ([a_query(LOAD)], "POST", False),
        ([a_query(LOAD, sure=False)], "GET", False),  # it is kept already
        ([a_query(LOAD, sure=False, loop=3)], "GET", True),
        ([a_query(LOAD), a_query(FIND, does="write")], "GET", False),
        ([a_query(LOAD), a_query(CodePlace("jobs/x.py", "run"), does="write")], "GET", False),
        ([a_query(LOAD), a_query(CodePlace("db/seeders/x.py", "run"), does="write")], "GET", True),
        ([a_query(LOAD, table="")], "GET", False),
    ],
)
def test_what_only_reads_tables_that_nothing_changes_could_be_kept(audited, queries, method, told):
    assert bool(of(audited(*queries, method=method), "cacheable")) == told


@pytest.mark.parametrize(
    ("table", "right", "told"), [("orders", "yes", True), ("orders", "no", False)]
)
def test_what_only_requests_with_a_right_change_could_be_kept(audited, table, right, told):
    write = a_query(JOB, does="write", table=table)
    post = Route("POST", "/jobs", "run", JOB.path, 1, symbol=JOB.symbol)
    post = post._replace(authorisation=Answered(right, ""))

    found = of(audited(a_query(LOAD), write, routes=(post,)), "cacheable")

    assert bool(found) == told


@pytest.mark.parametrize(("right", "table"), [("yes", "orders"), ("unknown", "api_tokens")])
def test_what_needs_a_right_or_is_of_who_asks_is_kept_for_nobody(audited, right, table):
    found = audited(a_query(LOAD, table=table), right=right)
    own = audited(a_query(LOAD), auth="yes")  # of orders, which are somebody's

    assert not of([*found, *own], "cacheable")


@pytest.mark.parametrize(("auth", "told"), [("no", True), ("unknown", False)])
def test_what_goes_by_its_owner_is_kept_only_where_nobody_signs_in(audited, auth, told):
    found = audited(a_query(LOAD, columns=("user_id",)), auth=auth)

    assert bool(of(found, "cacheable")) == told


@pytest.mark.parametrize(("table", "known"), [("users", True), ("", False)])
def test_a_write_of_nobody_knows_what_is_told(audited, table, known):
    write = a_query(CodePlace("jobs/x.py", "run"), does="write", table=table)

    (found,) = of(audited(a_query(LOAD), write), "cacheable")

    assert (found.sure, "is not known" in found.message) == (False, not known)


def test_a_finding_stays_the_same_when_lines_move(audited):
    before = audited(a_query(loop=5, columns=("name",)))
    after = audited(a_query(loop=50, columns=("name",))._replace(line=52))

    assert {one.id for one in before} == {one.id for one in after}


def test_an_interface_leads_to_what_implements_it(code):
    from memory.code.flow import Flow

    edges = [("a.java:A.call", "b.java:B.find", "call"), ("c.java:C", "b.java:B", "inherit")]
    base = code(edges, symbols=["c.java:C.find"])
    kinds = {"B": "interface", "C": "class"}
    symbols = {
        place: Symbol(place, kinds.get(place.symbol, "method"), 1, 9, "public")
        for place in base.symbols
    }

    reached = Flow(replace(base, symbols=symbols)).reach([CodePlace("a.java", "A.call")])

    assert CodePlace("c.java", "C.find") in reached


@pytest.mark.parametrize(
    ("does", "told"),
    [
        ("read", "view loads lines once for each in its loop, for GET /orders"),
        ("write", "view writes lines once for each in its loop, for GET /orders"),
    ],
)
def test_a_relation_that_is_written_in_a_loop_is_told_as_no_load(audited, does, told):
    (found,) = audited(a_query(does=does, table="", relation="lines", loop=5))

    assert found.message == told
    assert ("is loaded" in found.spots[0].said) == (does == "read")
    assert ("load lines" in found.do) == (does == "read")


@pytest.mark.parametrize("queries", [(), (a_query(),)])
def test_where_no_query_is_read_nothing_was_looked_at(made, queries):
    found = look(AuditSubject(made(*queries)), "performance")

    assert any(row.looked_at for row in found.rules) == bool(queries)
