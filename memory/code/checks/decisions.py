"""The checks of decisions that hold, each with the line that states it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.code.checks.check import Check, NotEvaluated
from memory.code.checks.check_sentences import NotACheck, read_check
from memory.kinds.vocabulary import NO_LONGER_IN_FORCE, Status
from memory.models.details import Decision
from memory.standings import fetch_standings

if TYPE_CHECKING:
    from memory.code.checks.check import CodeDemand
    from memory.ledger.interface.database import Database
    from memory.models.memory import Memory
    from memory.models.selection import Lens

_NOT_YET = frozenset({*NO_LONGER_IN_FORCE, Status.PROPOSED})


def checks_of_decisions(db: Database, lens: Lens) -> list[Check]:
    """The checks of all decisions but those that are over or only proposed."""
    ids = db.memories.with_checks(lens)
    if not ids:
        return []
    standings = fetch_standings(db, lens, ids)
    memories = db.memories.at_revisions(ids.values())
    return [
        check
        for uid, revision in ids.items()
        if standings[uid].status not in _NOT_YET
        for check in checks_of(memories[revision])
    ]


def checks_of(memory: Memory) -> list[Check]:
    """The checks of one decision."""
    details = memory.revision.draft.details
    if not isinstance(details, Decision):
        return []
    number = f"{details.number:04d} " if details.number is not None else ""
    return [
        Check(
            said=said,
            demand=_demand(said),
            owner=f"{number}{memory.title}",
            file=memory.path or "",
            line=_line(memory, said),
            uid=memory.uid,
        )
        for said in details.checks
    ]


def _demand(said: str) -> CodeDemand:
    try:
        return read_check(said)
    except NotACheck as reason:
        return NotEvaluated(str(reason))


def _line(memory: Memory, said: str) -> int:
    """The line that says so, or else the first of the decision."""
    first = memory.lines[0] if memory.lines else 1
    wanted = _letters(said)
    for number, line in enumerate(memory.revision.draft.body.split("\n")):
        if wanted in _letters(line):
            return first + number
    return first


def _letters(text: str) -> str:
    """What is left of a text without its markup."""
    return "".join(one for one in text if one.isalnum())
