"""Express: wrappers of handlers, and routers that functions make."""

from __future__ import annotations

import pytest

from tests.express_programs import middleware, project

CATCHING = "(one) => (req, res, next) => one(req, res, next).catch(next)"
OPEN = "(req, res) => res.json(1)"
CLOSED = "async (req, res) => { if (!req.user) { return res.sendStatus(401); } res.json(1); }"
NEEDS = middleware("if (!req.user) { return res.sendStatus(401); } next();")
MAKES = "function make() {\n  const inner = express.Router();\n%s  return inner;\n}\n"


def after(body: str) -> str:
    return f"(one) => async {middleware(body)}"


@pytest.mark.parametrize(
    ("wrapper", "answer"),
    [
        (CATCHING, "no"),
        ("(one) => (...args) => one(...args).catch(args[2])", "no"),
        (after("try { await one(req, res); } catch (e) { next(e); }"), "no"),
        (after("return new Promise((resolve) => resolve(one(req, res))).catch(next);"), "no"),
        (after("const found = await one(req, res); if (found) { res.json(found); }"), "no"),
        (after("if (!req.get('key')) { return res.end(); } one(req, res);"), "unknown"),
        (after("if (!req.user) { return res.sendStatus(401); } one(req, res);"), "unknown"),
        (after("req.user && one(req, res);"), "unknown"),
        (after("while (open(req)) { one(req, res); }"), "unknown"),
        (after("const run = () => one(req, res); check(run);"), "unknown"),
        (after("jwt.verify(req.headers.authorization, key); one(req, res);"), "unknown"),
        (after("other(req, res);"), "unknown"),
        ("(one) => { one = check(one); return (req, res) => one(req, res); }", "unknown"),
        (f"{CATCHING};\nif (on) {{ own = check; }}\nmodule.exports = own", "unknown"),
        (f"{CATCHING};\nexports.own = own", "no"),
        (f"{CATCHING};\nexports.own = check(own)", "unknown"),
    ],
)
@pytest.mark.parametrize(
    "handler", [f"own({OPEN})", "own(show)", "made"], ids=["inline", "named", "made"]
)
def test_only_a_wrapper_that_calls_what_it_is_given_for_everybody_is_as_that(
    read, wrapper, answer, handler
):
    shown = f"const show = {OPEN};\nconst made = own({OPEN});"
    files = project(handler=handler, head=shown)
    files["own.js"] = f"let own = {wrapper};\nmodule.exports = own;\n"

    assert [one.auth.answer for one in read(files).routes] == [answer]


@pytest.mark.parametrize(
    ("library", "answer"), [("express-async-handler", "no"), ("our-handler", "unknown")]
)
def test_a_wrapper_of_a_library_is_known_by_the_name_of_that(read, library, answer):
    files = project(handler=f"catching({OPEN})", head=f"const catching = require('{library}');")

    assert [one.auth.answer for one in read(files).routes] == [answer]


def test_a_handler_that_refuses_does_so_within_what_hands_on(read):
    answers = [
        read(project(CATCHING, handler=f"own({CLOSED})")).routes[0].auth.answer,
        read(project(CATCHING, uses=f"app.use(own({NEEDS}));")).routes[0].auth.answer,
        read(project("(one) => other(one)", handler=f"own({CLOSED})")).routes[0].auth.answer,
    ]

    assert answers == ["yes", "yes", "unknown"]


@pytest.mark.parametrize(
    "own",
    [
        "(one) => async (req, res, next) => { if (one(req)) { next(); } else { res.end(); } }",
        "(one) => async (...all) => { const ok = await one(...all); if (ok) { all[2](); } }",
        "(one) => (...all) => { if (on) { one(...all); } else { all[2](); } }",
    ],
)
def test_a_check_whose_answer_decides_is_not_taken_for_harmless(read, own):
    files = project(own, head="const has = (req) => keys.has(req.query.key);")
    files["app.js"] = files["app.js"].replace("app.use(", "app.use(own(has));\napp.use(", 1)

    assert [one.auth.answer for one in read(files).routes] == ["unknown"]


def test_a_check_that_asks_another_function_who_it_is_may_end_a_request(read):
    looks = "const ok = (req) => Boolean(req.headers.key);"
    check = middleware("if (!ok(req)) { return res.json({ error: 1 }); } next();")

    code = read(project(head=f"{looks}\nrouter.use({check});"))

    assert [one.auth.answer for one in code.routes] == ["unknown"]


def test_a_variable_of_a_function_is_not_the_wrapper_that_its_file_has(read):
    shown = f"const show = {OPEN};\nfunction begin() {{\n  const own = other(1);\n"
    files = project(CATCHING, head=f"{shown}  router.get('/in', own(show));\n}}\nbegin();")

    answers = {one.path: one.auth.answer for one in read(files).routes}

    assert answers["/orders/in"] == "unknown"


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (MAKES % "" + "const made = make();", ["no"]),
        (MAKES % f"  inner.use({NEEDS});\n" + "const made = make();", ["yes"]),
        (MAKES % f"  if (on) inner.use({NEEDS});\n" + "const made = make();", ["unknown"]),
        ("const made = make();\n" + MAKES % f"  inner.use({NEEDS});\n", ["yes"]),
        (MAKES % "" + "const made = make();\nconst other = make();\nother.get('/x', show);", []),
        (MAKES % "" + "const made = make();\napp.use('/x', make());", []),
        (MAKES % "" + "let made = make();\nmade = other();", []),
        ((MAKES % "").replace("return inner", "return check(inner)") + "const made = make();", []),
        ("const make = require('elsewhere');\nconst made = make();", []),
    ],
)
def test_a_router_that_a_function_makes_is_told_or_lost(read, head, told):
    text = f"const express = require('express');\nconst app = express();\n{head}\n"
    text += f"made.get('/made', {OPEN});\napp.use('/of', made);\n"

    code = read({"app.js": text})

    paths = [one.path for one in code.routes]
    lost = {one.name for one in code.unresolved if one.what == "route"}
    assert [one.auth.answer for one in code.routes] == told
    assert paths == ["/of/made"] if told else "'/made'" in lost


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("require('./guards')", "yes"),
        ("require('./guards').need", "yes"),
        ("require('./guards').make('admin')", "yes"),
        ("require('./guards').count", "no"),
        ("require('./elsewhere')", "unknown"),
    ],
)
def test_what_is_required_where_it_is_used_is_what_the_file_gives(read, said, answer):
    files = project(before=f"{said}, ")
    files["guards.js"] = (
        f"module.exports = {NEEDS};\nmodule.exports.need = {NEEDS};\n"
        f"module.exports.make = (role) => {NEEDS};\n"
        f"module.exports.count = {middleware('next();')};\n"
    )

    assert [one.auth.answer for one in read(files).routes] == [answer]


