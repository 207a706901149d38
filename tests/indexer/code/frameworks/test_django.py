"""Routes of Django, through includes and routers."""

from __future__ import annotations

import pytest

from memory.code.inventory import inventory

FILES = {
    "site/urls.py": "from django.urls import include, path\n"
    "urlpatterns = [path('api/', include('orders.urls')), path('x/', include('gone.urls'))]\n",
    "orders/__init__.py": "",
    "orders/urls.py": "from django.urls import include, path, re_path\n"
    "from django.contrib.auth.decorators import login_required\n"
    "from rest_framework.routers import DefaultRouter\n"
    "from . import views\nfrom .views import Detail\n"
    "router = DefaultRouter()\nrouter.register('invoices', views.InvoiceViewSet)\n"
    "urlpatterns = [\n"
    "    path('orders/<int:pk>/', Detail.as_view(), name='detail'),\n"
    "    re_path(r'^search/(?P<word>[\\w-]+)/$', login_required(views.search)),\n"
    "    path('', include(router.urls)),\n"
    "]\n",
    "orders/views.py": "from django.contrib.auth.mixins import LoginRequiredMixin\n"
    "from rest_framework.viewsets import ReadOnlyModelViewSet\nfrom django.views import View\n"
    "class Detail(LoginRequiredMixin, View):\n"
    "    def get(self, request, pk): ...\n"
    "    def post(self, request, pk): ...\n"
    "def search(request, word): ...\n"
    "class InvoiceViewSet(ReadOnlyModelViewSet): ...\n",
}


def told(found) -> set[tuple[str, str, str, str]]:
    return {
        (row["method"], row["path"], row["handler"], row["auth"]["answer"]) for row in found.rows
    }


def test_routes_are_found_through_includes_and_routers(read):
    found = inventory(read(FILES), "routes")

    assert told(found) == {
        ("GET", "/api/orders/{pk}/", "orders.views.Detail", "yes"),
        ("POST", "/api/orders/{pk}/", "orders.views.Detail", "yes"),
        ("ANY", "/api/search/{word}/", "orders.views.search", "yes"),
        ("GET", "/api/invoices/", "orders.views.InvoiceViewSet.list", "unknown"),
        ("GET", "/api/invoices/{pk}/", "orders.views.InvoiceViewSet.retrieve", "unknown"),
    }
    assert [one.what for one in found.doubts.unresolved] == ["route"]


GUARDED = "from django.contrib.auth.decorators import login_required, user_passes_test\n"
MIXED = "from django.contrib.auth.mixins import LoginRequiredMixin, UserPassesTestMixin\n"
BY_METHOD = GUARDED + "from django.utils.decorators import method_decorator\n"
VIEW = "from django.views import View\n"
BOTH = "  def get(self, r): ...\n  def post(self, r): ...\n"


@pytest.mark.parametrize(
    ("view", "answers"),
    [
        (GUARDED + "@login_required\ndef index(r): ...\n", {"ANY": "yes"}),
        ("from django.contrib.auth import decorators\n@decorators.login_required(next='/')\n"
         "def index(r): ...\n", {"ANY": "yes"}),
        ("def login_required(f): return f\n@login_required\ndef index(r): ...\n",
         {"ANY": "unknown"}),
        (GUARDED + "@user_passes_test(lambda u: True)\ndef index(r): ...\n", {"ANY": "unknown"}),
        (MIXED + VIEW + "class index(LoginRequiredMixin, View):\n" + BOTH,
         {"GET": "yes", "POST": "yes"}),
        (MIXED + VIEW + "class index(View, LoginRequiredMixin):\n" + BOTH,
         {"GET": "unknown", "POST": "unknown"}),
        (MIXED + VIEW + "class index(UserPassesTestMixin, View):\n" + BOTH,
         {"GET": "unknown", "POST": "unknown"}),
        (MIXED + VIEW + "class Own(LoginRequiredMixin, View): ...\nclass index(Own):\n" + BOTH,
         {"GET": "yes", "POST": "yes"}),
        (BY_METHOD + VIEW + "@method_decorator(login_required, name='post')\nclass index(View):\n"
         + BOTH, {"GET": "unknown", "POST": "yes"}),
        (BY_METHOD + VIEW + "@method_decorator(login_required, name='dispatch')\n"
         "class index(View):\n" + BOTH, {"GET": "yes", "POST": "yes"}),
        (BY_METHOD + VIEW + "class index(View):\n  @method_decorator(login_required)\n" + BOTH,
         {"GET": "yes", "POST": "unknown"}),
    ],
)  # fmt: skip
def test_only_what_django_itself_guards_with_is_authentication(read, view, answers):
    as_view = ".as_view()" if "class index" in view else ""
    head = "from django.urls import path\nfrom shop import views\n"
    urls = f"{head}urlpatterns = [path('x', views.index{as_view})]\n"
    code = read({"shop/__init__.py": "", "shop/urls.py": urls, "shop/views.py": view})

    assert {one.method: one.auth.answer for one in code.routes} == answers


