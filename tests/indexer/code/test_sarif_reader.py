"""Reports of other tools."""

from __future__ import annotations

import json
import os

import pytest

from indexer.code import sarif_reader
from indexer.code.sarif_reader import read_reported


def a_report(*results, tool="Semgrep", rules=()) -> str:
    run = {"tool": {"driver": {"name": tool, "rules": list(rules)}}, "results": list(results)}
    return json.dumps({"version": "2.1.0", "runs": [run]})


def a_result(uri="app.py", line=3, **more):
    place = {"artifactLocation": {"uri": uri}, "region": {"startLine": line, "endLine": line + 1}}
    said = {"ruleId": "sqli", "message": {"text": "Injected."}, "level": "error"}
    return {**said, "locations": [{"physicalLocation": place}], **more}


def test_a_result_is_taken_with_its_tool_and_day(tmp_path):
    (tmp_path / "semgrep.sarif").write_text(a_report(a_result()))
    os.utime(tmp_path / "semgrep.sarif", (86400, 86400))

    (found,) = read_reported(tmp_path).results

    assert (found.tool, found.rule, found.level, found.day) == (
        "Semgrep",
        "sqli",
        "error",
        "1970-01-02",
    )
    assert (found.file, found.line, found.last_line, found.message) == ("app.py", 3, 4, "Injected")


@pytest.mark.parametrize(
    "report",
    [
        "no json",
        "[]",
        '{"runs": 3}',
        a_report(a_result(), tool="archmem"),
        a_report(a_result(suppressions=[{"kind": "inSource"}])),
        a_report(a_result(suppressions=[{"kind": "external", "status": "accepted"}])),
        a_report(a_result(kind="pass", level="none")),
        a_report(a_result(kind="notApplicable")),
        a_report(a_result(baselineState="absent")),
        a_report(a_result(uri="../outside.py")),
        a_report(a_result(uri="/etc/passwd")),
        a_report({"ruleId": "x"}),
    ],
)
def test_what_is_no_result_of_another_tool_in_the_project_is_left_out(tmp_path, report):
    (tmp_path / "x.sarif").write_text(report)

    assert read_reported(tmp_path).results == ()


@pytest.mark.parametrize("status", ["underReview", "rejected"])
def test_what_nobody_agreed_to_put_up_with_holds(tmp_path, status):
    result = a_result(suppressions=[{"kind": "external", "status": status}])
    (tmp_path / "x.sarif").write_text(a_report(result))

    assert len(read_reported(tmp_path).results) == 1


def test_all_runs_of_a_tool_in_a_report_count(tmp_path):
    first, second = (json.loads(a_report(a_result(line=line))) for line in (1, 2))
    first["runs"] += second["runs"]
    (tmp_path / "x.sarif").write_text(json.dumps(first))

    assert [one.line for one in read_reported(tmp_path).results] == [1, 2]


def test_of_one_tool_the_newest_report_counts(tmp_path):
    (tmp_path / "old").mkdir()
    for folder, line, day in (("old", 1, 1), (".", 2, 2)):
        path = tmp_path / folder / "x.sarif.json"
        path.write_text(a_report(a_result(line=line)))
        os.utime(path, (86400 * day, 86400 * day))

    assert [one.line for one in read_reported(tmp_path).results] == [2]


def test_how_grave_a_rule_is_comes_from_the_result_or_its_rule(tmp_path):
    rule = {
        "id": "sqli",
        "defaultConfiguration": {"level": "note"},
        "properties": {"security-severity": "9.1"},
    }
    result = a_result()
    del result["level"]
    (tmp_path / "x.sarif").write_text(a_report(result, rules=[rule]))

    (found,) = read_reported(tmp_path).results

    assert (found.level, found.weight) == ("note", 9.1)


@pytest.mark.parametrize(
    ("name", "report", "reason"),
    [
        ("broken.sarif", "{", "no SARIF that can be read"),
        ("other.sarif", '{"version": "2.1.0"}', "no SARIF that can be read"),
        ("many.sarif", a_report(*[a_result()] * 3), "of 3 results of Semgrep the 2 gravest are"),
        ("large.sarif", " " * 901 + a_report(a_result()), "larger than 900 bytes"),
    ],
)
def test_what_is_not_taken_of_a_report_is_told(tmp_path, monkeypatch, name, report, reason):
    monkeypatch.setattr(sarif_reader, "MOST", 2)
    monkeypatch.setattr(sarif_reader, "LARGEST", 900)
    (tmp_path / name).write_text(report)

    assert read_reported(tmp_path).left_out[name].startswith(reason)


def test_of_too_many_results_the_gravest_are_taken(tmp_path, monkeypatch):
    monkeypatch.setattr(sarif_reader, "MOST", 2)
    told = (a_result(level="note"), a_result(line=7), a_result(line=9, level="warning"))
    (tmp_path / "x.sarif").write_text(a_report(*told))

    assert [one.line for one in read_reported(tmp_path).results] == [7, 9]
