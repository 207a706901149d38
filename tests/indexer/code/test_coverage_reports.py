"""Reports of coverage, each as its tool writes it."""

from __future__ import annotations

import json

import pytest

from indexer.code.coverage_reports import parse_report, read_coverage
from memory.code.coverage import covering_tests, share
from tests.indexer.code.conftest import write

COVERAGE_PY = json.dumps(
    {
        "meta": {"format": 3},
        "files": {
            "shop/pay.py": {
                "executed_lines": [1, 2],
                "missing_lines": [3],
                "contexts": {"1": [""], "2": ["tests/test_pay.py::test_it|run"]},
            }
        },
    }
)
LCOV = "TN:\nSF:shop/pay.py\nFN:1,f\nDA:1,1\nDA:2,4\nDA:3,0\nLF:3\nend_of_record\n"
COBERTURA = """<?xml version="1.0" ?>
<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">
<coverage line-rate="0.6"><sources><source>/build/shop</source></sources><packages><package>
<classes><class filename="pay.py"><methods/><lines><line number="1" hits="1"/>
<line number="2" hits="1"/><line number="3" hits="0"/></lines></class></classes>
</package></packages></coverage>"""
CLOVER = """<?xml version="1.0"?><coverage generated="1"><project><file name="/app/shop/pay.py">
<line num="1" type="method" count="9"/><line num="1" type="stmt" count="1"/>
<line num="2" type="cond" count="1"/><line num="3" type="stmt" count="0"/>
</file></project></coverage>"""
JACOCO = """<?xml version="1.0"?><report name="x"><package name="shop"><sourcefile name="pay.py">
<line nr="1" mi="0" ci="3"/><line nr="2" mi="1" ci="1"/><line nr="3" mi="2" ci="0"/>
</sourcefile></package></report>"""
GO = "mode: set\nexample.org/x/shop/pay.py:1.2,2.3 2 1\nexample.org/x/shop/pay.py:3.1,3.9 1 0\n"


@pytest.mark.parametrize("text", [COVERAGE_PY, LCOV, COBERTURA, CLOVER, JACOCO, GO])
def test_each_form_gives_the_same_lines_of_the_file(tmp_path, text):
    write(tmp_path, {"shop/pay.py": "a\nb\nc\n", "coverage.xml": text})

    found = read_coverage(tmp_path, ["shop/pay.py", "shop/other.py"])

    assert found is not None
    assert found.files["shop/pay.py"][:2] == ({1, 2}, {3})
    assert share(found, ["shop/pay.py"]) == 0.667
    assert share(found, ["shop/other.py"]) is None


def _lcov_of(*paths: str) -> str:
    return "".join(f"TN:\nSF:{path}\nDA:1,1\nend_of_record\n" for path in paths)


@pytest.mark.parametrize(
    ("place", "named", "placed"),
    [
        ("lcov.info", ["src/a.js", "lib/x/index.js"], ["src/a.js"]),
        ("lcov.info", ["/ci/src/a.js", "/ci/lib/x/index.js"], ["src/a.js"]),
        ("lcov.info", ["/ci/src/a.js", "/ci/index.js"], ["index.js", "src/a.js"]),
        ("web/lcov.info", ["src/a.js"], ["web/src/a.js"]),
        ("web/coverage/lcov.info", ["index.js"], ["web/index.js"]),
        ("lcov.info", ["b.js"], []),
    ],
)
def test_a_file_that_is_only_called_the_same_was_not_run(tmp_path, place, named, placed):
    files = ["index.js", "src/a.js", "src/b.js", "web/index.js", "web/src/a.js", "web/src/b.js"]
    write(tmp_path, dict.fromkeys(files, "a\n"))
    write(tmp_path, {place: _lcov_of(*named)})

    assert sorted(read_coverage(tmp_path, files).files) == placed


@pytest.mark.parametrize("text", ["", "{", "{}", "<coverage", "<x/>", "mode:", "hello: you", "[1]"])
def test_anything_else_is_no_report(text):
    assert not parse_report(text)


def test_which_test_ran_a_definition_is_told_where_the_report_says(tmp_path, read):
    code = read({"shop/pay.py": "def f():\n    return 1\ndef g(): ...\n", "cov/coverage.json": ""})
    write(tmp_path, {"cov/coverage.json": COVERAGE_PY})
    found = read_coverage(tmp_path, code.files)

    f, g = code.symbols
    assert covering_tests(found, code, [f]) == ["tests/test_pay.py::test_it"]
    assert covering_tests(found, code, [g]) == []


def test_a_file_of_two_that_end_alike_is_not_guessed(tmp_path):
    write(tmp_path, {"a/pay.py": "", "b/pay.py": "", "lcov.info": "SF:pay.py\nDA:1,1\n"})

    found = read_coverage(tmp_path, ["a/pay.py", "b/pay.py"])

    assert (dict(found.files), found.unplaced) == ({}, 1)
