"""Flask: paths below blueprints, and whether anything refuses who is nobody."""

from __future__ import annotations

import pytest

APP = """from flask import Flask, Blueprint, abort, g, redirect, session, url_for
from flask_login import login_required, current_user
from flask_jwt_extended import jwt_required
from flask_httpauth import HTTPTokenAuth
from elsewhere import check
from functools import wraps
token_auth = HTTPTokenAuth()
{head}
app = Flask(__name__)
bp = Blueprint("orders", __name__, url_prefix="/orders")

@bp.route("/<int:order_id>"){below}
def show(order_id):
    {body}

app.register_blueprint(bp)
"""


def program(head: str = "", below: str = "", body: str = "return order_id") -> str:
    return APP.format(head=head, below=f"\n{below}" if below else "", body=body)


def served(code) -> list[tuple[str, str, str]]:
    return [(one.method, one.path, one.auth.answer) for one in code.routes]


def own(body: str) -> str:
    return f"def own(f):\n    @wraps(f)\n    def inner(*a, **k):\n{body}\n    return inner\n"


@pytest.mark.parametrize(
    ("parts", "answer"),
    [
        ({}, "no"),
        ({"below": "@login_required"}, "yes"),
        ({"below": "@jwt_required()"}, "yes"),
        ({"below": "@jwt_required(optional=True)"}, "no"),
        ({"below": "@token_auth.login_required(role='x')"}, "yes"),
        ({"below": "@token_auth.login_required(optional=True)"}, "no"),
        ({"below": "@check"}, "unknown"),
        ({"head": own("        if g.user is None:\n            return redirect(url_for('login'))\n"
                      "        return f(*a, **k)"), "below": "@own"}, "yes"),
        ({"head": own("        if 'user_id' in session:\n            return f(*a, **k)\n"
                      "        abort(401)"), "below": "@own"}, "yes"),
        ({"head": own("        if not current_user.is_admin:\n            if g.json:\n"
                      "                abort(403)\n            else:\n"
                      "                return redirect('/login')\n        return f(*a, **k)"),
          "below": "@own"}, "yes"),
        ({"head": own("        if g.locked:\n            abort(403)\n        return f(*a, **k)"),
          "below": "@own"}, "unknown"),
        ({"head": own("        if debug or g.user:\n            return f(*a, **k)\n"
                      "        abort(401)"), "below": "@own"}, "unknown"),
        ({"head": own("        if not settings.AUTH_REQUIRED:\n            abort(401)\n"
                      "        return f(*a, **k)"), "below": "@own"}, "unknown"),
        ({"head": own("        if g.closed and not g.user:\n            abort(401)\n"
                      "        return f(*a, **k)"), "below": "@own"}, "unknown"),
        ({"head": own("        if not g.user.has_perm('x'):\n            abort(403)\n"
                      "        return f(*a, **k)"), "below": "@own"}, "unknown"),
        ({"head": own("        return f(*a, **k)"), "below": "@own"}, "no"),
        ({"head": "def audit():\n    if not session.get('csrf_token'):\n        abort(403)\n",
          "body": "audit()\n    return 1"}, "unknown"),
        ({"body": "if not current_user.is_authenticated:\n        abort(401)\n    return 1"},
         "yes"),
        ({"body": "logout_user()\n    return redirect(url_for('auth.login'))"}, "no"),
        ({"body": "if not check(order_id):\n        abort(403)\n"
          "    return redirect(url_for('auth.login'))"}, "unknown"),
        ({"body": "if current_user.is_authenticated:\n        return page()\n"
          "    return redirect(url_for('auth.login'))"}, "yes"),
        ({"body": "if current_user.is_authenticated:\n        return page()\n"
          "    return redirect(url_for('main.index'))"}, "unknown"),
        ({"body": "if current_user.is_authenticated:\n        return redirect('/home')\n"
          "    return redirect(url_for('main.index'))"}, "no"),
        ({"body": "if current_user.is_authenticated:\n        return redirect('/home')\n"
          "    return page()"}, "no"),
        ({"body": "if order_id:\n        return list_errors()\n    if not g.user:\n"
          "        abort(401)"}, "unknown"),
        ({"body": "if order_id:\n        return json_error(order_id)\n    if not g.user:\n"
          "        abort(401)"}, "yes"),
        ({"body": "if not session.get('u'):\n        return redirect('/blog_index')\n    return 1"},
         "unknown"),
        ({"body": "if not session.get('u'):\n        return redirect('/login/')\n    return 1"},
         "yes"),
        ({"body": "user = find()\n    if not user:\n        abort(401)\n    return 1"}, "unknown"),
    ],
)  # fmt: skip
def test_only_what_refuses_who_shows_nothing_is_authentication(read, parts, answer):
    code = read({"app.py": program(**parts)})

    assert served(code) == [("GET", "/orders/{order_id}", answer)]


