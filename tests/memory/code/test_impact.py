"""What a change would reach."""

from __future__ import annotations

from dataclasses import replace

import pytest

from memory.code.cochange import CoChange
from memory.code.codebase import CodePlace, ForeignKey, Route, Symbol, Table
from memory.code.impact import find_impact
from memory.code.prediction import predict
from memory.code.reach import reach
from memory.code.targets import find_target, of_lines
from memory.errors import InvalidRequest

EDGES = [
    ("b/use.py:f", "a/user.py:User", "call"),
    ("c/far.py:g", "b/use.py:f", "call"),
    ("c/other.py:h", "b/use.py:unrelated", "call"),
    ("c/other.py", "b/use.py"),
    ("tests/test_far.py:test_g", "c/far.py:g", "call"),
]


def test_the_cascade_follows_what_uses_what_and_not_whole_files(code):
    base = code(EDGES)

    found = find_impact(base, find_target(base, "User"), None)

    assert [one.name for one in found.direct] == ["b.use.f"]
    assert [(one.name, one.path) for one in found.cascade] == [
        ("c.far.g", ("c/far.py:2", "b/use.py:1"))
    ]
    assert [one.file for one in found.tests] == ["tests/test_far.py"]
    assert found.modules == {"b": 1, "c": 1}


def test_a_table_reaches_those_whose_keys_refer_to_it(code):
    key = ForeignKey(("user_id",), "users", ("id",), "CASCADE", 7)
    tables = (
        Table("users", (), (), (), (), (), "", "a/user.py", 1, "User"),
        Table("orders", (), (), (key,), (), (), "", "b/order.py", 3, "Order"),
    )
    base = code([("b/order.py:Order", "a/user.py:User", "table")], tables=tables)

    found = find_impact(base, find_target(base, "users"), None)

    assert found.kind == "table"
    assert [(one.name, one.grade) for one in found.tables] == [
        ("users", ""),
        ("orders", "foreign key user_id"),
    ]


def test_tables_without_a_model_reach_each_other_by_their_names(code):
    key = ForeignKey(("user_id",), "users", ("id",), "", 7)
    tables = (
        Table("users", (), (), (), (), (), "", "db/schema.sql", 1),
        Table("orders", (), (), (key,), (), (), "", "db/schema.sql", 5),
        Table("other", (), (), (), (), (), "", "db/schema.sql", 9),
    )
    base = code([("db/schema.sql", "db/schema.sql")], tables=tables)

    found = find_impact(base, find_target(base, "users"), None)

    assert [(one.name, one.line) for one in found.tables] == [("users", 1), ("orders", 7)]


def test_partners_by_git_that_no_edge_leads_to_are_told_apart(code):
    commits = [["a/user.py", "d/form.py"]] * 4 + [["a/user.py", "b/use.py", "a/base.py"]] * 4
    base = code([*EDGES, ("d/form.py", "d/other.py"), ("a/user.py", "a/base.py")])

    found = find_impact(base, find_target(base, "a/user.py"), CoChange(commits))

    assert [(one.file, one.score) for one in found.cochange] == [("d/form.py", 0.5)]


def test_risk_is_the_sum_of_its_parts_and_grows_with_what_depends_on_it(code):
    base = code(EDGES)
    less = find_impact(base, find_target(base, "c.far.g"), None).risk
    more = find_impact(base, find_target(base, "User"), None).risk

    assert more.score > less.score
    for risk in (less, more):
        assert risk.score == round(sum(part.value * part.weight for part in risk.parts), 2)


def test_what_is_used_and_no_test_reaches_is_a_greater_risk_than_what_nobody_uses(code):
    base = code([*EDGES, ("d/form.py:Form", "d/field.py:Field", "call")])

    def untested(name):
        risk = find_impact(base, find_target(base, name), None).risk
        return next(part.value for part in risk.parts if part.name == "untested")

    assert untested("User") == 0.0
    assert 0.0 < untested("Form") < untested("Field")


def test_what_changed_with_it_and_needs_it_is_likelier_than_what_lies_far(code):
    commits = [["a/user.py", "b/use.py"]] * 5
    base = code(EDGES)

    ranked = predict(base, ["a/user.py"], CoChange(commits))

    assert ranked[0][0] == "b/use.py"
    assert all(0 < chance < 1 for _, chance in ranked)
    assert "a/user.py" not in dict(ranked)


@pytest.mark.parametrize(
    ("said", "kind", "starts"),
    [
        ("a/user.py", "file", {"a/user.py"}),
        ("./a/user.py", "file", {"a/user.py"}),
        ("a.user", "file", {"a/user.py"}),
        ("a/", "folder", {"a/user.py"}),
        ("C", "module", {"c/far.py", "c/other.py"}),
        ("a.user.User", "symbol", {"a/user.py"}),
        ("user.User", "symbol", {"a/user.py"}),
        ("a/user.py:User", "symbol", {"a/user.py"}),
    ],
)
def test_a_part_may_be_named_in_many_ways(code, said, kind, starts):
    target = find_target(code(EDGES), said)

    assert (target.kind, {place.path for place in target.starts}) == (kind, starts)


