"""FastAPI: routers that functions and classes make, hold and are given."""

from __future__ import annotations

import pytest


def served(code) -> list[tuple[str, str]]:
    return [(one.path, one.auth.answer) for one in code.routes]


def lost(code) -> list[str]:
    return [one.reason for one in code.unresolved if one.what == "route"]


SETUP = """from fastapi import FastAPI, APIRouter
def create(settings, router: APIRouter, **rest) -> FastAPI:
    application = FastAPI(**rest)
    application.include_router(router, prefix="/api")
    return application
"""
OWN = """from fastapi import APIRouter
router = APIRouter()
@router.get("/x")
def show(): ...
"""


@pytest.mark.parametrize("given", ["router=router, settings=1", "1, router"])
def test_a_router_that_a_function_is_given_is_below_what_includes_it(read, given):
    main = f"from own import router\nfrom setup import create\napp = create({given})\n"

    code = read({"main.py": main, "setup.py": SETUP, "own.py": OWN})

    assert [(one.path, one.auth.answer) for one in code.routes] == [("/api/x", "no")]
    assert not [one for one in code.unresolved if one.what == "route"]


def test_a_router_that_no_call_gives_is_told_as_lost(read):
    main = "from own import router\nfrom setup import create\napp = create(1)\n"

    code = read({"main.py": main, "setup.py": SETUP, "own.py": OWN})

    assert code.routes == ()
    assert len([one for one in code.unresolved if one.what == "route"]) == 2


def test_a_router_that_is_made_in_several_ways_is_not_told_as_guarded(read):
    app = """from fastapi import APIRouter, Depends, FastAPI
from fastapi.security import OAuth2PasswordBearer
token = OAuth2PasswordBearer("login")
def create(is_local):
    app = FastAPI()
    docs = APIRouter()
    if not is_local:
        docs = APIRouter(dependencies=[Depends(token)])
    @docs.get("/docs")
    def show(): ...
    app.include_router(docs)
    return app
"""

    assert [one.auth.answer for one in read({"app.py": app}).routes] == ["unknown"]


def test_a_router_that_is_made_with_several_prefixes_has_no_path_for_sure(read):
    app = "from fastapi import APIRouter, FastAPI\napp = FastAPI()\n"
    for one in ("if is_local", "else"):
        app += f"{one}:\n    own = APIRouter(prefix='/{one[:2]}')\n"
    app += "@own.get('/x')\ndef show(): ...\napp.include_router(own)\n"

    code = read({"app.py": app})

    assert code.routes == ()
    assert lost(code) == ["its path is not a literal"]


def test_what_a_method_is_given_is_counted_without_its_own_object(read):
    text = (
        "from fastapi import APIRouter, FastAPI\napp = FastAPI()\n"
        "a_router = APIRouter()\nb_router = APIRouter()\n"
        "@a_router.get('/a')\ndef a(): ...\n@b_router.get('/b')\ndef b(): ...\n"
        "class All:\n    @classmethod\n    def put(cls, router, /, other):\n"
        "        app.include_router(router, prefix='/x')\n"
        "        app.include_router(other, prefix='/y')\n"
        "All.put(a_router,  # first\n        b_router)\n"
    )

    assert [one.path for one in read({"main.py": text}).routes] == ["/x/a", "/y/b"]


GUARD = """from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException
def guard(key: str = Header(None)):
    if not key:
        raise HTTPException(401)
"""
GUARDED = "APIRouter(prefix='/o', dependencies=[Depends(guard)])"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("put(app, router)", [("/x", "no")]),
        ("other = FastAPI()\nput(app, router)", [("/x", "no")]),
        (f"outer = {GUARDED}\nput(outer, router)\napp.include_router(outer)", [("/o/x", "yes")]),
        ("other = FastAPI()\nput(unknown(), router)", []),
    ],
)
def test_what_a_function_is_given_to_include_in_is_above_what_it_includes(read, more, expected):
    text = f"{GUARD}router = APIRouter()\n@router.get('/x')\ndef show(): ...\n"
    text += f"def put(app, router):\n    app.include_router(router)\napp = FastAPI()\n{more}\n"

    code = read({"main.py": text})

    assert served(code) == expected
    reason = "what includes its router is not known, or served by nothing"
    assert lost(code) == ([] if expected else [reason])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("@app.get('/x')\n    def show(key=Depends(guard)): ...", [("/x", "yes")]),
        ("@app.get('/x')\n    def other(): ...", [("/x", "no")]),
        ("app.add_api_route('/x', endpoint=other, methods=['GET'])", [("/x", "yes")]),
    ],
)
def test_a_function_registers_routes_at_the_application_that_it_is_given(read, body, expected):
    text = f"{GUARD}def other(key=Depends(guard)): ...\ndef put(app):\n    {body}\n"

    assert served(read({"main.py": f"{text}app = FastAPI()\nput(app)\n"})) == expected


