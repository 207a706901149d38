"""What was found as reports for other programs: whatever stands in it, they can read it."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from cli.printing.junit import as_junit
from cli.printing.reports import Report
from memory.models.findings import Exempted, Finding, RuleRow, Spot


def a_finding(**said) -> Finding:
    told = {"id": "x-1", "rule": "security.x", "severity": "major", "message": "Open"}
    return Finding(**told | {"spots": (Spot(file="a.py", line=3, said="x"),)} | said)


def test_junit_is_xml_whatever_is_found():
    nasty = a_finding(message='<a b="&">\x1b[31m\x00]]>', do="\ud800 \n x")

    (case,) = ET.fromstring(as_junit(Report((), [nasty]))).iter("testcase")

    assert case.get("name").startswith('x-1: <a b="&">')


def test_junit_tells_what_was_looked_at_what_cannot_be_told_and_what_is_exempted():
    rules = [
        RuleRow(rule="security.x", about="doors", looked_at=4, found=1),
        RuleRow(
            rule="security.y",
            about="windows",
            looked_at=2,
            found=0,
            cannot_tell=1,
            reasons={"dark": 1},
        ),
        RuleRow(
            rule="security.c",
            about="cellars",
            looked_at=1,
            found=0,
            cannot_tell=1,
            reasons={"dark": 1},
        ),
        RuleRow(rule="security.z", about="moats", looked_at=0, found=0),
    ]
    exempted = [Exempted(finding="x-2", reason="known", until="2030-01-01")]

    root = ET.fromstring(as_junit(Report(rules, [a_finding()], new={"x-1"}, exempted=exempted)))

    told = {
        case.get("name"): (case[0].tag, case[0].get("message")) if len(case) else "passed"
        for case in root.iter("testcase")
    }
    assert told == {
        "x-1: Open": ("failure", "new: Open"),
        "windows (2 places looked at)": "passed",
        "windows: what cannot be told": ("skipped", "cannot tell in 1 place: dark (1)"),
        "cellars: what cannot be told": ("skipped", "cannot tell in 1 place: dark (1)"),
        "moats: nothing to look at": ("skipped", "there is nothing of what this rule looks at"),
        "x-2": ("skipped", "until 2030-01-01: known"),
    }
    assert [
        (one.get("tests"), one.get("failures"), one.get("skipped")) for one in (root, *root)
    ] == [
        ("6", "1", "4"),
        ("1", "1", "0"),
        ("2", "0", "1"),
        ("1", "0", "1"),
        ("1", "0", "1"),
        ("1", "0", "1"),
    ]
