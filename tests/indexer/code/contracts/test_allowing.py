"""Contracts that say what each part may import: tach, deptrac and go-arch-lint."""

from __future__ import annotations

import subprocess
import time

import pytest

from indexer.code.code_reader import rebuild
from indexer.code.contracts.registry import read_contracts
from memory.code.checks.judging import judge_all, row
from memory.models.findings import Tristate
from tests.indexer.code.conftest import write

PYTHON = {
    "src/shop/__init__.py": "",
    "src/shop/api.py": "from shop import core, sales\n",
    "src/shop/sales/__init__.py": "from shop.core import money\n",
    "src/shop/core/__init__.py": "",
    "src/shop/core/money.py": "from shop.sales import x\n",
    "src/tests/test_it.py": "import shop.api\n",
}
TACH = """
source_roots = ["src"]
layers = ["ui", "domain"]

[[modules]]
path = "shop.api"
layer = "ui"
depends_on = []

[[modules]]
path = "shop.sales"
layer = "domain"
depends_on = ["shop.core"]

[[modules]]
path = "shop.core"
layer = "domain"
depends_on = []

[[interfaces]]
expose = ["service"]
from = ["shop.core"]
"""
PHP = {
    "src/Domain/Order.php": "<?php\nnamespace App\\Domain;\nuse App\\Web\\View;\n"
    "class Order { function v(): View { return new View(); } }\n",
    "src/Web/View.php": "<?php\nnamespace App\\Web;\nuse App\\Domain\\Order;\nclass View {}\n",
    "src/Data/Store.php": "<?php\nnamespace App\\Data;\n"
    "class Store { function v() { return new \\App\\Web\\View(); } }\n",
}
DEPTRAC = """
deptrac:
  paths: [./src]
  layers:
    - name: Domain
      collectors:
        - type: directory
          value: src/Domain/.*
    - name: Web
      collectors:
        - {type: classLike, value: '^App\\\\Web\\\\.*'}
    - name: Data
      collectors:
        - type: bool
          must: [{type: directory, value: '#src/data/#i'}]
          must_not: [{type: classLike, value: Ignored}]
  ruleset:
    Web: [Domain]
    Domain: ~
    Data: [+Web]
  skip_violations:
    App\\Domain\\Order: [App\\Web\\Gone]
"""
GO = {
    "go.mod": "module example.com/shop\n",
    "internal/api/a.go": 'package api\nimport (\n"example.com/shop/internal/core"\n'
    '"github.com/lib/pq"\n"net/http"\n)\nvar _ = core.X\n',
    "internal/api/v1/a.go": 'package v1\nimport "example.com/shop/internal/core"\nvar _ = core.X\n',
    "internal/core/c.go": "package core\nvar X = 1\n",
}
GO_ARCH_LINT = """
version: 3
workdir: internal
vendors:
  pq: {in: github.com/lib/pq}
  all: {in: "golang.org/x/**"}
components:
  api: {in: api}
  below: {in: api/**}
  core: {in: core}
deps:
  api:
    mayDependOn: [core]
  core:
    canUse: [pq]
"""


def told(root, files):
    write(root, files)
    judged = judge_all(rebuild(root), read_contracts(root))
    rows = [row(one) for one in judged]
    return {one.said: (one.answer, one.broken_by or one.reason, one.citation) for one in rows}


def test_tach_lets_a_higher_layer_import_a_lower_one_and_no_module_what_it_does_not_name(tmp_path):
    found = told(tmp_path, PYTHON | {"tach.toml": TACH})

    assert found == {
        "shop.sales may depend on shop.core": (Tristate.HOLDS, "", "tach.toml:11"),
        "shop.core may depend on nothing": (
            Tristate.BROKEN,
            ("shop.core.money imports shop.sales (src/shop/core/money.py:1)",),
            "tach.toml:16",
        ),
        "shop.core is imported by its interface": (
            Tristate.BROKEN,
            (
                "shop.sales imports shop.core.money, which no interface of shop.core has "
                "(src/shop/sales/__init__.py:1)",
            ),
            "tach.toml:20",
        ),
    }


