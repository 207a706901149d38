"""FastAPI: paths below routers and applications, and whether anything refuses who is nobody."""

from __future__ import annotations

import pytest

from tests.fastapi_programs import CURRENT, program, served


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