@pytest.mark.parametrize(
    ("base", "answer"),
    [
        ("django.contrib.auth.views.LoginView", "no"),
        ("django.contrib.auth.views.PasswordChangeView", "yes"),
        ("django_filters.views.FilterView", "no"),
        ("djoser.views.TokenDestroyView", "unknown"),
        ("braces.views.JSONResponseMixin", "no"),
        ("braces.views.StaffuserRequiredMixin", "unknown"),
        ("braces.views.UserPassesTestMixin", "unknown"),
        ("elsewhere.views.OwnerMixin", "unknown"),
    ],
)
def test_a_class_of_a_library_may_refuse_unless_it_is_known_not_to(read, base, answer):
    module, _, name = base.rpartition(".")
    files = {
        "shop/__init__.py": "",
        "shop/settings.py": "MIDDLEWARE = ['django.middleware.common.CommonMiddleware']\n",
        "shop/urls.py": "from django.urls import path\nfrom shop import views\n"
        "urlpatterns = [path('x', views.Own.as_view())]\n",
        "shop/views.py": f"from {module} import {name}\nclass Own({name}):\n"
        "  def get(self, r): ...\n",
    }

    assert [one.auth.answer for one in read(files).routes] == [answer]


FORBIDDEN = "from django.http import HttpResponse, HttpResponseForbidden\n"


@pytest.mark.parametrize(
    ("view", "answer"),
    [
        (FORBIDDEN + "def index(r):\n  if not r.user.is_authenticated:\n"
         "    return HttpResponseForbidden()\n  return HttpResponse()\n", "yes"),
        (FORBIDDEN + "def index(r):\n  if r.headers.get('X-Key') != KEY:\n"
         "    return HttpResponseForbidden()\n  return HttpResponse()\n", "unknown"),
        (GUARDED + "@login_required\ndef _list(r): ...\ndef index(r):\n  return _list(r)\n",
         "unknown"),
        ("def authorize(f):\n  def wrapper(r):\n    if not r.key: return error('no key', 401)\n"
         "    return f(r)\n  return wrapper\n@authorize\ndef _list(r): ...\n"
         "def index(r):\n  return _list(r)\n", "unknown"),
        ("def _find(r):\n  assert r.user.is_authenticated\ndef index(r):\n  _find(r)\n",
         "unknown"),
        ("import functools\n@functools.cache\ndef _all(): ...\ndef index(r):\n  return _all()\n",
         "no"),
        ("import hmac\ndef _is_signed(r):\n  return hmac.compare_digest(r.sign, made(r))\n"
         "def index(r):\n  if not _is_signed(r):\n    return bad()\n", "unknown"),
    ],
)  # fmt: skip
def test_a_view_that_refuses_in_itself_or_in_what_it_calls_is_not_open(read, view, answer):
    files = {
        "shop/__init__.py": "",
        "shop/settings.py": "MIDDLEWARE = ['django.middleware.common.CommonMiddleware']\n",
        "shop/urls.py": "from django.urls import path\nfrom shop import views\n"
        "urlpatterns = [path('x', views.index)]\n",
        "shop/views.py": view,
    }

    assert [one.auth.answer for one in read(files).routes] == [answer]


