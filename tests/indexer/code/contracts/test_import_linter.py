"""Contracts of import-linter, with its own verdict beside ours."""

from __future__ import annotations

import random
import re
import subprocess
import sys

import pytest

from indexer.code.code_reader import rebuild
from indexer.code.contracts.registry import read_contracts
from memory.code.checks.judging import judge_all
from memory.models.findings import Tristate
from tests.indexer.code.conftest import write

HEAD = "[importlinter]\nroot_packages =\n    shop\n    tools\ninclude_external_packages = True\n"
CONTRACTS = """
[importlinter:contract:1]
name = layers
type = layers
layers =
    shop.api
    # between them
    shop.sales | shop.users
    (shop.gone)
    shop.core : shop.db

[importlinter:contract:2]
name = inside
type = layers
containers =
    shop.sales
    shop.users
layers =
    views
    models
exhaustive = True
exhaustive_ignores =
    extra

[importlinter:contract:3]
name = forbidden
type = forbidden
source_modules =
    shop.core
    shop.db
forbidden_modules =
    shop.api
    json
ignore_imports =
    shop.core.** -> json
unmatched_ignore_imports_alerting = none

[importlinter:contract:4]
name = directly
type = forbidden
source_modules = shop.users.*
forbidden_modules = shop.sales
allow_indirect_imports = True

[importlinter:contract:5]
name = independent
type = independence
modules =
    shop.sales
    shop.users
    tools

[importlinter:contract:6]
name = protected
type = protected
protected_modules =
    shop.db
    sqlite3
allowed_importers =
    shop.core

[importlinter:contract:7]
name = siblings
type = acyclic_siblings
ancestors = shop
skip_descendants = shop.users
"""
MODULES = [
    *(f"shop.{name}" for name in ("api", "core.a", "core.b", "db.a", "db.b")),
    *(f"shop.{part}.{name}" for part in ("sales", "users") for name in ("views", "models")),
    *(f"shop.sales.{name}" for name in ("extra", "other")),
    *("tools.a", "tools.b"),
]


def a_project(seed: int) -> dict[str, str]:
    chance = random.Random(seed)
    texts = {name: [] for name in MODULES if name != "shop.sales.other" or seed % 3 == 0}
    for _ in range(chance.choice([3, 8, 14])):
        source, target = chance.sample(sorted(texts), 2)
        above, _, last = target.rpartition(".")
        texts[source].append(
            chance.choice(
                [
                    f"import {target}",
                    f"from {above} import {last}",
                    f"def late():\n    import {target}",
                ]
            )
        )
    for outside in ("json", "sqlite3", "os.path"):
        texts[chance.choice(sorted(texts))].append(f"import {outside}")
    files = {f"{name.replace('.', '/')}.py": "\n".join(said) for name, said in texts.items()}
    folders = {path.rpartition("/")[0] for path in files}
    return files | {f"{folder}/__init__.py": "" for folder in folders}


def verdicts(root) -> dict[str, bool]:
    judged = judge_all(rebuild(root), read_contracts(root))
    return {check.said: verdict.answer is Tristate.HOLDS for check, verdict in judged}


def oracle(root) -> dict[str, bool]:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    said = subprocess.run(
        [*command, "--no-cache"], cwd=root, capture_output=True, text=True, check=False
    )
    told = re.compile(r"(?P<name>.+) (?P<is>KEPT|BROKEN)(?: \(.*\))?")
    lines = map(told.fullmatch, said.stdout.splitlines())
    return {one["name"]: one["is"] == "KEPT" for one in lines if one}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2, 12])
def test_what_import_linter_keeps_holds_and_what_it_breaks_does_not(tmp_path, seed):
    write(tmp_path, a_project(seed) | {".importlinter": HEAD + CONTRACTS})

    theirs = oracle(tmp_path)

    assert len(theirs) == 7
    assert verdicts(tmp_path) == theirs


@pytest.mark.slow
@pytest.mark.parametrize("excluded", [True, False])
def test_imports_for_type_checking_count_unless_they_are_excluded(tmp_path, excluded):
    typed = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from shop import api\n"
    settings = f"""
[tool.importlinter]
root_package = "shop"
exclude_type_checking_imports = {str(excluded).lower()}

[[tool.importlinter.contracts]]
name = "core below api"
type = "layers"
layers = ["shop.api", "shop.core"]
"""
    files = {"shop/__init__.py": "", "shop/api.py": "", "shop/core.py": typed}
    write(tmp_path, files | {"pyproject.toml": settings})

    (check,) = read_contracts(tmp_path)

    assert check.citation == "pyproject.toml:6"
    assert verdicts(tmp_path) == oracle(tmp_path) == {"core below api": excluded}


def test_ignored_imports_that_are_not_there_are_told_and_what_is_not_understood_too(tmp_path):
    contracts = """
[importlinter:contract:1]
name = forbidden
type = forbidden
source_modules = shop.core
forbidden_modules = shop.api
ignore_imports =
    shop.core -> shop.api
    shop.core -> shop.gone

[importlinter:contract:2]
name = unknown module
type = independence
modules =
    shop.api
    shop.gone

[importlinter:contract:3]
name = their own
type = shop_rule
"""
    files = {"shop/__init__.py": "", "shop/api.py": "", "shop/core.py": "from shop import api\n"}
    head = "[importlinter]\nroot_package = shop\n"
    write(tmp_path, files | {"setup.cfg": head + contracts})

    judged = judge_all(rebuild(tmp_path), read_contracts(tmp_path))

    answers = {check.said: verdict.answer for check, verdict in judged}
    assert answers == {
        "forbidden": Tristate.HOLDS,
        "unknown module": Tristate.UNKNOWN,
        "their own": Tristate.UNKNOWN,
    }
    assert judged[0].verdict.stale == ["shop.core -> shop.gone"]
    assert judged[1].verdict.untold == "there is no module shop.gone"