def test_a_decorator_above_the_route_guards_nothing(read):
    text = program().replace("@bp.route", "@login_required\n@bp.route")

    assert served(read({"app.py": text})) == [("GET", "/orders/{order_id}", "no")]


GUARD = "def guard():\n    {body}\n"


@pytest.mark.parametrize(
    ("before", "answer"),
    [
        ("@bp.before_request\n@login_required\ndef guard():\n    pass\n", "yes"),
        ("@bp.before_request\n" + GUARD.format(body="if not g.user:\n        abort(401)"), "yes"),
        ("@app.before_request\n" + GUARD.format(body="if not g.user:\n        abort(401)"), "yes"),
        ("@bp.before_request\n" + GUARD.format(body="g.now = now()"), "no"),
        ("@bp.before_request\n" + GUARD.format(body="return page()"), "unknown"),
        ("@bp.before_request\n"
         + GUARD.format(body="if g.path == '/':\n        return\n    if not g.user:\n"
                        "        abort(401)"), "unknown"),
        ("@bp.before_request\n"
         + GUARD.format(body="token = g.csrf\n    if not token:\n        abort(403)"), "unknown"),
        ("other = Blueprint('o', __name__)\n@other.before_request\n"
         + GUARD.format(body="if not g.user:\n        abort(401)"), "no"),
        ("bp.before_request(check)\n", "unknown"),
        ("for each in app.view_functions:\n"
         "    app.view_functions[each] = login_required(app.view_functions[each])\n", "unknown"),
        ("from werkzeug.middleware.proxy_fix import ProxyFix\n"
         "app.wsgi_app = ProxyFix(app.wsgi_app)\n", "no"),
        ("app.wsgi_app = BasicAuth(app.wsgi_app)\n", "unknown"),
        ("import guard\napp.wsgi_app = guard.ContentSecurityPolicy(app.wsgi_app, 1)\n", "no"),
        ("from elsewhere import Signed\napp.wsgi_app = Signed(app.wsgi_app)\n", "unknown"),
        ("@bp.before_request\n"
         + GUARD.format(body="if not request.user_agent:\n        abort(403)"), "unknown"),
        ("class Own:\n    def __call__(self, e, start):\n        return self.app(e, start)\n"
         "app.wsgi_app = Own(app.wsgi_app)\n", "no"),
        ("class Own:\n    def __call__(self, e, start):\n        if e:\n            abort(401)\n"
         "app.wsgi_app = Own(app.wsgi_app)\n", "unknown"),
        ("if on:\n    @bp.before_request\n    @login_required\n    def guard():\n        pass\n",
         "unknown"),
    ],
)  # fmt: skip
def test_what_runs_before_a_blueprint_counts_for_its_routes(read, before, answer):
    code = read({"app.py": program() + before})

    assert served(code) == [("GET", "/orders/{order_id}", answer)]


def test_blueprints_nest_and_their_prefix_gives_way_to_that_of_the_registration(read):
    code = read(
        {
            "shop/__init__.py": "from flask import Flask\n"
            "def create_app():\n    app = Flask(__name__)\n    from shop.api import api as it\n"
            "    app.register_blueprint(it, url_prefix='/v2')\n    return app\n",
            "shop/api.py": "from flask import Blueprint\nfrom shop.users import users\n"
            "api = Blueprint('api', __name__, url_prefix='/v1')\napi.register_blueprint(users)\n",
            "shop/users.py": "from flask import Blueprint\nfrom flask.views import MethodView\n"
            "users = Blueprint('users', __name__, url_prefix='/users')\n"
            "@users.get('/')\n@users.route('/all', methods=['GET', 'POST'])\n"
            "def everyone(): ...\n"
            "class One(MethodView):\n    def get(self, id): ...\n    def delete(self, id): ...\n"
            "users.add_url_rule('/<id>', view_func=One.as_view('one'))\n",
        }
    )

    assert {(one.method, one.path, one.handler) for one in code.routes} == {
        ("GET", "/v2/users/", "shop.users.everyone"),
        ("GET", "/v2/users/all", "shop.users.everyone"),
        ("POST", "/v2/users/all", "shop.users.everyone"),
        ("GET", "/v2/users/{id}", "shop.users.One.get"),
        ("DELETE", "/v2/users/{id}", "shop.users.One.delete"),
    }
    assert code.unresolved == ()