@pytest.mark.parametrize(
    ("middleware", "answer"),
    [
        ("django_permissions_policy.PermissionsPolicyMiddleware", "no"),
        ("social_django.middleware.SocialAuthExceptionMiddleware", "no"),
        ("elsewhere.PermissionMiddleware", "unknown"),
        ("lockdown.middleware.LockdownMiddleware", "unknown"),
    ],
)
def test_middleware_of_libraries_that_only_sounds_like_a_guard_is_none(read, middleware, answer):
    files = {
        "shop/__init__.py": "",
        "shop/settings.py": f"MIDDLEWARE = ['{middleware}']\n",
        "shop/urls.py": "from django.urls import path\nfrom shop import views\n"
        "urlpatterns = [path('x', views.index)]\n",
        "shop/views.py": "def index(r): ...\n",
    }

    assert [one.auth.answer for one in read(files).routes] == [answer]


def test_what_is_below_a_path_that_is_no_literal_begins_with_its_name(read):
    urls = (
        "from django.urls import include, path\nfrom shop import views\n"
        "inner = [path('a', views.index), path('b', views.index)]\n"
        "urlpatterns = [path(f'{BASE}', include(inner))]\n"
    )
    view = "def index(r): ...\n"

    code = read({"shop/__init__.py": "", "shop/urls.py": urls, "shop/views.py": view})

    assert [one.path for one in code.routes] == ["/{BASE}a", "/{BASE}b"]
    assert [(one.name, one.line) for one in code.unresolved if one.what == "route"] == [
        ("{BASE}", 4)
    ]


def test_lists_of_patterns_may_be_called_anything_in_files_that_hold_nothing_else(read):
    found = read(
        {
            "site/urls.py": "from django.urls import include, path\n"
            "from orders.urls import urls as of_orders\nfrom orders.more import more_urls\n"
            "urlpatterns = [path('a/', include(of_orders)), path('b/', include(more_urls))]\n",
            "orders/__init__.py": "",
            "orders/urls.py": "from django.urls import path\nfrom . import views\n"
            "urls = [path('x/', views.show)]\n",
            "orders/more.py": "from django.urls import path\nfrom . import views\n"
            "more_urls = [path('y/', views.show)]\n",
            "orders/views.py": "def show(request): ...\n",
        }
    )

    assert [one.path for one in found.routes] == ["/a/x/", "/b/y/"]


@pytest.mark.parametrize(
    ("made", "view", "answers"),
    [
        ("from django.contrib.admin import AdminSite\nsite = AdminSite()\n", "site.urls", set()),
        (
            "class Latest(Feed):\n  def items(self, o): ...\n",
            "Latest()",
            {("ANY", "/x", "shop.views.Latest.__call__", "unknown")},
        ),
        (
            "class Health:\n  def __call__(self, request): ...\n",
            "Health()",
            {("ANY", "/x", "shop.views.Health.__call__", "no")},
        ),
        (
            GUARDED + "def _show(r): ...\nshow = login_required(_show)\n",
            "show",
            {("ANY", "/x", "shop.views.show", "unknown")},
        ),
    ],
)
def test_what_something_else_made_is_not_told_as_open(read, made, view, answers):
    files = {
        "settings.py": "MIDDLEWARE = ['django.middleware.common.CommonMiddleware']\n",
        "shop/__init__.py": "",
        "shop/views.py": "from django.contrib.syndication.views import Feed\n" + made,
        "shop/urls.py": "from django.urls import path\nfrom . import views\n"
        f"urlpatterns = [path('x', views.{view})]\n",
    }

    found = inventory(read(files), "routes")

    assert told(found) == answers
    assert bool(found.doubts.unresolved) is not bool(answers)


