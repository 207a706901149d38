"""Functions of a project that register routes of Express."""

from __future__ import annotations

import pytest

APP = "const express = require('express');\nconst app = express();\n"
ROUTES = """const express = require('express');
const router = express.Router();
const auth = require('./auth.js');
const GET = 'get', DEL = 'delete';
function register(app) {
    route(GET, '/login', [], show);
    route(DEL, '/orders/:id', [auth.check], show);
    api(GET, '/orders', show);
    api(someMethod(), '/lost', show);
    app.use('', router);
}
function api(method, path, handler) { route(method, path, [auth.check, noted], handler, sent); }
function route(method, path, middleware, handler, sender = null) {
    router[method](path, ...middleware, (req, res, next) => { handler(req, res, next); });
}
function noted(req, res, next) { next(); }
function show(req, res) { res.send(1); }
module.exports = { register };
"""
AUTH = """function check(req, res, next) {
    if (!req.session.user) { return res.status(401).end(); }
    next();
}
module.exports = { check };
"""


def served(code) -> list[tuple[str, str, str]]:
    return [(one.method, one.path, one.auth.answer) for one in code.routes]


def test_what_a_function_registers_is_each_callers(read):
    code = read(
        {
            "app.js": f"{APP}require('./routes.js').register(app);\n",
            "routes.js": ROUTES,
            "auth.js": AUTH,
        }
    )

    assert served(code) == [
        ("GET", "/login", "no"),
        ("DELETE", "/orders/{id}", "yes"),
        ("GET", "/orders", "yes"),
    ]
    assert [one.registered for one in code.routes] == [f"routes.js:{n}" for n in (6, 7, 8)]


def test_what_stands_before_a_handler_is_of_the_file_that_names_it(read):
    helper = (
        "const auth = require('./auth.js');\n"
        "function route(router, method, path, handler) {\n"
        "    router[method](path, auth.check, (req, res) => handler(req, res));\n}\n"
        "function open(router, path, handler) { router.get(path, handler); }\n"
        "module.exports = { route, open };\n"
    )
    orders = (
        "const own = require('./helper.js');\nfunction register(router) {\n"
        "    own.route(router, 'post', '/orders', (req, res) => { res.send(1); });\n"
        "    own.open(router, '/open', (req, res) => { res.send(1); });\n}\n"
        "module.exports = { register };\n"
    )
    code = read(
        {
            "app.js": f"{APP}const orders = require('./orders.js');\norders.register(app);\n",
            "orders.js": orders,
            "helper.js": helper,
            "auth.js": AUTH,
        }
    )

    assert served(code) == [("POST", "/orders", "yes"), ("GET", "/open", "no")]


def test_a_long_value_is_known_by_what_makes_it(read):
    options = ", ".join(f"option{n}: {n}" for n in range(80))
    text = f"{APP}const session = require('express-session');\n" + (
        f"const kept = session({{{options}}});\napp.use(kept);\n"
        "app.get('/x', (req, res) => res.send(1));\n"
    )

    assert served(read({"app.js": text})) == [("GET", "/x", "no")]


def test_what_sees_errors_stands_before_nothing(read):
    text = f"{APP}app.use((err, req, res, next) => {{ res.status(401).end(); }});\n" + (
        "app.get('/x', (req, res) => res.send(1));\n"
    )

    assert served(read({"app.js": text})) == [("GET", "/x", "no")]


@pytest.mark.parametrize(
    ("check", "answer"),
    [
        (
            "if (tokens.isAuthorized(req.headers.token)) { next(); } else { no(req, res, 'x'); }",
            "yes",
        ),
        ("if (!tokens.isAuthorized(req)) no(req, res); else next();", "yes"),
        ("if (noAuth || tokens.isAuthorized(req)) { next(); } else { no(req, res); }", "unknown"),
        ("if (tokens.isAuthorized(req)) { next(); } else { maybe(req, res, next); }", "unknown"),
    ],
)
def test_a_check_that_leaves_the_refusal_to_what_always_refuses_refuses(read, check, answer):
    text = (
        f"{APP}function own(req, res, next) {{ {check} }}\n"
        "function no(req, res, said) { log(said); res.status(401).send(said); }\n"
        "function maybe(req, res, next) { if (req.x) res.status(401).end(); else next(); }\n"
        "app.get('/x', own, (req, res) => res.send(1));\n"
    )

    assert served(read({"app.js": text})) == [("GET", "/x", answer)]


def test_what_a_class_registers_by_a_method_of_its_own_is_told_as_lost(read):
    base = "import { Router } from 'express'\nexport default class Controller {\n"
    base += "  constructor() { this.app = Router() }\n"
    base += "  route(one) { this.app[one.method](one.path, one.handler) }\n"
    base += "  get(path, handler) { this.route({ method: 'get', path, handler }) }\n}\n"
    own = "import type { Request } from 'express'\nimport Controller from './controller'\n"
    own += "export class Orders extends Controller {\n  constructor() {\n    super()\n"
    own += "    this.route({ method: 'get', path: '/:id', handler: this.show })\n"
    own += (
        "    this.get('/', this.list)\n    this.send({ method: 'GET', url: '/orders' })\n  }\n}\n"
    )

    code = read({"controller.ts": base, "orders.ts": own})

    assert code.routes == ()
    lost = {one.name: one.reason for one in code.unresolved if one.what == "route"}
    assert lost == {
        "'/:id'": "nobody uses its router",
        "'/'": "what it is registered at is not known",
    }
