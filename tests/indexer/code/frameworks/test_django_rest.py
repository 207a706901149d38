"""REST framework: what routers and views serve, and whether permissions refuse who is nobody."""

from __future__ import annotations

import pytest

URLS = """from django.urls import include, path
from rest_framework.routers import DefaultRouter, SimpleRouter
from shop import views
router = DefaultRouter()
router.register(r'orders', views.Orders, basename='order')
urlpatterns = [path('api/', include(router.urls)), path('one/<int:pk>/', views.One.as_view())]
"""
VIEWS = """from rest_framework import generics, permissions, viewsets
from rest_framework.decorators import action, api_view, permission_classes
from rest_framework.permissions import AllowAny, IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.permissions import BasePermission, DjangoModelPermissions
from rest_framework.views import APIView
from elsewhere import Foreign, ForeignView
from shop.own import Own
"""
SETTINGS = "REST_FRAMEWORK = {'PAGE_SIZE': 1}\n"
DEFAULT = "REST_FRAMEWORK = {'DEFAULT_PERMISSION_CLASSES': ['rest_framework.permissions.%s']}\n"
ONE = "class One(APIView):\n    %s\n    def get(self, request, pk): ...\n"


def project(views: str, urls: str = URLS, settings: str = SETTINGS, own: str = "Own = 1\n") -> dict:
    return {
        "shop/__init__.py": "",
        "shop/urls.py": urls,
        "shop/views.py": VIEWS + views,
        "shop/settings.py": settings,
        "shop/own.py": "from rest_framework.permissions import *\n"
        "from rest_framework import permissions\nfrom rest_framework.permissions import "
        "BasePermission, IsAuthenticated, SAFE_METHODS, DjangoModelPermissions\n" + own,
    }


def served(code) -> set[tuple[str, str, str]]:
    return {(one.method, one.path, one.handler.removeprefix("shop.views.")) for one in code.routes}


def test_a_router_serves_what_a_view_set_is_made_of_and_its_actions(read):
    views = (
        "class Base(viewsets.ReadOnlyModelViewSet):\n    lookup_field = 'code'\n"
        "class Orders(Base):\n    def create(self, request): ...\n"
        "    @action(detail=True, methods=['post', 'put'], url_path='set-state')\n"
        "    def state(self, request, code): ...\n"
        "    @state.mapping.delete\n    def unset(self, request, code): ...\n"
        "    @action(detail=False)\n    def mine(self, request): ...\n"
        "class One(generics.RetrieveUpdateAPIView):\n    http_method_names = ['get', 'patch']\n"
    )

    assert served(read(project(views))) == {
        ("GET", "/api/orders/", "Orders.list"),
        ("POST", "/api/orders/", "Orders.create"),
        ("GET", "/api/orders/{code}/", "Orders.retrieve"),
        ("POST", "/api/orders/{code}/set-state/", "Orders.state"),
        ("PUT", "/api/orders/{code}/set-state/", "Orders.state"),
        ("DELETE", "/api/orders/{code}/set-state/", "Orders.unset"),
        ("GET", "/api/orders/mine/", "Orders.mine"),
        ("GET", "/one/{pk}/", "One"),
        ("PATCH", "/one/{pk}/", "One"),
    }


ROUTED = URLS.partition("router = ")[0]