def test_a_constant_that_is_made_of_a_class_is_what_the_class_is(read):
    files = {
        "settings.py": "MIDDLEWARE = ['django.middleware.common.CommonMiddleware']\n",
        "shop/__init__.py": "",
        "shop/views.py": f"{MIXED}{VIEW}{GUARDED}class Show(View):\n{BOTH}"
        f"class Own(LoginRequiredMixin, View):\n{BOTH}shown = Show.as_view()\n"
        "own = Own.as_view()\nhidden = login_required(Show.as_view())\n",
        "shop/urls.py": "from django.urls import path\nfrom . import views\n"
        "from .views import own\n"
        "urlpatterns = [path('a', views.shown), path('b', own), path('c', views.hidden)]\n",
    }

    found = inventory(read(files), "routes")

    assert {(one[0], one[1], one[3]) for one in told(found)} == {
        ("GET", "/a", "no"),
        ("POST", "/a", "no"),
        ("GET", "/b", "yes"),
        ("POST", "/b", "yes"),
        ("GET", "/c", "yes"),
        ("POST", "/c", "yes"),
    }


ROOTED = {
    "site/urls.py": "from django.urls import include, path\nfrom orders import lists, views\n"
    "urlpatterns = [path('in/', include('orders.urls'))] + lists.urlpatterns\n",
    "orders/__init__.py": "",
    "orders/views.py": "def show(request): ...\n",
    **{
        f"orders/{name}.py": "from django.urls import path\nfrom orders import views\n"
        f"urlpatterns = [path('{name}', views.show)]\n"
        for name in ("urls", "lists", "left")
    },
}


@pytest.mark.parametrize(
    ("settings", "served"),
    [
        ("ROOT_URLCONF = 'site.urls'\n", {"/in/urls", "/lists"}),
        ("ROOT_URLCONF = 'site.urls'\nPUBLIC_SCHEMA_URLCONF = 'orders.left'\n",
         {"/in/urls", "/lists", "/left"}),
        ("ROOT_URLCONF = f'{SITE}.urls'\n", {"/in/urls", "/lists", "/left"}),
        ("", {"/in/urls", "/lists", "/left"}),
    ],
)  # fmt: skip
def test_patterns_that_no_root_includes_are_told_as_lost(read, settings, served):
    code = read(ROOTED | {"site/__init__.py": "", "site/settings.py": settings})

    assert {one.path for one in code.routes} == served
    reasons = [one.reason for one in code.unresolved if one.path == "orders/left.py"]
    is_lost = "/left" not in served
    assert reasons == ["nothing that ROOT_URLCONF names includes it"] * is_lost


def test_patterns_of_a_test_that_include_the_root_take_nothing_of_it(read):
    settings = {"site/__init__.py": "", "site/settings.py": "ROOT_URLCONF = 'site.urls'\n"}
    own = "from django.urls import include, path\n"
    own += "urlpatterns = [path('extra', show), path('', include('site.urls'))]\n"

    code = read(ROOTED | settings | {"site/tests/test_login.py": own})

    assert {one.path for one in code.routes} == {"/in/urls", "/lists"}
    assert [one.path for one in code.unresolved if one.what == "route"] == ["orders/left.py"]


def test_what_a_view_makes_within_itself_is_not_the_view(read):
    files = {
        "shop/__init__.py": "",
        "shop/views.py": f"{MIXED}class Own(LoginRequiredMixin, View):\n{BOTH}"
        "def show(request):\n    show = Own.as_view()\n    return 1\n",
        "shop/urls.py": "from django.urls import path\nfrom shop import views\n"
        "urlpatterns = [path('a', views.show)]\n",
    }

    assert [one.handler for one in read(files).routes] == ["shop.views.show"]


def test_below_a_prefix_that_a_list_is_given_in_its_own_file_no_path_is_told(read):
    text = "from django.urls import include, path\ndef show(request): ...\n"
    text += "urlpatterns = [path('x', show)]\n"
    text += "urlpatterns = [path('v1/', include(urlpatterns)), path('y', show)]\n"

    code = read({"site/urls.py": text, "site/settings.py": "ROOT_URLCONF = 'site.urls'\n"})

    assert [one.path for one in code.routes] == ["/y"]
    assert [one.name for one in code.unresolved if one.what == "route"] == ["x show"]


