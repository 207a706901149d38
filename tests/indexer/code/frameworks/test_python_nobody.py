"""Ways through functions of Python that somebody goes who shows nothing, in each framework."""

from __future__ import annotations

import pytest

FASTAPI = """from fastapi import Depends, FastAPI, HTTPException, Request
app = FastAPI()
{head}
@app.get("/orders")
def show({parameters}):
    return 1
"""
DJANGO = {
    "site/__init__.py": "",
    "site/settings.py": "MIDDLEWARE = ['site.first.First']\n",
    "site/urls.py": "from django.urls import path\nfrom site import views\n"
    "urlpatterns = [path('orders/', views.show)]\n",
}
REFUSE = "raise HTTPException(status_code=401)"
USER = "token: str | None = Depends(given)"


def answers(code) -> list[str]:
    return [one.auth.answer for one in code.routes]


@pytest.mark.parametrize(
    ("head", "answer"),
    [
        (f"def user(r: Request, token=None, key=None):\n    if token:\n        u = find(token)\n"
         f"    elif key and known(key):\n        u = by(key)\n    else:\n        {REFUSE}\n"
         f"    if not u:\n        {REFUSE}\n    return u\n", "yes"),
        (f"def need(token):\n    if not token:\n        {REFUSE}\n    return token\n"
         "async def user(r: Request):\n    async with db() as c:\n        u = await need(r.t)\n"
         "    return u\n", "yes"),
        (f"def need(token):\n    if not token:\n        {REFUSE}\n"
         "def user(r: Request, cached=None):\n    if r.open:\n        return None\n"
         "    return need(r.t)\n", "unknown"),
        ("def user(r: Request):\n    '''401 is never answered.'''\n    return r.user\n", "no"),
    ],
)  # fmt: skip
def test_a_dependency_refuses_where_nobody_comes_through(read, head, answer):
    code = read({"main.py": FASTAPI.format(head=head, parameters="u = Depends(user)")})

    assert answers(code) == [answer]


def test_what_is_called_by_a_class_that_is_made_first_refuses(read):
    head = (
        f"class Check:\n    def key(self, r):\n        if not r.key:\n            {REFUSE}\n"
        "class Own(Check):\n    async def __call__(self, r: Request):\n        return self.key(r)\n"
        "async def user(r: Request):\n    check: Own = Own()\n    return await check(r)\n"
    )
    code = read({"main.py": FASTAPI.format(head=head, parameters="u = Depends(user)")})

    assert answers(code) == ["yes"]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("request.client.host in settings.blocked", "no"),
        ("not request.client", "no"),
        ("request.headers.get('token') != settings.token", "unknown"),
    ],
)
def test_who_is_refused_for_where_he_asks_from_has_nothing_to_show(read, asked, answer):
    head = (
        "def add(app: FastAPI):\n    @app.middleware('http')\n"
        "    async def block(request: Request, call_next):\n"
        f"        if {asked}:\n            return JSONResponse(status_code=403)\n"
        "        return await call_next(request)\n"
    )
    code = read({"main.py": FASTAPI.format(head=head, parameters="")})

    assert answers(code) == [answer]


@pytest.mark.parametrize(
    ("inside", "answer"),
    [
        ("        if request.user.is_authenticated:\n            if not request.user.space:\n"
         "                return HttpResponseForbidden()\n", "no"),
        ("        try:\n            Own().authenticate(request)\n"
         "        except AuthenticationFailed:\n            pass\n", "no"),
        ("        if not request.user.is_authenticated:\n            if request.GET.get('x'):\n"
         "                return HttpResponseForbidden()\n", "unknown"),
    ],
)  # fmt: skip
def test_middleware_that_refuses_on_no_way_of_nobody_lets_him_pass(read, inside, answer):
    first = (
        "class First:\n    def __init__(self, get):\n        self.get = get\n"
        f"    def __call__(self, request):\n{inside}        return self.get(request)\n"
    )
    files = {"site/first.py": first, "site/views.py": "def show(request): return 1\n"}

    assert answers(read(DJANGO | files)) == [answer]


@pytest.mark.parametrize(
    ("views", "answer"),
    [
        ("def may(u, groups):\n    if not u.is_authenticated:\n        return False\n"
         "    return bool(u.groups & groups)\n"
         "def required(*groups):\n    def has(user):\n        return has_any(user, groups)\n"
         "    return user_passes_test(has)\n"
         "def has_any(user, groups):\n    if not user.is_authenticated:\n        return False\n"
         "    return bool(user.groups & groups)\n"
         "@required('staff')\ndef show(request): return 1\n", "yes"),
        ("def required(*groups):\n    def has(user):\n        return has_any(user, groups)\n"
         "    return user_passes_test(has)\ndef has_any(user, groups):\n    return True\n"
         "@required('staff')\ndef show(request): return 1\n", "unknown"),
        ("def show(request):\n    if not request.user.is_superuser:\n"
         "        return HttpResponseRedirect(reverse('index'))\n    return 1\n", "unknown"),
        ("def show(request):\n    if request.user.is_authenticated or request.GET.get('share'):\n"
         "        return 1\n    else:\n        return HttpResponseRedirect(reverse('login'))\n",
         "unknown"),
    ],
)  # fmt: skip
def test_a_test_that_is_false_for_nobody_refuses_and_who_is_sent_away_may_be(read, views, answer):
    files = {
        "site/first.py": "class First:\n    def __call__(self, request): return 1\n",
        "site/views.py": "from django.contrib.auth.decorators import user_passes_test\n"
        "from django.http import HttpResponseRedirect\n" + views,
    }

    assert answers(read(DJANGO | files)) == [answer]


def test_a_permission_that_asks_what_is_false_for_nobody_refuses(read):
    own = (
        "from rest_framework.permissions import BasePermission\n"
        "def has_group(user, names):\n    if not user.is_authenticated:\n        return False\n"
        "    return user.groups.filter(names).exists()\n"
        "class Member(BasePermission):\n    def has_permission(self, request, view):\n"
        "        return has_group(request.user, ['member'])\n"
    )
    files = {
        "site/first.py": "class First:\n    def __call__(self, request): return 1\n",
        "site/own.py": own,
        "site/views.py": "from rest_framework.decorators import api_view, permission_classes\n"
        "from site.own import Member\n@api_view(['GET'])\n@permission_classes([Member])\n"
        "def show(request): return 1\n",
    }

    assert answers(read(DJANGO | files)) == ["yes"]


def test_a_decorator_that_by_who_asks_gives_back_something_else_may_refuse(read):
    text = (
        "from flask import Flask\nfrom functools import wraps\napp = Flask(__name__)\n"
        "def known(f):\n    @wraps(f)\n    def inner(*a):\n        if auth.is_authenticated():\n"
        "            return f(*a)\n        else:\n            return auth.goodbye()\n"
        "    return inner\n@app.route('/x')\n@known\ndef x(): return 1\n"
    )

    assert answers(read({"app.py": text})) == ["unknown"]
