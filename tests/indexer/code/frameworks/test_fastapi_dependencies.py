"""FastAPI: what dependencies do to who is nobody."""

from __future__ import annotations

import pytest

from tests.fastapi_programs import CURRENT, program, served


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