def test_files_that_include_each_other_are_served_by_the_root_and_no_further(read):
    both = "from django.urls import include, path\nfrom site import views\n"
    files = {
        "site/__init__.py": "",
        "site/settings.py": "ROOT_URLCONF = 'site.urls'\n",
        "site/views.py": "def show(request): ...\n",
        "site/urls.py": f"{both}urlpatterns = [path('x/', views.show),\n"
        "    path('in/', include('site.more'))]\n",
        "site/more.py": f"{both}urlpatterns = [path('y/', views.show),\n"
        "    path('back/', include('site.urls'))]\n",
    }

    code = read(files)

    assert {one.path for one in code.routes} == {"/x/", "/in/y/"}
    assert [(one.path, one.reason) for one in code.unresolved if one.what == "route"] == [
        ("site/more.py", "it includes what it stands in, below which paths have no end")
    ]


def test_a_router_that_nothing_is_registered_at_is_told_as_such(read):
    files = {
        "urls.py": "from django.urls import include, path\nimport api as own\n"
        "urlpatterns = [path('api/', include(own.default_router.urls)),\n"
        "    path('no/', include(elsewhere.urls))]\n",
        "api.py": "from rest_framework.routers import DefaultRouter\n"
        "default_router = DefaultRouter()\n",
    }

    assert {one.reason for one in read(files).unresolved if one.what == "route"} == {
        "nothing is registered at its router",
        "what it includes is not in the project",
    }


@pytest.mark.parametrize(
    ("view", "answer"),
    [
        ("def index(r):\n  return Own.as_view()(r)\n", "yes"),
        ("def index(r):\n  if r.GET:\n    return Own.as_view()(r)\n  return 1\n", "unknown"),
        ("def index(r):\n  return Show.as_view()(r)\n", "no"),
        ("async def index(r):\n  return await Own.as_view()(r)\n", "yes"),
        ("def index(r):\n  view = Own.as_view()\n  return view(r)\n", "unknown"),
        ("def index(r):\n  answer = Own.as_view()(r)\n  return answer\n", "unknown"),
        ("def index(r):\n  return cached(Own.as_view())(r)\n", "unknown"),
        ("def index(r):\n  return Own().dispatch(r)\n", "unknown"),
        ("class Asks(View):\n  def get(self, r):\n    if not r.user.is_authenticated:\n"
         "      return redirect('login')\ndef index(r):\n  return Asks.as_view()(r)\n", "unknown"),
    ],
)  # fmt: skip
def test_who_hands_a_request_on_to_a_view_refuses_whom_that_refuses(read, view, answer):
    head = "from django.urls import path\nfrom shop import views\n"
    urls = f"{head}urlpatterns = [path('x', views.index)]\n"
    classes = f"class Own(LoginRequiredMixin, View):\n{BOTH}class Show(View):\n{BOTH}"
    settings = "MIDDLEWARE = ['django.middleware.common.CommonMiddleware']\n"
    files = {"shop/__init__.py": "", "shop/urls.py": urls, "shop/settings.py": settings}

    code = read({**files, "shop/views.py": MIXED + VIEW + classes + view})

    assert [one.auth.answer for one in code.routes] == [answer]


def test_what_is_put_around_a_view_and_not_understood_may_ask_for_a_right_too(read):
    head = "from django.urls import path\nfrom shop import views\nMIDDLEWARE = []\n"
    view = "from shop.guards import staff\ndef index(r):\n  return 1\nindex = staff(index)\n"
    urls = f"{head}urlpatterns = [path('x', views.index)]\n"

    code = read({"shop/__init__.py": "", "shop/urls.py": urls, "shop/views.py": view})

    assert [one.authorisation.answer for one in code.routes] == ["unknown"]


PUTS = """from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.views import View
class Mine(LoginRequiredMixin, View):
    def get(self, request): ...
class Guest(Mine):
    def dispatch(self, request):
        request.user = User(1)
        return super().dispatch(request)
def as_guest(view):
    def inner(request):
        request.user = User(1)
        return view(request)
    return inner
"""


