"""Express: paths below routers, and whether anything before a route refuses who is nobody."""

from __future__ import annotations

import pytest

from tests.express_programs import middleware, project

THROUGH = """(...rights) => async (req, res, next) => {
  return new Promise((resolve, reject) => {
    passport.authenticate('jwt', { session: false }, verify(req, resolve, reject))(req, res, next);
  }).then(() => next()).catch((err) => next(err));
};
const verify = (req, resolve, reject) => async (err, user) => {
  if (err || !user) { return reject(new ApiError(httpStatus.UNAUTHORIZED)); }
  resolve();
}"""


@pytest.mark.parametrize(
    ("parts", "answer"),
    [
        ({}, "no"),
        ({"before": "passport.authenticate('jwt', { session: false }), "}, "yes"),
        ({"before": "[elsewhere, passport.authenticate('jwt')], "}, "yes"),
        ({"before": "passport.authenticate(['jwt', 'anonymous']), "}, "unknown"),
        ({"before": "passport.authenticate('google'), "}, "unknown"),
        ({"before": "expressjwt({ secret }), "}, "yes"),
        ({"before": "expressjwt({ secret, credentialsRequired: false }), "}, "no"),
        ({"uses": "app.use(expressjwt({ secret }));"}, "yes"),
        ({"uses": "app.use(expressjwt({ secret }).unless({ path: ['/'] }));"}, "unknown"),
        ({"uses": "app.use('/orders', expressjwt({ secret }));"}, "yes"),
        ({"uses": "if (on) {\n  app.use(expressjwt({ secret }));\n}"}, "unknown"),
        ({"uses": "app.use('/users', expressjwt({ secret }));"}, "no"),
        ({"mount": "expressjwt({ secret }), "}, "yes"),
        ({"head": "router.use(expressjwt({ secret }));"}, "yes"),
        ({"uses": "app.use(express.json());\napp.use(elsewhere());"}, "unknown"),
        ({"before": "elsewhere.check, "}, "unknown"),
        ({"before": "own, ", "own": middleware(
            "if (!req.user) return res.sendStatus(401); next();")}, "yes"),
        ({"before": "own, ", "own": middleware(
            "if (req.isAuthenticated()) { return next(); } res.redirect('/login');")}, "yes"),
        ({"before": "own, ", "own": middleware(
            "if (!req.user) { return next(new Unauthorized()); } next();")}, "yes"),
        ({"before": "own('admin'), ", "own": "(role) => " + middleware(
            "if (!req.user || req.user.role !== role) { return res.status(403).end(); } next();")},
         "yes"),
        ({"before": "own, ", "own": middleware(
            "try { const user = jwt.verify(req.headers.authorization, key); req.user = user;"
            " next(); } catch (err) { res.status(401).end(); }")}, "yes"),
        ({"before": "own, ", "own": middleware(
            "jwt.verify(token, key, (err, user) => { if (err) { return res.sendStatus(403); }"
            " req.user = user; next(); });")}, "yes"),
        ({"before": "own(), ", "own": THROUGH}, "yes"),
        ({"before": "own(), ", "own": "() => require('express-jwt').expressjwt({ secret })"},
         "yes"),
        ({"before": "made(), ", "head": "const made = () => expressjwt({ secret });"}, "yes"),
        ({"before": "own, ", "own": middleware(
            "if (!can(req.user, 'read')) { return res.sendStatus(403); } next();")}, "unknown"),
        ({"before": "own, ", "own": middleware(
            "try { if (!req.user) { throw new Unauthorized(); } } catch (err) { next(); }")},
         "unknown"),
        ({"before": "own, ", "own": middleware(
            "if (!req.headers.authorization) { return next(); }"
            " if (bad(req)) { res.status(401); }")}, "no"),
        ({"before": "own, ", "own": middleware(
            "if (req.user && !req.user.ok) { return res.sendStatus(403); } next();")}, "unknown"),
        ({"before": "own, ", "own": middleware(
            "if (!config.authRequired) { return res.sendStatus(401); } next();")}, "unknown"),
        ({"before": "own, ", "own": middleware(
            "if (!req.body.csrfToken) { return res.sendStatus(403); } next();")}, "unknown"),
        ({"before": "own, ", "own": middleware("req.id = 1; next();")}, "no"),
        ({"handler": "(req, res) => { if (!req.user) { return res.sendStatus(401); } res.end(); }"},
         "yes"),
        ({"handler": "async (req, res) => { const user = await find(); if (!user) { "
          "return res.sendStatus(401); } res.end(); }"}, "unknown"),
        ({"handler": "(req, res) => res.json(req.user ? 1 : 2)"}, "no"),
        ({"handler": "(req, res) => elsewhere.show(req.user)"}, "unknown"),
        ({"handler": "(req, res) => { const who = own(req, res); if (!who) return; res.end(); }",
          "own": "(req, res) => find(req) || (res.status(401).end(), null)"}, "unknown"),
        ({"handler": "(req, res) => { if (!elsewhere(req)) return; res.end(); }"}, "unknown"),
        ({"handler": "(req, res) => { express.json()(req, res); res.end(); }"}, "no"),
        ({"before": middleware("if (!req.session.user) { return res.json({ code: 1 }); } next();")
          + ", "}, "unknown"),
        ({"before": "own, ", "own": middleware(
            "if (!req.user) { return res.redirect('/'); } next();")},
         "unknown"),
        ({"before": "own, ", "own": middleware("if (req.user) { next(); }")}, "unknown"),
        ({"before": middleware("res.locals.user = req.user; next();") + ", "}, "no"),
        ({"before": middleware("// throw new No();\nreq.on = req.headers.host; next();")
          + ", "}, "no"),
        ({"before": middleware("if (!own(req, res)) return; next();") + ", ",
          "own": "(req, res) => find(req) || (res.status(401).end(), null)"}, "unknown"),
    ],
)  # fmt: skip
def test_only_what_refuses_who_shows_nothing_is_authentication(read, parts, answer):
    code = read(project(**parts))

    assert [(one.method, one.path, one.auth.answer) for one in code.routes] == [
        ("GET", "/orders/{id}", answer)
    ]


