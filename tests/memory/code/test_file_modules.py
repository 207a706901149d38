"""Which module a file belongs to."""

from __future__ import annotations

import pytest

from memory.code.file_modules import assign


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["shop/auth/a.py", "shop/auth/b.py", "shop/pay/c.py"], ["auth", "auth", "pay"]),
        (["src/shop/auth/a.py", "src/shop/pay/c.py"], ["auth", "pay"]),
        (["apps/auth/a.py", "packages/pay/c.py", "x/y.py"], ["auth", "pay", "x"]),
        (["one/api/a.py", "two/b.py", "packages/api/c.py"], ["one", "two", "api"]),
        (["a.py", "auth/b.py"], ["(root)", "auth"]),
        (
            [
                "shop/auth/a.py",
                "shop/pay/b.py",
                "web/cart/x.ts",
                "web/login/y.tsx",
                "shop/pay/z.sh",
            ],
            ["auth", "pay", "cart", "login", "pay"],
        ),
    ],
)
def test_folders_are_modules_where_the_code_branches(paths, expected):
    assert [assign(paths, {})[path] for path in paths] == expected


def test_what_is_declared_comes_first_and_need_not_be_a_folder():
    found = assign(
        ["shop/auth/a.py", "shop/billing/b.py", "shop/pay/c.py"],
        {"payments": ("shop/billing", "shop/pay/*.py")},
    )

    assert found == {
        "shop/auth/a.py": "auth",
        "shop/billing/b.py": "payments",
        "shop/pay/c.py": "payments",
    }


def test_a_test_belongs_to_the_module_that_its_path_names():
    found = assign(
        ["shop/auth/a.py", "shop/pay/b.py", "tests/pay/test_b.py", "tests/test_x.py"], {}
    )

    assert found["tests/pay/test_b.py"] == "pay"
    assert found["tests/test_x.py"] == "tests"


def test_a_test_belongs_to_the_module_that_is_called_by_its_path():
    """As there is another of its name, the module is called by all of its folders."""
    paths = ["back/pay/a.py", "back/b.py", "web/pay/c.ts", "web/d/e.ts"]

    found = assign([*paths, "back/pay/tests/test_a.py"], {})

    assert found["back/pay/a.py"] == found["back/pay/tests/test_a.py"] == "back/pay"


def test_a_test_in_a_folder_of_tests_belongs_to_the_module_that_is_called_by_the_rest_of_its_path():
    paths = ["shop/routes/a.py", "shop/b.py", "shop/models/d.py", "web/routes/c.ts", "web/e/f.ts"]

    found = assign([*paths, "tests/unit/shop/routes/test_a.py", "tests/shop/test_b.py"], {})

    assert found["shop/routes/a.py"] == found["tests/unit/shop/routes/test_a.py"] == "shop/routes"
    assert found["tests/shop/test_b.py"] == found["shop/b.py"]


def test_the_folder_of_a_language_below_src_main_is_no_module_beside_one_that_is_generated():
    java = [f"server/src/main/java/org/shop/{one}/{at}.java" for one in ("a", "b") for at in "xyz"]
    made = [f"server/src/main/jooq-gen/org/shop/jooq/{at}.java" for at in "uvw"]

    found = assign([*java, *made], {})

    assert {found[path] for path in java} == {"a", "b"}
    assert {found[path] for path in made} == {"jooq-gen"}
