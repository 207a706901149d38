"""Express: applications and routers of one name, in functions and in classes."""

from __future__ import annotations

import pytest

GUARD = """const express = require('express')
function guard(req, res, next) {
  if (!req.user) { return res.status(401).end() }
  next()
}
"""
SHOW = "(req, res) => res.json(1)"
APP = f"{GUARD}const app = express()\n"


def told(code) -> dict[str, str]:
    return {one.path: one.auth.answer for one in code.routes}


@pytest.mark.parametrize("head", ["function {name}() {{", "const {name} = () => {{"])
def test_each_function_has_routers_of_its_own(read, head):
    text = GUARD
    for name, more in (("a", ""), ("b", "  router.use(guard)\n")):
        text += f"{head.format(name=name)}\n  const router = express.Router()\n{more}"
        text += f"  router.get('/x', {SHOW})\n  return router\n}}\n"
    text += "const app = express()\napp.use('/a', a())\napp.use('/b', b())\n"

    assert told(read({"main.js": text})) == {"/a/x": "no", "/b/x": "yes"}


def test_a_field_of_one_class_is_not_that_of_another(read):
    text = GUARD
    for name, more in (("A", ""), ("B", "    this.app.use(guard)\n")):
        text += f"class {name} {{\n  constructor() {{\n    this.app = express()\n{more}"
        text += f"    this.app.get('/{name}', {SHOW})\n  }}\n}}\n"

    assert told(read({"main.js": text})) == {"/A": "no", "/B": "yes"}


def test_a_router_that_a_function_makes_for_its_file_is_that_of_the_file(read):
    text = f"{GUARD}let router\nfunction init() {{\n  router = express.Router()\n"
    text += "  router.use(guard)\n}\ninit()\n"
    text += f"router.get('/x', {SHOW})\nconst app = express()\napp.use(router)\n"

    assert set(told(read({"main.js": text}))) == {"/x"}


def test_what_a_file_imports_is_not_what_one_of_its_functions_has_by_that_name(read):
    text = f"{GUARD}const router = require('./own')\nfunction other() {{\n"
    text += f"  const router = express.Router()\n  router.get('/no', {SHOW})\n}}\n"
    text += "const app = express()\napp.use('/x', router)\n"

    code = read({"main.js": text, "own.js": "module.exports = made()\n"})

    assert told(code) == {}


def test_a_variable_that_is_declared_before_it_is_made_is_that_of_its_function(read):
    text = GUARD
    for name, more in (("a", ""), ("b", "  router.use(guard)\n")):
        text += f"function {name}() {{\n  let router\n  router = express.Router()\n{more}"
        text += f"  router.get('/{name}', {SHOW})\n  return router\n}}\n"
    text += "const app = express()\napp.use('/a', a())\napp.use('/b', b())\n"

    assert told(read({"main.js": text})) == {"/a/a": "no", "/b/b": "yes"}


def test_routers_that_only_blocks_tell_apart_are_told_as_lost(read):
    text = f"{GUARD}const app = express()\n"
    for name, more in (("a", "if (on)"), ("b", "else")):
        text += f"{more} {{\n  const router = express.Router()\n"
        text += f"  router.get('/x', {SHOW})\n  app.use('/{name}', router)\n}}\n"

    code = read({"main.js": text})

    assert (told(code), len(code.unresolved)) == ({}, 2)


@pytest.mark.parametrize(
    ("given", "argument", "answer"),
    [("", "guard", "yes"), ("guard", "guard", "unknown"), ("guard", "(q, s, n) => n()", "no")],
)
def test_what_a_function_is_given_is_not_what_its_file_has_by_that_name(
    read, given, argument, answer
):
    text = f"{GUARD}const app = express()\nfunction put({given}) {{\n"
    text += f"  app.get('/x', {argument}, {SHOW})\n}}\nput((q, s, n) => n())\n"

    assert told(read({"main.js": text})) == {"/x": answer}


def test_a_router_that_a_function_is_given_is_not_that_of_its_file(read):
    text = f"{GUARD}const app = express()\nconst router = express.Router()\n"
    text += f"router.get('/x', {SHOW})\nfunction put(router) {{\n  app.use('/p', router)\n}}\n"
    text += "put(require('./elsewhere'))\n"

    assert told(read({"main.js": text})) == {}


def test_routers_of_two_functions_on_one_line_are_told_as_lost(read):
    made = ""
    for name, more in (("a", ""), ("b", " router.use(guard);")):
        made += f"function {name}() {{ const router = express.Router();{more}"
        made += f" router.get('/{name}', {SHOW}); return router }} "
    text = f"{GUARD}{made}\nconst app = express()\napp.use('/a', a())\napp.use('/b', b())\n"

    code = read({"main.js": text})

    assert (told(code), len(code.unresolved)) == ({}, 2)


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("const f = guard; return f", "yes"),
        ("const f = elsewhere(); return f", "unknown"),
        ("const f = (q, s, n) => n(); return f", "no"),
        ("const f = require('cors')(); return f", "no"),
        ("let f = guard; f = elsewhere(); return f", "unknown"),
        ("if (on) { return guard } return (q, s, n) => n()", "unknown"),
        ("if (on) { return guard }", "unknown"),
    ],
)
def test_what_a_function_keeps_and_gives_back_stands_before_a_route(read, body, answer):
    text = f"{APP}function make(on) {{\n  {body}\n}}\n"
    text += f"class Checks {{\n  make(on) {{\n    {body}\n  }}\n}}\nconst checks = new Checks()\n"
    text += f"app.get('/x', make(), {SHOW})\n"

    assert told(read({"main.js": text})) == {"/x": answer}