PREFLIGHT = "if (req.method === 'OPTIONS') { return res.sendStatus(200); }"


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (f"res.header('Allow', '*'); {PREFLIGHT} next();", "no"),
        (f"if (on) {{ {PREFLIGHT} }} req.name = req.headers.name; next();", "no"),
        (f"{PREFLIGHT} else if (!req.headers.key) {{ return res.end(); }} next();", "unknown"),
        (PREFLIGHT.replace("')", "' || !req.headers.key)") + " next();", "unknown"),
        ("if (!req.header('key')) { return res.sendStatus(200); } next();", "unknown"),
    ],
)
def test_what_answers_a_browser_before_its_request_refuses_nobody(read, body, answer):
    code = read(project(uses=f"app.use({middleware(body)});"))

    assert [one.auth.answer for one in code.routes] == [answer]


FIELD = """import express from 'express';
import passport from 'passport';
import { Users, Others } from './users';
class Server {
  users = new Users();
  start() {
    const need = (req, res, next) => { if (!req.user) return res.sendStatus(401); next(); };
    const app = express();
    app.use(this.users.%(said)s);
    app.get('/x', (req, res) => res.json(1));
  }
}
%(more)s
"""
USERS = """export class Users {
  skips(req) { return req.method === 'GET'; }
  unless(check) {
    return (req, res, next) => { if (this.skips(req)) next(); else check(req, res, next); };
  }
  by(check) { return (req, res, next) => { if (!check(req, res)) res.end(); else next(); }; }
  need(req, res, next) { if (!req.user) { return res.sendStatus(401); } next(); }
}
export class Others { unless(check) { return other(check); } }
"""


@pytest.mark.parametrize(
    ("said", "more", "answer"),
    [
        ("unless(passport.session())", "", "no"),
        ("unless(need)", "", "unknown"),
        ("by(passport.session())", "", "unknown"),
        ("unless(passport.session())", "class B { users = new Others(); }", "unknown"),
        ("need.bind(this.users)", "", "yes"),
    ],
)
def test_a_method_of_what_a_field_is_made_as_is_judged_with_what_it_is_given(
    read, said, more, answer
):
    code = read({"app.ts": FIELD % {"said": said, "more": more}, "users.ts": USERS})

    assert [one.auth.answer for one in code.routes] == [answer]


@pytest.mark.parametrize(
    ("uses", "answer"),
    [
        ("function close() { app.use(%s); }", "unknown"),
        ("function close() { app.use(%s); }\nclose();", "yes"),
        ("const close = () => { app.use(%s); };", "unknown"),
        ("const close = () => { app.use(%s); };\nclose();", "yes"),
        ("load().then(() => { app.use(%s); });", "unknown"),
        ("(() => { app.use(%s); })();", "yes"),
        ("load().then(() => {\napp.use(%s);\napp.get('/in', show); });", "unknown"),
    ],
)
def test_what_a_function_uses_that_nobody_calls_stands_before_no_route_for_sure(read, uses, answer):
    code = read(project(uses=uses % NEEDS, head="const show = (req, res) => res.json(1);"))

    told = {one.path: one.auth.answer for one in code.routes}
    assert told.pop("/orders/{id}") == answer
    assert set(told.values()) <= {"yes"}


@pytest.mark.parametrize(
    "body",
    [
        "try { await one(req, res, next); } catch (e) { next(); }",
        "one(req, res, () => {}); next();",
        "one(req, other, next);",
        "one({ ...req, user: 1 }, res, next);",
        "Object.assign(req, { user: 1 }); one(req, res, next);",
    ],
)
def test_a_guard_counts_only_where_its_wrapper_hands_it_the_request_and_nothing_else_goes_on(
    read, body
):
    wrapped = f"const own = {after(body)};"
    code = read(project(uses=f"app.use(own({NEEDS}));", head=wrapped))

    assert {one.auth.answer for one in code.routes} == {"unknown"}


def test_a_parameter_that_is_wrapped_is_not_what_the_file_calls_so(read):
    head = f"const own = {CATCHING};\nconst need = {NEEDS};"
    uses = "function put(need) { app.use(own(need)); }\nput(other);"

    assert "yes" not in {one.auth.answer for one in read(project(uses=uses, head=head)).routes}


def test_what_a_function_uses_that_may_have_ended_stands_before_no_route_for_sure(read):
    uses = f"function close() {{ if (open) return; app.use({NEEDS}); }}\nclose();"

    assert "yes" not in {one.auth.answer for one in read(project(uses=uses)).routes}
