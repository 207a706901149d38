"""An audit: every rule over a code base, what came of it since a commit, and what is exempted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from memory.code.findings.registry import RULES
from memory.models.findings import SEVERITIES

if TYPE_CHECKING:
    from memory.code.findings.rule import AuditSubject
    from memory.models.findings import Finding, RuleRow


_AREAS = ("security", "performance", "architecture", "duplication", "consistency")


class RuleResults(NamedTuple):
    """What the rules say of one code base."""

    findings: tuple[Finding, ...]  # the gravest first; the less sure ones too
    rules: tuple[RuleRow, ...]


def look(subject: AuditSubject, wanted: str = "") -> RuleResults:
    """What rules find: those of an area, the one of a name, or all."""
    findings: dict[str, Finding] = {}
    rows = []
    for rule in RULES:
        if wanted and wanted not in {rule.area, rule.name}:
            continue
        seen = rule.look(subject)
        for one in seen.findings:
            findings.setdefault(one.id, one)
        rows.append(rule.row(seen))
    return RuleResults(tuple(sorted(findings.values(), key=_order)), tuple(rows))


def _order(one: Finding) -> tuple[int, int, str, int, str, int, str]:
    """The gravest, then what harms those who use it, then what saves most lines."""
    first = one.spots[0] if one.spots else None
    place = (first.file, first.line) if first else ("", 0)
    area = _AREAS.index(one.area) if one.area in _AREAS else len(_AREAS)
    return (-SEVERITIES.index(one.severity), area, one.rule, -_lines(one), *place, one.id)


def _lines(one: Finding) -> int:
    """Of all places but one, as far as they are stretches of lines."""
    spans = [spot.last_line - spot.line + 1 for spot in one.spots if spot.last_line]
    return sum(spans) - min(spans, default=0)
