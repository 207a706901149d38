"""What other tools found: taken from their reports, with their names and days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.code.findings.rule import AuditSubject, Rule, Seen, finding
from memory.code.tool_reports import Reported, Reports
from memory.models.findings import Spot

if TYPE_CHECKING:
    from memory.code.codebase import CodeBase
    from memory.models.findings import Severity

NAME = "security.reported"
_CRITICAL, _MAJOR = 9.0, 7.0  # of CVSS: https://www.first.org/cvss/specification-document


def _told(subject: AuditSubject) -> Seen:
    """One finding for each rule of a tool in a definition; what it says may be of earlier lines."""
    code, reports = subject.code, subject.reported or Reports()
    groups: dict[tuple[str, str], list[Reported]] = {}
    for one in reports.results:
        where = f"{one.file}:{symbol}" if (symbol := _within(code, one)) else one.file
        groups.setdefault((f"{one.tool}: {one.rule}", where), []).append(one)
    seen = Seen(len(reports.results))
    seen.untold += [Spot(file=path, line=1, said=why) for path, why in reports.left_out.items()]
    for parts, found in sorted(groups.items()):
        first = found[0]
        older = ", and the file was changed since" if any(one.is_older for one in found) else ""
        seen.findings.append(
            finding(
                NAME,
                parts,
                f"{first.message or first.rule} ({first.tool} {first.rule}, {first.day}{older})",
                [
                    Spot(file=one.file, line=one.line, last_line=one.last_line, said=one.report)
                    for one in found
                ],
                severity=max(map(_severity, found), key=_ORDER.index),
                modules=[code.files[first.file].module] if first.file in code.files else [],
                sure=any(one.level != "note" for one in found),
            )
        )
    return seen


_ORDER: tuple[Severity, ...] = ("minor", "major", "critical")


def _severity(one: Reported) -> Severity:
    if one.weight:
        if one.weight >= _CRITICAL:
            return "critical"
        return "major" if one.weight >= _MAJOR else "minor"
    return "major" if one.level == "error" else "minor"


def _within(code: CodeBase, one: Reported) -> str:
    """The innermost definition around a result, which stays when lines move; "" for none."""
    around = [
        symbol
        for symbol in code.symbols_of.get(one.file, ())
        if symbol.kind != "constant" and symbol.line <= one.line <= symbol.last_line
    ]
    return max(around, key=lambda symbol: symbol.line).place.symbol if around else ""


RULES = (Rule(NAME, "what other tools reported", _told),)