@pytest.mark.parametrize(
    ("view", "answer"),
    [
        ("    request.user = User(1)\n    return Mine.as_view()(request)", "unknown"),
        ("    return Guest.as_view()(request)", "unknown"),
        ("    return Mine.as_view()(request)", "yes"),
        ("    request.user = User(1)\n    if not request.user:\n        return no(status=401)",
         "unknown"),
        ("    user = models.User(1)\n    if not user:\n        return no(status=401)", "unknown"),
        ("    request.user = find(1)\n    if not request.user:\n        return no(status=401)",
         "yes"),
    ],
)  # fmt: skip
def test_who_asks_is_not_asked_for_where_a_view_itself_says_who_it_is(read, view, answer):
    views = f"{PUTS}def show(request):\n{view}\n"
    urls = "from django.urls import path\nfrom views import show\nMIDDLEWARE = ['django.x']\n"

    code = read({"views.py": views, "urls.py": f"{urls}urlpatterns = [path('x', show)]\n"})

    assert [one.auth.answer for one in code.routes] == [answer]


@pytest.mark.parametrize(
    ("around", "answer"),
    [
        ("@as_guest\n@login_required", "unknown"),
        ("@login_required\n@as_guest", "yes"),
        ("@login_required", "yes"),
    ],
)
def test_a_check_behind_a_decorator_that_says_who_asks_asks_nobody(read, around, answer):
    views = f"{PUTS}{around}\ndef show(request): ...\n"
    urls = "from django.urls import path\nfrom views import show\nMIDDLEWARE = ['django.x']\n"

    code = read({"views.py": views, "urls.py": f"{urls}urlpatterns = [path('x', show)]\n"})

    assert [one.auth.answer for one in code.routes] == [answer]


@pytest.mark.parametrize(
    "line",
    [
        "setattr(request, 'user', User(1))",
        "request.user, _ = User(1), 2",
        "request.user: User = User(1)",
    ],
)
def test_who_asks_is_said_in_whichever_way_that_is_written(read, line):
    views = PUTS.replace("request.user = User(1)", line)
    views = f"{views}@as_guest\n@login_required\ndef show(request): ...\n"
    urls = "from django.urls import path\nfrom views import show\nMIDDLEWARE = ['django.x']\n"

    code = read({"views.py": views, "urls.py": f"{urls}urlpatterns = [path('x', show)]\n"})

    assert [one.auth.answer for one in code.routes] == ["unknown"]


def test_lists_that_others_take_in_may_be_called_anything(read):
    code = read(
        {
            "site/urls.py": "from django.urls import include, path\nfrom . import views\n"
            "one = [path('a/', views.a)]\nmore = [path('d/', views.a)]\n"
            "api = one + [path('b/', views.a)]\nboth = one + more\n"
            "if switched_on():\n    api.extend([path('c/', views.a)])\n"
            "    api.append(path('e/', views.a))\n"
            "urlpatterns = [path('v1/', include(api)), path('v2/', include(both))]\n",
            "site/views.py": "def a(request): ...\n",
        }
    )

    assert sorted(one.path for one in code.routes) == [
        "/v1/a/",
        "/v1/b/",
        "/v1/c/",
        "/v1/e/",
        "/v2/a/",
        "/v2/d/",
    ]
    assert not [one for one in code.unresolved if one.what == "route"]


def test_a_pattern_that_no_list_takes_in_is_told_as_lost(read):
    code = read(
        {
            "site/urls.py": "from django.urls import path\nfrom . import views\n"
            "left = [path('a/', views.a)]\nmade = known(path('b/', views.a))\n"
            "urlpatterns = [path('c/', views.a)]\n",
            "site/views.py": "def a(request): ...\n",
            "site/other.py": "from theirs import path\nx = [path('d/', 'e')]\n",
        }
    )

    assert [one.path for one in code.routes] == ["/c/"]
    lost = [one for one in code.unresolved if one.what == "route"]
    assert sorted((one.path, one.name.split()[0]) for one in lost) == [
        ("site/urls.py", "a/"),
        ("site/urls.py", "b/"),
    ]