@pytest.mark.parametrize("call", ["get('/x')\ndef show(): ...", "add_api_route('/x', show)"])
def test_a_route_of_what_nobody_knows_is_told_as_lost(read, call):
    at = "@" if "def" in call else ""

    code = read({"main.py": f"{GUARD}from theirs import made\n{at}made.{call}\n"})

    assert (served(code), lost(code)) == ([], ["what it is registered at is not known"])


def test_a_route_of_a_router_that_nobody_includes_is_told_as_lost_however_it_is_registered(read):
    text = f"{GUARD}router = APIRouter()\nrouter.add_api_route('/x', show)\n"

    assert lost(read({"main.py": text})) == ["nobody includes its router"]


def test_each_function_has_routers_of_its_own(read):
    text = f"{GUARD}app = FastAPI()\n"
    for one in "ab":
        text += f"def make_{one}():\n    router = APIRouter()\n    @router.get('/x')\n"
        text += "    def show(): ...\n    return router\n"
    text += "app.include_router(make_a(), prefix='/a')\n"
    text += "app.include_router(make_b(), prefix='/b', dependencies=[Depends(guard)])\n"

    assert served(read({"main.py": text})) == [("/a/x", "no"), ("/b/x", "yes")]


def test_of_two_routers_that_one_function_makes_none_is_taken_for_the_other(read):
    text = f"{GUARD}def make_router():\n    router = APIRouter()\n    return router\n"
    text += "a = make_router()\nb = make_router()\n@a.get('/x')\ndef show(): ...\n"
    text += "app = FastAPI()\napp.include_router(a)\napp.include_router(b, prefix='/b')\n"

    code = read({"main.py": text})

    assert (served(code), len(lost(code))) == ([], 3)


def test_a_router_that_a_function_makes_is_guarded_as_it_is_made(read):
    made = f"{GUARD}def make_router():\n    made = {GUARDED}\n    return made\n"
    text = "from fastapi import APIRouter, FastAPI\nfrom own import make_router\n"
    text += "app = FastAPI()\nouter = make_router()\nrouter = APIRouter()\n"
    text += "@router.get('/x')\ndef show(): ...\nouter.include_router(router)\n"
    text += "app.include_router(outer)\n"

    assert served(read({"main.py": text, "own.py": made})) == [("/o/x", "yes")]


def test_what_an_unknown_function_makes_is_not_taken_for_the_application(read):
    text = f"{GUARD}from theirs import made\napp = FastAPI()\nouter = made()\n"
    text += "router = APIRouter()\n@router.get('/x')\ndef show(): ...\n"
    text += "outer.include_router(router)\n"

    assert served(read({"main.py": text})) == []


def test_a_router_in_a_field_is_that_of_all_methods_and_of_classes_that_extend_its_own(read):
    text = f"{GUARD}class Base:\n    def __init__(self):\n        self.app = FastAPI()\n"
    text += f"        self.router = {GUARDED}\n"
    text += "class Site(Base):\n    def put(self):\n"
    text += "        self.router.add_api_route('/x', self.show)\n"
    text += "        self.app.include_router(self.router)\n    def show(self): ...\n"

    (route,) = read({"main.py": text}).routes

    assert (route.path, route.handler, route.auth.answer) == ("/o/x", "main.Site.show", "yes")


@pytest.mark.parametrize(
    ("given", "before", "answer"),
    [
        ("", "", "yes"),
        ("guard", "", "unknown"),
        ("", "guard = other", "unknown"),
        ("", "guard = HTTPBearer()", "yes"),
        ("", "def guard(): ...", "no"),
    ],
)
@pytest.mark.parametrize("of_handler", [True, False])
def test_what_a_function_around_a_handler_has_is_not_what_its_file_has_by_that_name(
    read, given, before, answer, of_handler
):
    key, more = (
        ("key=Depends(guard)", "") if of_handler else ("", ", dependencies=[Depends(guard)]")
    )
    text = f"{GUARD}from fastapi.security import HTTPBearer\ndef create({given}):\n"
    text += f"    app = FastAPI()\n    {before}\n    @app.get('/x'{more})\n"
    text += f"    def show({key}): ...\n    return app\n"

    assert served(read({"main.py": text})) == [("/x", answer)]


def test_what_a_function_makes_is_not_what_its_file_has_by_that_name(read):
    text = "from fastapi import Depends, FastAPI\nfrom fastapi.security import HTTPBearer\n"
    text += "def make():\n    key = HTTPBearer()\n    return key\ndef key(): ...\napp = FastAPI()\n"
    text += "@app.get('/x')\ndef x(key=Depends(key)): ...\n"
    text += "@app.get('/y')\ndef y(key=Depends(make.made)): ...\n"
    text += "@app.get('/z')\ndef z(key=Depends(make())): ...\n"

    told = [("/x", "no"), ("/y", "unknown"), ("/z", "yes")]
    assert served(read({"main.py": text})) == told


