"""What comes of the checks of a project, and since when those that are broken do not hold.

When one began is looked for once and kept, as long as its commit leads to the one that is checked
out and it goes on, also in what was committed since it was last told.
"""

from __future__ import annotations

import json
import time
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from memory.code.bisecting import first_commit_where
from memory.code.checks.check import CannotTell, digest
from memory.code.checks.judging import row, violation_words
from memory.code.checks.web import Webs
from memory.errors import StoreBusy, StoreNotWritable, UnknownCommit
from memory.ledger.store_facts import CHECKS
from memory.models.findings import Began, Tristate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from memory.code.checks.check import Check
    from memory.code.checks.judging import JudgedCheck
    from memory.code.history import CodeHistory, NamedCommit
    from memory.models.findings import CheckRow
    from memory.session import Session

_UNCOMMITTED = "uncommitted"
_FORM = "2"  # of what is kept
LONGEST = 60.0  # seconds that are spent on looking at commits, the one that is begun apart
_MOST_LOOKED_AT = 16  # commits, of those that came since it was last told
_LATE = "the commit was not found within a minute; `archmem drift` looks further for each finding"


def told(session: Session, judged: Sequence[JudgedCheck]) -> tuple[CheckRow, ...]:
    """Each check with what comes of it; of those that do not hold, since when."""
    began = {} if session.commit or not judged else _began(session, judged)
    return tuple(
        row(one).model_copy(update=dict(zip(("began", "first"), began[one.check.id], strict=True)))
        if one.check.id in began
        else row(one)
        for one in judged
    )


def _began(session: Session, judged: Sequence[JudgedCheck]) -> dict[str, tuple[Began, str]]:
    """When each of those that do not hold began, and by what, by its id."""
    broken = {one.check.id: one.check for one in judged if one.verdict.answer is Tristate.BROKEN}
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
        made_by = f"{_FORM} {history.version()} {digest([check])}"
        known = kept.pop(name, None)
        is_same = known and known["made_by"] == made_by and _leads_to(history, known, head)
        if known and is_same and looking.went_on(name, known["head"], head):
            found[name] = (Began.model_validate(known["began"]), known["first"])
        else:
            found[name] = looking.began(name)
        began, first = found[name]
        if began.told not in {_UNCOMMITTED, _LATE}:
            kept[name] = {
                "made_by": made_by,
                "began": began.model_dump(mode="json"),
                "first": first,
                "head": head.hash,
            }
    return found


def _leads_to(history: CodeHistory, known: Mapping[str, Any], head: NamedCommit) -> bool:
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


class _Seen(NamedTuple):
    """What comes of checks at a commit, by their ids."""

    by: dict[str, list[str]]  # of those that do not hold: what breaks them
    doubts: dict[str, str]  # of those that nobody can tell there: why


class _Looking:
    """Looks at commits of the past, at each once for all checks."""

    def __init__(self, history: CodeHistory, checks: Sequence[Check]) -> None:
        self._history = history
        self._checks = checks
        self._seen: dict[str, _Seen] = {}  # by commit
        self._ends = time.monotonic() + LONGEST

    def began(self, name: str) -> tuple[Began, str]:
        """When a check that does not hold ceased to, and by what first."""
        try:
            found = first_commit_where(self._history, lambda commit: name in self._at(commit).by)
            doubt = self._doubt_before(found, name)
        except _Late:
            return Began(told=_LATE), ""
        if doubt:
            return Began(told=f"since when cannot be told: {doubt}"), ""
        broken_by = self._at(self._history.commit(found.commit)).by if found.commit else {}
        return found, broken_by.get(name, [""])[0]

    def went_on(self, name: str, before: str, head: NamedCommit) -> bool:
        """Whether a check was not kept in between, either, since a commit where it was not.

        Looked at is each commit since, or of many an even share.
        """
        if before == head.hash:
            return True
        if self._history.merge_base(before, head.hash) != before:
            return False
        line = list(self._history.main_line(head.hash, before))
        step = -(-len(line) // _MOST_LOOKED_AT)
        try:
            return all(name in self._at(one).by for one in line[::-step])
        except _Late:
            return False

    def _doubt_before(self, found: Began, name: str) -> str:
        """Why a check may not have held before the commit that is told, either."""
        commits = [self._history.commit(found.commit)] if found.commit else []
        if found.told != _UNCOMMITTED:
            commits = [self._history.commit(one) for each in commits for one in each.parents[:1]]
        return next((self._at(one).doubts.get(name, "") for one in commits), "")

    def _at(self, commit: NamedCommit) -> _Seen:
        """What does not hold at a commit, and of what nobody can tell there."""
        if commit.hash not in self._seen:
            if time.monotonic() > self._ends:
                raise _Late
            code = self._history.code_at(commit.hash)
            webs = Webs(code, partial(self._history.tokens, code))
            seen = self._seen[commit.hash] = _Seen({}, {})
            for one in self._checks:
                try:
                    verdict = one.demand.judge(webs)
                except CannotTell:  # what it names is not there: nothing breaks it
                    continue
                if verdict.violations:
                    seen.by[one.id] = [violation_words(each) for each in verdict.violations]
                elif verdict.untold:
                    seen.doubts[one.id] = verdict.untold
        return self._seen[commit.hash]
