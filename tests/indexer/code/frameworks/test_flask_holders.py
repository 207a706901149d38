"""Flask: applications and blueprints of one name, and what runs before which of them."""

from __future__ import annotations

import pytest

HEAD = """from flask import Flask, Blueprint, abort, session
def need():
    if 'user' not in session:
        abort(401)
"""


def told(code) -> dict[str, str]:
    return {one.path: one.auth.answer for one in code.routes}


def test_what_runs_before_one_application_does_not_run_before_another(read):
    text = f"{HEAD}one = Flask('one')\ntwo = Flask('two')\n"
    text += "one.before_request(need)\n@one.route('/a')\ndef a(): ...\n"
    text += "@two.route('/b')\ndef b(): ...\n"

    assert told(read({"main.py": text})) == {"/a": "yes", "/b": "no"}


@pytest.mark.parametrize(
    ("other", "answer"), [("", "yes"), ("other = Flask('other')\n", "unknown")]
)
def test_of_several_applications_nobody_knows_which_a_function_is_given(read, other, answer):
    text = f"{HEAD}{other}site = Flask('site')\nsite.before_request(need)\n"
    own = "from flask import Blueprint\nbp = Blueprint('x', __name__)\n"
    own += "@bp.route('/x')\ndef x(): ...\ndef put(app):\n    app.register_blueprint(bp)\n"

    assert told(read({"main.py": text, "own.py": own})) == {"/x": answer}


def test_what_a_blueprint_runs_before_all_runs_before_the_application_that_has_it(read):
    text = f"{HEAD}one = Flask('one')\ntwo = Flask('two')\nbp = Blueprint('x', __name__)\n"
    text += "bp.before_app_request(need)\none.register_blueprint(bp)\n"
    text += "@one.route('/a')\ndef a(): ...\n@two.route('/b')\ndef b(): ...\n"

    assert told(read({"main.py": text})) == {"/a": "yes", "/b": "no"}


def test_each_function_has_blueprints_of_its_own(read):
    text = HEAD
    for one, more in (("a", ""), ("b", "    bp.before_request(need)\n")):
        text += f"def make_{one}():\n    bp = Blueprint('{one}', __name__, url_prefix='/{one}')\n"
        text += f"{more}    @bp.route('/x')\n    def show(): ...\n    return bp\n"
    text += "def create():\n    app = Flask('a')\n    app.register_blueprint(make_a())\n"
    text += "    app.register_blueprint(make_b())\n    return app\n"

    assert told(read({"main.py": text})) == {"/a/x": "no", "/b/x": "yes"}


def test_a_field_of_one_class_is_not_that_of_another(read):
    text = HEAD
    for one, more in (("A", ""), ("B", "        self.app.before_request(need)\n")):
        text += f"class {one}:\n    def __init__(self):\n        self.app = Flask('{one}')\n{more}"
        text += f"        @self.app.route('/{one}')\n        def show(): ...\n"

    assert told(read({"main.py": text})) == {"/A": "no", "/B": "yes"}


def test_an_application_that_a_function_makes_for_all_is_that_of_its_file(read):
    text = f"{HEAD}app = None\ndef create():\n    global app\n    app = Flask('a')\n"
    text += "    app.before_request(need)\ncreate()\n@app.route('/x')\ndef show(): ...\n"
    own = "from main import app\n@app.route('/y')\ndef other(): ...\n"

    assert told(read({"main.py": text, "own.py": own})) == {"/x": "yes", "/y": "yes"}


def test_what_runs_before_the_routes_of_a_test_serves_nobody(read):
    test = f"{HEAD}from main import app\napp.before_request(need)\n"
    text = f"{HEAD}app = Flask('a')\n@app.route('/x')\ndef show(): ...\n"

    assert told(read({"main.py": text, "tests/test_main.py": test})) == {"/x": "no"}


def test_names_of_a_file_are_its_own_beside_those_of_its_functions(read):
    text = f"{HEAD}bp = Blueprint('a', __name__, url_prefix='/a')\n@bp.route('/x')\ndef x(): ...\n"
    text += "def create():\n    bp = Blueprint('b', __name__, url_prefix='/b')\n"
    text += "    bp.before_request(need)\n    @bp.route('/x')\n    def show(): ...\n    return bp\n"
    text += "app = Flask('a')\napp.register_blueprint(bp)\napp.register_blueprint(create())\n"

    assert told(read({"main.py": text})) == {"/a/x": "no", "/b/x": "yes"}