@pytest.mark.parametrize(
    ("urls", "paths"),
    [
        ("router = SimpleRouter(trailing_slash=False)\nrouter.register('a', views.A)\n"
         "urlpatterns = router.urls\n", {("GET", "/a", "A.list")}),
        ("router = SimpleRouter()\nrouter.register('a/(?P<b>[^/.]+)/c', views.A)\n"
         "urlpatterns = [path('x', views.f)] + router.urls\n",
         {("GET", "/a/{b}/c/", "A.list"), ("POST", "/x", "f"), ("PUT", "/x", "f")}),
        ("urlpatterns = [path('a/', views.A.as_view({'get': 'list', 'delete': 'clear'}))]\n",
         {("GET", "/a/", "A.list"), ("DELETE", "/a/", "A.clear")}),
        ("router = SimpleRouter()\nrouter.register('a', views.A)\n"
         "urlpatterns = [path('v/', include(([*router.urls, path('x', views.f)], 'v')))]\n",
         {("GET", "/v/a/", "A.list"), ("POST", "/v/x", "f"), ("PUT", "/v/x", "f")}),
        ("from rest_framework_nested import routers\nrouter = SimpleRouter()\n"
         "inner = routers.NestedSimpleRouter(router, 'users', lookup='user')\n"
         "inner.register('a', views.A)\nurlpatterns = [path('v/', include(inner.urls))]\n",
         {("GET", "/v/users/{user_pk}/a/", "A.list")}),
        ("more = [path('x', views.f)]\nurlpatterns = [*more]\n"
         "urlpatterns = [path('y', views.f)] + urlpatterns\n",
         {("POST", "/x", "f"), ("PUT", "/x", "f"), ("POST", "/y", "f"), ("PUT", "/y", "f")}),
        ("from django.conf import settings\n"
         "inner = [path('x', views.f)]\nurlpatterns = [path(settings.ROOT, include(inner))]\n",
         {("POST", "/{ROOT}x", "f"), ("PUT", "/{ROOT}x", "f")}),
    ],
)  # fmt: skip
def test_routers_and_lists_are_joined_in_many_ways(read, urls, paths):
    views = (
        "class A(viewsets.ViewSet):\n    def list(self, r): ...\n    def clear(self, r): ...\n"
        "@api_view(['POST', 'PUT'])\ndef f(request): ...\n"
    )

    assert served(read(project(views, ROUTED + urls))) == paths


def own(body: str, base: str = "BasePermission") -> str:
    lines = "".join(f"        {line}\n" for line in body.splitlines())
    return f"class Own({base}):\n    def has_permission(self, request, view):\n{lines}"


BEHIND = "if not super().has_permission(request, view):\n    return False\nreturn %s"
OF_OWN = ONE % "permission_classes = [Own]"


EITHER = (
    "def get_permissions(self):\n        if self.shared:\n"
    "            self.permission_classes = [%s]\n        else:\n"
    "            self.permission_classes = [%s]\n        return super().get_permissions()"
)
PERHAPS = (
    "permission_classes = [%s]\n    def get_permissions(self):\n        if self.shared:\n"
    "            return [permissions.IsAdminUser()]\n        return super().get_permissions()"
)