INTERFACES = """
modules = [
    {path = "core"}, {path = "core.inner"}, {path = "web"}, {path = "admin"},
    {path = "old", unchecked = true},
]
interfaces = [
    {expose = ["get_.*", "types.*"], from = ["core"]},
    {expose = ["purge"], from = ["core"], visibility = ["admin"], exclusive = true},
]
"""
CORE = {
    "core/__init__.py": "def get_data(): ...\ndef purge(): ...\n",
    "core/types.py": "A = 1\n",
    "core/inner.py": "B = 1\n",
}


@pytest.mark.parametrize(
    ("importer", "statement", "broken_by"),
    [
        ("web", "from core import get_data", ""),
        ("web", "import core", ""),
        ("web", "from core.types import A", ""),
        ("web", "from core.types import *", ""),
        ("web", "from core.inner import B", ""),  # another module, without an interface
        ("web", "from core import *", "core.*"),
        ("web", "from core import purge as p", "core.purge"),
        ("web", "def f():\n    from core import purge", "core.purge"),
        ("web", "from importlib import import_module\nimport_module('core').purge()", ""),
        ("core/inner", "from core import purge", "core.purge"),
        ("core/types", "from core import purge", ""),
        ("admin", "from core import purge", ""),
        ("admin", "from core import get_data", "core.get_data"),
        ("old", "from core import purge", ""),
        ("main", "from core import purge", ""),  # of no module
    ],
)
def test_tach_lets_others_import_what_the_interfaces_that_they_see_expose(
    tmp_path, importer, statement, broken_by
):
    """The verdicts of `tach check` 0.35.3 on the same files."""
    files = CORE | {f"{importer}.py": f"{statement}\n", "tach.toml": INTERFACES}

    found = told(tmp_path, files)["core is imported by its interface"]

    assert found[0] is (Tristate.BROKEN if broken_by else Tristate.HOLDS)
    assert not broken_by or f" imports {broken_by}, which" in found[1][0]


EXEMPTING = """
source_roots = ["."]
modules = [{path = "core", depends_on = []}, {path = "web", depends_on = []}]
"""


@pytest.mark.parametrize(
    ("statement", "is_exempt"),
    [
        ("import core.a  # tach-ignore", True),
        ("import core.a  # noqa # tach-ignore(legacy)", True),
        ("# tach-ignore\nfrom core.a import x", True),
        ("# tach-ignore\r\nfrom core.a import x\r", True),
        ("def f():\n    # tach-ignore\n    from core.a import x", True),
        ("from core.a import *  # tach-ignore", True),
        ("from core.a import (  # tach-ignore\n    x,\n    y,\n)", True),
        ("from core.a import (\n    x,  # tach-ignore\n    y,  # tach-ignore(ok)\n)", True),
        ("# tach-ignore(a reason) x y\nfrom core.a import x, y", True),
        ("# tach-ignore a.x\nfrom core.a import x as y", True),
        ("# tach-ignore x\nfrom core.a import x, y", False),
        ("# tach-ignore y\nfrom core.a import x as y", False),
        ("from core.a import (\n    x,  # tach-ignore\n    y,\n)", False),
        ("import core.a, core.b  # tach-ignore core.b", False),
        ("import core.a  # tach-ignore\nimport core.a as again", False),
        ("# tach-ignore\n\nfrom core.a import x", False),
        ("import core.a  # tach-ignore: legacy", False),
        ("import core.a  # tach-ignore  # noqa", False),
    ],
)
def test_tach_lets_be_what_a_comment_exempts_on_its_line_or_below_it(
    tmp_path, statement, is_exempt
):
    """The verdicts of `tach check` 0.35.3 on the same files."""
    files = {"core/a.py": "x = y = 1\n", "core/b.py": "", "web.py": f"{statement}\n"}

    found = told(tmp_path, files | {"tach.toml": EXEMPTING})["web may depend on nothing"]

    assert found[0] is (Tristate.HOLDS if is_exempt else Tristate.BROKEN)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"tach.domain.toml": ""}, "all contracts"),
        (
            {"tach.toml": TACH + '\n[[modules]]\npath = "*"\ndepends_on = ["lib"]\n'},
            "* may depend on nothing",
        ),
        ({"tach.toml": TACH + 'data_types = "primitive"\n'}, "interface 1: service"),
    ],
)
def test_of_tach_is_open_what_stands_in_other_files_or_goes_by_patterns_or_types(
    tmp_path, more, said
):
    assert told(tmp_path, PYTHON | {"tach.toml": TACH} | more)[said][0] is Tristate.UNKNOWN


