"""What comes of the checks of a project, and since when those that are broken do not hold.

When one began is looked for once and kept, as long as it goes on and its commit leads to the one
that is checked out.
"""

from __future__ import annotations

import json
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from memory.code.bisecting import first_commit_where
from memory.code.checks.check import digest, judge
from memory.code.checks.judging import row, violation_words
from memory.code.checks.web import Webs
from memory.errors import StoreBusy, StoreNotWritable, UnknownCommit
from memory.ledger.facts import CHECKS
from memory.models.findings import Answer, Began

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from memory.code.checks.check import Check
    from memory.code.checks.judging import Judged
    from memory.code.history import CodeHistory, Commit
    from memory.models.findings import CheckRow
    from memory.session import Session

_UNCOMMITTED = "uncommitted"
LONGEST = 60.0  # seconds that are spent on looking at commits, the one that is begun apart
_LATE = "the commit was not found within a minute; `archmem drift` looks further for each finding"


def told(session: Session, judged: Sequence[Judged]) -> tuple[CheckRow, ...]:
    """Each check with what comes of it; of those that do not hold, since when."""
    began = {} if session.commit or not judged else _began(session, judged)
    return tuple(
        row(one).model_copy(update=dict(zip(("began", "first"), began[one.check.id], strict=True)))
        if one.check.id in began
        else row(one)
        for one in judged
    )


def _began(session: Session, judged: Sequence[Judged]) -> dict[str, tuple[Began, str]]:
    """When each of those that do not hold began, and by what, by its id."""
    broken = {one.check.id: one.check for one in judged if one.verdict.answer is Answer.BROKEN}
    with session.ledger.reading() as db:
        kept = json.loads(db.facts.find(CHECKS) or "{}")
        for one in judged:
            if one.check.id not in broken:
                kept.pop(one.check.id, None)
        found = _look(session, kept, broken) if broken else {}
    _keep(session, kept)
    return found


def _look(
    session: Session, kept: dict[str, dict[str, Any]], broken: Mapping[str, Check]
) -> dict[str, tuple[Began, str]]:
    """The same of these; `kept` is what is known, and is brought up to date."""
    history = session.project.code_history(session.ledger)
    try:
        head = history.head
    except UnknownCommit:  # there is no git, or no commit yet
        return {}
    looking = _Looking(history, list(broken.values()))
    found: dict[str, tuple[Began, str]] = {}
    for name, check in broken.items():
        made_by = f"{history.version()} {digest([check])}"
        known = kept.pop(name, None)
        if known and known["made_by"] == made_by and _leads_to(history, known, head):
            found[name] = (Began.model_validate(known["began"]), known["first"])
        else:
            found[name] = looking.began(name)
        began, first = found[name]
        if began.told not in {_UNCOMMITTED, _LATE}:
            kept[name] = {
                "made_by": made_by,
                "began": began.model_dump(mode="json"),
                "first": first,
            }
    return found


def _leads_to(history: CodeHistory, known: Mapping[str, Any], head: Commit) -> bool:
    commit = known["began"]["commit"]
    return not commit or history.merge_base(commit, head.hash) == commit


def _keep(session: Session, known: Mapping[str, Any]) -> None:
    said = json.dumps(known, sort_keys=True)
    try:
        if (session.ledger.db.facts.find(CHECKS) or "{}") != said:
            with session.ledger.writing() as db:
                db.facts.save(CHECKS, said)
    except (StoreBusy, StoreNotWritable):
        return  # it is looked for again next time


class _Late(Exception):
    """More commits were to be looked at than there is time for."""


class _Looking:
    """Looks at commits of the past, at each once for all checks."""

    def __init__(self, history: CodeHistory, checks: Sequence[Check]) -> None:
        self._history = history
        self._checks = checks
        self._broken: dict[str, dict[str, list[str]]] = {}  # by commit and check: by what
        self._ends = time.monotonic() + LONGEST

    def began(self, name: str) -> tuple[Began, str]:
        """When a check that does not hold ceased to, and by what first."""
        try:
            found = first_commit_where(self._history, lambda commit: name in self._at(commit))
        except _Late:
            return Began(told=_LATE), ""
        broken_by = self._broken.get(found.commit, {}).get(name, [])
        return found, broken_by[0] if broken_by else ""

    def _at(self, commit: Commit) -> dict[str, list[str]]:
        """What does not hold at a commit, and by what."""
        if commit.hash not in self._broken:
            if time.monotonic() > self._ends:
                raise _Late
            code = self._history.code_at(commit.hash)
            webs = Webs(code, partial(self._history.tokens, code))
            verdicts = {one.id: judge(one, webs) for one in self._checks}
            self._broken[commit.hash] = {
                name: [violation_words(one) for one in verdict.violations]
                for name, verdict in verdicts.items()
                if verdict.violations
            }
        return self._broken[commit.hash]
