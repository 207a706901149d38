"""A module that does otherwise than most is told, with both sides; where most have no way, none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from memory.code.codebase import CodeBase, CodeFile, CodePlace, Edge, Grade, Route, Way
from memory.code.findings.consistency import Habit, stands_out
from memory.code.findings.deviations import RULES as WAYS
from memory.code.findings.route_names import RULES
from memory.code.findings.rule import AuditSubject
from memory.code.testing import is_test

RULE = {rule.name.partition(".")[2]: rule for rule in RULES}


def a_code_base(paths, routes=()):
    files = {
        path: CodeFile(path, path, "python", 10, is_test(path), path.partition("/")[0])
        for path in paths
    }
    return CodeBase(files, (), {}, tuple(routes), (), (), {})


def look(way, paths_of):
    """What a rule says of routes, given as paths or (path, handler) by module."""
    routes = [
        Route("GET", path, symbol, f"{module}/api.py", line, symbol=symbol)
        for module, paths in paths_of.items()
        for line, (path, symbol) in enumerate(
            ((one, "f") if isinstance(one, str) else one for one in paths), 1
        )
    ]
    files = {f"{module}/api.py" for module in paths_of}
    return RULE[way].look(AuditSubject(a_code_base(files, routes)))


@pytest.mark.parametrize(
    ("way", "usual", "others", "told"),
    [
        ("path-names", "/sales/open-{}s", ["/bill/old_ones", "/bill/new_ones"], "snake"),
        ("path-names", "/a/my_{}", ["/b/myOne", "/b/myTwo"], "camelCase"),
        ("path-parameters", "/a/{{user_id{}}}", ["/b/{userId}", "/b/{orderId}"], "camelCase"),
        ("path-parameters", "/a/:userId{}", ["/b/:user_id", "/b/:order_id"], "snake_case"),
        ("path-parameters", "/a/<int:user_{}>", ["/b/<int:userId>", "/b/<orderId>"], "camelCase"),
    ],
)
def test_a_module_that_names_otherwise_is_told(way, usual, others, told):
    paths = {
        module: [usual.format(f"{module}{word}") for word in ("one", "two", "ten")]
        for module in ("sales", "stock", "users", "mails")
    }

    (found,) = look(way, paths | {"bills": others}).findings

    assert found.modules == ("bills",)
    assert told in found.message
    assert {spot.file.partition("/")[0] for spot in found.spots} >= {"bills", "mails"}


def test_an_id_after_a_name_tells_whether_it_is_of_many():
    usual = {m: [f"/{m}s/{{id}}", f"/{m}lists/{{id}}"] for m in ("sale", "stock", "user", "mail")}

    (found,) = look("plural-paths", usual | {"b": ["/bill/{bill}", "/order/{orderId}"]}).findings

    assert "singular in b" in found.message


@pytest.mark.parametrize("path", ["/login/{provider}", "/status/{id}", "/verify/{token}"])
def test_what_is_no_collection_is_not_counted(path):
    assert look("plural-paths", {"a": [path]}).looked_at == 0


def test_classes_that_handle_are_told_apart_by_their_last_word():
    usual = {m: [(f"/{m}/{n}", f"{m.title()}{n}Controller.show") for n in "ABC"] for m in "pqrs"}

    (found,) = look(
        "handler-names", usual | {"z": [("/z", "ZHandler.a"), ("/y", "YHandler.b")]}
    ).findings

    assert "...Handler in z" in found.message


def habits(**ways):
    return [
        Habit(way, f"{module}/x.py", line)
        for module, own in ways.items()
        for line, way in enumerate(own)
    ]


FILES = [f"{module}/x.py" for module in "abc"] + ["tests/x.py"]


@pytest.mark.parametrize(
    ("ways", "found", "untold"),
    [
        ({"a": ["one"] * 9, "b": ["two"] * 2}, 1, 0),
        ({"a": ["one"] * 9, "b": ["two"]}, 0, 0),  # a slip
        ({"a": ["one"] * 9, "b": ["two", "two", "one"]}, 0, 0),  # a module that does both
        ({"a": ["one"] * 5, "b": ["two"] * 2}, 0, 1),  # too few
        ({"a": ["one"] * 9, "b": ["two"] * 9}, 0, 1),  # no way is that of most
        ({"a": ["one"] * 9, "b": ["one"] * 9}, 0, 0),
    ],
)
def test_only_a_module_against_the_custom_of_most_is_told(ways, found, untold):
    seen = stands_out(a_code_base(FILES), "consistency.x", "things", habits(**ways))

    assert (len(seen.findings), len(seen.untold)) == (found, untold)


def test_each_way_is_counted_whether_or_not_a_module_stands_out():
    seen = stands_out(a_code_base(FILES), "c.x", "things", habits(a=["one"] * 3, b=["two"]))

    assert seen.said == "one 3, two 1"


def test_what_tests_do_is_not_counted():
    ways = [*habits(a=["one"] * 9), Habit("two", "tests/x.py", 1), Habit("two", "tests/x.py", 2)]

    assert stands_out(a_code_base(FILES), "consistency.x", "things", ways).looked_at == 9


def test_a_finding_stays_the_same_when_lines_and_numbers_change():
    code = a_code_base(FILES)
    one, other = (
        stands_out(code, "consistency.x", "things", habits(a=["one"] * n, b=["two"] * (n // 4)))
        for n in (9, 20)
    )

    assert one.findings[0].id == other.findings[0].id


def a_code_base_of_ways(printed, routes=True):
    """Eight files that log, and some that print; handlers need those of the first three modules."""
    logged = [f"{module}/{n}.py" for module in "abc" for n in range(3)]
    paths = [*logged, *printed, "api/handlers.py"]
    base = a_code_base(paths, [Route("GET", "/a", "get", "api/handlers.py", 1)] if routes else [])
    edges = tuple(
        Edge(CodePlace("api/handlers.py"), CodePlace(path), Grade.IMPORT, 1)
        for path in paths
        if not path.startswith("aside")
    )
    ways = tuple(
        Way("logging", "printed" if path in printed else "logged", path, 1, "", 3)
        for path in [*logged, *printed]
    )
    return replace(base, edges=edges, ways=ways)


@pytest.mark.parametrize(
    ("printed", "routes", "told"),
    [
        (["orders/a.py", "orders/b.py"], True, [False]),
        (["orders/a.py", "orders/b.py"], False, [False]),
        (["aside/a.py", "aside/b.py"], True, []),  # no handler needs them
        (["orders/scripts/a.py", "orders/scripts/b.py"], True, []),  # run by hand
        (["orders/a.py"], True, []),
    ],
)
def test_what_handlers_need_is_held_against_each_other(printed, routes, told):
    rule = next(one for one in WAYS if one.name == "consistency.logging")

    found = rule.look(AuditSubject(a_code_base_of_ways(printed, routes))).findings

    assert [one.sure for one in found] == told
