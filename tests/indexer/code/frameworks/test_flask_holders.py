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
