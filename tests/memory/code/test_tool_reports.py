"""What other tools found, as findings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from memory.code.findings.auditing import look
from memory.code.findings.rule import AuditSubject
from memory.code.tool_reports import Reported, Reports


def a_reported(line=3, **more) -> Reported:
    said = {"tool": "Semgrep", "rule": "sqli", "level": "error", "message": "Injected"}
    said |= {"file": "shop/a.py", "last_line": 0, "day": "2026-01-02", "report": "x.sarif"}
    return Reported(line=line, **{**said, **more})


@pytest.fixture
def audited(code):
    def audit(*reported: Reported):
        base = code([("shop/a.py:f", "shop/b.py")])
        symbols = {place: one._replace(kind="function") for place, one in base.symbols.items()}
        subject = AuditSubject(replace(base, symbols=symbols), reported=Reports(reported))
        return look(subject, "security.reported").findings

    return audit


def test_a_result_is_a_finding_with_its_tool_and_day(audited):
    (found,) = audited(a_reported())

    assert found.message == "Injected (Semgrep sqli, 2026-01-02)"
    assert (found.severity, found.modules, found.parts) == (
        "major",
        ("shop",),
        ("Semgrep: sqli", "shop/a.py:f"),
    )


def test_it_stays_the_same_when_lines_move(audited):
    (before,), (after,) = audited(a_reported(3)), audited(a_reported(8))

    assert before.id == after.id


@pytest.mark.parametrize(
    ("level", "weight", "severity", "sure"),
    [
        ("error", 0.0, "major", True),
        ("warning", 0.0, "minor", True),
        ("note", 0.0, "minor", False),
        ("warning", 9.8, "critical", True),
        ("error", 4.0, "minor", True),
    ],
)
def test_how_grave_it_is_says_the_tool(audited, level, weight, severity, sure):
    (found,) = audited(a_reported(level=level, weight=weight))

    assert (found.severity, found.sure) == (severity, sure)


def test_a_file_that_was_changed_since_is_told(audited):
    (found,) = audited(a_reported(is_older=True))

    assert found.message.endswith("2026-01-02, and the file was changed since)")
