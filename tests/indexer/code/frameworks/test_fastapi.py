"""FastAPI: paths below routers and applications, and whether anything refuses who is nobody."""

from __future__ import annotations

import pytest

APP = """from fastapi import APIRouter, Depends, FastAPI, HTTPException, Security
from fastapi.security import OAuth2PasswordBearer, HTTPBearer
{head}
app = FastAPI({app})
router = APIRouter(prefix="/orders"{router})

@router.get("/{{order_id:int}}"{route})
def show(order_id: int{parameters}):
    return order_id

app.include_router(router, prefix="/v1"{include})
"""
CURRENT = """
def current_user(token: str):
    if not token:
        raise HTTPException(status_code=401)
"""


def program(**parts: str) -> str:
    places = ("head", "app", "router", "route", "parameters", "include")
    return APP.format(**(dict.fromkeys(places, "") | parts))


def served(code) -> list[tuple[str, str, str]]:
    return [(one.method, one.path, one.auth.answer) for one in code.routes]


@pytest.mark.parametrize(
    "parts",
    [
        {"route": ", dependencies=[Depends(current_user)]"},
        {"router": ", dependencies=[Depends(current_user)]"},
        {"include": ", dependencies=[Depends(current_user)]"},
        {"app": "dependencies=[Depends(current_user)]"},
        {"parameters": ", user: dict = Depends(current_user)"},
        {"parameters": ", user: Annotated[dict, Depends(current_user)]"},
        {
            "head": CURRENT + "User = Annotated[dict, Depends(current_user)]",
            "parameters": ", user: User",
        },
        {"head": "bearer = HTTPBearer()", "parameters": ", token: str = Security(bearer)"},
        {
            "head": "bearer = OAuth2PasswordBearer(tokenUrl='x')\n"
            "def known(token: str = Depends(bearer)): ...\n"
            "def active(user: dict = Depends(known)): ...\n",
            "parameters": ", user: dict = Depends(active)",
        },
    ],
)
def test_a_dependency_at_any_level_that_refuses_is_authentication(read, parts):
    code = read({"main.py": program(**({"head": CURRENT} | parts))})

    assert served(code) == [("GET", "/v1/orders/{order_id}", "yes")]
    assert code.unresolved == ()


def test_a_right_that_a_dependency_asks_for_is_authorisation(read):
    deps = """from typing import Annotated
from fastapi import Depends, HTTPException
from fastapi.security import HTTPBearer
bearer = HTTPBearer()
def user(token=Depends(bearer)):
    return find(token)
def superuser(user=Depends(user)):
    if not user.is_superuser:
        raise HTTPException(status_code=403)
    return user
def through(user=Depends(superuser)):
    return user
Super = Annotated[object, Depends(through)]
"""
    head = "from deps import Super, superuser, user"
    given = [", it=Depends(user)", ", it=Depends(superuser)", ", it: Super"]
    answers = [
        read({"deps.py": deps, "main.py": program(head=head, parameters=one)}).routes[0]
        for one in given
    ]

    assert [one.auth.answer for one in answers] == ["yes", "yes", "yes"]
    assert [one.authorisation.answer for one in answers] == ["no", "yes", "yes"]


