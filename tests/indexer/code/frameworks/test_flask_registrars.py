"""Flask: functions that put what they are given into an application, with a guard before it."""

from __future__ import annotations

import pytest

HEAD = """from flask import Flask, Blueprint, abort, session
def need():
    if 'user' not in session:
        abort(401)
app = Flask('app')
"""
PUT = """def register_one(app, blueprint, guard, prefix=None):
    if not blueprint._got_registered_once:
        blueprint.before_request(guard)
        if prefix:
            app.register_blueprint(blueprint, url_prefix=prefix)
        else:
            app.register_blueprint(blueprint)
"""
ORDERS = """from flask import Blueprint
orders = Blueprint('orders', __name__)
@orders.route('/orders')
def show(): ...
"""


def told(code) -> dict[str, str]:
    return {one.path: one.auth.answer for one in code.routes}


def answers(read, put, calls):
    main = f"{HEAD}from own import orders\n{put}{calls}"
    return told(read({"main.py": main, "own.py": ORDERS}))


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("", "/orders"),
        (", None", "/orders"),
        (", '/shop'", "/shop/orders"),
        (", prefix='/shop'", "/shop/orders"),
        (", ''", "/orders"),
    ],
)
def test_a_call_puts_what_it_gives_with_its_guard(read, given, path):
    assert answers(read, PUT, f"register_one(app, orders, need{given})\n") == {path: "yes"}


def test_a_prefix_that_nobody_knows_leaves_the_path_untold(read):
    assert answers(read, PUT, "register_one(app, orders, need, at())\n") == {}


def test_a_call_in_a_function_that_imports_what_it_puts_is_one_too(read):
    calls = "def put_all(app):\n    from own import orders as those\n"
    calls += "    register_one(app, those, need, '/shop')\nput_all(app)\n"
    main = f"{HEAD}{PUT}{calls}"

    assert told(read({"main.py": main, "own.py": ORDERS})) == {"/shop/orders": "yes"}


def test_what_is_put_by_two_calls_has_a_guard_that_nobody_knows(read):
    calls = "register_one(app, orders, need, '/a')\nregister_one(app, orders, print, '/b')\n"

    assert answers(read, PUT, calls) == {"/a/orders": "unknown", "/b/orders": "unknown"}


@pytest.mark.parametrize(
    ("guard", "answer"), [("need", "yes"), ("None", "no"), ("chosen()", "unknown")]
)
def test_a_guard_that_may_be_none_is_there_where_one_is_given(read, guard, answer):
    put = "def register_one(app, blueprint, guard=None):\n    if guard is not None:\n"
    put += "        blueprint.before_request(guard)\n    app.register_blueprint(blueprint)\n"

    assert answers(read, put, f"register_one(app, orders, {guard})\n") == {"/orders": answer}


def test_a_function_without_a_guard_puts_what_nobody_guards(read):
    put = "def register_one(app, blueprint):\n    app.register_blueprint(blueprint)\n"

    assert answers(read, put, "register_one(app, orders)\n") == {"/orders": "no"}


@pytest.mark.parametrize(
    "line",
    [
        "    if app.debug:\n        return\n",
        "    if app.debug:\n        print()\n    elif app.testing:\n    ",
        "    for one in app.all:\n    ",
        "    try:\n        app.check()\n    except ValueError:\n    ",
    ],
)
def test_a_guard_under_a_condition_that_is_not_looked_into_is_no_yes(read, line):
    put = f"def register_one(app, blueprint, guard):\n{line}    blueprint.before_request(guard)\n"
    put += "    app.register_blueprint(blueprint)\n"

    assert answers(read, put, "register_one(app, orders, need)\n") == {"/orders": "unknown"}


def test_what_is_given_anew_in_the_function_is_not_what_the_call_gave(read):
    put = "def register_one(app, blueprint, guard):\n    guard = guard or print\n"
    put += "    blueprint.before_request(guard)\n    app.register_blueprint(blueprint)\n"

    assert "yes" not in answers(read, put, "register_one(app, orders, need)\n").values()


def test_a_function_of_that_name_that_is_a_parameter_is_another(read):
    calls = "def use(register_one):\n    register_one(app, orders, need)\n"

    assert "yes" not in answers(read, PUT, calls).values()


def test_a_guard_that_whoever_calls_was_given_is_not_that_of_the_file(read):
    calls = "def use(need):\n    register_one(app, orders, need)\n"

    assert "yes" not in answers(read, PUT, calls).values()