def test_deptrac_lets_a_layer_use_what_its_ruleset_names(tmp_path):
    found = told(tmp_path, PHP | {"deptrac.yaml": DEPTRAC})

    assert found["Web may use Domain"][0] is Tristate.HOLDS
    assert found["Data may use Web, Domain"][0] is Tristate.HOLDS
    assert found["Domain may use no other layer"] == (
        Tristate.BROKEN,
        ("src/Domain/Order.php imports src/Web/View.php (src/Domain/Order.php:3)",),
        "deptrac.yaml:19",
    )


def test_deptrac_leaves_out_what_is_skipped_and_tells_what_is_skipped_in_vain(tmp_path):
    skipped = DEPTRAC.replace("App\\Web\\Gone", "App\\Web\\View, App\\Web\\Gone")
    write(tmp_path, PHP | {"deptrac.yaml": skipped})

    judged = judge_all(rebuild(tmp_path), read_contracts(tmp_path))

    assert {one.verdict.answer for one in judged} == {Tristate.HOLDS}
    assert [one.verdict.stale for one in judged] == [
        ["App\\Domain\\Order -> App\\Web\\Gone"], [], [],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "instead", "reason"),
    [
        ("type: directory\n          value: src/Domain/.*", "type: composer", "composer"),
        ("deptrac:", "imports: [baseline.yaml]\ndeptrac:", "what it imports is not read"),
        ("  paths:", "  imports: [baseline.yaml]\n  paths:", "what it imports is not read"),
    ],
)
def test_what_nobody_reads_of_layers_leaves_all_of_them_open(tmp_path, written, instead, reason):
    found = told(tmp_path, PHP | {"deptrac.yaml": DEPTRAC.replace(written, instead, 1)})

    assert {one[0] for one in found.values()} == {Tristate.UNKNOWN}
    assert reason in found["Web may use Domain"][1]


def test_go_arch_lint_takes_packages_as_they_are_named_and_vendors_that_may_be_used(tmp_path):
    found = told(tmp_path, GO | {".go-arch-lint.yml": GO_ARCH_LINT})

    assert found["api may depend on core"][:2] == (
        Tristate.BROKEN,
        ("internal/api/a.go imports github.com/lib/pq (internal/api/a.go:4)",),
    )
    assert found["below may depend on nothing"][0] is Tristate.BROKEN
    assert found["core may depend on nothing"][0] is Tristate.HOLDS


@pytest.mark.parametrize("name", ["tach.toml", "deptrac.yaml", ".go-arch-lint.yml", "setup.cfg"])
def test_a_file_that_is_not_understood_is_told_and_stops_nothing(tmp_path, name):
    found = told(tmp_path, PYTHON | {name: "[importlinter\n- : {[ importlinter"})

    assert [one[0] for one in found.values()] == [Tristate.UNKNOWN]


