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
