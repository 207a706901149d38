"""Lists of middleware that are put together of others."""

from __future__ import annotations

import pytest

from memory.code.inventory import inventory

FILES = {
    "shop/__init__.py": "",
    "shop/urls.py": "from django.urls import path\nfrom shop import views\n"
    "urlpatterns = [path('x', views.index)]\n",
    "shop/views.py": "def index(r): ...\n",
    "shop/first.py": "from django.core.exceptions import PermissionDenied\n"
    "class First:\n"
    "    def __init__(self, get_response):\n        self.get_response = get_response\n"
    "    def __call__(self, request):\n        return self.get_response(request)\n"
    "    def process_view(self, request, view_func, args, kwargs):\n"
    "        if not request.user.is_authenticated:\n            raise PermissionDenied\n"
    "        return None\n",
    "shop/lists.py": "OF_SHOP_MIDDLEWARE = ['shop.first.First']\n"
    "MORE_MIDDLEWARE = [*OF_SHOP_MIDDLEWARE]\nNO_MIDDLEWARE = []\n",
}
PLAIN = "'django.middleware.common.CommonMiddleware'"


def answers(read, settings: str) -> list[str]:
    found = inventory(read(FILES | {"shop/settings.py": settings}), "routes")
    return [row["auth"]["answer"] for row in found.rows]


@pytest.mark.parametrize(
    ("settings", "answer"),
    [
        (f"MIDDLEWARE = [{PLAIN}]", "no"),
        ("MIDDLEWARE = ['shop.first.First']", "yes"),
        # made of lists of the project
        (f"from shop.lists import OF_SHOP_MIDDLEWARE as A\nMIDDLEWARE = [{PLAIN}] + A", "yes"),
        (f"from shop import lists\nMIDDLEWARE = ({PLAIN},) + tuple(lists.MORE_MIDDLEWARE)", "yes"),
        (f"from shop.lists import *\nMIDDLEWARE = [{PLAIN}, *OF_SHOP_MIDDLEWARE]", "yes"),
        (f"from shop.lists import NO_MIDDLEWARE\nMIDDLEWARE = [{PLAIN}] + NO_MIDDLEWARE", "no"),
        (f"A = [{PLAIN}]\nMIDDLEWARE = A + [{PLAIN}]", "no"),
        # added to where it stands
        (f"MIDDLEWARE = [{PLAIN}]\nMIDDLEWARE += ['shop.first.First']", "yes"),
        (f"MIDDLEWARE = [{PLAIN}]\nMIDDLEWARE.append('shop.first.First')", "yes"),
        (
            f"MIDDLEWARE = [{PLAIN}]\n"
            f"MIDDLEWARE.insert(MIDDLEWARE.index({PLAIN}) + 1, 'shop.first.First')",
            "yes",
        ),
        (f"MIDDLEWARE = [{PLAIN}]\nMIDDLEWARE[0:0] = ['shop.first.First']", "yes"),
        (f"MIDDLEWARE = [{PLAIN}]\nMIDDLEWARE = MIDDLEWARE + [{PLAIN}]", "no"),
        (f"MIDDLEWARE = [{PLAIN}]\nMIDDLEWARE.insert(0, {PLAIN})", "no"),
        ("class Base:\n    MIDDLEWARE = ['shop.first.First']", "yes"),
        # there or not, as something says
        (f"MIDDLEWARE = [{PLAIN}]\nif CLOSED:\n    MIDDLEWARE += ['shop.first.First']", "unknown"),
        (f"MIDDLEWARE = [{PLAIN}, *(['shop.first.First'] if CLOSED else [])]", "unknown"),
        (
            f"MIDDLEWARE = ['shop.first.First', {PLAIN}]\nMIDDLEWARE.remove('shop.first.First')",
            "unknown",
        ),
        (f"MIDDLEWARE = ['shop.first.First', {PLAIN}]\nMIDDLEWARE.remove({PLAIN})", "yes"),
        ("MIDDLEWARE = [o for o in ['shop.first.First'] if o != CLOSED]", "unknown"),
        (f"MIDDLEWARE = [o for o in [{PLAIN}] if o != CLOSED]", "no"),
        # of which nobody knows what is in it
        (f"from elsewhere import OTHERS\nMIDDLEWARE = [{PLAIN}] + OTHERS", "unknown"),
        (f"from elsewhere import closed\nMIDDLEWARE = [{PLAIN}] + closed()", "unknown"),
        (f"MIDDLEWARE = [{PLAIN}]\nMIDDLEWARE += env.list('OURS')", "unknown"),
        (f"MIDDLEWARE = [{PLAIN}, f'{{OURS}}.first.First']", "unknown"),
        (f"from elsewhere.settings import *\nMIDDLEWARE = MIDDLEWARE + [{PLAIN}]", "unknown"),
        (f"from elsewhere.settings import *\nMIDDLEWARE = [\n{PLAIN}] + MIDDLEWARE", "unknown"),
        (f"from elsewhere.settings import *\nMIDDLEWARE += [{PLAIN}]", "unknown"),
    ],
)
def test_a_list_of_middleware_is_read_with_the_lists_that_it_is_made_of(read, settings, answer):
    assert answers(read, f"{settings}\n") == [answer]


def test_a_middleware_that_asks_in_another_method_of_its_own_may_refuse(read):
    first = (
        "from django.shortcuts import redirect\n"
        "def is_known(request):\n"
        "    if request.user.is_anonymous:\n        return False\n    return True\n"
        "class First:\n"
        "    def process_view(self, request, view_func, args, kwargs):\n"
        "        if is_inside(request):\n            return self.check(request)\n"
        "    def check(self, request):\n"
        "        if not is_known(request):\n            return redirect('/')\n"
    )
    settings = "MIDDLEWARE = ['shop.first.First']\n"
    files = FILES | {"shop/first.py": first, "shop/settings.py": settings}

    found = inventory(read(files), "routes")

    assert [row["auth"]["answer"] for row in found.rows] == ["unknown"]


def test_what_another_file_adds_to_a_list_of_middleware_is_in_it(read):
    files = FILES | {
        "shop/settings.py": f"MIDDLEWARE = [{PLAIN}]\n",
        "shop/more.py": "from shop import settings\n"
        "settings.MIDDLEWARE.append('shop.first.First')\n",
    }

    found = inventory(read(files), "routes")

    assert [row["auth"]["answer"] for row in found.rows] == ["yes"]
