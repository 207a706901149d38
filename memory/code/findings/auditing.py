"""An audit: every rule over a code base, and what that gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from memory.code.findings.registry import RULES
from memory.code.findings.rule import Subject
from memory.code.findings.security import endpoints
from memory.code.inventory import doubts
from memory.models.findings import SEVERITIES, Audit

if TYPE_CHECKING:
    from memory.code.known import KnownCode
    from memory.models.findings import Area, Finding, RuleRow


class Looked(NamedTuple):
    """What the rules say of one code base."""

    findings: tuple[Finding, ...]  # the gravest first; the less sure ones too
    rules: tuple[RuleRow, ...]


def look(subject: Subject, area: str = "") -> Looked:
    """What the rules of an area find, or those of all areas."""
    findings: list[Finding] = []
    rows = []
    for rule in RULES:
        if area and rule.area != area:
            continue
        seen = rule.look(subject)
        findings += seen.findings
        rows.append(rule.row(seen))
    return Looked(tuple(sorted(findings, key=_order)), tuple(rows))


def audit(known: KnownCode, area: Area | None, *, everything: bool) -> Audit:
    """The findings of a code base, of one area or of all; the less sure ones where wanted."""
    looked = look(Subject(known.base, known.together), area or "")
    told = tuple(one for one in looked.findings if everything or one.sure)
    return Audit(
        findings=told,
        less_sure=len(looked.findings) - len(told),
        rules=looked.rules,
        endpoints=endpoints(known.base) if area == "security" else (),
        doubts=doubts(known.base),
    )


def _order(one: Finding) -> tuple[int, str, str, int, str]:
    first = one.spots[0] if one.spots else None
    place = (first.file, first.line) if first else ("", 0)
    return (-SEVERITIES.index(one.severity), one.rule, *place, one.id)
