"""All checks of a project held against its code: what comes of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from memory.code.checks.check import CannotTell, Check, CheckVerdict, judge
from memory.code.checks.check_sentences import LONGEST, NotACheck, read_check
from memory.code.checks.web import Webs
from memory.models.findings import CheckRow, Tristate
from memory.texts.shortening import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memory.code.checks.check import Violation
    from memory.code.checks.web import Tokens
    from memory.code.codebase import CodeBase


class JudgedCheck(NamedTuple):
    """A check, and what comes of it."""

    check: Check
    verdict: CheckVerdict


def judge_all(
    code: CodeBase, checks: Iterable[Check], tokens: Tokens | None = None
) -> list[JudgedCheck]:
    """Each check with its verdict, in their order; `tokens` are for what stands twice."""
    webs = Webs(code, tokens)
    return [JudgedCheck(one, judge(one, webs)) for one in checks]


def why_not(said: str, code: CodeBase, tokens: Tokens | None = None) -> str:
    """Why a sentence cannot be a check of this code; "" where it can."""
    try:
        read_check(said).judge(Webs(code, tokens))
    except (NotACheck, CannotTell) as reason:
        return str(reason)
    return ""


def row(judged: JudgedCheck) -> CheckRow:
    """A verdict as it is told."""
    check, verdict = judged
    first = verdict.violations[0] if verdict.violations else None
    return CheckRow(
        said=shortened(check.said, LONGEST),
        owner=check.owner,
        citation=check.citation,
        answer=verdict.answer,
        uid=check.uid,
        reason=verdict.untold if verdict.answer is Tristate.UNKNOWN else "",
        broken_by=tuple(map(violation_words, verdict.violations)),
        spots=first.spots if first else (),
    )


def violation_words(one: Violation) -> str:
    """A violation in a line, with its place."""
    first = one.spots[0] if one.spots else None
    return f"{one.message} ({first.file}:{first.line})" if first else one.message
