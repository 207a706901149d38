"""Which files are tests."""

import pytest

from memory.code.testing import is_test


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