def test_a_blueprint_that_whoever_calls_was_given_is_not_that_of_the_file(read):
    calls = "def use(orders):\n    register_one(app, orders, need)\n"

    assert answers(read, PUT, calls) == {}


def test_a_loop_puts_each_that_it_goes_through(read):
    calls = "for one in (orders,):\n    register_one(app, one, need)\n"

    assert answers(read, PUT, calls) == {"/orders": "yes"}


def test_whoever_puts_it_beside_that_as_well_may_do_so_without_the_guard(read):
    calls = "register_one(app, orders, need, '/a')\napp.register_blueprint(orders)\n"

    assert "yes" not in answers(read, PUT, calls).values()


def test_one_that_calls_another_such_function_is_not_followed(read):
    calls = "def register_two(app, blueprint):\n    register_one(app, blueprint, need)\n"

    assert "yes" not in answers(read, PUT, f"{calls}register_two(app, orders)\n").values()


MAYBE = """def register_one(app, blueprint, prefix=None, guard=None):
    if guard is not None:
        blueprint.before_request(guard)
    app.register_blueprint(blueprint, url_prefix=prefix)
"""


def test_what_a_call_gives_by_a_dictionary_may_be_the_guard(read):
    calls = "register_one(app, orders, prefix='/x', **{'guard': need})\n"

    assert answers(read, MAYBE, calls) == {"/x/orders": "unknown"}


def test_an_empty_text_is_not_none(read):
    put = MAYBE.replace("guard is not None", "prefix is None")

    assert answers(read, put, "register_one(app, orders, '', need)\n") == {"/orders": "no"}


def test_a_default_is_a_name_of_the_file_of_the_function(read):
    put = "def need(): ...\ndef register_one(app, blueprint, guard=need):\n"
    put += "    blueprint.before_request(guard)\n    app.register_blueprint(blueprint)\n"
    main = (
        f"{HEAD}from own import orders\nfrom put import register_one\nregister_one(app, orders)\n"
    )

    assert told(read({"main.py": main, "own.py": ORDERS, "put.py": put})) == {"/orders": "unknown"}


@pytest.mark.parametrize("flag", ["SECURE", "secure()"])
def test_a_variable_that_is_given_may_be_empty(read, flag):
    put = "SECURE = False\ndef register_one(app, blueprint, guard, secure):\n    if secure:\n"
    put += "        blueprint.before_request(guard)\n    app.register_blueprint(blueprint)\n"

    answer = answers(read, put, f"register_one(app, orders, need, {flag})\n")

    assert answer == {"/orders": "unknown"}


@pytest.mark.parametrize(
    "line",
    ["    def guard(): ...\n", "    from own import guard\n", "    [guard, _] = those()\n"],
)
def test_what_is_defined_or_imported_in_the_function_is_not_what_the_call_gave(read, line):
    put = f"def register_one(app, blueprint, guard):\n{line}    blueprint.before_request(guard)\n"
    put += "    app.register_blueprint(blueprint)\n"

    assert answers(read, put, "register_one(app, orders, need)\n") == {}


@pytest.mark.parametrize(
    "other", ["def register_one(app, blueprint, guard):\n    put()\n", "register_one = print\n"]
)
def test_a_function_that_its_file_gives_anew_may_be_another(read, other):
    assert answers(read, f"{PUT}{other}", "register_one(app, orders, need)\n") == {}


def test_a_guard_that_comes_after_what_it_guards_is_put_is_no_yes(read):
    put = "def register_one(app, blueprint, guard):\n    app.register_blueprint(blueprint)\n"
    put += "    blueprint.before_request(guard)\n"

    assert answers(read, put, "register_one(app, orders, need)\n") == {"/orders": "unknown"}


def test_what_a_function_is_decorated_with_may_not_call_it(read):
    put = f"@maybe\n{PUT}"

    assert "yes" not in answers(read, put, "register_one(app, orders, need)\n").values()


def test_a_guard_of_a_parameter_is_not_known_to_stand_before_all(read):
    put = "def register_one(app, blueprint):\n    @blueprint.before_request\n"
    put += "    def inner():\n        abort(401)\n    app.register_blueprint(blueprint)\n"
    calls = "register_one(app, orders)\n@app.route('/free')\ndef free(): ...\n"

    assert answers(read, put, calls) == {"/orders": "unknown", "/free": "unknown"}


@pytest.mark.parametrize("called", ['get("(").register_it', "made[0].register_it", "a.b.register"])
def test_what_is_called_by_no_name_is_no_such_function(read, called):
    assert answers(read, PUT, f"{called}(app, orders, need)\n") == {}