def test_a_blueprint_that_a_function_makes_is_registered_by_a_call_of_it(read):
    made = (
        "from flask import Blueprint\ndef construct(store):\n    it = Blueprint('it', __name__)\n"
        "    @it.route('/list')\n    def everything(): ...\n    return it\n"
    )
    code = read(
        {
            "shop/tags.py": made,
            "shop/users.py": made,
            "shop/app.py": "from flask import Flask\napp = Flask(__name__)\n"
            "import shop.tags as tags\napp.register_blueprint(tags.construct(1), url_prefix='/t')\n"
            "from shop.users import construct as users_of\nusers = users_of(2)\n"
            "app.register_blueprint(users, url_prefix='/u')\n",
        }
    )

    assert told(code) == {"/t/list": "no", "/u/list": "no"}
    assert not code.unresolved


def test_what_a_name_stands_for_is_open_where_it_stands_for_two_blueprints(read):
    made = (
        "from flask import Blueprint\ndef construct():\n    it = Blueprint('it', __name__)\n"
        "    @it.route('/list')\n    def everything(): ...\n    return it\n"
    )
    code = read(
        {
            "shop/tags.py": made,
            "shop/users.py": made,
            "shop/app.py": "from flask import Flask\nfrom shop import tags, users\n"
            "app = Flask(__name__)\n"
            "bp = users.construct()\napp.register_blueprint(bp, url_prefix='/u')\n"
            "bp = tags.construct()\napp.register_blueprint(bp, url_prefix='/t')\n",
        }
    )

    assert told(code) == {}
    assert code.unresolved


@pytest.mark.parametrize(
    ("given", "before", "answer"),
    [
        ("", "", "yes"),
        ("login", "", "unknown"),
        ("", "login = other", "unknown"),
        ("", "def login(f): return f", "no"),
    ],
)
def test_a_decorator_that_a_function_has_is_not_that_of_its_file(read, given, before, answer):
    text = f"{HEAD}def login(f):\n    def inner():\n        if 'user' not in session:\n"
    text += "            abort(401)\n        return f()\n    return inner\napp = Flask('a')\n"
    text += f"def create({given}):\n    {before}\n    @app.route('/x')\n    @login\n"
    text += "    def show(): ...\n"

    assert told(read({"main.py": text})) == {"/x": answer}


def test_what_a_function_is_given_is_not_what_another_one_makes(read):
    text = f"{HEAD}app = Flask('a')\ndef create():\n    bp = Blueprint('b', __name__)\n"
    text += "    bp.before_request(need)\n    return bp\napp.register_blueprint(create())\n"
    text += "def put(bp):\n    @bp.route('/x')\n    def show(): ...\n"

    code = read({"main.py": text})

    assert (told(code), [one.what for one in code.unresolved]) == ({}, ["route"])


def test_below_one_of_two_prefixes_that_a_name_may_have_no_path_is_told(read):
    text = f"{HEAD}app = Flask('a')\nif app.debug:\n"
    text += "    bp = Blueprint('b', __name__, url_prefix='/b')\nelse:\n"
    text += "    bp = Blueprint('b', __name__, url_prefix='/c')\n"
    text += "@bp.route('/x')\ndef x(): ...\napp.register_blueprint(bp)\n"

    code = read({"main.py": text})

    assert (told(code), [one.what for one in code.unresolved]) == ({}, ["route"])


@pytest.mark.parametrize(
    "body",
    [
        "def put(view):\n    app.add_url_rule('/x', view_func=view)\n",
        "def put(view):\n    app.add_url_rule('/x', view_func=need(view))\n",
        "def put():\n    view = made()\n    app.add_url_rule('/x', 'x', view)\n",
        "def put(View):\n    app.add_url_rule('/x', view_func=View.as_view('x'))\n",
    ],
)
def test_a_view_that_a_function_is_given_is_not_what_its_file_has_by_that_name(read, body):
    text = f"{HEAD}app = Flask('x')\ndef view(): ...\nclass View:\n    def get(self): ...\n{body}"

    code = read({"main.py": text})

    assert (told(code), len(code.unresolved)) == ({}, 1)


