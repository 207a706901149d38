"""What was found as SARIF 2.1.0, https://docs.oasis-open.org/sarif/sarif/v2.1.0/."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from memory.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from memory.models.findings import Audit, Finding, Spot
    from memory.review.lint import Fault

_LEVELS = {"minor": "note", "major": "warning", "critical": "error"}
#: Code scanners tell by this which results of two runs are one.
_IDENTITY = "archmem/v1"


def faults_as_sarif(faults: Sequence[Fault]) -> dict[str, Any]:
    """The faults that `lint` finds in records."""
    results = [
        {
            "ruleId": fault.rule,
            "level": "warning",
            "message": {"text": f"{fault.what}; {fault.do}"},
            "locations": [_location(fault.path, fault.line)],
        }
        for fault in faults
    ]
    return _log([{"id": rule} for rule in sorted({fault.rule for fault in faults})], results)


def findings_as_sarif(audit: Audit) -> dict[str, Any]:
    """The findings of an audit; those that are new since a commit are told apart."""
    rules = [{"id": row.rule, "shortDescription": {"text": row.about}} for row in audit.rules]
    new = set(audit.new)
    results = []
    for one in audit.findings:
        result = _result(one)
        if audit.since:
            result["baselineState"] = "new" if one.id in new else "unchanged"
        results.append(result)
    results += [_result(one) | {"baselineState": "absent"} for one in audit.fixed]
    return _log(rules, results)


def _result(one: Finding) -> dict[str, Any]:
    said = f"{one.message}; {one.do}" if one.do else one.message
    first, *others = one.spots or (None,)
    return {
        "ruleId": one.rule,
        "level": _LEVELS[one.severity],
        "message": {"text": said},
        "locations": [_spot(first)] if first else [],
        "relatedLocations": [
            {"id": number, **_spot(spot)} for number, spot in enumerate(_spots(others), 1)
        ],
        "partialFingerprints": {_IDENTITY: one.id},
    }


def _spots(spots: Iterable[Spot | None]) -> Iterable[Spot]:
    return (spot for spot in spots if spot)


def _spot(spot: Spot) -> dict[str, Any]:
    found = _location(spot.file, spot.line, spot.last_line)
    return found | {"message": {"text": spot.said}} if spot.said else found


def _location(path: str, line: int, last_line: int = 0) -> dict[str, Any]:
    region = {"startLine": max(line, 1)} | ({"endLine": last_line} if last_line > line else {})
    return {"physicalLocation": {"artifactLocation": {"uri": path}, "region": region}}


def _log(rules: list[dict[str, Any]], results: list[dict[str, Any]]) -> dict[str, Any]:
    driver = {"name": "archmem", "version": VERSION, "rules": rules}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }
