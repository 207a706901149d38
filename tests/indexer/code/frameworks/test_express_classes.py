"""Express: routers that classes have, by what they extend and by what gives them."""

from __future__ import annotations

import pytest

GUARD = """function guard(req, res, next) {
  if (!req.user) { return res.status(401).end() }
  next()
}
"""
SHOW = "(req, res) => res.json(1)"
MAIN = """import express from 'express'
import { A } from './a'
import { B } from './b'
const app = express()
app.use('/a', new A(1).router)
app.use('/b', new B().getRouter())
"""


def told(code) -> dict[str, str]:
    return {one.path: one.auth.answer for one in code.routes}


def base(body: str = "", made: str = "app = Router()") -> str:
    return (
        f"import {{ Router }} from 'express'\n{GUARD}export class Base {{\n  {made}\n"
        f"  constructor() {{ {body} }}\n  get router() {{ return this.app }}\n"
        "  getRouter() {\n    return this.app\n  }\n}\n"
    )


def extending(name: str, body: str) -> str:
    head = f"import {{ Base }} from './base'\n{GUARD}export class {name} extends Base {{\n"
    show = "  show(req, res) { res.json(1) }\n"
    return f"{head}  constructor() {{\n    super()\n{body}  }}\n{show}}}\n"


def test_each_class_has_a_router_of_its_own_by_the_one_that_it_extends(read):
    files = {
        "base.ts": base(),
        "a.ts": extending("A", f"    this.app.get('/x', {SHOW})\n"),
        "b.ts": extending("B", f"    this.app.use(guard)\n    this.app.get('/x', {SHOW})\n"),
        "main.ts": MAIN,
    }

    assert told(read(files)) == {"/a/x": "no", "/b/x": "yes"}


def test_what_a_class_uses_may_stand_before_the_routes_of_those_that_extend_it(read):
    files = {
        "base.ts": base("this.app.use(guard)"),
        "a.ts": extending("A", f"    this.app.get('/x', {SHOW})\n"),
        "main.ts": MAIN,
    }

    assert told(read(files)) == {"/a/x": "unknown"}


def test_what_a_class_registers_those_have_that_extend_it(read):
    files = {
        "base.ts": base(f"this.app.get('/up', {SHOW})"),
        "a.ts": extending("A", ""),
        "b.ts": extending("B", ""),
        "main.ts": MAIN,
    }

    assert told(read(files)) == {"/a/up": "no", "/b/up": "no"}


@pytest.mark.parametrize("given", ["get all() { return this.r }", "all() { return this.r }"])
def test_a_router_that_a_class_gives_is_its_field(read, given):
    text = "import { Router } from 'express'\nexport class A {\n  r = Router()\n"
    text += f"  constructor() {{ this.r.get('/x', {SHOW}) }}\n  {given}\n}}\n"
    call = "a.all" if given.startswith("get") else "a.all()"
    main = "import express from 'express'\nimport { A } from './a'\nconst app = express()\n"

    code = read({"a.ts": text, "main.ts": f"{main}const a = new A()\napp.use('/a', {call})\n"})

    assert told(code) == {"/a/x": "no"}


OF_OPTIONS = """  route(options) {
    this.app[options.method](options.path, options.need, this.catching(options.handler.bind(this)))
  }
  catching(handler) {
    return (req, res) => handler(req, res).catch((error) => res.status(500).json(error))
  }
"""
REFUSING = OF_OPTIONS.replace(
    "return (req, res) => handler", "return (req, res) => req.user && handler"
)
APART = """  route({ method, path, need, handler }) {
    this.app[method](path, need, handler)
  }
"""
INSIDE = """  route(options) {
    this.app.get(options.path, (req, res) => {
      if (!req.user) { return res.status(401).end() }
      options.handler(req, res)
    })
  }
"""
OTHER = """  route(options) {
    this.app.get(options.path, this.secured(options.handler))
  }
"""
OPEN = """  route(options) {
    this.app.get(options.path, (req, res, next) => next(), options.handler)
  }
"""