@pytest.mark.parametrize(
    ("name", "text", "big"),
    [
        ("tach.toml", TACH, "src/shop/sales/big.py"),
        (
            ".importlinter",
            "[importlinter]\nroot_package = shop\n[importlinter:contract:1]\nname = x\n"
            "type = forbidden\nsource_modules = shop.sales\nforbidden_modules = shop.api\n",
            "src/shop/sales/big.py",
        ),
        (
            ".dependency-cruiser.js",
            "module.exports = {forbidden: [{name: 'x', from: {path: 'a'}, to: {path: 'b'}}]}",
            "src/big.ts",
        ),
    ],
)
def test_a_contract_does_not_hold_where_a_file_was_not_read(tmp_path, name, text, big):
    assert Tristate.HOLDS in {one[0] for one in told(tmp_path, PYTHON | {name: text}).values()}

    found = told(tmp_path, {big: "#" * 1_000_001})

    assert Tristate.HOLDS not in {one[0] for one in found.values()}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".go-arch-lint.yml", "excludeFiles: ['(?<x']\ncomponents:\n  a: {in: a}\n"),
        (".importlinter", "[importlinter]\nroot_package = %(x)s\n"),
        (".dependency-cruiser.js", f"module.exports = {{forbidden: {'[' * 2000}{']' * 2000}}}"),
        ("tach.toml", "modules = [1]\n" + "#" * 1_000_000),
    ],
)
def test_what_its_tool_would_refuse_is_told_and_stops_nothing(tmp_path, name, text):
    found = told(tmp_path, PYTHON | {name: text})

    assert [one[0] for one in found.values()] == [Tristate.UNKNOWN]


@pytest.mark.parametrize(
    ("settings", "answer"),
    [
        ('layer = "domain"\nutility = true', Tristate.BROKEN),  # a lower layer never imports it
        ("utility = true", Tristate.HOLDS),
        ('visibility = ["shop.api"]', Tristate.BROKEN),  # it is said of what is declared
        ("", Tristate.BROKEN),
    ],
)
def test_tach_lets_anybody_import_a_utility_that_is_in_no_higher_layer(tmp_path, settings, answer):
    tach = f"""
source_roots = ["src"]
layers = ["domain", "base"]

[[modules]]
path = "shop.sales"
{settings}

[[modules]]
path = "shop.core"
layer = "base"
depends_on = []
"""
    found = told(tmp_path, PYTHON | {"tach.toml": tach})

    assert [said for said, one in found.items() if one[0] is Tristate.BROKEN] == (
        ["shop.core may depend on nothing"] if answer is Tristate.BROKEN else []
    )


SLOW = "(a|a)*(a+)+$b"


@pytest.mark.parametrize(
    ("name", "contract"),
    [
        ("deptrac.yaml", DEPTRAC.replace("src/Domain/.*", SLOW)),
        ("deptrac.yaml", DEPTRAC.replace("Ignored", SLOW)),
        ("tach.toml", TACH.replace('"service"', f'"{SLOW}"')),
        (".go-arch-lint.yml", f"{GO_ARCH_LINT}excludeFiles: ['{SLOW}']\n"),
    ],
)
def test_no_pattern_that_a_contract_has_takes_long(tmp_path, name, contract):
    long = "a" * 60
    files = {f"src/{long}.php": "<?php\n", f"internal/api/{long}.go": "package api\n"}
    files |= {f"src/shop/{long}.py": f"from shop.core import {long}c\n", "go.mod": "module x\n"}
    began = time.process_time()

    told(tmp_path, PYTHON | PHP | files | {name: contract})

    assert time.process_time() - began < 10


@pytest.mark.posix
@pytest.mark.parametrize(
    "name", ["deptrac.yaml", "tach.toml", ".go-arch-lint.yml", ".importlinter"]
)
def test_a_contract_that_is_a_link_out_of_the_project_is_not_read(tmp_path, name):
    """What is told of one that is not understood quotes it."""
    (tmp_path / "private").write_text("token: [abcdef\n")
    root = tmp_path / "project"
    write(root, {"a.py": "import b\n"})
    (root / name).symlink_to(tmp_path / "private")

    found = told(root, {})

    assert "abcdef" not in str(found)
    assert "leads out of the project" in str(found)


@pytest.mark.posix
def test_a_contract_that_is_a_link_to_itself_is_told_and_the_others_are_read(tmp_path):
    (tmp_path / ".importlinter").symlink_to(".importlinter")
    for command in (["init", "-q"], ["add", ".importlinter"]):  # else nobody lists it
        subprocess.run(["git", "-C", tmp_path, *command], check=True)

    found = told(tmp_path, PYTHON | {"tach.toml": TACH})

    assert "symbolic links" in str(found)
    assert len(found) > 1