def test_resources_of_extensions_are_served_below_their_api(read):
    code = read(
        {
            "app.py": "from flask import Blueprint, Flask\nfrom flask_restx import Api, Namespace\n"
            "from flask_login import login_required\nfrom flask_restx import Resource\n"
            "app = Flask(__name__)\nv1 = Blueprint('v1', __name__, url_prefix='/v1')\n"
            "api = Api(v1)\nns = Namespace('cats')\napi.add_namespace(ns)\n"
            "app.register_blueprint(v1)\n"
            "@ns.route('/<id>')\nclass Cat(Resource):\n"
            "    method_decorators = [login_required]\n    def get(self, id): ...\n"
            "class Dog(Resource):\n    @login_required\n    def put(self, id): ...\n"
            "    def get(self, id): ...\n"
            "api.add_resource(Dog, '/dogs/<int:id>', '/hounds')\n"
            "class Cow(Resource):\n    method_decorators = {'get': [login_required]}\n"
            "    def get(self): ...\napi.add_resource(Cow, '/cows')\n"
        }
    )

    assert set(served(code)) == {
        ("GET", "/v1/cats/{id}", "yes"),
        ("GET", "/v1/dogs/{id}", "no"),
        ("PUT", "/v1/dogs/{id}", "yes"),
        ("GET", "/v1/hounds", "no"),
        ("GET", "/v1/cows", "unknown"),
        ("PUT", "/v1/hounds", "yes"),
    }


def test_what_cannot_be_placed_is_told(read):
    code = read(
        {
            "app.py": "from flask import Blueprint, Flask\napp = Flask(__name__)\n"
            "alone = Blueprint('a', __name__)\n@alone.route('/x')\ndef x(): ...\n"
            "@app.route(PATH)\ndef y(): ...\n@app.route('/z', methods=METHODS)\ndef z(): ...\n"
            "app.add_url_rule('/w', 'w', make_view())\napp.register_blueprint(gone)\n"
        }
    )

    assert code.routes == ()
    assert sorted(one.reason for one in code.unresolved if one.what == "route") == [
        "its methods are no literals",
        "its path is not a literal",
        "its view is not in the project, or given to a function",
        "nobody registers its blueprint",
        "what it includes is not in the project",
    ]


def test_the_class_of_an_application_and_of_a_blueprint_may_stand_in_another_file(read):
    files = {
        "shop/kinds.py": "from flask import Blueprint, Flask\nclass ShopApp(Flask): ...\n"
        "class ShopBlueprint(Blueprint): ...\nclass OtherApp: ...\n",
        "shop/orders.py": "from shop.kinds import ShopBlueprint\n"
        "orders = ShopBlueprint('orders', __name__)\n"
        "@orders.route('/orders')\ndef show(): return 1\n",
        "shop/make.py": "def make(application):\n    from shop.orders import orders\n"
        "    application.register_blueprint(orders, url_prefix='/v1')\n",
        "run.py": "from shop.kinds import ShopApp\napplication = ShopApp('shop')\n",
        "tests/test_it.py": "from flask import Flask\napp = Flask('x')\n"
        "@app.route('/test')\ndef it(): return 1\n",
    }
    code = read(files)

    assert (served(code), code.unresolved) == ([("GET", "/v1/orders", "no")], ())
    assert not read(files | {"run.py": files["run.py"].replace("ShopApp", "OtherApp")}).routes


def test_an_application_may_be_of_a_class_of_its_own_and_without_one_nothing_is_placed(read):
    text = program().replace("app = Flask(", "class Shop(Flask): ...\napp = Shop(")

    assert served(read({"app.py": text})) == [("GET", "/orders/{order_id}", "no")]

    code = read({"app.py": text.replace("Shop(__name__)", "make()")})
    assert [one.reason for one in code.unresolved if one.what == "route"] == [
        "nobody registers its blueprint"
    ]