def test_a_view_that_a_function_defines_is_the_one_that_it_adds(read):
    text = f"{HEAD}def create():\n    app = Flask('x')\n    def view():\n"
    text += "        if 'user' not in session:\n            abort(401)\n"
    text += "    app.add_url_rule('/x', view_func=view)\n    return app\ndef view(): ...\n"

    assert told(read({"main.py": text})) == {"/x": "yes"}


def test_an_application_that_another_package_has_is_not_the_one_of_the_project(read):
    other = "from elsewhere import app\nfrom flask import g\n@app.route('/x')\ndef x(): ...\n"

    code = read({"main.py": f"{HEAD}app = Flask('x')\n", "other.py": other})

    assert (told(code), len(code.unresolved)) == ({}, 1)


def test_each_blueprint_that_a_loop_goes_through_is_registered(read):
    text = f"{HEAD}a = Blueprint('a', __name__)\nb = Blueprint('b', __name__)\n"
    text += "b.before_request(need)\n@a.route('/x')\ndef x(): ...\n@b.route('/x')\ndef y(): ...\n"
    text += "app = Flask('x')\nfor one, below in ((a, '/a'), (b, '/b')):\n"
    text += "    app.register_blueprint(one, url_prefix=below)\n"

    assert told(read({"main.py": text})) == {"/a/x": "no", "/b/x": "yes"}


ASKED = "not current_user.is_authenticated"


@pytest.mark.parametrize(
    ("body", "answers"),
    [
        ("    ok = (request.path.startswith('/login')\n        or request.path == '/free')\n"
         f"    if {ASKED} and not ok:\n        return redirect(url_for('login'))\n    return\n",
         {"/login": "no", "/free": "no", "/own": "yes", "/b/x": "yes", "/{name}": "unknown"}),
        (f"    if request.endpoint in OPEN:\n        return\n    if {ASKED}:\n        abort(401)\n",
         {"/login": "no", "/free": "yes", "/own": "yes", "/b/x": "no", "/{name}": "yes"}),
        (f"    if request.path.startswith(('/own', '/b/')) and {ASKED}:\n        abort(401)\n",
         {"/login": "no", "/free": "no", "/own": "yes", "/b/x": "yes", "/{name}": "unknown"}),
        (f"    if request.method == 'GET':\n        return None\n    if {ASKED}:\n"
         "        abort(401)\n",
         {"/login": "no", "/free": "no", "/own": "no", "/b/x": "no", "/{name}": "no"}),
        (f"    if request.path in more():\n        return\n    if {ASKED}:\n        abort(401)\n",
         dict.fromkeys(["/login", "/free", "/own", "/b/x", "/{name}"], "unknown")),
        (f"    if request.path != '/login' and on():\n        return\n    if {ASKED}:\n"
         "        abort(401)\n",
         {"/login": "yes", "/free": "unknown", "/own": "unknown", "/b/x": "unknown",
          "/{name}": "unknown"}),
        (f"    if request.path == '/login':\n        return page()\n    if {ASKED}:\n"
         "        abort(401)\n",
         {"/login": "unknown", "/free": "yes", "/own": "yes", "/b/x": "yes", "/{name}": "unknown"}),
    ],
)  # fmt: skip
def test_what_runs_before_routes_refuses_those_that_it_does_not_let_pass(read, body, answers):
    text = f"{HEAD}OPEN = ('login', 'b.x')\napp = Flask('x')\nbp = Blueprint('b', __name__)\n"
    text += f"@app.before_request\ndef ask():\n{body}@bp.route('/x')\ndef x(): ...\n"
    text += "app.register_blueprint(bp, url_prefix='/b')\n"
    for path in ("login", "free", "own", "<name>"):
        text += f"@app.route('/{path}')\ndef {path.strip('<>')}({path.strip('<>')}=''): ...\n"

    assert told(read({"main.py": text})) == answers