@pytest.mark.parametrize(
    ("parts", "answer"),
    [
        ({"views": ONE % "permission_classes = [IsAuthenticated]"}, "yes"),
        ({"views": ONE % "permission_classes = (permissions.IsAdminUser,)"}, "yes"),
        ({"views": ONE % "permission_classes = [AllowAny]"}, "no"),
        ({"views": ONE % "permission_classes = []", "settings": DEFAULT % "IsAuthenticated"}, "no"),
        ({"views": ONE % "permission_classes = [IsAuthenticatedOrReadOnly]"}, "no"),
        ({"views": ONE % "permission_classes = [IsAuthenticated & Foreign]"}, "yes"),
        ({"views": ONE % "permission_classes = [IsAuthenticated | Foreign]"}, "unknown"),
        ({"views": ONE % "permission_classes = [AllowAny | Foreign]"}, "no"),
        ({"views": ONE % "permission_classes = [Foreign]"}, "unknown"),
        ({"views": ONE % "permission_classes = CLASSES"}, "unknown"),
        ({"views": ONE % "pass"}, "no"),
        ({"views": ONE % "pass", "settings": ""}, "unknown"),
        ({"views": ONE % "pass", "settings": DEFAULT % "IsAuthenticated"}, "yes"),
        ({"views": ONE % "pass", "settings": DEFAULT % "IsAuthenticated" + DEFAULT % "AllowAny"},
         "unknown"),
        ({"views": (ONE % "pass").replace("(APIView", "(ForeignView, APIView"),
          "settings": DEFAULT % "IsAuthenticated"}, "unknown"),
        ({"views": "class Base(APIView):\n    permission_classes = [IsAuthenticated]\n"
          + (ONE % "pass").replace("(APIView", "(Base")}, "yes"),
        ({"views": ONE % "permission_classes = [IsAuthenticated]\n    def dispatch(self, r, pk):\n"
          "        return self.get(r, pk)"}, "unknown"),
        ({"views": ONE % "permission_classes = [IsAuthenticated]\n    def dispatch(self, r, pk):\n"
          "        return super().dispatch(r, pk)"}, "yes"),
        ({"views": ONE % "def get_permissions(self):\n        return [IsAuthenticated()]"}, "yes"),
        ({"views": ONE % "def get_permissions(self):\n        if self.request.method == 'GET':\n"
          "            return [AllowAny()]\n        return [IsAuthenticated()]"}, "no"),
        ({"views": ONE % "permission_classes = [IsAuthenticated]\n    def get_permissions(self):\n"
          "        return make()"}, "unknown"),
        ({"views": ONE % EITHER % ("IsAuthenticated & part(Own, 1)", "IsAuthenticated")}, "yes"),
        ({"views": ONE % EITHER % ("IsAuthenticated", "AllowAny")}, "unknown"),
        ({"views": ONE % EITHER % ("AllowAny", "AllowAny")}, "no"),
        ({"views": ONE % PERHAPS % "IsAuthenticated"}, "yes"),
        ({"views": ONE % "def get_permissions(self):\n        if (asked := self.request.method) in "
          "['GET']:\n            return []\n        return [IsAuthenticated()]"}, "no"),
        ({"views": ONE % "def get_permissions(self):\n        return [\n"
          "            IsAuthenticated(),  # type: ignore[any]\n        ]"}, "yes"),
        ({"views": ONE % "permission_classes = [IsAuthenticated]\n"
          "    authentication_classes = api_settings.CLASSES"}, "yes"),
        ({"views": ONE % PERHAPS % "AllowAny"}, "unknown"),
        ({"views": OF_OWN, "own": own("return request.user.is_authenticated")}, "yes"),
        ({"views": OF_OWN, "own": own(
            "return bool(request.user and request.user.is_authenticated)")}, "yes"),
        ({"views": OF_OWN, "own": own(
            "user = request.user\nreturn user.is_authenticated and user.ok")}, "yes"),
        ({"views": OF_OWN, "own": own(
            "if request.user.is_anonymous:\n    return False\nreturn f()")}, "yes"),
        ({"views": OF_OWN, "own": own("return request.user.is_staff or settings.OPEN")}, "unknown"),
        ({"views": OF_OWN, "own": own("if request.method in SAFE_METHODS:\n    return True\n"
                                      "return request.user.is_staff")}, "no"),
        ({"views": OF_OWN, "own": own("return True")}, "no"),
        ({"views": OF_OWN, "own": own("return check(request)")}, "unknown"),
        ({"views": OF_OWN, "own": own(
            "return bool(request.auth) or request.user.is_authenticated")}, "yes"),
        ({"views": OF_OWN, "own": own(
            "return request.auth or request.user.is_authenticated or f()")}, "unknown"),
        ({"views": OF_OWN, "own": own(
            "return f(request.auth or request.user.is_authenticated)")}, "unknown"),
        ({"views": OF_OWN, "own": own(
            "if not (bool(request.auth) or request.user.is_authenticated):\n    return False\n"
            "return True")}, "yes"),
        ({"views": OF_OWN, "own": own(
            "if not (request.user.is_authenticated) and (f()):\n    return False\n"
            "return True")}, "unknown"),
        ({"views": OF_OWN, "own": own(
            "if super().has_permission(request, view) is False:\n    return False\n"
            "if view.action == 'create':\n    raise Http404()\nreturn True",
            "IsAuthenticated")}, "yes"),
        ({"views": OF_OWN, "own": own("return super().has_permission(request, view)",
                                      "IsAuthenticated")}, "yes"),
        ({"views": OF_OWN, "own": own(BEHIND % "ask()", "IsAuthenticated")}, "yes"),
        ({"views": OF_OWN, "own": own(BEHIND % "ask()", "AllowAny")}, "unknown"),
        ({"views": OF_OWN, "own": own(BEHIND % "True", "BasePermission")}, "no"),
        ({"views": OF_OWN, "own": own("if f():\n    return False\n" + BEHIND % "True", "AllowAny")},
         "unknown"),
        ({"views": OF_OWN, "own": own("return super().has_permission(request, view) and ask()",
                                      "AllowAny")}, "unknown"),
        ({"views": ONE % "permission_classes = [Own(given={'a': 1, 'b': 2})]",
          "own": "class Own(IsAuthenticated):\n    def __init__(self, given):\n"
          "        self.given = given\n"}, "yes"),
        ({"views": OF_OWN, "own": "class Own(DjangoModelPermissions):\n    def __init__(self):\n"
          "        self.authenticated_users_only = False\n"}, "unknown"),
        ({"views": (ONE % "permission_classes = [AllowAny]")
          .replace("...", "\n        if not request.user.is_authenticated:\n"
                   "            raise PermissionDenied()")}, "yes"),
    ],
)  # fmt: skip
def test_only_what_refuses_who_shows_nothing_is_authentication(read, parts, answer):
    urls = ROUTED + "urlpatterns = [path('one/<int:pk>/', views.One.as_view())]\n"
    code = read(project(**({"urls": urls} | parts)))

    assert [(one.method, one.path, one.auth.answer) for one in code.routes] == [
        ("GET", "/one/{pk}/", answer)
    ]