def test_what_is_used_behind_a_route_does_not_guard_it(read):
    files = project()
    files["app.js"] += "app.use(expressjwt({ secret }));\n"

    assert [one.auth.answer for one in read(files).routes] == ["no"]


def test_what_cannot_be_placed_is_told(read):
    code = read(
        {
            "app.js": "const express = require('express');\nconst app = express();\n"
            "const alone = express.Router();\nalone.get('/x', (req, res) => 1);\n"
            "app.get(PATH, (req, res) => 1);\napp.get(`${BASE}/y`, (req, res) => 1);\n"
            "const port = app.get('port');\nmap.get('/z', fallback);\n"
        }
    )

    assert code.routes == ()
    assert [one.reason for one in code.unresolved if one.what == "route"] == [
        "nobody uses its router",
        "its path is not a literal",
        "its path is not a literal",
    ]


def test_validation_and_limits_are_told_where_they_stand(read):
    files = project(before="validate(schema), ", uses="app.use(rateLimit({ max: 1 }));")

    (route,) = read(files).routes

    assert (route.validation.answer, route.rate_limit.answer) == ("yes", "yes")


@pytest.mark.parametrize(
    ("written", "path"),
    [("/users/", "/orders/users/"), ("/", "/orders"), ("users", "/orders/users")],
)
def test_the_slash_that_ends_a_path_is_kept_but_that_of_a_router_s_root(read, written, path):
    code = read(project(head=f"router.post('{written}', (req, res) => res.json(1));"))

    assert path in {one.path for one in code.routes if one.method == "POST"}


def test_an_instance_of_passport_that_the_project_made_lets_all_pass(read):
    files = {
        "own.js": "const Passport = require('passport');\n"
        "const passport = new Passport.Passport();\nmodule.exports = passport;\n",
        "app.js": "const express = require('express');\nconst passport = require('./own');\n"
        "const app = express();\napp.use(passport.initialize());\napp.use(passport.session());\n"
        "app.get('/x', (req, res) => res.json(1));\n",
    }

    assert [one.auth.answer for one in read(files).routes] == ["no"]


