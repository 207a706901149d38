"""Reports of test results: which tests ran, which failed, and what was written since."""

from __future__ import annotations

import os

import pytest

from indexer.code.junit_reader import read_test_results
from memory.code.ran_tests import cases_of
from tests.indexer.code.conftest import write

PYTEST = """<?xml version="1.0"?><testsuites><testsuite name="pytest">
<testcase classname="tests.orders.test_views.TestShow" name="test_it[1]" time="0.1"/>
<testcase classname="tests.orders.test_views" name="test_that"><failure>no</failure></testcase>
<testcase classname="tests.orders.test_views" name="test_later"><skipped/></testcase>
</testsuite></testsuites>"""
SUREFIRE = """<testsuite name="com.shop.OrderTest">
<testcase classname="com.shop.OrderTest" name="adds"/></testsuite>"""
VITEST = """<testsuites><testsuite name="src/cart.test.ts">
<testcase classname="cart" file="src/cart.test.ts" name="adds"/></testsuite></testsuites>"""


def outcomes(root, path, name=""):
    return {one.name: one.outcome for one in cases_of(read_test_results(root, ()), path, name)}


@pytest.mark.parametrize(
    ("place", "report", "path", "said"),
    [
        (
            "junit.xml",
            PYTEST,
            "tests/orders/test_views.py",
            {"test_it[1]": "passed", "test_that": "failed", "test_later": "skipped"},
        ),
        ("junit.xml", PYTEST, "tests/test_views.py", {}),
        ("junit.xml", PYTEST, "tests/orders/test_view.py", {}),
        (
            "target/surefire-reports/TEST-a.xml",
            SUREFIRE,
            "src/test/java/com/shop/OrderTest.java",
            {"adds": "passed"},
        ),
        ("web/test-results/vitest.xml", VITEST, "web/src/cart.test.ts", {"adds": "passed"}),
    ],
)
def test_a_test_is_told_by_its_file(tmp_path, place, report, path, said):
    write(tmp_path, {place: report})

    assert outcomes(tmp_path, path) == said


def test_a_test_that_is_called_like_another_ones_is_no_result_of_it(tmp_path):
    paths = ["tests/orders/test_views.py", "web/tests/orders/test_views.py", "src/cart.test.ts"]
    paths += ["web/src/cart.test.ts"]
    write(tmp_path, dict.fromkeys(paths, ""))
    write(tmp_path, {"junit.xml": PYTEST, "web/test-results/vitest.xml": VITEST})

    results = read_test_results(tmp_path, paths)

    assert [len(cases_of(results, path, others=paths)) for path in paths] == [0, 0, 0, 1]


def test_one_test_is_told_by_its_name(tmp_path):
    write(tmp_path, {"junit.xml": PYTEST})

    named = "TestShow::test_it"
    assert outcomes(tmp_path, "tests/orders/test_views.py", named) == {"test_it[1]": "passed"}


def test_what_was_written_since_is_named_and_other_files_are_no_reports(tmp_path):
    write(tmp_path, {"report.xml": "<html/>", "a.py": "", "b.py": ""})
    assert read_test_results(tmp_path, ["a.py"]) is None

    write(tmp_path, {"junit.xml": PYTEST})
    os.utime(tmp_path / "junit.xml", (2_000_000_000, 2_000_000_000))
    os.utime(tmp_path / "b.py", (2_000_000_001, 2_000_000_001))
    assert read_test_results(tmp_path, ["a.py", "b.py", "c.py"]).older == {"b.py"}