IN_OPEN = "    if request.path in OPEN:\n        return\n"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", "    if request.path in ('/login'):\n        return\n"),  # of a text any part
        ("OPEN = ['/login']\nOPEN = OPEN + ['/own']\n", IN_OPEN),
        ("OPEN = ['/login']\nOPEN+=['/own']\n", IN_OPEN),
        ("def other():\n    OPEN = ['/login']\n", IN_OPEN),
        ("", "    ok = request.path == '/login'\n    ok |= on()\n    if ok:\n        return\n"),
        ("", "    ok = request.path == '/login'\n    ok, one = on()\n    if ok:\n        return\n"),
        ("", "    ok = request.path == '/login'\n    with on() as ok:\n        pass\n"
         "    if ok:\n        return\n"),
        ("", "    if request.path.endswith('/login'):\n        return\n"),
        ("", "    if any(request.path.startswith(one) for one in ('/login', '/own')):\n"
         "        return\n"),
    ],
)  # fmt: skip
def test_a_test_of_the_route_that_may_hold_is_not_taken_for_one_that_does_not(read, head, body):
    text = f"{HEAD}{head}app = Flask('x')\n@app.before_request\ndef ask():\n{body}"
    text += f"    if {ASKED}:\n        abort(401)\n@app.route('/own')\ndef own(): ...\n"

    assert told(read({"main.py": text})) == {"/own": "unknown"}


@pytest.mark.parametrize(
    ("registered", "asked", "answer"),
    [
        ("app.register_blueprint(bp)\n", "b.x", "no"),
        ("app.register_blueprint(bp, name='v2')\n", "v2.x", "unknown"),
        ("other = Flask('y')\ndef put(app):\n    app.register_blueprint(bp)\n", "b.x", "no"),
    ],
)
def test_a_route_is_called_by_what_its_blueprint_is_registered_as(read, registered, asked, answer):
    text = (
        f"{HEAD}app = Flask('x')\nbp = Blueprint('b', __name__)\n@bp.before_request\ndef ask():\n"
    )
    text += f"    if request.endpoint != '{asked}' and {ASKED}:\n        abort(401)\n"
    text += f"@bp.route('/x')\ndef x(): ...\n{registered}"

    assert told(read({"main.py": text})) == {"/x": answer}


def test_a_class_that_answers_is_called_by_no_name_of_its_own(read):
    text = f"{HEAD}app = Flask('x')\n@app.before_request\ndef ask():\n"
    text += f"    if request.endpoint != 'login' and {ASKED}:\n        abort(401)\n"
    text += "class Login(MethodView):\n    def get(self): ...\nview = Login.as_view('login')\n"
    text += "app.add_url_rule('/login', view_func=view)\n"

    assert told(read({"main.py": text})) == {"/login": "unknown"}


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ("app.register_blueprint(one, url_prefix=f'/{name}')", {"/a/x", "/b/x"}),
        ("app.register_blueprint(one, url_prefix='/name/one/y')", {"/name/one/y/x"}),
        ("app.register_blueprint(one, url_prefix='/' + name)", set()),
        ("name = '/api/' + name\n    app.register_blueprint(one, url_prefix=name)", set()),
        ("if one is a:\n        app.register_blueprint(one)", set()),
        ("if name == 'a':\n        continue\n    app.register_blueprint(one)", set()),
    ],
)
def test_what_a_loop_registers_is_told_where_each_time_is_the_same_to_it(read, body, paths):
    text = f"{HEAD}a = Blueprint('a', __name__)\nb = Blueprint('b', __name__)\napp = Flask('x')\n"
    text += "@a.route('/x')\ndef x(): ...\n@b.route('/x')\ndef y(): ...\n"
    text += f"for one, name in ((a, 'a'), (b, 'b')):\n    {body}\n"

    assert set(told(read({"main.py": text}))) == paths


@pytest.mark.parametrize("where", ["def create(app):\n    ", ""])
def test_what_a_loop_goes_through_is_no_view_of_its_file(read, where):
    inner = "    " * bool(where)
    text = f"{HEAD}def view(): ...\napp = Flask('x')\n{where}for view in views():\n"
    text += f"{inner}    app.add_url_rule('/x', view_func=view)\n"

    code = read({"main.py": text})

    assert (told(code), [one.what for one in code.unresolved if one.what == "route"]) == (
        {},
        ["route"],
    )
