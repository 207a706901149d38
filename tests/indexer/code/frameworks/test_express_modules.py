"""Express: what files export to each other."""

from __future__ import annotations

import pytest

from memory.code.flow import Flow
from tests.express_programs import project

ESM = {
    "src/main.ts": "import express from 'express';\nimport routes from './routes';\n"
    "import { setup } from './setup';\nconst app = express();\napp.use('/api', routes);\n"
    "setup(app);\n",
    "src/setup.ts": "export function setup(server) {\n"
    "  server.get('/health', (req, res) => 1);\n}\n",
    "src/routes.ts": "import { Router } from 'express';\nimport users from './users';\n"
    "import * as orders from './orders';\n"
    "export default Router().use('/users', users).use(orders.router);\n",
    "src/users.ts": "import { Router } from 'express';\nimport { all, add } from './handlers';\n"
    "const router: Router = Router();\nrouter.route('/').get(all).post(add);\n"
    "export default router;\n",
    "src/orders.ts": "import * as express from 'express';\n"
    "export const router = express.Router();\n"
    "router.delete(['/orders/:id', '/o/:id'], (req, res) => 1);\n",
    "src/handlers.ts": "export const all = (req, res) => res.json([]);\n"
    "export async function add(req, res) { res.json(1); }\n",
}


def test_routers_are_followed_through_modules_of_ecmascript(read):
    code = read(ESM)

    assert {(one.method, one.path, one.handler) for one in code.routes} == {
        ("GET", "/api/users", "src/handlers.ts:all"),
        ("POST", "/api/users", "src/handlers.ts:add"),
        ("DELETE", "/api/orders/{id}", "src/orders.ts"),
        ("DELETE", "/api/o/{id}", "src/orders.ts"),
        ("GET", "/health", "src/setup.ts"),
    }


def test_routers_are_followed_through_modules_of_commonjs(read):
    code = read(
        {
            "app.js": "const express = require('express');\nconst app = express();\n"
            "app.use('/v1', require('./routes'));\nrequire('./more')(app);\n"
            "app.use('/made', require('./made')());\n",
            "routes/index.js": "const express = require('express');\n"
            "const user = require('./user');\nconst router = express.Router();\n"
            "const list = [{ path: '/users', route: user }];\n"
            "list.forEach((one) => {\n  router.use(one.path, one.route);\n});\n"
            "module.exports = router;\n",
            "routes/user.js": "const router = require('express').Router();\n"
            "const users = require('../users');\nrouter.get('/', users.all);\n"
            "router.post('/', users.add);\nmodule.exports = router;\n",
            "users.js": "exports.all = (req, res) => res.json([]);\n"
            "const add = catchAsync(async (req, res) => {\n  res.json(1);\n});\n"
            "module.exports.add = add;\n",
            "more.js": "module.exports = function (app) {\n"
            "  app.get('/more', (req, res) => 1);\n};\n",
            "made.js": "const { Router } = require('express');\nmodule.exports = () => {\n"
            "  const made = Router();\n  made.get('/x', (req, res) => 1);\n  return made;\n};\n",
        }
    )

    assert {(one.method, one.path, one.handler) for one in code.routes} == {
        ("GET", "/v1/users", "users.js:all"),
        ("POST", "/v1/users", "users.js:add"),
        ("GET", "/more", "more.js"),
        ("GET", "/made/x", "made.js"),
    }


def test_a_folder_that_gives_on_what_another_file_exports_has_its_names(read):
    files = {
        "app.js": "const express = require('express');\nconst routes = require('./routes');\n"
        "const app = express();\napp.use('/api', routes.api);\n",
        "routes/index.js": "module.exports = require('./routes');\n",
        "routes/routes.js": "const { Router } = require('express');\n"
        "const orders = require('./orders');\nconst apiRouter = Router();\n"
        "apiRouter.use('/orders', orders);\nmodule.exports = { api: apiRouter };\n",
        "routes/orders.js": "const { Router } = require('express');\nconst router = Router();\n"
        "router.get('/:id', (req, res) => res.json(1));\nmodule.exports = router;\n",
    }

    assert [(one.method, one.path) for one in read(files).routes] == [("GET", "/api/orders/{id}")]


@pytest.mark.parametrize(
    "made",
    [
        "const app = require('express')();",
        "import * as Express from 'express';\nconst app = Express();",
        "import make from 'express';\nconst app: make.Express = make();",
    ],
)
def test_an_application_is_made_by_whatever_a_file_calls_the_package(read, made):
    text = f"{made}\napp.put('/orders', (req, res) => res.json(1));\napp.listen(1);\n"

    assert [one.path for one in read({"app.ts": text}).routes] == ["/orders"]


def test_what_a_folder_of_commonjs_requires_within_what_it_exports_has_its_names(read):
    files = project(before="guards.required, ") | {
        "guards/index.js": "module.exports = {\n  required: require('./required'),\n};\n",
        "guards/required.js": "const required = (req, res, next) => {\n"
        "  if (!req.user) { return res.status(401).end(); }\n  next();\n};\n"
        "module.exports = required;\n",
    }
    files["app.js"] = files["app.js"].replace(
        "'./own'", "'./own');\nconst guards = require('./guards'"
    )

    code = read(files)

    assert [one.auth.answer for one in code.routes] == ["yes"]


PROTECT = """let token;
if (req.headers.authorization) { token = req.headers.authorization; }
if (!token) { return next(new Problem('No', 401)); }
try { jwt.verify(token, key); next(); } catch (e) { return next(new Problem('No', 401)); }"""