@pytest.mark.parametrize(
    "loop",
    [
        "for one in (a.router, b.router):\n    app.include_router(one)\n",
        "for one in ALL:\n    app.include_router(one)\n",
        "for one, needed in [(a.router, None), (b.router, guard)]:\n"
        "    app.include_router(one, dependencies=[Depends(needed)])\n",
    ],
)
def test_each_router_that_a_loop_goes_through_is_included(read, loop):
    needs = "" if "needed" in loop else "dependencies=[Depends(guard)]"
    main = "from fastapi import FastAPI, Depends\nimport a, b\nfrom own import guard\n"
    files = {
        "main.py": f"{main}ALL = [a.router, b.router]\napp = FastAPI()\n{loop}",
        "own.py": GUARD,
        "a.py": "from fastapi import APIRouter\nrouter = APIRouter(prefix='/a')\n"
        "@router.get('/x')\ndef x():\n    return 1\n",
        "b.py": "from fastapi import APIRouter, Depends\nfrom own import guard\n"
        f"router = APIRouter(prefix='/b', {needs})\n@router.get('/x')\ndef x():\n    return 1\n",
    }

    code = read(files)

    assert {one.path for one in code.routes} == {"/a/x", "/b/x"}
    assert {one.path: one.auth.answer for one in code.routes}["/b/x"] == "yes"


@pytest.mark.parametrize(
    "loop",
    [
        "ALL.append(c)\nfor one in ALL:\n    app.include_router(one)\n",
        "for one in made():\n    app.include_router(one)\n",
        "for one in [*made()]:\n    app.include_router(one)\n",
    ],
)
def test_what_a_loop_goes_through_unseen_is_told_as_lost(read, loop):
    text = f"{SETUP}ALL = [router]\n@router.get('/x')\ndef x():\n    return 1\n{loop}"

    code = read({"main.py": text})

    assert (code.routes, "route" in {one.what for one in code.unresolved}) == ((), True)


def test_an_application_that_another_package_has_is_not_the_one_of_the_project(read):
    other = "from fastapi import APIRouter\nfrom elsewhere import app\n"
    other += "@app.get('/x')\ndef x():\n    return 1\n"

    code = read({"main.py": "from fastapi import FastAPI\napp = FastAPI()\n", "other.py": other})

    assert (code.routes, len(code.unresolved)) == ((), 1)


def test_one_of_many_parameters_is_not_what_the_file_has_by_that_name(read):
    text = "from fastapi import FastAPI\napp = FastAPI()\ndef put(*app):\n    @app.get('/x')\n"
    text += "    def x():\n        return 1\nput(app)\n"

    assert read({"main.py": text}).routes == ()


@pytest.mark.parametrize("said", ["settings().root", "f'/{settings().root}'", "conf.settings.root"])
def test_a_prefix_of_settings_that_a_function_gives_is_told_by_its_name(read, said):
    text = "from fastapi import FastAPI, APIRouter\nfrom own import settings, conf\n"
    text += f"router = APIRouter(prefix={said})\n@router.get('/x')\ndef x():\n    return 1\n"
    text += "app = FastAPI()\napp.include_router(router)\n"

    code = read({"main.py": text, "own.py": "def settings(): ...\n"})

    assert [one.path for one in code.routes] == ["/{root}/x"]


@pytest.mark.parametrize(
    ("body", "answers"),
    [
        ("DEPENDS = [Depends(need)]\napp.include_router(a, dependencies=DEPENDS)\n", ["yes"]),
        ("app.include_router(a, dependencies=unseen)\n", ["unknown"]),
        ("app.include_router(a, dependencies=None)\n", ["no"]),
        ("for one, by in ((a, [Depends(need)]),):\n    app.include_router(one, dependencies=by)\n",
         ["unknown"]),
    ],
)  # fmt: skip
def test_what_a_router_depends_on_by_a_name_is_not_nothing(read, body, answers):
    text = "from fastapi import FastAPI, APIRouter, Depends, Header, HTTPException\n"
    text += "def need(token=Header(None)):\n    if not token:\n        raise HTTPException(401)\n"
    text += "a = APIRouter()\n@a.get('/x')\ndef x():\n    return 1\napp = FastAPI()\n"

    assert [answer for _, answer in served(read({"main.py": text + body}))] == answers