@pytest.mark.parametrize(
    "limiter",
    ["limiter = Limiter(app)", "class OwnLimiter(Limiter): ...\nlimiter = OwnLimiter(app)"],
)
def test_limits_and_validation_are_told_where_they_stand(read, limiter):
    text = program(head=limiter, below="@limiter.limit('1/s')\n@use_args(X)")

    (route,) = read({"app.py": text}).routes

    assert (route.rate_limit.answer, route.validation.answer) == ("yes", "yes")


def test_rules_of_a_function_that_is_given_its_views_are_told_as_lost(read):
    code = read(
        {
            "app.py": "from flask import Flask\nfrom views import register\n"
            "app = Flask(__name__)\nregister(app, ['/in'], None)\n",
            "views.py": "from flask import current_app\ndef register(to, routes, view):\n"
            "    for route in routes:\n        to.add_url_rule(route, view_func=view)\n",
        }
    )

    lost = [(one.path, one.line) for one in code.unresolved if one.what == "route"]
    assert lost == [("views.py", 4)]


HELPER = """
def register_view(bp_or_app, routes, view_func, *args, **kwargs):
    for route in routes:
        bp_or_app.add_url_rule(route, view_func=view_func, *args, **kwargs)
"""


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("register_view(auth, routes=['/in', '/<int:id>'], view_func=In.as_view('in'))",
         [("GET", "/auth/in", "no"), ("GET", "/auth/{id}", "no")]),
        ("register_view(auth, ['/in'], login_required(In.as_view('in')), methods=['POST'])",
         [("POST", "/auth/in", "yes")]),
        ("register_view(auth, routes=found, view_func=In.as_view('in'))", []),
        ("theirs(auth, routes=['/in'], view_func=In.as_view('in'))", []),
    ],
)  # fmt: skip
def test_what_a_function_registers_for_others_is_theirs_below_the_declared_prefix(
    read, call, expected
):
    code = read(
        {
            "config.py": "class Config:\n    AUTH_URL_PREFIX = '/auth'\n",
            "helpers.py": HELPER,
            "views.py": "from flask import Blueprint\nfrom flask.views import MethodView\n"
            "from flask_login import login_required\nfrom helpers import register_view\n"
            "class In(MethodView):\n    def get(self): return 1\n"
            "def load(app):\n    auth = Blueprint('auth', __name__)\n"
            f"    {call}\n"
            "    app.register_blueprint(auth, url_prefix=app.config['AUTH_URL_PREFIX'])\n",
            "app.py": "from flask import Flask\nfrom views import load\n"
            "app = Flask(__name__)\nload(app)\n",
        }
    )

    assert served(code) == expected


def test_below_a_prefix_that_is_set_in_two_ways_no_path_is_told(read):
    code = read(
        {
            "config.py": "AUTH_PREFIX = '/auth'\n",
            "other.py": "AUTH_PREFIX = '/login'\n",
            "app.py": "from flask import Blueprint, Flask\napp = Flask(__name__)\n"
            "auth = Blueprint('auth', __name__)\n@auth.route('/me')\ndef me(): return 1\n"
            "app.register_blueprint(auth, url_prefix=app.config['AUTH_PREFIX'])\n",
        }
    )

    assert code.routes == ()
    assert [one.what for one in code.unresolved] == ["route"]


def test_a_method_that_runs_before_all_routes_is_read(read):
    code = read(
        {
            "app.py": "from flask import Flask, g\nclass Id:\n    def __init__(self, app):\n"
            "        app.before_request(self.note)\n    @staticmethod\n    def note():\n"
            "        g.id = 1\n"
            "app = Flask(__name__)\n@app.route('/x')\ndef x(): return 1\n"
        }
    )

    assert served(code) == [("GET", "/x", "no")]


def test_a_login_that_is_not_fresh_is_nobodys(read):
    text = program(head="from flask import current_app\nfrom flask_login import login_fresh\n"
                   "@app.before_request\ndef fresh():\n    if not login_fresh():\n"
                   "        return current_app.login_manager.needs_refresh()\n")  # fmt: skip

    assert [one.auth.answer for one in read({"app.py": text}).routes] == ["yes"]


def test_the_setting_that_decides_whether_a_decorator_refuses_is_named(read):
    body = (
        "        if current_app.config['OPEN']:\n            return f(*a, **k)\n"
        "        if not current_user.is_authenticated:\n            abort(401)\n"
        "        return f(*a, **k)"
    )
    text = program(head=f"from flask import current_app\n{own(body)}", below="@own")

    (auth,) = [one.auth for one in read({"app.py": text}).routes]
    assert (auth.answer, auth.why) == ("unknown", "settings decide")
    assert auth.evidence.startswith("current_app.config['OPEN']: @own (app.py:")


