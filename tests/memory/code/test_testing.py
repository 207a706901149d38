"""Which files are tests."""

import pytest

from memory.code.testing import is_run, is_test


@pytest.mark.parametrize(
    "path",
    [
        "tests/a.py",
        "shop/tests_e2e/e2e_test_login.py",
        "shop/e2e_test_login.py",
        "integration-tests/src/A.java",
        "test_utils/a.py",
        "a/login.e2e-spec.ts",
        "api/route/test.js",
    ],
)
def test_what_runners_find_or_lies_beside_it_is_a_test(path):
    assert is_test(path)


@pytest.mark.parametrize(
    "path",
    [
        "shop/contest/a.py",
        "shop/latest.py",
        "shop/attests.py",
        "ab_test/a.py",
        "protest/a.ts",
        "a/attest.js",
    ],
)
def test_what_only_sounds_so_is_none(path):
    assert not is_test(path)


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("tests/test_api.py", True),
        ("shop/tests.py", True),
        ("tests/conftest.py", False),
        ("tests/app/db.py", False),
        ("src/test/java/a/OrderTest.java", True),
        ("src/test/java/a/Fixtures.java", False),
        ("tests/TestCase.php", False),
        ("tests/Feature/OrderTest.php", True),
        ("tests/Helpers/makes.php", False),
        ("test/orders.js", True),
        ("app/api.py", False),
    ],
)
def test_what_only_helps_tests_is_run_by_no_runner(path, answer):
    assert is_run(path) is answer