@pytest.mark.parametrize(
    ("said", "kind", "starts"),
    [
        ("shop", "module", {"shop/__init__.py", "shop/cart.py"}),
        ("shop/", "folder", {"shop/__init__.py", "shop/cart.py"}),
        ("shop.cart", "file", {"shop/cart.py"}),
        ("Shop", "symbol", {"shop/cart.py"}),
        ("SHOP", "module", {"shop/__init__.py", "shop/cart.py"}),
    ],
)
def test_a_module_is_meant_before_its_own_first_file_and_a_class_before_a_module_cased_otherwise(
    code, said, kind, starts
):
    base = code([], symbols=("shop/__init__.py:VERSION", "shop/cart.py:Shop"))
    package = base.files["shop/__init__.py"]._replace(name="shop")
    base = replace(base, files={**base.files, package.path: package})

    target = find_target(base, said)

    assert (target.kind, {place.path for place in target.starts}) == (kind, starts)


def test_what_hangs_on_a_part_is_counted_in_whole_words_and_no_history_is_no_count_of_commits(code):
    base = code([("b/use.py:f", "a/user.py:User", "use")])

    risk = find_impact(base, find_target(base, "User"), None).risk
    reasons = [part.reason for part in risk.parts]

    assert reasons == [
        "1 file uses it directly",
        "1 file in all",
        "1 other module",
        "0 routes",
        "0 files of tests reach it",
        "no history was read",
    ]


def test_a_method_whose_type_stands_in_another_file_is_of_its_own_file(code):
    base = code(
        [("a/main.go:main", "a/health.go:Proxy.Check", "call")], symbols=("a/proxy.go:Proxy",)
    )

    found = find_impact(base, find_target(base, "a/health.go"), None)
    assert [one.file for one in found.direct] == ["a/main.go"]
    changed = of_lines(base, "x", {"a/health.go": [(1, 99)]})
    assert CodePlace("a/health.go", "Proxy") in changed.starts


def test_of_a_member_it_is_said_that_all_of_its_class_is_told(code):
    base = code([("orders/views.py:show", "users/models.py:User", "call")],
                symbols=("users/models.py:User.name",))  # fmt: skip

    assert find_impact(base, find_target(base, "User.name"), None).target == (
        "User.name, told of all of User"
    )
    assert find_impact(base, find_target(base, "User"), None).target == "User"


@pytest.mark.parametrize("said", ["", "nothing", "GET /orders", "x/y.py"])
def test_what_is_not_there_is_refused(code, said):
    with pytest.raises(InvalidRequest):
        find_target(code(EDGES), said)


def test_a_definition_is_found_under_the_name_by_which_a_package_passes_it_on(code):
    base = code(
        [("shop/models.py", "shop/parts.py"), ("shop/parts.py", "shop/users.py:User")],
        symbols=["shop/users.py:User", "other/users.py:User"],
    )

    found = find_target(base, "shop.models.User")

    assert [base.called(place) for place in found.starts] == ["shop.users.User"]


def test_a_name_that_is_passed_on_from_two_files_means_neither(code):
    base = code(
        [("shop/models.py", "shop/users.py:User"), ("shop/models.py", "shop/admins.py:User")]
    )

    with pytest.raises(InvalidRequest, match=r"near: shop\.models"):
        find_target(base, "shop.models.User")


@pytest.mark.parametrize("first_line", [1, 2])
def test_a_handler_without_a_name_uses_what_stands_behind_its_registration(code, first_line):
    """The edge is of line 1."""
    base = code([("b/api.js", "a/user.js:User", "use")], symbols=["b/users.js:show"])
    routes = (
        Route("GET", "/a", "", "b/api.js", first_line, registered=f"b/api.js:{first_line}"),
        Route("GET", "/b", "show", "b/users.js", 3, registered="b/api.js:1", symbol="show"),
    )
    routes = routes if first_line > 1 else routes[:1]

    found = find_impact(replace(base, routes=routes), find_target(base, "User"), None)

    assert [one.name for one in found.routes] == (["GET /a"] if first_line == 1 else [])


@pytest.mark.parametrize(("kind", "reached"), [("trait", False), ("class", True)])
def test_a_trait_leads_on_by_the_members_that_are_used(code, kind, reached):
    base = code([
        ("a/likes.php:Likes.songs", "a/song.php:Song", "use"),
        ("a/user.php:User", "a/likes.php:Likes", "inherit"),
        ("b/users.php:Users.all", "a/user.php:User", "use"),
        ("b/songs.php:Songs.all", "a/likes.php:Likes.songs", "inherited"),
    ])  # fmt: skip
    trait = CodePlace("a/likes.php", "Likes")
    symbols = {**base.symbols, trait: Symbol(trait, kind, 1, 9, "public")}
    base = replace(base, symbols=symbols)

    found = reach(base, find_target(base, "Song").starts)

    assert {CodePlace("a/user.php", "User"), CodePlace("b/songs.php", "Songs")} <= found.keys()
    assert (CodePlace("b/users.php", "Users") in found) == reached