@pytest.mark.parametrize(
    ("last", "answer"), [("next();", "no"), ("if (req.user) next();", "unknown")]
)
def test_a_middleware_that_only_keeps_functions_for_later_lets_all_pass(read, last, answer):
    files = {
        "app.js": "const express = require('express');\nconst app = express();\n"
        "const responses = (req, res, next) => {\n"
        f"  res.forbidden = () => res.status(403).end();\n  {last}\n}};\n"
        "app.use(responses);\napp.get('/x', (req, res) => res.json(1));\n",
    }

    assert [one.auth.answer for one in read(files).routes] == [answer]


SIGNED = """const signed = (req, res, next) => {
  const { body, headers } = req;
  try { check(body, headers); } catch (err) { res.badRequest(); next(err); }
  next();
};
"""


@pytest.mark.parametrize(
    ("before", "handler"),
    [
        ("signed, ", "res.json(1)"),
        ("", "if (!find(req.params.token)) { return res.forbidden(); } res.json(1)"),
    ],
)
def test_what_may_end_a_request_by_helpers_of_the_project_is_not_open(read, before, handler):
    files = {
        "app.js": "const express = require('express');\nconst app = express();\n"
        f"{SIGNED}app.post('/x', {before}(req, res) => {{ {handler}; }});\n",
    }

    assert [one.auth.answer for one in read(files).routes] == ["unknown"]


@pytest.mark.parametrize(
    ("path", "before", "answer"),
    [
        ("/auth/github", "passport.authorize('github')", "no"),
        (
            "/auth/github/back",
            "passport.authenticate('github', { failureRedirect: '/' }), own",
            "no",
        ),
        ("/auth/token", "passport.authenticate('jwt'), own", "yes"),
        ("/profile", "passport.authenticate('github'), own", "unknown"),
    ],
)
def test_where_one_logs_in_at_a_provider_nobody_is_refused(read, path, before, answer):
    registered = f"router.post('{path}', {before});"

    code = read(project(head=registered, own="(req, res) => res.json(1)"))

    assert [one.auth.answer for one in code.routes if one.method == "POST"] == [answer]


def test_a_check_that_is_named_before_it_is_given_is_the_check(read):
    code = read(
        {
            "app.js": """
const express = require("express");
const { getClientIp } = require("@supercharge/request-ip");
const app = express();
const need = (rights) => {
  const check = (req, res, next) => {
    if (!req.user || !req.user.can(rights)) { res.status(403).json({}); } else { next(); }
  };
  return check;
};
app.use((req, res, next) => { req.from = getClientIp(req); next(); });
app.get("/open", (req, res) => res.json([]));
app.get("/x", need("edit"), (req, res) => res.json([]));
"""
        }
    )

    assert [(one.path, one.auth.answer) for one in code.routes] == [("/open", "no"), ("/x", "yes")]


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("const session = await validate(req, res);\n  if (!session) return;", "yes"),
        ("let session = validate(req, res);\n  if (!session) { return; }", "yes"),
        ("const session = validate(req, res);\n  log(session);", "unknown"),
        ("const session = other(req, res);\n  if (!session) return;", "unknown"),
    ],
)
@pytest.mark.parametrize("is_handler", [True, False])
def test_a_check_that_answers_by_itself_refuses_for_who_asks_it_first(
    read, inside, expected, is_handler
):
    body = f"(req, res, next) => {{\n  {inside}\n  "
    show = f"async {body}res.send(1);\n}}"
    route = f'app.get("/x", {show});' if is_handler else (
        f'const check = async {body}res.locals = session;\n  next();\n}};\n'
        'app.get("/x", check, (req, res) => res.send(1));'
    )  # fmt: skip
    code = read(
        {
            "validate.js": """
export default function validate(req, res) {
  let { token } = req.body;
  if (!token) { token = req.headers['x-token']; }
  const session = getSession(token);
  if (!session) {
    res.status(401);
    res.send({ reason: 'unauthorized' });
    return null;
  }
  return session;
}
export function other(req, res) {
  if (req.headers.old) { res.status(401).send(); }
  return 1;
}
""",
            "app.js": "import express from 'express';\n"
            "import validate, { other } from './validate.js';\n"
            f"const app = express();\n{route}\n",
        }
    )

    assert [one.auth.answer for one in code.routes] == [expected]