def test_permissions_may_differ_by_action(read):
    views = (
        "class Orders(viewsets.ModelViewSet):\n"
        "    permission_classes = [IsAuthenticatedOrReadOnly]\n"
        "    http_method_names = ['get', 'post']\n"
        "    @action(detail=False, permission_classes=[IsAuthenticated])\n"
        "    def mine(self, request): ...\n"
        "class One(viewsets.ModelViewSet):\n"
        "    def get_permissions(self):\n        if self.action in ['list', 'retrieve']:\n"
        "            permission_classes = [AllowAny]\n        else:\n"
        "            permission_classes = [IsAuthenticated]\n"
        "        return [one() for one in permission_classes]\n"
    )
    urls = URLS.replace("as_view()", "as_view({'get': 'retrieve', 'put': 'update'})")

    found = read(project(views, urls)).routes

    assert {(one.method, one.path): one.auth.answer for one in found} == {
        ("GET", "/api/orders/"): "no",
        ("GET", "/api/orders/{pk}/"): "no",
        ("POST", "/api/orders/"): "yes",
        ("GET", "/api/orders/mine/"): "yes",
        ("GET", "/one/{pk}/"): "no",
        ("PUT", "/one/{pk}/"): "yes",
    }


ADDING = (
    "class Kept(viewsets.ModelViewSet):\n    permission_classes = [%s]\n"
    "class One(Kept):\n    def get_permissions(self):\n"
    '        """Adds permissions."""\n'
    "        asked = super().get_permissions()\n"
    "        if self.action in ['update']:\n"
    "            if self.request.method == 'PATCH':\n                raise PermissionDenied()\n"
    "            asked.append(\n                (  # either\n"
    "                    permissions.IsAdminUser | IsAuthenticated\n"
    "                )()\n            )\n"
    "        return asked\n"
)


@pytest.mark.parametrize(
    ("views", "read_one", "write_one"),
    [
        (ADDING % "IsAuthenticated", "yes", "yes"),
        (ADDING % "AllowAny", "no", "yes"),
        (ADDING.replace("return asked", "return other(asked)") % "AllowAny", "unknown", "unknown"),
        (ADDING.replace("asked.append", "asked.insert") % "AllowAny", "unknown", "unknown"),
        (
            "class Kept(viewsets.ModelViewSet):\n    def get_permissions(self):\n"
            "        return [IsAuthenticated()]\n"
            "class One(Kept):\n    def get_permissions(self):\n"
            "        return super().get_permissions()\n",
            "yes",
            "yes",
        ),
    ],
)
def test_what_get_permissions_adds_is_asked_beside_what_it_inherits(
    read, views, read_one, write_one
):
    urls = URLS.replace("as_view()", "as_view({'get': 'retrieve', 'put': 'update'})")
    found = {one.method: one.auth.answer for one in read(project(views, urls)).routes}

    assert (found["GET"], found["PUT"]) == (read_one, write_one)


def test_a_view_set_whose_base_is_of_a_package_may_be_guarded_there(read):
    urls = URLS.partition(", path('one")[0] + "]\n"
    views = (
        "from saas.viewsets import Guarded\n"
        "class Orders(Guarded):\n    @action(detail=False)\n    def mine(self, request): ...\n"
    )

    assert {one.auth.answer for one in read(project(views, urls)).routes} == {"unknown"}


def test_functions_have_their_permissions_by_decorators(read):
    urls = ROUTED + "urlpatterns = [path('a', views.a), path('b', views.b)]\n"
    views = (
        "@api_view(['GET'])\n@permission_classes([IsAuthenticated])\ndef a(request): ...\n"
        "@api_view()\ndef b(request): ...\n"
    )

    found = read(project(views, urls)).routes

    assert {(one.method, one.path): one.auth.answer for one in found} == {
        ("GET", "/a"): "yes",
        ("GET", "/b"): "no",
    }