MADE = """
class Bearer(HTTPBearer):
    def __init__(self, auto_error: bool = True):
        super().__init__(auto_error=auto_error)
    async def __call__(self, request):
        {call}

def strict(token: str = Security(Bearer())):
    return token
def free(token: str = Security(Bearer(auto_error=False))):
    if token:
        return strict(token)
    return None
def settings(): ...
def user(token: str = Depends(strict), conf=Depends(settings)):
    return find(token)
def maybe(token=Depends(free), conf=Depends(settings)):
    if token is not None:
        raise HTTPException(403)
def chosen(*, required: bool = True):
    return user if required else maybe
def other(required):
    return user if not required else maybe
def store(kind):
    def inner(conf=Depends(settings)):
        return kind(conf)
    return inner
class Checks:
    def __init__(self, role): ...
    def __call__(self, found=Depends(user)):
        return found
"""
PASSES = "return await super().__call__(request)"
TRIES = "try:\n            return await super().__call__(request)\n        except HTTPException:\n"


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ("chosen()", "yes"),
        ("chosen(required=True)", "yes"),
        ("chosen(required=False)", "no"),
        ("chosen(required=flag)", "unknown"),
        ("other(required=False)", "yes"),
        ("other(flag)", "unknown"),
        ("store(Orders)", "no"),
        ("Checks('admin')", "yes"),
        ("Bearer()", "yes"),
        ("Bearer(auto_error=False)", "unknown"),
        ("elsewhere(1)", "unknown"),
    ],
)
def test_a_dependency_that_is_made_is_followed_to_what_is_called(read, given, answer):
    parts = {"head": MADE.format(call=PASSES), "parameters": f", it=Depends({given})"}

    assert [one[2] for one in served(read({"main.py": program(**parts)}))] == [answer]


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        (f"{TRIES}            raise HTTPException(403)", "yes"),
        (f"{TRIES}            return None", "unknown"),
        (
            "if request.open:\n            return None\n        await super().__call__(request)",
            "unknown",
        ),
        ("return None", "unknown"),
    ],
)
def test_a_scheme_of_the_project_refuses_if_its_base_is_asked_before_all(read, call, answer):
    parts = {"head": MADE.format(call=call), "parameters": ", it=Depends(Bearer())"}

    assert [one[2] for one in served(read({"main.py": program(**parts)}))] == [answer]


@pytest.mark.parametrize(
    ("parts", "answer"),
    [
        ({}, "no"),
        ({"head": "def db(): ...", "parameters": ", db: object = Depends(db)"}, "no"),
        ({"parameters": ", user: dict = Depends(elsewhere.current_user)"}, "unknown"),
        ({"head": CURRENT, "parameters": ", user: dict = Depends(current_user(1))"}, "unknown"),
        (
            {
                "head": "bearer = HTTPBearer(auto_error=False)",
                "parameters": ", token: str = Depends(bearer)",
            },
            "unknown",
        ),
        (
            {
                "head": "def is_open():\n    raise HTTPException(403)\n",
                "route": ", dependencies=[Depends(is_open)]",
            },
            "unknown",
        ),
        ({"head": "User = make_type()", "parameters": ", user: User"}, "unknown"),
        (
            {
                "head": "def maybe(token=None):\n    if token is None:\n        return None\n"
                "    if not known(token):\n        raise HTTPException(401)\n",
                "parameters": ", user: dict = Depends(maybe)",
            },
            "unknown",
        ),
        (
            {
                "head": "def maybe(token=None):\n    if token and not known(token):\n"
                "        raise HTTPException(401)\n",
                "parameters": ", user: dict = Depends(maybe)",
            },
            "unknown",
        ),
        ({"app": "middleware=[Middleware(AuthMiddleware)]"}, "unknown"),
        ({"router": ", route_class=AuthRoute"}, "unknown"),
    ],
)
def test_where_it_is_not_understood_nobody_says_yes_or_no(read, parts, answer):
    code = read({"main.py": program(**parts)})

    assert served(code) == [("GET", "/v1/orders/{order_id}", answer)]


@pytest.mark.parametrize(
    "more",
    [
        "app.add_middleware(SessionCheck)\n",
        "@app.middleware('http')\nasync def check(r, n):\n    raise HTTPException(401)\n",
    ],
)
def test_a_middleware_that_is_not_known_leaves_it_open(read, more):
    text = program() + more

    assert served(read({"main.py": text})) == [("GET", "/v1/orders/{order_id}", "unknown")]


def test_prefixes_come_from_routers_in_other_files_and_from_constants(read):
    code = read(
        {
            "app/main.py": "from fastapi import FastAPI\nfrom app.api import api\n"
            "from app.config import settings\n"
            "def create():\n    app = FastAPI()\n"
            "    app.include_router(api, prefix=settings.API_V1)\n",
            "app/config.py": "class Settings:\n    API_V1: str = '/api/v1'\n"
            "settings = Settings()\n",
            "app/api.py": "from fastapi import APIRouter\nfrom app import users\n"
            "api = APIRouter()\napi.include_router(users.router, prefix='/users')\n",
            "app/users.py": "from fastapi import APIRouter\nrouter = APIRouter()\n"
            "@router.post('')\nasync def add(): ...\n"
            "@router.api_route('/all', methods=['GET', 'HEAD'])\ndef everyone(): ...\n",
        }
    )

    assert [(one.method, one.path, one.handler) for one in code.routes] == [
        ("POST", "/api/v1/users", "app.users.add"),
        ("GET", "/api/v1/users/all", "app.users.everyone"),
        ("HEAD", "/api/v1/users/all", "app.users.everyone"),
    ]