@pytest.mark.parametrize(
    ("used", "answer"),
    [
        ("app.all('*', expressjwt({ secret }));", "yes"),
        ("app.all('/orders/*', expressjwt({ secret }));", "yes"),
        ("app.all('/users/*', expressjwt({ secret }));", "no"),
        ("app.all('/ord*', expressjwt({ secret }));", "unknown"),
        ("app.use('/ord*', expressjwt({ secret }));", "unknown"),
        ("app.all(/orders/, expressjwt({ secret }));", "unknown"),
        ("app.all('/orders/:any', expressjwt({ secret }));", "yes"),
        ("app.all('/orders/:id?', expressjwt({ secret }));", "unknown"),
        ("app.all('/orders', expressjwt({ secret }));", "no"),
        ("app.get('*', expressjwt({ secret }));", "no"),
    ],
)
def test_what_answers_all_below_a_path_stands_before_what_is_registered_later(read, used, answer):
    text = "const app = require('express')();\nconst { expressjwt } = require('express-jwt');\n"
    text += f"{used}\napp.put('/orders/:id', (req, res) => res.json(1));\napp.listen(1);\n"
    found = {one.method: one.auth.answer for one in read({"app.js": text}).routes}

    assert found["PUT"] == answer


def test_what_is_used_for_a_path_stands_before_the_routers_that_serve_it(read):
    text = (
        "const express = require('express');\nconst app = express();\n"
        "const { expressjwt } = require('express-jwt');\nconst router = express.Router();\n"
        "router.get('/admin/users', (req, res) => res.json(1));\n"
        "router.get('/users', (req, res) => res.json(1));\n"
        "app.use('/v1/admin', expressjwt({ secret }));\napp.use('/v1', router);\napp.listen(1);\n"
    )

    assert {one.path: one.auth.answer for one in read({"app.js": text}).routes} == {
        "/v1/admin/users": "yes",
        "/v1/users": "no",
    }


def test_a_limit_that_is_used_under_a_condition_is_not_told_as_one(read):
    text = (
        "const express = require('express');\nconst app = express();\n{}\n"
        "app.get('/orders', (req, res) => res.json(1));\napp.listen(1);\n"
    )
    used = "app.use('/orders', rateLimiter());"

    told = [
        [one.rate_limit.answer for one in read({"app.js": text.format(each)}).routes]
        for each in (used, f"if (on) {{\n  {used}\n}}")
    ]
    assert told == [["yes"], ["unknown"]]


LOOKS = "const known = req.header('Authorization'); "
VERIFIES = "try { jwt.verify(known, key); req.known = true; } catch {} "


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("if (req.headers.origin) { res.set({}); next(); } else { next(); }", "no"),
        (LOOKS + VERIFIES + "next();", "no"),
        (LOOKS + "if (known) { " + VERIFIES + "} next();", "no"),
        (LOOKS + "jwt.verify(known, key); next();", "unknown"),
        (LOOKS + "try { jwt.verify(known, key); next(); } catch { stop(res); }", "unknown"),
        ("if (req.headers.origin) { next(); } else { stop(res); }", "unknown"),
        (LOOKS + "if (!known) { res.end(); } next();", "unknown"),
        (
            "if (!req.isAuthenticated) { return next(new Problem('Unauthorized', 401)); } next();",
            "yes",
        ),
    ],
)
def test_what_looks_at_who_asks_and_goes_on_in_each_case_refuses_nobody(read, body, answer):
    parts = {"uses": "app.use(own);"}

    code = read(project(own=middleware(body), **parts))

    assert [one.auth.answer for one in code.routes] == [answer]