@pytest.mark.parametrize(
    ("wrapper", "answer"),
    [
        ("require('express-async-handler')", "yes"),
        ("(one) => (q, s, n) => one(q, s, n).catch(n)", "yes"),
        ("require('express-handle-users')", "unknown"),
        ("(one) => (q, s, n) => (q.ip ? one(q, s, n) : n())", "unknown"),
    ],
)
def test_a_check_within_what_hands_on_its_errors_is_the_check(read, wrapper, answer):
    files = project(before="guards.protect, ") | {
        "guards.js": f"const catching = {wrapper};\n"
        f"exports.protect = catching(async (req, res, next) => {{\n{PROTECT}\n}});\n"
    }
    files["app.js"] = f"const guards = require('./guards');\n{files['app.js']}"

    assert [one.auth.answer for one in read(files).routes] == [answer]


@pytest.mark.parametrize(
    ("own", "answer"),
    [
        ("(req, res, next) => { if (!req.user) { return res.status(401).end(); } next(); }", "yes"),
        ("function (req, res, next) { next(); }", "no"),
        ("hidden(guard)", "unknown"),
    ],
)
def test_what_a_module_exports_without_a_name_is_what_its_importer_calls_it(read, own, answer):
    app = "import express from 'express';\nimport check from './check.js';\n"
    app += "const app = express();\napp.use(check);\napp.get('/x', (req, res) => res.json(1));\n"

    code = read({"app.js": app, "check.js": f"export default {own};\n"})

    assert [one.auth.answer for one in code.routes] == [answer]


@pytest.mark.parametrize(
    ("called", "answer"),
    [
        ("lib.check", "unknown"),
        ("own.gone", "unknown"),
        ("own.guard", "unknown"),
        ("own.log", "no"),
        ("helmet()", "no"),
    ],
)
def test_what_hands_a_request_on_to_what_is_not_seen_may_refuse(read, called, answer):
    own = "exports.log = (req, res, next) => { next(); };\n"
    own += "exports.guard = (req, res, next) => { req.user ? next() : res.status(401).end(); };\n"
    head = "const lib = require('lib');\nconst helmet = require('helmet');\n"
    head += f"function pass(req, res, next) {{ {called}(req, res, next); }}"
    files = project(head=head, before="pass, ") | {"own.js": own}

    assert [one.auth.answer for one in read(files).routes] == [answer]


@pytest.mark.parametrize(
    ("given", "answer"), [("guard", "yes"), ("[guard]", "unknown"), ("lib.guard", "unknown")]
)
def test_what_a_function_gives_back_is_the_check_that_its_call_is(read, given, answer):
    head = (
        "const guard = (req, res, next) => {\n  if (!req.user) { return res.status(401).end(); }\n"
    )
    head += f"  next();\n}};\nfunction need(role) {{ return {given}; }}"

    code = read(project(head=head, before="need('x'), "))

    assert [one.auth.answer for one in code.routes] == [answer]


def test_what_a_handler_calls_is_not_what_stands_before_it_by_a_part_of_its_name(read):
    files = project("{ log() {} }", before="login, ", handler="(req, res) => own.log(1)")
    code = read(files | {"own.js": "exports.log = function log() {};\n"})
    flow = Flow(code)

    (start,) = flow.starts(code.routes[0])

    assert [one.target.symbol for one in flow.steps(start)] == ["log"]


NEED = "(req, res, next) { if (!req.user) return res.sendStatus(401); next() }"
LITERAL = f"{{ show: (req, res) => res.json(1), need{NEED},\n  of: {{ all: function {NEED} }} }}\n"


@pytest.mark.parametrize(
    ("taken", "given", "before"),
    [
        (f"const c = {LITERAL}", "", ""),
        ("const c = require('./c')", f"module.exports = {LITERAL}", ""),
        ("const { c } = require('./c')", f"exports.c = {LITERAL}", ""),
        ("import c from './c'", f"export default {LITERAL}", "default."),
        ("import { c } from './c'", f"export const c = {LITERAL}", "c."),
    ],
)
def test_functions_of_an_object_are_middleware_and_handlers_by_its_name(read, taken, given, before):
    text = f"const express = require('express')\n{taken}\nconst app = express()\n"
    text += (
        "app.get('/a', c.show)\napp.get('/b', c.need, c.show)\napp.get('/c', c.of.all, c.show)\n"
    )

    code = read({"main.ts": text, "c.ts": given or "export const other = 1\n"})

    assert [one.auth.answer for one in code.routes] == ["no", "yes", "yes"]
    assert {one.symbol.removeprefix("c.") for one in code.routes} == {
        f"{before}show".removeprefix("c.")
    }


def test_passport_that_a_function_is_given_lets_everybody_pass(read):
    text = "const express = require('express')\nconst app = express()\n"
    text += "require('./setup')(app, require('passport'))\n"
    text += "app.get('/x', (req, res) => res.json(1))\n"
    setup = "module.exports = (app, passport) => {\n  app.use(passport.initialize())\n"
    setup += "  app.use(passport.session())\n}\n"

    code = read({"main.js": text, "setup.js": setup})

    assert [(one.path, one.auth.answer) for one in code.routes] == [("/x", "no")]


def test_a_generator_that_a_library_runs_is_the_handler(read):
    text = "const express = require('express')\nconst { wrap: async } = require('co')\n"
    text += "const app = express()\nconst show = async(function* (req, res) { res.json(1) })\n"
    text += "const own = async(function* (req, res) {\n"
    text += "  if (!req.user) return res.sendStatus(401)\n  res.json(1)\n})\n"
    text += "app.get('/x', show)\napp.get('/y', own)\n"

    code = read({"main.js": text})

    assert [(one.path, one.auth.answer) for one in code.routes] == [("/x", "no"), ("/y", "yes")]
