"""What was found as SARIF 2.1.0, https://docs.oasis-open.org/sarif/sarif/v2.1.0/."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from memory.texts.safe_text import one_line
from memory.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cli.printing.reports import Report
    from memory.models.findings import Finding, Spot

_LEVELS = {"minor": "note", "major": "warning", "critical": "error"}
#: Code scanners tell by this which results of two runs are one.
_IDENTITY = "archmem/v1"
_LINK = re.compile(r"\[(?=[^\[\]]{0,999}\]\()")


def as_sarif(report: Report) -> dict[str, Any]:
    """A report as one log; what is new since a commit and what was fixed are told apart."""
    rules = [
        {"id": row.rule, **({"shortDescription": {"text": row.about}} if row.about else {})}
        for row in report.rules
    ]
    results = []
    for one in report.findings:
        result = _result(one)
        if report.new is not None:
            result["baselineState"] = "new" if one.id in report.new else "unchanged"
        results.append(result)
    results += [_result(one) | {"baselineState": "absent"} for one in report.fixed]
    return _log(rules, results)


def _result(one: Finding) -> dict[str, Any]:
    said = f"{one.message}; {one.do}" if one.do else one.message
    first, *others = one.spots or (None,)
    related = [{"id": number, **_spot(spot)} for number, spot in enumerate(_spots(others), 1)]
    return {
        "ruleId": one.rule,
        "level": _LEVELS[one.severity],
        "message": _message(said),
        "locations": [_spot(first)] if first else [],
        **({"relatedLocations": related} if related else {}),
        **({"partialFingerprints": {_IDENTITY: one.id}} if one.id else {}),
    }


def _spots(spots: Iterable[Spot | None]) -> Iterable[Spot]:
    return (spot for spot in spots if spot)


def _spot(spot: Spot) -> dict[str, Any]:
    found = _location(spot.file, spot.line, spot.last_line)
    return found | {"message": _message(spot.said)} if spot.said else found


def _message(said: str) -> dict[str, str]:
    """A text in which nothing becomes a link, as 3.11.6 has it, nor drives who shows it."""
    return {"text": _LINK.sub(r"\\[", one_line(said))}


def _location(path: str, line: int, last_line: int = 0) -> dict[str, Any]:
    region = {"startLine": max(line, 1)} | ({"endLine": last_line} if last_line > line else {})
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(path)}, "region": region}}


def _uri(path: str) -> str:
    """A path from the root as an address; a colon would make a scheme of what stands before it."""
    return quote(path, safe="/@!$&'()*+,;=~", errors="replace")


def _log(rules: list[dict[str, Any]], results: list[dict[str, Any]]) -> dict[str, Any]:
    driver = {"name": "archmem", "version": VERSION, "rules": rules}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }
