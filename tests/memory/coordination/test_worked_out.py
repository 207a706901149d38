"""What is worked out for a family of requests: each number with its places, the costliest first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from memory.code.codebase import (
    Answered,
    CodePlace,
    Column,
    Edge,
    ForeignKey,
    Grade,
    Outgoing,
    Query,
    Route,
    Table,
    Way,
)
from memory.code.findings.rule import finding
from memory.code.known import KnownCode
from memory.code.metrics import measure
from memory.coordination.coordinate import CoordinationInputs, coordinate
from memory.models.coordination import Request
from memory.models.findings import Spot
from memory.models.series import Comparison, Movement, Point, Series


@pytest.fixture
def shop(code):
    base = code(
        [
            ("orders/views.py:show", "users/models.py:User", "call"),
            ("orders/views.py:pay", "users/models.py:User", "call"),
            ("users/views.py:me", "users/models.py:User", "call"),
            ("orders/views.py", "users/models.py"),
            ("tests/test_orders.py:test_it", "orders/views.py:show", "call"),
        ]
    )
    columns = (Column("id", "int", nullable=False), Column("email", "text", nullable=False))
    tables = (
        Table("users", columns, ("id",), (), (), (), "User", "users/models.py", 3, "User"),
        Table(
            "orders",
            columns[:1],
            ("id",),
            (ForeignKey(("user_id",), "users", line=8),),
            (),
            (),
            "",
            "orders/tables.sql",
            1,
        ),
    )
    reads = [
        Query(CodePlace("orders/views.py", "show"), line, "read", "users", "", ("email",))
        for line in range(20, 25)
    ]
    write = Query(CodePlace("users/views.py", "me"), 30, "write", "users", "")
    return replace(
        base,
        tables=tables,
        queries=(*reads, write),
        routes=(
            Route(
                "GET",
                "/v1/orders",
                "show",
                "orders/views.py",
                2,
                Answered("yes", "login_required (a.py:3)"),
                symbol="show",
            ),
            Route(
                "POST",
                "/orders",
                "pay",
                "orders/views.py",
                9,
                Answered("no", "nothing checks"),
                symbol="pay",
            ),
        ),
        outgoing=(Outgoing(CodePlace("orders/views.py", "pay"), 11, "requests.post"),),
        ways=(Way("logging", "logged", "orders/views.py", 4, "logger.info", 3),),
    )


def ask(shop, query, findings=(), series=()):
    known = CoordinationInputs(
        code=KnownCode(shop, None, None),
        metrics=measure(shop, findings),
        findings=findings,
        rules=(),
        series=series,
        past=None,
        hits=(),
        attempts=(),
        governing=lambda _: (),
        flags=lambda _: (),
        owner_of=lambda _: None,
    )
    found = coordinate(Request(query=query), known)
    told = {part.title: part.statements for part in found.worked_out}
    assert all(one.citations for part in told.values() for one in part)
    steps = [step for phase in found.migration_plan for step in phase.steps]
    assert all(step.citations for step in steps)
    assert all(phase.way_back for phase in found.migration_plan)
    return (
        found,
        {title: [one.text for one in part] for title, part in told.items()},
        [one.text for one in steps],
    )


def test_a_model_is_told_with_its_users_columns_keys_and_who_writes_it(shop):
    found, told, steps = ask(shop, "What happens if we change the User model?")
    assert told["Direct references"] == [
        "2 files and 0 tests are known to use it directly",
        "orders uses it in 2 known places",
        "users uses it in 1 known place",
    ]
    assert told["users: 2 columns"][0] == "email text: asked by in 5 known queries"
    assert told["1 foreign key of 1 table points at users"] == ["orders (user_id)"]
    assert told["users: where it is written"] == ["users writes it in 1 known place"]
    assert told["users: where it is read"] == ["orders reads it in 5 known places"]
    assert (
        "keep what changes of users beside the new, nullable, and write both: users is written in "
        "1 known place"
    ) in steps
    assert len(found.breaks_immediately) == 3
    assert [one.text for one in found.routes] == ["GET /v1/orders -> show", "POST /orders -> pay"]


def test_clones_are_told_by_what_they_would_save_and_modules_take_over_in_their_order(shop):
    def clone(name, lines, *files):
        spots = [Spot(file=one, line=1, last_line=lines, said=name) for one in files]
        modules = sorted({one.partition("/")[0] for one in files})
        return finding(
            "duplication.clone",
            (name,),
            f"{name} stands twice",
            spots,
            modules=modules,
            do="could be extracted to users",
        )

    small = clone("small", 10, "orders/views.py", "users/views.py")
    large = clone("large", 40, "orders/views.py", "users/views.py")
    _, told, steps = ask(shop, "Find all duplicate code", [small, large])
    assert told["Duplicate code"] == [
        "2 clones, 40 lines beyond one place of each",
        "large stands twice, 40 lines could go; could be extracted to users",
        "small stands twice, 10 lines could go; could be extracted to users",
    ]
    assert [one for one in steps if one.startswith("write a test")] == [
        "write a test of large: none is known to lead to its file",
        "write a test of small: none is known to lead to its file",
    ]  # of users/views.py: a test may ask for what is in orders/views.py over its route
    assert [one for one in steps if one.startswith("let ")] == [
        "let users use what is shared, in 2 places",
        "let orders use what is shared, in 2 places",
    ]


def test_what_is_slow_is_told_by_the_routes_that_come_by_and_caches_with_who_makes_them_stale(shop):
    spots = [Spot(file="orders/views.py", line=5)]
    slow = finding(
        "performance.repeated-query",
        ("a",),
        "show reads users in a loop",
        spots,
        modules=["orders"],
        do="ask once",
    )
    found, told, steps = ask(shop, "Where are the performance bottlenecks?", [slow])
    assert told["Repeated queries, those that most routes come by first"] == [
        "show reads users in a loop; on the way of 1 route; ask once"
    ]
    assert told[
        "Tables read in many known places and written in few: how often, no fact tells"
    ] == ["users: read in 5 known places, stale at least after writes in 1 known place"]
    assert "if slow, ask once: show reads users in a loop" in steps
    assert any(one.startswith("queues: no baseline") for one in found.unknown)


def test_what_fills_a_database_once_makes_no_cache_stale(shop):
    fills = Query(CodePlace("database/seeds/users.py"), 3, "write", "users", "")
    seeded = replace(shop, queries=(*shop.queries, fills))

    _, told, _ = ask(seeded, "Implement a global caching strategy")

    ((first, *_),) = (said for title, said in told.items() if title.startswith("Tables read"))
    assert "stale at least after writes in 1 known place" in first


def test_queues_are_told_by_their_baselines(shop):
    compared = Comparison(movement=Movement.FIRST, now=900, words="first")
    point = Point(
        uid="bas-1",
        at=None,
        value=900,
        threshold=500,
        is_violated=True,
        citation="b.json:3",
        compared=compared,
    )
    series = Series(metric="queue_depth", unit="jobs", points=(point,))
    found, told, _ = ask(shop, "Implement a global caching strategy", series=[series])
    assert told["Queues, by their baselines"] == [
        "queue_depth: 900 jobs, threshold 500, past its threshold"
    ]
    assert not any(one.startswith("queues:") for one in found.unknown)


@pytest.mark.parametrize(
    ("query", "title", "first"),
    [
        ("Plan migration from REST to GraphQL", "Routes by method", "GET: 1 route"),
        ("Plan our API versioning", "Routes by version", "no version in the path: 1 route"),
        ("Centralize authentication", "1 route without authentication", "POST /orders -> pay"),
        (
            "Add distributed tracing",
            "Calls over the network",
            "orders calls over the network in 1 known place",
        ),
        (
            "Redesign the database schema",
            "Tables that several modules read or write",
            "users: orders, users",
        ),
    ],
)
def test_each_family_has_the_facts_that_it_asks_for(shop, query, title, first):
    _, told, _ = ask(shop, query)
    assert told[title][0] == first


def test_risks_are_of_the_kind_that_is_asked_about_or_in_what_changes(shop):
    def of(rule, file):
        return finding(
            rule,
            (rule, file),
            f"{rule} in {file}",
            [Spot(file=file, line=1)],
            modules=[file.partition("/")[0]],
        )

    findings = [
        of("performance.missing-index", "orders/views.py"),
        of("security.open", "orders/views.py"),
        of("performance.missing-index", "users/models.py"),
    ]
    found, _, _ = ask(shop, "Change the User model", findings)
    assert [one.risk for one in found.risks] == ["performance.missing-index in users/models.py"]
    found, _, _ = ask(shop, "Security audit across all endpoints", findings)
    assert [one.risk for one in found.risks] == ["security.open in orders/views.py"]


def test_a_part_of_the_code_is_told_the_caches_of_its_own_tables_and_one_without_any_none(shop):
    files = shop.files
    mail = files["users/views.py"]._replace(path="mail/send.py", name="mail.send", module="mail")
    shop = replace(shop, files={**files, "mail/send.py": mail})
    title = "Tables read in many known places and written in few: how often, no fact tells"

    named_title = "What is named: where it is read, and what would make a cache of it stale"

    def cached(query):
        told = ask(shop, query)[1]
        return told.get(title), told.get(named_title)

    told = ["users: read in 5 known places, stale at least after writes in 1 known place"]
    assert cached("Implement a global caching strategy") == (told, None)
    assert cached("Cache what the class User reads") == (None, told)
    assert cached("Add caching to the mail module") == (None, None)
    assert cached("Cache the table orders") == (None, None)  # of which no use is known
    assert cached("Cache the table users") == (None, told)


def test_where_a_named_table_is_read_and_written_is_told_however_often_that_is(shop):
    many = [
        Query(CodePlace("users/views.py", "me"), line, "write", "users", "")
        for line in range(40, 60)
    ]
    _, told, _ = ask(replace(shop, queries=(*shop.queries, *many)), "Cache the table users")
    assert told["What is named: where it is read, and what would make a cache of it stale"] == [
        "users: read in 5 known places, stale at least after writes in 21 known places"
    ]


def test_a_loop_is_on_the_way_of_the_routes_that_come_by_it_and_not_by_what_it_calls(shop):
    one = shop.routes[0]
    more = replace(shop, routes=(*shop.routes, one._replace(path="/v1/mine")))
    spots = [Spot(file="orders/views.py", line=9), Spot(file="orders/views.py", line=5)]
    slow = finding("performance.repeated-query", ("a",), "pay asks", spots, modules=["orders"])
    missing = finding("performance.missing-index", ("b",), "both ask", spots, modules=["orders"])
    symbols = {
        place: symbol._replace(line=line, last_line=line + 3)
        for (place, symbol), line in (
            (
                (
                    CodePlace("orders/views.py", name),
                    more.symbols[CodePlace("orders/views.py", name)],
                ),
                line,
            )
            for name, line in (("show", 4), ("pay", 9))
        )
    }
    more = replace(more, symbols={**more.symbols, **symbols})
    _, told, _ = ask(more, "Where are the performance bottlenecks?", [slow, missing])
    assert told["Repeated queries, those that most routes come by first"] == [
        "pay asks; on the way of 1 route"
    ]
    assert told["Missing indexes, those that most routes come by first"] == [
        "both ask; on the way of 3 routes"
    ]


def test_a_version_is_made_of_the_routes_that_have_one(shop):
    found, _, steps = ask(shop, "Introduce version 2 of the API beside version 1")
    assert [one.text for one in found.routes] == ["GET /v1/orders -> show"]
    assert "serve the 1 route of orders by the old and the new way" in steps


def test_of_a_large_module_the_folders_are_told_and_circles_of_folders_of_all(code):
    base = code([("app/a/one.py", "app/b/two.py"), ("app/b/two.py", "app/a/one.py")])
    base = replace(base, files={p: f._replace(module="app") for p, f in base.files.items()})
    _, told, _ = ask(base, "How are modules coupled?")
    assert told["Between the folders of app, which has 2 of 2 files"] == [
        "app/a needs app/b: 1 import",
        "app/b needs app/a: 1 import",
    ]
    assert told["Folders that need each other in a circle"] == ["app/a, app/b"]


def test_columns_that_no_known_query_asks_by_are_told_together(shop):
    _, told, _ = ask(shop, "What happens if we change the User model?")
    assert told["users: 2 columns"][-1] == (
        "no query that was understood asks in a way that an index serves by id int"
    )


@pytest.mark.parametrize(
    ("query", "modules"),
    [
        ("Where are the performance bottlenecks?", ("orders",)),
        ("Implement a global caching strategy", ("orders",)),
        ("Find all duplicate code", ("users",)),
        ("Reduce technical debt", ("orders", "users")),
    ],
)
def test_modules_with_findings_of_the_kind_that_is_asked_about_are_concerned(shop, query, modules):
    findings = [
        finding(rule, (rule,), rule, [Spot(file=file, line=1)], modules=[file.partition("/")[0]])
        for rule, file in (
            ("performance.missing-index", "orders/views.py"),
            ("duplication.clone", "users/models.py"),
        )
    ]
    assert ask(shop, query, findings)[0].affected_modules == modules


def test_what_tables_cost_is_told_of_those_that_are_named_and_not_of_all_in_their_file(shop):
    findings = [
        finding(
            "performance.missing-index",
            (table,),
            f"2 queries go by {table}.name, which no index begins with",
            [Spot(file="users/models.py", line=3)],
            modules=["users"],
        )
        for table in ("users", "config")
    ]
    title = "Missing indexes, those that most routes come by first"

    assert len(ask(shop, "Where are the performance bottlenecks?", findings)[1][title]) == 2
    assert len(ask(shop, "Optimise the module users", findings)[1][title]) == 2
    (told,) = ask(shop, "Cache the class User", findings)[1][title]
    assert told.startswith("2 queries go by users.name")


@pytest.mark.parametrize(
    ("query", "modules"),
    [
        ("Rename User.email to User.address", ("users", "orders")),
        ("Rename User.id", ("users",)),
    ],
)
def test_modules_that_ask_by_a_column_are_concerned_by_what_changes_of_it(shop, query, modules):
    assert ask(shop, query)[0].affected_modules == modules


def test_modules_that_are_named_are_parted_and_not_the_largest_cycle_resolved(code):
    ring = [(f"{a}/x.py", f"{b}/x.py") for a, b in ("ab", "bc", "ca")]
    base = code([*ring, ("mail/x.py", "shop/x.py"), ("shop/x.py", "mail/x.py")])
    found, _, steps = ask(base, "Part mail from shop")
    assert (found.family, found.about) == ("dependency analysis", ("mail", "shop"))
    assert [one.text for one in found.breaks_immediately] == []
    assert steps == [
        "turn round or take out 1 import of shop by mail: then 3 modules in cycles",
    ]


def test_routes_that_ask_in_the_same_way_are_counted_together_wherever_that_is_said(shop):
    ways = [f"Depends(admin) (api/{name}.py:9): admin refuses with 401" for name in "ab"]
    routes = [shop.routes[0]._replace(path=f"/{way}", auth=Answered("yes", way)) for way in ways]
    _, told, _ = ask(replace(shop, routes=tuple(routes)), "Security audit across all endpoints")
    assert told["Authentication of 2 routes, by what decides it"] == [
        "Depends(admin): admin refuses with 401: 2 routes"
    ]


def test_of_a_table_of_which_no_query_is_known_that_is_said_once(shop):
    _, told, _ = ask(replace(shop, queries=()), "Redesign the schema of the table users")
    assert told["users: 2 columns"] == [
        "no query that goes by its columns was understood: id int, email text"
    ]


def test_what_only_commands_are_known_to_write_is_no_table_that_is_hardly_written(shop):
    *reads, write = shop.queries
    fills = write._replace(place=CodePlace("users/management/commands/fake.py", "handle"))
    files = {**shop.files, fills.place.path: shop.files["users/views.py"]}
    made = replace(shop, files=files, queries=(*reads, fills))
    assert not [title for title in ask(made, "Implement a cache")[1] if "read" in title]


def test_what_is_kept_already_is_no_function_to_cache(shop):
    calls = [
        Edge(CodePlace(f"{one}/x.py"), CodePlace("orders/views.py", "all"), Grade.CALL, 2)
        for one in "abc"
    ]
    files = {one.source.path: shop.files["users/views.py"] for one in calls}
    asks = Query(CodePlace("orders/views.py", "all"), 30, "read", "users", "")
    many = replace(shop, files={**shop.files, **files}, edges=(*shop.edges, *calls))
    title = "To cache in services: functions that only read these"

    def told(query):
        return ask(replace(many, queries=(*shop.queries, query)), "Implement a cache")[1]

    assert title in told(asks)
    assert title not in told(asks._replace(sure=False))


@pytest.mark.parametrize("name", ["get_current_user", "currentUser", "session_of", "is_logged_in"])
def test_what_answers_for_whoever_asks_is_no_function_to_cache(shop, name):
    calls = [
        Edge(CodePlace(f"{one}/x.py"), CodePlace("orders/views.py", name), Grade.CALL, 2)
        for one in "abc"
    ]
    files = {one.source.path: shop.files["users/views.py"] for one in calls}
    asks = Query(CodePlace("orders/views.py", name), 30, "read", "users", "")
    many = replace(shop, files={**shop.files, **files}, edges=(*shop.edges, *calls))

    told = ask(replace(many, queries=(*shop.queries, asks)), "Implement a cache")[1]

    assert "To cache in services: functions that only read these" not in told


def test_of_an_extraction_only_faults_of_what_is_extracted_are_risks(shop):
    findings = [
        finding("architecture.module-cycle", (name,), f"{name} and more need each other",
                [Spot(file=f"{name}/views.py", line=1)], severity="major", modules=[name])
        for name in ("orders", "users")
    ]  # fmt: skip
    found, _, _ = ask(shop, "Extract the orders module into a service", findings)
    assert [one.risk for one in found.risks] == ["orders and more need each other"]


def test_a_slow_query_is_no_risk_of_taking_imports_out(shop):
    findings = [
        finding(rule, (rule,), rule, [Spot(file="orders/views.py", line=1)], severity="major",
                modules=["orders", "users"])
        for rule in ("performance.repeated-query", "architecture.module-cycle")
    ]  # fmt: skip
    found, _, _ = ask(shop, "Part orders from users", findings)
    assert [one.risk for one in found.risks] == ["architecture.module-cycle"]


def test_what_may_be_slow_is_told_with_how_often_that_was_right_and_changed_only_if_it_is(shop):
    grave, small = (
        finding(
            "performance.repeated-query",
            (severity,),
            f"show reads {severity}",
            [Spot(file="orders/views.py", line=5)],
            severity=severity,
            modules=["orders"],
            sure=False,
            do="ask once",
        )
        for severity in ("major", "minor")
    )
    _, told, steps = ask(shop, "Where are the performance bottlenecks?", [grave, small])
    assert told["Repeated queries, those that most routes come by first"] == [
        "show reads major; on the way of 1 route; ask once"
    ]
    assert steps == ["if slow, ask once: show reads major"]


def test_of_two_modules_that_are_named_only_what_is_between_them_is_told_and_nothing_twice(code):
    pairs = ("ab", "ba", "ac", "ca")
    base = code([(f"{one}/x.py", f"{other}/x.py") for one, other in pairs])
    title = "Coupled most"
    assert ask(base, "Part a from b")[1][title] == [
        "a and b: they import each other (1 and 1); 2 imports"
    ]
    assert len(ask(base, "How are modules coupled?")[1][title]) == 2
