"""Which module a path is taken to belong to."""

import pytest

from indexer.source_paths import is_code, modules_of

KNOWN = ("payments", "order-book")


@pytest.mark.parametrize(
    ("path", "module"),
    [
        ("src/shop/payments/tax.py", "payments"),
        ("lib/Payments.php", "payments"),
        ("services/order_book/api/x.go", "order-book"),
        ("tests/payments/test_tax.py", "payments"),
        ("src/billing/tax.py", "billing"),
        ("packages/billing/src/tax.ts", "billing"),
        ("billing/tax.py", "billing"),
        ("billing/src/tax.py", "billing"),
        ("backend/services/mail/send.py", "mail"),
        ("src/mail/", "mail"),
        ("src/app.py", None),
        ("README.md", None),
        ("docs/adr/0001-x.md", None),
        (".archmem/memory.db", None),
        (".claude/memory/modules/payments/x.md", None),
        (".github/workflows/ci.yml", None),
        ("", None),
    ],
)
def test_a_path_belongs_to_a_known_module_or_to_the_first_folder_below_the_usual_ones(path, module):
    assert modules_of([path], KNOWN) == ([module] if module else [])


def test_modules_are_each_once_and_in_order():
    paths = ["src/b/x.py", "src/a/x.py", "src/b/y.py"]

    assert modules_of(paths, ()) == ["a", "b"]


@pytest.mark.parametrize("path", ["src/a.py", "a.go", "web/App.tsx", "db/schema.sql", "x/y.proto"])
def test_code(path):
    assert is_code(path)


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        "docs/conf.py",
        "tests/test_a.py",
        "pkg/a_test.go",
        "src/AppTest.java",
        "web/App.test.tsx",
        "vendor/x/a.go",
        "api/v1/a.pb.go",
        ".github/a.py",
        "package-lock.json",
        "static/jquery.min.js",
    ],
)
def test_what_stands_beside_the_code(path):
    assert not is_code(path)
