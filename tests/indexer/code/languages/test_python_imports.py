"""Edges between Python modules, held against grimp's of the same files."""

from __future__ import annotations

import sys

import grimp
import pytest

from indexer.code.code_reader import rebuild
from memory.code.codebase import Grade
from tests.indexer.code.conftest import edges, imports, write

BASIC = {
    "shop/__init__.py": "from .orders import Order\n",
    "shop/orders.py": "import shop.users.models as m\nfrom shop import billing\n",
    "shop/billing.py": "def f():\n    from .users import models, absent_name\n    import json\n",
    "shop/users/__init__.py": "from .models import *\n",
    "shop/users/models.py": "from .. import billing\nVALUE = 1\n",
    "shop/users/views.py": "from . import models as m, VALUE\nfrom ..orders import Order\n",
}


def of_grimp(monkeypatch, root, package):
    monkeypatch.syspath_prepend(str(root))
    for name in [one for one in sys.modules if one.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    graph = grimp.build_graph(package, cache_dir=None)
    found = {
        (one, other)
        for one in graph.modules
        for other in graph.find_modules_directly_imported_by(one)
    }
    return graph.modules, found


@pytest.mark.parametrize(
    ("root", "package", "files"),
    [
        ("", "shop", BASIC),
        ("src", "shop", {"pyproject.toml": "", **{f"src/{path}": BASIC[path] for path in BASIC}}),
        ("backend", "shop", {f"backend/{path}": BASIC[path] for path in BASIC}),
        (
            "",
            "plain",  # a namespace package
            {
                "plain/one/__init__.py": "import plain.two.deep\n",
                "plain/two/deep.py": "from plain.one import x\nfrom plain import one\n",
                "plain/one/x.py": "from . import y\nfrom .y import z\n",
                "plain/one/y.py": "z = 1\n",
            },
        ),
        (
            "",
            "cases",
            {
                "cases/__init__.py": "",
                "cases/a.py": "if x:\n    import cases.b\nelse:\n    from cases import c\n",
                "cases/b.py": "if TYPE_CHECKING:\n    from . import c\n",
                "cases/c.py": "try:\n    from .gone import x\nexcept:\n    from .b import x\n",
                "cases/d.py": "import cases.b, cases.c as e\nimport cases.b.name\nimport cases\n",
                "cases/sub/__init__.py": "from .. import sub\nfrom . import *\nfrom ..a import *",
                "cases/sub/sub.py": "from .sub import other\nimport casesandmore\n",
            },
        ),
    ],
)  # fmt: skip
def test_imports_are_those_of_grimp(tmp_path, monkeypatch, root, package, files):
    write(tmp_path, files)
    modules, expected = of_grimp(monkeypatch, tmp_path / root, package)

    code = rebuild(tmp_path)

    found = {pair for pair in imports(code) if set(pair) <= modules}
    assert found == expected


def test_a_part_of_a_namespace_package_does_not_stand_in_for_a_standard_module(read):
    code = read(
        {
            "ns/util/re.py": "from re import compile\n",
            "ns/util/x.py": "import re\n",
            "ns/y.py": "from ns.util import x\n",
        }
    )

    assert imports(code) == {("ns.y", "ns.util.x")}


def test_imports_for_a_type_checker_are_told_apart(read):
    code = read(
        {"a.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import b\n", "b.py": ""}
    )

    assert imports(code, type_checking=True) == {("a", "b")}
    assert imports(code, type_checking=False) == set()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("scripts/run.py", "import helper"),  # the script's own folder
        ("services/one/app/main.py", "from app.helper import f"),  # its own root before another
    ],
)
def test_the_nearest_of_several_is_meant(read, path, text):
    code = read(
        {
            "scripts/helper.py": "",
            "services/one/app/__init__.py": "",
            "services/one/app/helper.py": "def f(): ...",
            "services/two/app/__init__.py": "",
            "services/two/app/helper.py": "def f(): ...",
            path: text,
        }
    )

    (edge,) = [one for one in code.edges if one.grade is Grade.IMPORT]
    assert edge.target.path.rpartition("/")[0] == path.rpartition("/")[0]


def test_what_the_project_should_have_and_has_not_is_named(read):
    code = read(
        {
            "shop/__init__.py": "",
            "shop/a.py": "from .gone import x\nimport shop.gone.too\nimport os\n",
        }
    )

    assert [(one.line, one.what) for one in code.unresolved] == [(1, "import"), (2, "import")]


def test_a_call_is_known_through_aliases_packages_and_stars(read):
    code = read(
        {
            "shop/__init__.py": "from .users import *\n",
            "shop/users/__init__.py": "from .models import User as Person, make\n",
            "shop/users/models.py": "class User:\n    def save(self): self.check()\n"
            "    def check(self): ...\ndef make(): ...\n",
            "main.py": "import shop\nfrom shop import Person as P\nimport shop.users.models as m\n"
            "def run():\n    shop.make()\n    P.save()\nclass Child(m.User): ...\n",
        }
    )  # fmt: skip

    assert edges(code, Grade.CALL) == {
        ("main.run", "shop.users.models.make"),
        ("main.run", "shop.users.models.User.save"),
        ("shop.users.models.User.save", "shop.users.models.User.check"),
    }
    assert edges(code, Grade.INHERIT) == {("main.Child", "shop.users.models.User")}


def test_the_name_of_a_module_in_a_string_is_a_reference_and_other_strings_are_none(read):
    code = read(
        {
            "shop/__init__.py": "",
            "shop/tasks.py": "def send(): ...",
            "settings.py": "JOBS = ['shop.tasks', 'shop.tasks.send', 'shop.nothing.here', 'a.b']",
        }
    )

    assert edges(code, Grade.REFERENCE) == {
        ("settings.JOBS", "shop.tasks"),
        ("settings.JOBS", "shop.tasks.send"),
    }


def test_a_cycle_of_re_exports_ends(read):
    code = read({"p/__init__.py": "from .a import x", "p/a.py": "from . import x\nx()\n"})

    assert ("p.a", "p") in imports(code)


@pytest.mark.parametrize(
    ("files", "named"),
    [
        ({"manage.py": "", "shop.py": "from users.models import User\n"}, "users.models"),
        (
            {"manage.py": "", "shop.py": "from backend.users.models import User\n"},
            "backend.users.models",
        ),
        ({"shop.py": "from users.models import User\n"}, "backend.users.models"),
    ],
)
def test_a_package_beside_manage_py_is_a_root_where_imports_leave_out_its_name(read, files, named):
    own = {"__init__.py": "", "users/__init__.py": "", "users/models.py": "class User: ..."}
    code = read({f"backend/{path}": text for path, text in (own | files).items()})

    assert code.files["backend/users/models.py"].name == named