def test_a_prefix_that_is_put_together_is_no_literal(read):
    text = "from fastapi import FastAPI, APIRouter\na = APIRouter()\n@a.get('/x')\ndef x():\n"
    text += "    return 1\napp = FastAPI()\napp.include_router(a, prefix='/' + 'a')\n"

    assert served(read({"main.py": text})) == []


def test_an_application_that_a_function_makes_is_given_on_where_nothing_says_fastapi(read):
    text = "from fastapi import FastAPI, APIRouter\na = APIRouter()\n@a.get('/x')\ndef x():\n"
    text += "    return 1\ndef create_app():\n    app = FastAPI()\n    return app\n"
    text += "def register(app: FastAPI):\n    app.include_router(a)\n"
    main = "from own.server import create_app, register\n\napp = create_app()\nregister(app)\n"
    other = "from fastapi import FastAPI\n\n\ndef make():\n    return FastAPI()\n\n\napp = make()\n"

    code = read({"own/server.py": text, "own/main.py": main, "gateway.py": other + "b = FastAPI()"})

    assert [one.path for one in code.routes] == ["/x"]


LOCAL = """from fastapi import APIRouter, FastAPI
router = APIRouter()
{before}
@router.get("/x")
def show(): ...
def build(on, given="/given"):
    app = FastAPI()
    {body}
    app.include_router(router, prefix={said})
    return app
"""


@pytest.mark.parametrize(
    ("body", "said", "path"),
    [
        ("base = '/api'", "base", "/api/x"),
        ("base = '/api'", "f'{base}/v1'", "/api/v1/x"),
        ("pass", "given", None),
        ("settings = load()", "settings.ROOT", "/{ROOT}/x"),
        ("pass", "on.root", "/{root}/x"),
        ("base = '/api'\n    if on:\n        base = '/other'", "base", None),
        ("if on:\n        base = '/api'", "base", None),
        ("base = '/api'\n    base += '/v1'", "base", None),
        ("base = '/api' if on else '/other'", "base", None),
        ("global base\n    base = '/api'", "base", None),
        ("base = '/api'\n    for base in load():\n        pass", "base", None),
        ("base, other = load()", "base", None),
    ],
)
@pytest.mark.parametrize("before", ["", "base = given = '/outer'"])
def test_a_prefix_in_a_variable_of_a_function_is_the_one_text_of_it(read, before, body, said, path):
    code = read({"main.py": LOCAL.format(before=before, body=body, said=said)})

    assert [one for one, _ in served(code)] == ([path] if path else [])
    assert bool(lost(code)) is (path is None)


@pytest.mark.parametrize(
    "text",
    [
        "def put(app):\n    from other import prefix\n    app.include_router(one, prefix=prefix)\n",
        "def put(app):\n    app.include_router(one, prefix=prefix)\n    prefix = '/b'\n",
        "def b():\n    global prefix\n    prefix = '/b'\napp.include_router(one, prefix=prefix)\n",
    ],
)
def test_a_prefix_that_is_imported_set_later_or_changed_elsewhere_is_not_told(read, text):
    head = "from fastapi import APIRouter, FastAPI\napp = FastAPI()\none = APIRouter()\n"
    head += "prefix = '/a'\n@one.get('/c')\ndef show(): ...\n"

    paths = {one.path for one in read({"main.py": f"{head}{text}"}).routes}
    assert paths <= {"/{prefix}/c"}


@pytest.mark.parametrize(
    "said",
    [
        "[app.include_router(router, prefix=PREFIX) for PREFIX in made()]",
        "for PREFIX in made():\n    app.include_router(router, prefix=PREFIX)",
        "for PREFIX in made():\n    app.include_router(router, prefix=f'{PREFIX}/more')",
        "[app.add_api_route(PREFIX, x) for PREFIX in made()]",
        "for PREFIX in made():\n    app.add_api_route(PREFIX, x)",
        "add = lambda PREFIX: app.add_api_route(PREFIX, x)\nadd('/b')",
    ],
)
def test_what_a_loop_gives_a_name_hides_the_constant_that_is_called_so(read, said):
    text = "from fastapi import FastAPI, APIRouter\nPREFIX = '/a'\nrouter = APIRouter()\n"
    text += f"@router.get('/x')\ndef x():\n    return 1\napp = FastAPI()\n{said}\n"

    code = read({"main.py": text})

    assert code.routes == ()
    assert "its path is not a literal" in lost(code)


def test_a_constant_beside_a_loop_over_something_else_is_a_prefix(read):
    text = "from fastapi import FastAPI, APIRouter\nPREFIX = '/a'\nrouter = APIRouter()\n"
    text += "@router.get('/x')\ndef x():\n    return 1\napp = FastAPI()\n"
    text += "[app.include_router(router, prefix=PREFIX) for one in made()]\n"

    assert [one.path for one in read({"main.py": text}).routes] == ["/a/x"]
