"""What was found as JUnit's XML, which every CI shows: a rule is a suite, a finding a failed case.

The form is that of https://github.com/testmoapp/junitxml, which says what CIs read of it. Where a
rule found nothing, one case that passed says that it looked; where it had nothing to look at, or
cannot tell, one that was skipped says so, and how often.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from memory.texts.formatting import counted
from memory.texts.safe_text import one_line

if TYPE_CHECKING:
    from cli.printing.reports import Report
    from memory.models.findings import Finding, RuleRow


def as_junit(report: Report) -> str:
    """A report as one document."""
    root = ET.Element("testsuites", name="archmem")
    told = {row.rule: row for row in report.rules}
    for rule in dict.fromkeys((*told, *(one.rule for one in report.findings))):
        suite = ET.SubElement(root, "testsuite", name=rule)
        for one in report.findings:
            if one.rule == rule:
                _failed(suite, one, is_new=report.new is not None and one.id in report.new)
        if rule in told:
            _looked(suite, told[rule])
    if report.exempted:
        suite = ET.SubElement(root, "testsuite", name="exempted")
        for each in report.exempted:
            case = _case(suite, each.finding, "exempted")
            ET.SubElement(case, "skipped", message=one_line(f"until {each.until}: {each.reason}"))
    for suite in root:
        _count(suite, [suite])
    _count(root, list(root))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def _case(suite: ET.Element, name: str, rule: str) -> ET.Element:
    return ET.SubElement(suite, "testcase", name=one_line(name), classname=rule)


def _failed(suite: ET.Element, one: Finding, *, is_new: bool) -> None:
    case = _case(suite, f"{one.id}: {one.message}".removeprefix(": "), one.rule)
    if one.spots:
        case.set("file", one_line(one.spots[0].file))
        case.set("line", str(one.spots[0].line))
    said = f"new: {one.message}" if is_new else one.message
    failure = ET.SubElement(case, "failure", message=one_line(said), type=one.severity)
    lines = [f"{spot.file}:{spot.line} {spot.said}".rstrip() for spot in one.spots]
    failure.text = "\n".join(one_line(line) for line in (*lines, one.do) if line)


def _looked(suite: ET.Element, row: RuleRow) -> None:
    if not row.found and row.looked_at > row.cannot_tell:
        _case(suite, f"{row.about} ({counted(row.looked_at, 'place')} looked at)", row.rule)
    if row.cannot_tell:
        why = "; ".join(f"{reason} ({count})" for reason, count in row.reasons.items())
        said = f"cannot tell in {counted(row.cannot_tell, 'place')}: {why}"
        _skipped(suite, row, "what cannot be told", said)
    elif not row.looked_at and not row.found and row.about:
        _skipped(suite, row, "nothing to look at", "there is nothing of what this rule looks at")


def _skipped(suite: ET.Element, row: RuleRow, what: str, why: str) -> None:
    case = _case(suite, f"{row.about}: {what}", row.rule)
    ET.SubElement(case, "skipped", message=one_line(why))


def _count(of: ET.Element, suites: list[ET.Element]) -> None:
    for name, tag in (("tests", "testcase"), ("failures", "failure"), ("skipped", "skipped")):
        of.set(name, str(sum(1 for suite in suites for _ in suite.iter(tag))))
