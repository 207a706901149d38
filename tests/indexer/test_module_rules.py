"""Modules that a project declares in files of rules that it already has."""

from __future__ import annotations

import pytest

from indexer.module_rules import declared_modules
from tests.indexer.code.conftest import write

TACH = """
source_roots = ["src"]
[[modules]]
path = "shop.orders"
depends_on = []
[[modules]]
paths = ["shop.billing", "shop.gone"]
[[modules]]
path = "<root>"
"""
DEPTRAC = """
deptrac:
  paths: [./src]
  layers:
    - name: Orders
      collectors: [{type: directory, value: src/shop/orders/.*}]
    - name: Entity
      collectors: [{type: className, value: .*Entity.*}]
"""
GO = """
version: 3
workdir: src
components:
  orders: { in: shop/orders }
  edges: { in: [shop/billing.py, shop/*_api] }
"""


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        (
            "tach.toml",
            TACH,
            {"orders": ("src/shop/orders",), "billing": ("src/shop/billing.py",)},
        ),
        ("deptrac.yaml", DEPTRAC, {"Orders": ("src/shop/orders",)}),
        (
            ".go-arch-lint.yml",
            GO,
            {"orders": ("src/shop/orders",), "edges": ("src/shop/billing.py", "src/shop/*_api")},
        ),
        ("tach.toml", "modules = 3", {}),
        ("deptrac.yaml", "- [", {}),
        ("deptrac.yaml", "", {}),
    ],
)
def test_each_file_names_modules_and_their_folders(tmp_path, file, text, expected):
    write(tmp_path, {file: text, "src/shop/orders/x.py": "", "src/shop/billing.py": ""})

    assert declared_modules(tmp_path, {}) == expected


def test_what_archmem_toml_says_comes_before(tmp_path):
    write(tmp_path, {"tach.toml": TACH, "src/shop/orders/x.py": "", "src/shop/billing.py": ""})

    found = declared_modules(tmp_path, {"sales": ("src/shop/orders/",), "billing": ("x",)})

    assert found == {"sales": ("src/shop/orders/",), "billing": ("x",)}


@pytest.mark.posix
def test_a_file_of_rules_that_is_a_link_to_itself_declares_none(tmp_path):
    (tmp_path / "tach.toml").symlink_to("tach.toml")

    assert declared_modules(tmp_path, {"own": ["src"]}) == {"own": ("src",)}
