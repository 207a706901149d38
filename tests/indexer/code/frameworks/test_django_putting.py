"""Django: what is asked first may itself say who it is that asks."""

from __future__ import annotations

import pytest

VIEWS = """from functools import wraps
from django.contrib.auth.decorators import login_required
from shop.users import {names}
def known(view):
    @wraps(view)
    def inner(request, *rest):
        {line}
        return view(request, *rest)
    return inner
@known
@login_required
def show(request):
    return render(request)
@login_required
def other(request):
    return render(request)
"""
USERS = """from django.contrib.auth.models import User
def put(request):
    request.user = User(1)
def put_later(request):
    put(request)
def note(request):
    request.seen = True
class Puts:
    def put(self, request):
        setattr(request, "user", User(1))
"""
URLS = """from django.urls import path
from shop import views
urlpatterns = [path("show/", views.show), path("other/", views.other)]
"""


@pytest.mark.parametrize(
    ("names", "line", "answer"),
    [
        ("put", "put(request)", "unknown"),
        ("put_later", "put_later(request)", "unknown"),
        ("put", "if not request.user: put(request)", "unknown"),
        ("put", "request.user = find(request)", "unknown"),
        ("note", "note(request)", "yes"),
        ("note", "pass", "yes"),
    ],
)
def test_behind_a_decorator_that_puts_somebody_there_nobody_knows_who_asks(
    read, names, line, answer
):
    code = read({
        "settings.py": 'ROOT_URLCONF = "shop.urls"\nMIDDLEWARE = []\n',
        "shop/urls.py": URLS,
        "shop/users.py": USERS,
        "shop/views.py": VIEWS.format(names=names, line=line),
    })  # fmt: skip

    told = {one.path: one.auth.answer for one in code.routes}
    assert told == {"/show/": answer, "/other/": "yes"}