def test_what_all_methods_of_a_path_pass_first_is_no_route(read):
    head = "router.route('/x').all(own).get(show).all(own);"

    code = read(project(head=head))

    served = [(one.method, one.path) for one in code.routes]
    assert served == [("GET", "/orders/x"), ("ANY", "/orders/x"), ("GET", "/orders/{id}")]


@pytest.mark.parametrize(
    ("beside", "does", "why"),
    [
        ("const schema = 1;", "res.json(1)", "what a handler without a name does was not followed"),
        ("", "res.json(own(schema))", "something is checked on the way"),
    ],
)
def test_what_is_checked_beside_a_handler_without_a_name_is_no_doubt_of_it(read, beside, does, why):
    head = f"{beside}\nrouter.put('/x', (req, res) => {does});"

    code = read(project(head=head))

    (found,) = (one.validation for one in code.routes if one.method == "PUT")
    assert (found.answer, found.why.partition(";")[0]) == ("unknown", why)


def test_a_check_of_all_methods_in_a_chain_stands_before_each_once(read):
    code = read(project(head="router.route('/x').all(own).get(show);"))

    assert next(one.middleware for one in code.routes if one.path == "/orders/x") == ("own",)


def test_all_of_an_application_is_a_route_where_another_follows_it(read):
    head = "router.get('/a', own).all('/b', own).get('/c', own);"

    code = read(project("(req, res) => res.json(1)", head=head))

    served = [(one.method, one.path, one.auth.answer) for one in code.routes]
    assert ("ANY", "/orders/b", "no") in served
    assert ("GET", "/orders/c", "no") in served


@pytest.mark.parametrize(("path", "answer"), [("/login", "no"), ("/x", "unknown")])
def test_a_password_that_is_sent_to_log_in_is_checked_by_no_refusal(read, path, answer):
    head = f"router.post('{path}', passport.authenticate('local'), (req, res) => res.json(1));"

    found = {one.method: one.auth.answer for one in read(project(head=head)).routes}

    assert found["POST"] == answer


def test_a_check_that_verifies_with_what_is_not_seen_may_refuse(read):
    own = middleware("req.user = new Tokens().verify(req.headers.authorization); next();")

    assert [one.auth.answer for one in read(project(own, before="own, ")).routes] == ["unknown"]


NONE = "!req.headers.authorization"


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (f"if ({NONE}) {{ return res.status(401).end(); }}\nnext();", "yes"),
        (f"if ({NONE}) {{ res.status(401).end(); }} else {{ next(); }}", "yes"),
        (f"if ({NONE}) {{ if (html) {{ return res.redirect('/login'); }}"
         " else { return res.status(401).end(); } }\nnext();", "yes"),
        # what does not return goes on
        (f"if ({NONE}) {{ res.status(401); }}\nnext();", "unknown"),
        (f"if ({NONE}) {{ next(new Unauthorized(401)); }}\nnext();", "unknown"),
        ("let user = find(req);\nif (!user) user = guest();\n"
         "if (!user) { return res.status(401).end(); }\nnext();", "unknown"),
        ("let token = req.headers.authorization;\nif (!token) token = req.cookies.token;\n"
         "if (!token) { return res.status(401).end(); }\nnext();", "yes"),
        ("try { jwt.verify(req.headers.authorization, 's'); } catch (e) { res.status(401).end(); }"
         " finally { next(); }", "unknown"),
    ],
)  # fmt: skip
def test_a_middleware_refuses_where_nothing_behind_it_is_reached(read, body, answer):
    text = (
        "const express = require('express');\nconst jwt = require('jsonwebtoken');\n"
        f"const app = express();\nfunction guard(req, res, next) {{\n{body}\n}}\n"
        "app.get('/x', guard, (req, res) => res.json(1));\n"
    )

    assert [one.auth.answer for one in read({"app.js": text}).routes] == [answer]