@pytest.mark.parametrize(
    ("method", "need", "answer"),
    [
        (OF_OPTIONS, "guard", "yes"),
        (OF_OPTIONS, "(q, s, n) => n()", "no"),
        (REFUSING, "(q, s, n) => n()", "unknown"),
        (APART, "guard", "yes"),
        (APART, "elsewhere", "unknown"),
        (OPEN, "guard", "no"),
        (INSIDE, "guard", "yes"),
        (OTHER, "guard", "unknown"),
    ],
)
def test_what_a_class_registers_by_a_method_is_a_route_of_its_router(read, method, need, answer):
    said = f"{{ method: 'get', path: '/x', need: {need}, handler: this.show }}"
    files = {
        "base.ts": base().rstrip().removesuffix("}") + method + "}\n",
        "a.ts": extending("A", f"    this.route({said})\n"),
        "main.ts": MAIN,
    }

    code = read(files)

    assert told(code) == {"/a/x": answer}
    assert [one.symbol for one in code.routes] == ["A.show"]


@pytest.mark.parametrize(
    "method",
    [
        "  route(options) {\n    if (on) { this.app.get(options.path, options.handler) }\n  }\n",
        "  route(options) {\n    register(this.app, options)\n  }\n",
        "",
    ],
)
def test_what_a_class_registers_by_a_method_that_is_not_followed_is_told_as_lost(read, method):
    files = {
        "base.ts": base().rstrip().removesuffix("}") + method + "}\n",
        "a.ts": extending(
            "A", "    this.route({ method: 'get', path: '/x', handler: this.show })\n"
        ),
        "main.ts": MAIN,
    }

    code = read(files)

    assert told(code) == {}
    reasons = {one.path: one.reason for one in code.unresolved if one.what == "route"}
    assert reasons["a.ts"] == "a method of its class registers it"


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("options.path = '/v1' + options.path\n", "method: 'get', path: '/x', handler: this.show"),
        ("", "method: 'get', path: '/x', handler: this.show, ...more"),
    ],
)
def test_what_is_said_to_a_method_is_no_route_where_it_is_changed(read, before, said):
    method = (
        f"  route(options) {{\n    {before}    this.app.get(options.path, options.handler)\n  }}\n"
    )
    files = {
        "base.ts": base().rstrip().removesuffix("}") + method + "}\n",
        "a.ts": extending("A", f"    this.route({{ {said} }})\n"),
        "main.ts": MAIN,
    }

    code = read(files)

    assert told(code) == {}
    assert "'/x'" in {one.name for one in code.unresolved}


@pytest.mark.parametrize(
    ("method", "own", "expected"),
    [
        ("use(path, router) { this.app.use(path, router) }", "", {"/api/in/x": "no"}),
        ("use(path: string, router: R) { this.app.use(path, router) }", "", {"/api/in/x": "no"}),
        ("use(path, router) { this.app.use(path, guard, router) }", "", {}),
        ("use(path, router) { this.app.use(router, path) }", "", {}),
        ("use(path, router) { if (on) { this.app.use(path, router) } }", "", {}),
        ("use(path, router) { this.app.use(path, router) }", "use(path, router) { no() }", {}),
    ],
)
def test_what_a_class_is_given_to_use_its_router_uses(read, method, own, expected):
    given = base().rstrip().removesuffix("}") + f"  {method}\n}}\n"
    outer = extending("Api", "    this.use('/in', new A().router)\n").rstrip().removesuffix("}")
    main = "import express from 'express'\nimport { Api } from './api'\nconst app = express()\n"
    files = {
        "base.ts": given,
        "a.ts": extending("A", f"    this.app.get('/x', {SHOW})\n"),
        "api.ts": f"import {{ A }} from './a'\n{outer}  {own}\n}}\n",
        "main.ts": f"{main}app.use('/api', new Api().router)\n",
    }

    assert told(read(files)) == expected