def test_throttles_and_serializers_are_told_where_they_stand(read):
    urls = ROUTED + "urlpatterns = [path('one/', views.One.as_view())]\n"
    views = (
        "class One(generics.CreateAPIView):\n    serializer_class = OrderSerializer\n"
        "    throttle_classes = [UserRateThrottle]\n"
    )

    (route,) = read(project(views, urls)).routes

    assert (route.validation.answer, route.rate_limit.answer) == ("yes", "yes")


TOKEN = "    def %s(self, request):\n        if not request.headers.get('X'):\n"
TOKEN += "            %s\n        return super().%s(request)\n"
RAISES = "raise NotAuthenticated('X is missing')"


def who(name: str, instead: str) -> str:
    return f"class Own:\n{TOKEN % (name, instead, name)}"


@pytest.mark.parametrize(
    ("body", "own", "settings", "answer"),
    [
        ("pass\n" + TOKEN % ("initial", RAISES, "initial"), "", "", "unknown"),
        ("authentication_classes = [Own]", who("authenticate", RAISES), "", "unknown"),
        ("pass", who("authenticate", RAISES), "['shop.own.Own']", "unknown"),
        (
            "authentication_classes = [Own]",
            who("authenticate", RAISES).replace("Own", "Above") + "class Own(Above): ...\n",
            "",
            "unknown",
        ),
        ("authentication_classes = [Own]", who("authenticate", "return None"), "", "no"),
        ("authentication_classes = made()", "", "", "no"),
        ("pass", "", "OWN + LIBRARY", "no"),
        ("pass", who("authenticate", RAISES), "OWN + LIBRARY", "unknown"),
        ("authentication_classes = []", who("authenticate", RAISES), "['shop.own.Own']", "no"),
    ],
)
def test_what_refuses_before_permissions_are_asked_for_is_seen(read, body, own, settings, answer):
    if settings:
        settings = f"REST_FRAMEWORK = {{'DEFAULT_AUTHENTICATION_CLASSES': {settings}}}\n"
    code = read(project(ONE % body, settings=settings or SETTINGS, own=own))

    (route,) = (one for one in code.routes if one.path == "/one/{pk}/")
    assert route.auth.answer == answer


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("IsAuthenticated & (Own | Other)", "yes"),
        ("(IsAuthenticated & Own) | AllowAny", "no"),
        ("IsAuthenticated & Own | AllowAny & Other", "unknown"),
        ("(IsAuthenticated | IsAuthenticated) & Own", "yes"),
        ("IsAuthenticated | (AllowAny)", "no"),
        ("~IsAuthenticated & Own", "unknown"),
    ],
)
def test_permissions_are_combined_as_python_does(read, said, answer):
    code = read(project(ONE % f"permission_classes = [{said}]"))

    (route,) = (one for one in code.routes if one.path == "/one/{pk}/")
    assert route.auth.answer == answer


TRIED = """    def get_permissions(self):
        try:
            return [each() for each in %s[self.action]]
        except KeyError:
            return [%s]
"""
BY_ACTION = """class Orders(viewsets.ModelViewSet):
    permission_classes = [IsAuthenticated]
    permission_by_action = {"list": [AllowAny], "create": [IsAuthenticated]}
"""
GOT = "    def get_permissions(self):\n        return [each() for each in %s]\n"
LISTED, ALL = ("no", "yes", "unknown"), ("no", "yes", "yes")