@pytest.mark.parametrize(
    ("prefix", "path"),
    [
        ("settings.API", "/{API}/users"),
        ("f'{settings.API}/v2'", "{API}/v2/users"),
        ("f'{HERE}/v1'", "/here/v1/users"),
    ],
)
def test_a_prefix_that_only_settings_know_is_told_by_its_name(read, prefix, path):
    code = read(
        {
            "main.py": "from fastapi import APIRouter, FastAPI\nfrom conf import settings\n"
            "HERE = '/here'\napp = FastAPI()\nrouter = APIRouter()\n"
            f"@router.get('/users')\ndef show(): ...\napp.include_router(router, prefix={prefix})\n"
        }
    )

    assert [one.path for one in code.routes] == [path]


def test_what_cannot_be_placed_is_told(read):
    code = read(
        {
            "main.py": "from fastapi import APIRouter, FastAPI\napp = FastAPI()\n"
            "alone = APIRouter()\n@alone.get('/x')\ndef x(): ...\n"
            "@app.get(PATH)\ndef y(): ...\n"
        }
    )

    assert code.routes == ()
    assert [one.reason for one in code.unresolved if one.what == "route"] == [
        "nobody includes its router",
        "its path is not a literal",
    ]


@pytest.mark.parametrize(
    "handler",
    [
        "@requires('authenticated')\ndef show(order_id: int): ...",
        "def show(order_id: int):\n    check(order_id)",
        "def show(order_id: int):\n    if not order_id:\n        raise HTTPException(401)",
    ],
)
def test_a_handler_that_may_refuse_by_itself_is_not_called_open(read, handler):
    text = program(head="def check(x):\n    raise HTTPException(status_code=403)\n")
    text = text.replace("def show(order_id: int):\n    return order_id", handler)

    assert served(read({"main.py": text})) == [("GET", "/v1/orders/{order_id}", "unknown")]


@pytest.mark.parametrize(
    ("parameter", "answer"),
    [
        ("item: Item", "yes"),
        ("items: list[Item]", "yes"),
        ("item: Annotated[Item, Body()]", "yes"),
        ("item: Item | None = None", "yes"),
        ("archive: UploadFile = File(...)", "yes"),
        ("ending: str = Form(...)", "yes"),
        ("request: Request", "no"),
        ("number: int", "no"),
        ("items: dict[str, Any]", "no"),
    ],
)
def test_a_body_of_a_models_type_is_validated(read, parameter, answer):
    app = (
        "from fastapi import FastAPI, Request\nfrom pydantic import BaseModel\napp = FastAPI()\n"
        f"class Item(BaseModel): ...\n@app.post('/items')\ndef add({parameter}): ...\n"
    )

    (route,) = read({"app.py": app}).routes

    assert route.validation.answer == answer


def test_routers_of_a_class_of_ones_own_are_read_and_what_they_ask_is_not_known(read):
    files = {
        "own.py": "from fastapi import APIRouter\nclass OwnRouter(APIRouter): ...\n"
        "class ClosedRouter(OwnRouter): ...\n",
        "main.py": "from fastapi import FastAPI\nfrom own import ClosedRouter\napp = FastAPI()\n"
        "router = ClosedRouter(prefix='/a')\nother = HttpRouter()\n"
        "@router.get('/x')\ndef x(): ...\n@other.get('/y')\ndef y(): ...\n"
        "app.include_router(router)\n",
    }

    (route,) = read(files).routes

    assert (route.path, route.auth.answer) == ("/a/x", "unknown")


def test_of_a_class_that_no_router_makes_it_is_not_known_who_may_ask(read):
    text = "from fastapi import FastAPI, Depends\napp = FastAPI()\nclass Orders:\n"
    text += "    user = Depends(known)\n    @app.post('/x')\n    def add(self, n: dict): ...\n"

    (route,) = read({"main.py": text}).routes

    assert (route.auth.answer, route.authorisation.answer) == ("unknown", "unknown")