@pytest.mark.parametrize(
    ("head", "before", "answer"),
    [
        ("const both = [express.json(), guard]", "both", "yes"),
        ("const both = [express.json(), guard]", "...both", "yes"),
        ("const both = [express.json(), (q, s, n) => n()]", "both", "no"),
        ("const both = [express.json(), elsewhere]", "both", "unknown"),
        ("const both = []\nboth.push(guard)", "both", "unknown"),
        ("const both = [express.json()]\nboth.push(guard)", "both", "unknown"),
        ("const upload = require('multer')()", "upload.single('image')", "no"),
        ("const upload = require('./own')()", "upload.single('image')", "unknown"),
    ],
)
def test_a_list_stands_before_a_route_as_all_that_is_in_it(read, head, before, answer):
    text = f"{GUARD}{head}\nconst app = express()\napp.get('/x', {before}, {SHOW})\n"

    assert told(read({"main.js": text, "own.js": "module.exports = () => made\n"})) == {
        "/x": answer
    }


def test_a_router_that_a_function_gave_is_used_under_the_name_of_a_variable(read):
    routes = "import { Router } from 'express';\nexport const createOrders = (guard) => {\n"
    routes += f"  const router = Router();\n  router.get('/x', {SHOW});\n  return router;\n}};\n"
    main = "import express from 'express';\nimport { createOrders } from './orders';\n"
    main += "export const setup = (app) => {\n  const orders = createOrders(1);\n"
    main += "  app.use('/api/v1/orders', orders);\n};\n"
    main += "const start = () => {\n  const app = express();\n  setup(app);\n};\n"

    assert set(told(read({"main.ts": main, "orders.ts": routes}))) == {"/api/v1/orders/x"}


def test_a_router_that_nobody_uses_is_no_application_by_whatever_a_file_calls_it(read):
    routes = "import { Router } from 'express';\nexport const createOrders = (guard) => {\n"
    routes += f"  const router = Router();\n  router.get('/x', {SHOW});\n  return router;\n}};\n"

    code = read({"orders.ts": routes})

    assert code.routes == ()
    assert [one.reason for one in code.unresolved] == ["nobody uses its router"]


@pytest.mark.parametrize(
    ("given", "paths"), [("one", set()), ("config", {"/{path}"}), ("{ path }", set())]
)
def test_a_path_that_a_function_is_given_is_none_that_is_set_somewhere(read, given, paths):
    said = "path" if given.startswith("{") else f"{given}.path"
    text = (
        f"{GUARD}const app = express()\nfunction put({given}) {{\n  app.get({said}, {SHOW})\n}}\n"
    )

    code = read({"main.js": f"{text}load().forEach(put)\n"})

    assert (set(told(code)), len(code.unresolved)) == (paths, 0 if paths else 1)


@pytest.mark.parametrize(
    "made",
    [
        "let need = guard\nif (process.env.DEV) { need = open }\n",
        "let need = open\nif (process.env.DEV) need = guard\n",
        "let need = [open]\nif (process.env.DEV) need = [guard]\n",
        "const need = [open]\nneed[1] = guard\n",
        "const need = [guard]\nif (process.env.DEV) need.pop()\n",
        "function make(open) { return open }\nconst need = make(guard)\n",
    ],
)
def test_what_changes_later_is_not_told_as_it_was_made(read, made):
    text = f"{APP}const open = (req, res, next) => next()\n{made}app.get('/x', need, SHOW)\n"

    code = read({"main.js": text.replace("SHOW", "(req, res) => res.json(1)")})

    assert [(one.path, one.auth.answer) for one in code.routes] == [("/x", "unknown")]


def test_each_call_of_a_function_makes_a_router_of_its_own(read):
    text = f"{APP}function make() {{\n  return express.Router()\n}}\nfunction main() {{\n"
    text += "  const one = make()\n  const two = make()\n  one.use(guard)\n"
    text += "  one.get('/x', SHOW)\n  two.get('/y', SHOW)\n"
    text += "  app.use('/one', one)\n  app.use('/two', two)\n}\nmain()\n"

    assert read({"main.js": text.replace("SHOW", "(req, res) => res.json(1)")}).routes == ()


def test_a_function_within_one_that_is_exported_has_its_router(read):
    text = f"{APP}exports.create = function () {{\n  const router = express.Router()\n"
    text += "  function more() {\n    router.get('/x', (req, res) => res.json(1))\n  }\n"
    text += "  more()\n  app.use('/r', router)\n}\n"

    assert [one.path for one in read({"main.js": text}).routes] == ["/r/x"]


def test_the_path_of_what_a_loop_goes_through_is_no_setting(read):
    text = f"{APP}for (const one of listed()) {{\n  app.get(one.path, (req, res) => 1)\n}}\n"

    code = read({"main.js": text})

    assert (code.routes, len(code.unresolved)) == ((), 1)