@pytest.mark.parametrize(
    ("body", "answers"),
    [
        (TRIED % ("self.permission_by_action", "IsAuthenticated()"), ALL),
        (TRIED % ("permission_by_action", "IsAuthenticated()"), ALL),
        (TRIED % ("self.permission_by_action", "each() for each in self.permission_classes"), ALL),
        (TRIED % ("self.permission_by_action", "AllowAny()"), ("no", "yes", "no")),
        (TRIED % ("self.elsewhere", "IsAuthenticated()"), ("unknown",) * 3),
        (GOT % "self.permission_by_action.get(self.action, self.permission_classes)", ALL),
        (GOT % "self.permission_by_action.get(self.action, [AllowAny])", ("no", "yes", "no")),
        (GOT % "self.permission_classes_by_action[self.action]", ("unknown",) * 3),
    ],
)
def test_permissions_may_be_kept_by_action_in_a_dictionary(read, body, answers):
    views = BY_ACTION + body + "class One(APIView): ...\n"
    if "self.permission_by" not in body:
        views = views.replace("    permission_by_action", "permission_by_action", 1)
        head, _, rest = views.partition("permission_by_action = ")
        line, _, rest = rest.partition("\n")
        views = f"permission_by_action = {line}\n{head}{rest}"

    found = {one.handler.rpartition(".")[2]: one.auth.answer for one in read(project(views)).routes}

    assert tuple(found[one] for one in ("list", "create", "update")) == answers


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("known = super().has_permission(request, view)\n"
         "        on = allowed(request)\n        return known and on", "yes"),
        ("return super().has_permission(request, view) and is_allowed(request)", "yes"),
        ("return super().has_permission(request, view) and a() if b() else c()", "unknown"),
        ("known = super().has_permission(request, view)\n        return known or on()", "unknown"),
        ("if not super().has_permission(request, view):\n            return False\n"
         "        return request.user.level >= 10", "yes"),
    ],
)  # fmt: skip
def test_what_a_class_above_refuses_stays_refused_where_more_is_asked(read, body, answer):
    method = f"    def has_permission(self, request, view):\n        {body}\n"
    own = f"class Own(IsAuthenticated):\n{method}"
    views = ONE % "permission_classes = [Own]" + "class Orders(viewsets.ViewSet): ...\n"

    code = read(project(views, own=own))

    assert [one.auth.answer for one in code.routes] == [answer]


KEPT = """class Base(viewsets.ModelViewSet):
    permission_classes = [AllowAny]
    permission_by_action = {"list": [IsAuthenticated], "create": [IsAuthenticated]}
    def get_permissions(self):
        return [p() for p in self.permission_by_action.get(self.action, self.permission_classes)]
class Orders(Base):
    permission_by_action = %s
class One(APIView): ...
"""


@pytest.mark.parametrize(
    "kept",
    [
        "made()",
        "dict(list=[AllowAny])",
        "Base.permission_by_action | {'list': [AllowAny]}",
        "{**Base.permission_by_action, 'list': [AllowAny]}",
        "{'list': allowed(), 'create': [AllowAny]}",
        "{LIST: [AllowAny], 'create': [AllowAny]}",
        "{'list': [AllowAny]}\n    permission_by_action = {'list': [IsAuthenticated]}",
    ],
)
def test_of_permissions_by_action_that_no_plain_dictionary_keeps_nobody_knows(read, kept):
    routes = [one for one in read(project(KEPT % kept)).routes if "Orders" in one.handler]

    assert {one.auth.answer for one in routes} == {"unknown"}


@pytest.mark.parametrize(
    "kept", ["allowed = True", "allowed |= on", "if on:\n            allowed = 1"]
)
def test_an_answer_of_the_class_above_that_is_set_anew_is_none_of_it(read, kept):
    method = "    def has_permission(self, request, view):\n"
    method += "        allowed = super().has_permission(request, view)\n"
    own = f"class Own(IsAuthenticated):\n{method}        {kept}\n        return allowed\n"
    views = ONE % "permission_classes = [Own]" + "class Orders(viewsets.ViewSet): ...\n"

    assert [one.auth.answer for one in read(project(views, own=own)).routes] == ["unknown"]


@pytest.mark.parametrize(
    ("said", "create", "others"),
    [
        ("request.user.is_authenticated or view.action != 'create'", "yes", "unknown"),
        ("view.action not in ('create', 'destroy') or request.user.is_staff", "yes", "unknown"),
        ("view.action == 'list' or request.user.is_authenticated", "yes", "yes"),
        ("view.action in ['create'] or request.user.is_authenticated", "unknown", "yes"),
        ("request.user.is_authenticated and view.action != 'create'", "yes", "yes"),
        ("allowed(request.user) or view.action != 'create'", "unknown", "unknown"),
        ("request.user.is_authenticated or view.action != chosen", "unknown", "unknown"),
        ("request.user.is_authenticated or view.action != 'create' or open", "unknown", "unknown"),
    ],
)
def test_a_permission_may_refuse_nobody_for_some_actions_alone(read, said, create, others):
    own = "class Own(BasePermission):\n    def has_permission(self, request, view):\n"
    own += f'        """Asks some."""\n        return {said}\n'
    views = "class Orders(viewsets.ModelViewSet):\n    permission_classes = [Own]\n"
    views += ONE % "permission_classes = [AllowAny]"

    code = read(project(views, own=own))

    told = {one.handler.rpartition(".")[2]: one.auth.answer for one in code.routes}
    assert (told["create"], told["destroy"] if "destroy" not in said else others) == (
        create,
        others,
    )