def test_a_function_that_is_given_the_values_of_a_path_may_refuse(read):
    head = "@bp.url_value_preprocessor\ndef taken(endpoint, values):\n"
    code = read(
        {"app.py": program() + head + "    if not session.get(values):\n        abort(401)\n"}
    )
    assert served(code) == [("GET", "/orders/{order_id}", "yes")]

    code = read({"app.py": program() + head + "    return values.pop('order_id')\n"})
    assert served(code) == [("GET", "/orders/{order_id}", "no")]


@pytest.mark.parametrize(
    ("body", "answers"),
    [
        ("known = values.pop('order_id', None)\n    if known:\n        check()", ["no", "yes"]),
        ("if not values:\n        values = {}\n    known = values.get('order_id')\n"
         "    if known is not None:\n        check()", ["no", "yes"]),
        ("known = values.pop('order_id', None)\n    if known:\n        pass\n    else:\n"
         "        check()", ["yes", "yes"]),
        ("check()\n    known = values.pop('order_id', None)\n    if known:\n        pass",
         ["yes", "yes"]),
        ("known = values.pop('order_id', None)\n    check()", ["yes", "yes"]),
        ("known = values.pop('order_id', None)\n    known = known or g.known\n    if known:\n"
         "        check()", ["yes", "yes"]),
    ],
)  # fmt: skip
def test_what_needs_a_value_of_a_path_refuses_at_no_path_without_it(read, body, answers):
    check = "if not session.get('user'):\n            abort(401)"
    head = "@bp.url_value_preprocessor\ndef taken(endpoint, values):\n    "
    more = "@bp.route('/all')\ndef everything(): ...\n"
    body = body.replace("        check()", f"        {check}").replace(
        "check()", check.replace("            ", "        ")
    )

    code = read({"app.py": program() + head + body + "\n" + more})

    found = {path: answer for _, path, answer in served(code)}
    has = [found["/orders/all"], found["/orders/{order_id}"]]
    assert [one == "no" for one in has] == [one == "no" for one in answers]


def test_a_value_that_is_no_part_of_a_path_a_route_may_give_itself(read):
    head = "@bp.url_value_preprocessor\ndef taken(endpoint, values):\n"
    head += "    known = values.get('order_id')\n    if known:\n        abort(401)\n"
    more = "@bp.route('/all', defaults={'order_id': 1})\ndef everything(order_id): ...\n"

    code = read({"app.py": program() + head + more})

    assert "no" not in {answer for _, _, answer in served(code)}


ENDPOINTS = """import functools
from flask import Flask, abort, request, session
app = Flask(__name__)
@app.before_request
def check():
    if request.endpoint == "show":
        return
    if "user" not in session:
        abort(401)
def counted(view):
    {wraps}
    def inner(*args):
        return view(*args)
    return inner
@app.route("/x"{said})
@counted
def show(): ...
"""


@pytest.mark.parametrize(
    ("wraps", "said", "answer"),
    [
        ("@functools.wraps(view)", "", "no"),
        ("", "", "unknown"),
        ("@functools.lru_cache", "", "unknown"),
        ("", ", endpoint='show'", "no"),
    ],
)
def test_a_view_has_its_own_name_unless_a_decorator_takes_it(read, wraps, said, answer):
    code = read({"app.py": ENDPOINTS.format(wraps=wraps, said=said)})

    assert [one.auth.answer for one in code.routes] == [answer]


ENDPOINT = """from flask import Flask, abort, request, session
app = Flask('app')
@app.before_request
def need():
    if request.endpoint != 'show' and 'user' not in session:
        abort(401)
def around(f):
%s
@app.route('/a')
@around
def show(): ...
"""


@pytest.mark.parametrize(
    "body",
    [
        "    def inner(*a):\n        print(f.__name__)\n        return f(*a)\n    return inner",
        "    return lambda *a: f(*a)",
        "    return partial(f)",
        "    if on:\n        def inner(*a): return f(*a)\n        return inner\n    return f",
    ],
)
def test_what_gives_back_another_function_may_give_it_another_name(read, body):
    assert [one.auth.answer for one in read({"a.py": ENDPOINT % body}).routes] == ["unknown"]
