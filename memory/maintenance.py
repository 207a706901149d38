"""What keeps a memory true: reviewing, looking again, and consolidating."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from memory.checks import told
from memory.code.checks.decisions import checks_of_decisions
from memory.code.checks.judging import judge_all
from memory.kinds.vocabulary import Status
from memory.ledger.store_facts import REVIEWED
from memory.lessons.consolidation import Consolidator
from memory.lessons.proposals import fetch_known, propose
from memory.models.findings import Tristate
from memory.models.runs import Consolidated
from memory.models.selection import NOW
from memory.review.lint import find_faults
from memory.review.triggers import REVIEWER, Reviewed, review_flag, review_triggers
from memory.review.verification import verified

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from memory.flags import Amend
    from memory.models.answer import Recorded, Verified
    from memory.models.findings import CheckRow
    from memory.models.selection import Selection
    from memory.session import Session

#: Faults of records by which what is known of others is wrong; `lint` tells all of them.
_TOLD = ("duplicate-number", "unknown-successor", "unknown-target", "circle")


def review(session: Session, today: date | None, record: Callable[..., Recorded]) -> Reviewed:
    """See `ArchMem.review`; `record` keeps the flags that are raised."""
    today = today or datetime.now(UTC).date()
    with session.ledger.reading() as db:
        found = review_triggers(db, NOW, today, session.project.departed)
        agents = db.memories.agents()
    for one in found.fired:
        if not one.flag_status:
            record(review_flag(one, agents), author=REVIEWER)
    with session.ledger.writing() as db:
        db.facts.save(REVIEWED, today.isoformat())
    fired = (
        one.model_copy(update={"flag_status": one.flag_status or str(Status.OPEN)})
        for one in found.fired
    )
    return found._replace(fired=tuple(fired))


def verify(
    session: Session,
    selection: Selection,
    today: date | None,
    record: Callable[..., Recorded],
    *,
    everything: bool,
    rebuild: bool,
) -> Verified:
    """See `ArchMem.verify`."""
    today = today or datetime.now(UTC).date()
    with session.ledger.reading():
        problems = [*session.project.check_anchors(session.ledger)]
    reviewed = review(session, today, record)
    with session.ledger.reading() as db:
        found = verified(db, selection, reviewed, today, everything=everything)
        faults = find_faults(db, session.root)
    problems += [f"{one.path}:{one.line}: {one.what}" for one in faults if one.rule in _TOLD]
    code = session.project.rebuild_code(session.ledger) if rebuild else None
    rows = _checked(session, selection)
    return found.model_copy(
        update={
            "problems": tuple(problems),
            "code": code,
            "broken": tuple(one for one in rows if one.answer is Tristate.BROKEN),
            "untold": tuple(one for one in rows if one.answer is Tristate.UNKNOWN),
        }
    )


def _checked(session: Session, selection: Selection) -> Sequence[CheckRow]:
    """What comes of the checks of the selected decisions; without any, no code is read."""
    with session.ledger.reading() as db:
        checks = checks_of_decisions(db, NOW)
        if not checks:
            return ()
        ids = db.memories.listed_ids(selection.model_copy(update={"lens": NOW}))
        code = session.project.code(session.ledger)
    tokens = partial(session.project.tokens, session.ledger, code)
    return told(session, judge_all(code, [one for one in checks if one.uid in ids], tokens))


def consolidate(
    session: Session,
    amend: Amend,
    *,
    apply: tuple[str, ...],
    undo: tuple[str, ...],
    listing: bool,
) -> Consolidated:
    """See `ArchMem.consolidate`; `amend` keeps what is changed."""
    at = datetime.now(UTC).replace(microsecond=0)
    with session.ledger.reading() as db:
        if listing:
            return Consolidated(applications=tuple(db.consolidations.applications()))
        wants_proposals = apply or not undo
        known, note = fetch_known(db, session.meaning, at) if wants_proposals else (None, "")
        proposals = propose(known) if known else ()
    if not apply and not undo:
        return Consolidated(proposals=proposals, note=note)
    doing = Consolidator(session.ledger, amend, at)
    by_id = {one.id: one for one in proposals}
    wanted = tuple(dict.fromkeys(apply))
    if "all" in apply:
        with session.ledger.reading() as db:
            applied = db.consolidations.applications()
        begun = (one.proposal.id for one in applied if one.state == "half applied")
        wanted = tuple(dict.fromkeys((*begun, *by_id)))
    outcomes = [doing.undo(one) for one in dict.fromkeys(undo)]
    outcomes += [doing.apply(one, by_id) for one in wanted]
    return Consolidated(outcomes=tuple(outcomes), note=note)
