"""Findings that a project lives with, each until a day and for a reason; none of them for ever.

An exemption whose finding is gone, or whose day has come, is a finding itself: so none goes stale
in silence, and none swallows what comes later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.code.findings.rule import finding
from memory.config import SETTINGS_FILE
from memory.models.findings import Exempted, RuleRow, Spot

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from memory.config import Exemption
    from memory.models.findings import Finding

RULE = "architecture.stale-exemption"
ABOUT = "exemptions whose finding is gone or whose day has come"


def exempt(
    findings: Sequence[Finding], exemptions: Sequence[Exemption], today: date, settings: str
) -> tuple[list[Finding], list[Exempted], RuleRow]:
    """Findings without those that are exempted, with what is wrong with exemptions.

    Args:
        findings: All of them: of every area, the less sure ones too.
        exemptions: As the project declares them.
        today: An exemption holds until its day, that included.
        settings: The text of the file that declares them.
    """
    known = {one.id for one in findings}
    holding: dict[str, Exemption] = {}
    stale = []
    for one in exemptions:
        if one.finding not in known:
            said = f"exempts {one.finding}, which is not found"
            stale.append(_stale(one, settings, said, "take it out"))
        elif one.until < today:
            said = f"exempted {one.finding} until {one.until}: {one.reason}"
            stale.append(_stale(one, settings, said, "mend the finding, or set another day"))
        else:
            holding[one.finding] = one
    left = [one for one in findings if one.id not in holding]
    told = [
        Exempted(finding=one.finding, reason=one.reason, until=one.until.isoformat())
        for one in holding.values()
    ]
    row = RuleRow(rule=RULE, about=ABOUT, looked_at=len(exemptions), found=len(stale))
    return [*left, *stale], told, row


def _stale(one: Exemption, settings: str, message: str, do: str) -> Finding:
    lines = settings.splitlines()
    line = next((at for at, text in enumerate(lines, 1) if one.finding in text), 1)
    spot = Spot(file=SETTINGS_FILE, line=line)
    return finding(RULE, [one.finding], message, [spot], severity="minor", do=do)