def test_a_prefix_is_the_constant_of_its_own_file_where_others_are_called_so(read):
    router = "from fastapi import APIRouter\nprefix = '/{0}'\nrouter = APIRouter(prefix=prefix)\n"
    router += "@router.get('/x')\ndef x(): ...\n"
    main = "from fastapi import FastAPI\nimport a, b\napp = FastAPI()\n"
    main += "app.include_router(a.router)\napp.include_router(b.router)\n"

    files = {"a.py": router.format("a"), "b.py": router.format("b"), "main.py": main}
    assert sorted(one.path for one in read(files).routes) == ["/a/x", "/b/x"]


@pytest.mark.parametrize(
    ("given", "takes"),
    [
        ("item_id: int", False),
        ("item_id: int, tasks: BackgroundTasks, user = Depends(known)", False),
        ("", False),
        ("item_id: int, data: dict", True),
        ("request: Request", True),
        ("data = Depends(Order.as_form)", True),
    ],
)
def test_a_function_that_is_given_its_path_alone_takes_no_input(read, given, takes):
    text = "from fastapi import FastAPI, Depends\napp = FastAPI()\n"
    text += f"@app.post('/items/{{item_id}}/run')\ndef run({given}): ...\n"

    (route,) = read({"main.py": text}).routes

    assert route.takes_input is takes


@pytest.mark.parametrize(
    ("mount", "path"),
    [
        ('outer.mount("/api/v1", app=app)', "/api/v1/v1/orders/{order_id}"),
        ('outer.mount("/api", app)', "/api/v1/orders/{order_id}"),
        ('outer.mount("/static", StaticFiles())', "/v1/orders/{order_id}"),
    ],
)
def test_an_application_that_is_mounted_is_served_below_that(read, mount, path):
    code = read({"main.py": f"{program()}\nouter = FastAPI()\n{mount}\n"})

    assert served(code) == [("GET", path, "no")]


@pytest.mark.parametrize(
    ("mount", "path"),
    [
        ('Starlette(routes=[Mount("/api", app=app)])', "/api/v1/orders/{order_id}"),
        ('Starlette(routes=[Mount("/static", StaticFiles())])', "/v1/orders/{order_id}"),
        ('Starlette(routes=[Mount("/a", routes=[Mount("/b", app)])])', ""),
        ('Starlette()\nsite.mount("/api", app)', "/api/v1/orders/{order_id}"),
    ],
)
def test_it_may_be_mounted_by_what_is_no_application_of_fastapi(read, mount, path):
    text = f"from starlette.routing import Mount\nfrom main import app\nsite = {mount}\n"

    code = read({"main.py": program(), "site_.py": text})

    assert [one.path for one in code.routes] == ([path] if path else [])
    missed = [one.reason for one in code.unresolved if one.what == "route"]
    assert missed == ([] if path else ["its path is not a literal"])


def test_a_router_is_nobodys_blueprint(read):
    code = read({"main.py": program()})

    assert [one for one in code.unresolved if one.what == "route"] == []


@pytest.mark.parametrize(
    ("raised", "answer"),
    [
        ("InvalidCredentialException", "unknown"),
        ("errors.NotAuthenticated()", "unknown"),
        ("AuthorNotFound()", "no"),
        ("HTTPException(status_code=404)", "no"),
    ],
)
def test_a_dependency_that_raises_what_is_called_as_a_refusal_may_refuse(read, raised, answer):
    user = f"\ndef user(request: Request):\n    if not request.x:\n        raise {raised}\n"
    code = read({"main.py": program(head=user, parameters=", user=Depends(user)")})

    assert [one.auth.answer for one in code.routes] == [answer]


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("return current_user(token)", "yes"),
        ("return OPEN or current_user(token)", "unknown"),
        ("return None if OPEN else current_user(token)", "unknown"),
        ("return [current_user(one) for one in OPEN]", "unknown"),
        ("if OPEN and current_user(token):\n        return 1", "unknown"),
        ("if OPEN:\n        return 1\n    elif current_user(token):\n        return 2", "unknown"),
    ],
)
def test_what_a_dependency_may_call_or_not_refuses_nobody_for_sure(read, body, answer):
    head = CURRENT + f"OPEN = 1\ndef known(token: str):\n    {body}\n"
    code = read({"main.py": program(head=head, parameters=", user: dict = Depends(known)")})

    assert served(code) == [("GET", "/v1/orders/{order_id}", answer)]


CLASSES = """from abc import ABC
from fastapi import APIRouter, Depends, FastAPI, HTTPException
from fastapi_utils.cbv import cbv
{head}
app = FastAPI()
router = APIRouter(prefix="/orders")

class Base({base}):
    user: dict = Depends({user})

@{decorator}
class Orders(Base):
    @router.get("")
    def list(self): ...

app.include_router(router)
"""


@pytest.mark.parametrize(
    ("parts", "answer"),
    [
        ({}, "yes"),
        ({"decorator": "controller(router)"}, "yes"),
        ({"user": "page"}, "no"),
        ({"user": "page", "base": "Elsewhere"}, "unknown"),
        ({"user": "page", "decorator": "cbv(other)"}, "unknown"),
    ],
)
def test_what_a_class_of_routes_depends_on_is_fulfilled_before_its_methods(read, parts, answer):
    head = CURRENT + "def page(number: int = 1):\n    return number\n"
    usual = {"head": head, "base": "ABC", "user": "current_user", "decorator": "cbv(router)"}

    (route,) = read({"main.py": CLASSES.format(**(usual | parts))}).routes

    assert (route.path, route.auth.answer) == ("/orders", answer)
    assert route.handler == "main.Orders.list"


GUARDED = """from fastapi import APIRouter, FastAPI
def guarded(method, path, scopes=None, **more):
    def decorate(function):
        return {made}
    return decorate
app = FastAPI()
router = APIRouter(prefix="/orders")
@guarded(router.get, "/{{number}}", ["read"])
def show(number: int): ...
app.include_router(router)
"""


def test_a_decorator_that_is_given_a_method_of_a_router_makes_a_route(read):
    (route,) = read({"main.py": GUARDED.format(made="method(path, **more)(function)")}).routes

    assert (route.method, route.path, route.handler) == ("GET", "/orders/{number}", "main.show")
    assert (route.auth.answer, route.auth.evidence) == ("unknown", "guarded (main.py:8)")


@pytest.mark.parametrize(
    "text",
    [
        GUARDED.format(made="wrap(method, path)(function)"),
        GUARDED.format(made="method(path)(function)").replace(
            "(router.get, ", "(method=router.get, path="
        ),
    ],
)
def test_a_route_that_a_decorator_may_make_is_told_as_lost(read, text):
    code = read({"main.py": text})

    assert (code.routes, [one.name for one in code.unresolved]) == ((), ["show"])


def test_a_dependency_that_leads_nobody_but_to_the_login_refuses(read):
    code = read(
        {
            "main.py": "from fastapi import Depends, FastAPI, Cookie\napp = FastAPI()\n"
            "def session(token: str | None = Cookie(None)):\n    if token is None:\n"
            "        raise HTTPException(\n            status_code=307,\n"
            "            headers={'Location': str(url_for('auth:login'))},\n        )\n"
            "    return token\n"
            "@app.get('/a')\ndef show(token: str = Depends(session)): ...\n"
        }
    )

    assert served(code) == [("GET", "/a", "yes")]


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (
            "if not request.state.user:\n        return RedirectResponse('/login')\n    return 1",
            "unknown",
        ),
        ("return JSONResponse({}, status_code=401) if late() else 1", "unknown"),
        ("if not compare_digest(sign, made()):\n        raise HTTPException(400)", "unknown"),
        ("request.session.clear()\n    return RedirectResponse(url='/login')", "no"),
        ("return 1", "no"),
    ],
)
def test_a_handler_that_answers_a_refusal_may_refuse(read, body, answer):
    head = "from fastapi import FastAPI, Request\napp = FastAPI()\n@app.get('/a')\n"
    code = read({"main.py": f"{head}def show(request: Request):\n    {body}\n"})

    assert served(code) == [("GET", "/a", answer)]
