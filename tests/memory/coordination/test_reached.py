"""What uses something: each statement is an edge that is there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from memory.code.codebase import CodePlace, Column, ForeignKey, Query, Route, Table
from memory.coordination.reached import (
    column_statements,
    direct_statements,
    routes_by,
    users_of,
)
from memory.coordination.subject import NamedColumn
from memory.coordination.untested import untested_files


def said(code, users):
    return [one.text for one in direct_statements(code, users)]


def test_each_definition_that_uses_it_is_told_once_and_an_import_only_where_nothing_else_is(code):
    base = code(
        [
            ("a/views.py", "m/models.py:User", "import"),
            ("a/views.py:show", "m/models.py:User", "call"),
            ("a/views.py:show", "m/models.py:User", "use"),
            ("b/jobs.py", "m/models.py:User", "import"),
            ("m/migrations/0001.py:up", "m/models.py:User", "use"),
            ("tests/test_a.py:test_it", "m/models.py:User", "call"),
        ]
    )
    users = users_of(base, {CodePlace("m/models.py", "User")})
    assert said(base, users) == [
        "a.views.show (a) calls it, in 2 known places",
        "b.jobs (b) imports it",
    ]
    assert list(users.tests) == ["tests/test_a.py"]


def test_what_its_own_file_exports_does_not_use_it(code):
    base = code(
        [
            ("models/progress.js", "models/progress.js:Progress", "use"),
            ("models/progress.js:helper", "models/progress.js:Progress", "use"),
            ("routes/me.js", "models/progress.js:Progress", "use"),
        ]
    )

    users = users_of(base, [CodePlace("models/progress.js", "Progress")])

    assert {str(place.path) + place.symbol for place in users.direct} == {
        "models/progress.jshelper",
        "routes/me.js",
    }


def test_of_a_field_only_who_uses_it_or_what_reads_and_writes_it_counts(code):
    base = code(
        [
            ("a/X.java:X.run", "m/Store.java:Store.getCode", "call"),
            ("a/Y.java:Y.run", "m/Store.java:Store.getName", "call"),
            ("a/Z.java:Z.run", "m/Store.java:Store", "use"),
        ],
        symbols=("m/Store.java:Store.code", "m/Store.java:Store"),
    )
    users = users_of(base, {CodePlace("m/Store.java", "Store.code")})
    assert [place.symbol for place in users.direct] == ["X"]
    assert users.indirect == {}


def test_a_route_comes_by_where_its_handler_leads_and_not_where_its_file_imports(code):
    base = code(
        [
            ("a/views.py", "m/models.py", "import"),
            ("a/views.py:show", "a/logic.py:run", "call"),
            ("a/logic.py:run", "m/models.py:User", "call"),
        ],
        symbols=("a/views.py:other",),
    )
    symbols = {
        place: one._replace(kind="function") if place.symbol != "User" else one
        for place, one in base.symbols.items()
    }
    routes = tuple(
        Route("GET", f"/{name}", name, "a/views.py", 1, symbol=name) for name in ("show", "other")
    )
    base = replace(base, routes=routes, symbols=symbols)
    users = users_of(base, {CodePlace("m/models.py", "User"), CodePlace("m/models.py")})
    assert [(route.path, where) for route, where in routes_by(base, users)] == [
        ("/show", ("a/logic.py", 3))
    ]


def test_of_a_column_the_queries_that_go_by_it_and_the_keys_on_it_are_told(code):
    column = Column("code", "text", nullable=False)
    store = Table("stores", (column,), ("code",), (), (), (), "Store", "m/models.py", 1, "Store")
    key = ForeignKey(("store_code",), "stores", ("code",), line=7)
    other = Table("orders", (), (), (key,), (), (), "", "o/tables.sql", 1)
    asking = Query(CodePlace("a/views.py", "show"), 4, "read", "stores", "Store", ("code",))
    passing = Query(CodePlace("a/views.py", "pay"), 9, "read", "stores", "Store", ("id",))
    base = code([("a/views.py:show", "m/models.py:Store"), ("a/views.py:pay", "m/models.py:Store")])
    base = replace(base, tables=(store, other), queries=(asking, passing))

    told = [
        (one.text, one.citations) for one in column_statements(base, [NamedColumn(store, column)])
    ]
    assert told == [
        ("a.views.show (a) reads stores by code", ("a/views.py:4",)),
        ("orders (store_code) points at stores.code", ("o/tables.sql:7",)),
    ]


def test_what_a_test_a_route_or_a_command_may_lead_to_or_only_fills_is_not_told_as_untested(code):
    base = code(
        [
            ("tests/test_a.py", "a/core.py"),
            ("a/core.py", "a/Port.java:Port"),
            ("a/Adapter.java:Adapter", "a/Port.java:Port", "inherit"),
            ("web/views.py:show", "a/served.py"),
            ("a/management/commands/fill.py", "a/served.py"),
            ("a/alone.py", "a/served.py"),
            ("database/seeders/Orders.php:Orders", "a/served.py"),
        ]
    )
    base = replace(base, routes=(Route("GET", "/", "show", "web/views.py", 1, symbol="show"),))
    assert untested_files(base) == {"a/alone.py"}


def test_a_use_is_told_by_what_is_surest_of_it_and_a_name_by_where_names_may_stand(code):
    base = code(
        [
            ("a/views.py:show", "m/models.py:User", "reference"),
            ("a/views.py:show", "m/models.py:User", "use"),
            ("b/jobs.py:run", "m/models.py:User", "reference"),
        ]
    )
    users = users_of(base, {CodePlace("m/models.py", "User")})
    assert said(base, users) == [
        "a.views.show (a) uses it, in 2 known places",
        "b.jobs.run (b) names it in a string or a comment",
    ]


def test_what_a_framework_starts_by_itself_and_what_that_needs_no_test_has_to_reach(code):
    base = code([("app/Provider.php:Mine", "app/View.php:View", "use"), ("a.php", "b.php")])
    place = CodePlace("app/Provider.php", "Mine")
    started = base.symbols[place]._replace(bases=("ServiceProvider",))
    base = replace(base, symbols={**base.symbols, place: started})
    assert untested_files(base) == {"a.php", "b.php"}


@pytest.mark.parametrize("language", ["sql", "liquibase"])
def test_a_key_in_the_file_of_a_schema_is_told_with_the_tables_and_breaks_nothing_more(
    code, language
):
    base = code([("shop.sql:orders", "shop.sql:users", "table"), ("a/x.py:f", "shop.sql:users")])
    files = {
        path: file._replace(language=language) if path == "shop.sql" else file
        for path, file in base.files.items()
    }
    more = replace(base, files={**files, "keys.sql": files["shop.sql"]._replace(path="keys.sql")})
    key = more.edges[0]._replace(source=CodePlace("keys.sql", "orders"))
    users = users_of(replace(more, edges=(*more.edges, key)), {CodePlace("shop.sql", "users")})
    assert [place.path for place in users.direct] == ["a/x.py"]


def test_what_a_class_has_as_a_field_is_not_on_the_way_of_each_of_its_methods(code):
    def served(path):
        base = code([(f"{path}:Shop", "m/mail.go:Mail", "use")], symbols=(f"{path}:Shop.show",))
        language = {"py": "python", "go": "go"}[path.rpartition(".")[2]]
        files = {**base.files, path: base.files[path]._replace(language=language)}
        route = Route("GET", "/show", "Shop.show", path, 1, symbol="Shop.show")
        base = replace(base, files=files, routes=(route,))
        return routes_by(base, users_of(base, {CodePlace("m/mail.go", "Mail")}))

    assert served("a/shop.go") == []
    assert [route.path for route, _ in served("a/shop.py")] == ["/show"]  # `model = Mail`


def test_what_a_function_uses_that_makes_handlers_is_on_the_way_of_none_of_them(code):
    path = "a/app.py"
    base = code([(f"{path}:make", "m/mail.py:Mail", "call"), (f"{path}:make.show", "a/b.py:run")])
    route = Route("GET", "/show", "make.show", path, 1, symbol="make.show")
    made = base.symbols[CodePlace(path, "make")]._replace(kind="function")
    base = replace(base, routes=(route,), symbols={**base.symbols, made.place: made})

    assert routes_by(base, users_of(base, {CodePlace("m/mail.py", "Mail")})) == []


def test_a_test_leads_to_all_files_of_a_package_of_go(code):
    """What stands behind an interface there is in one of them."""
    base = code(
        [
            ("tests/test_it.go", "db/open.go"),
            ("db/inbox.go", "alone/b.go"),
            ("cmd/c.go", "alone/b.go"),
        ]
    )
    base = replace(base, files={p: one._replace(language="go") for p, one in base.files.items()})

    assert untested_files(base) == {"cmd/c.go"}
