"""Finds what is wrong with a store, and mends it from files, git and what is sound."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from memory.credentials.gate import kept_gate
from memory.keeping.screening import find_places
from memory.ledger.sqlite.connection import open_ledger, replace_by_salvaged
from memory.models.keeping import Diagnosis, StoreFinding
from memory.models.report import Progress, no_progress
from memory.retrieval.passages import derived
from memory.texts.formatting import minute
from memory.upkeep import Upkeep

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from memory.ledger.damage import Damage
    from memory.ledger.interface.database import Ledger
    from memory.session import Session

BEHIND = timedelta(minutes=1)  # from which on a clock is told of; less is how clocks are set


def diagnose(session: Session, *, mend: bool, on_progress: Progress = no_progress) -> Diagnosis:
    """See `ArchMem.doctor`."""
    damage = session.ledger.damage or session.ledger.examine()
    fault = session.shared.vectors.find_fault()
    findings = [*_of_ledger(damage)]
    if fault:
        findings.append(StoreFinding(where="vectors", what=fault))
    if damage is None:
        findings += unlike_files(session)
        findings += _of_credentials(session)
        findings += _of_clock(session)
    if not mend or not findings:
        return Diagnosis(findings=tuple(findings))
    kept = _mend_ledger(session) if damage else ""
    if fault:
        session.shared.vectors.discard()
    fresh = session.twin()
    try:
        with fresh.ledger.writing() as db:
            db.files.doubt_all()
        Upkeep(fresh).index_again(on_progress)
        touched = [uid for one in findings for uid in one.uids]
        lost = [uid for uid in dict.fromkeys(touched) if not fresh.ledger.db.memories.contains(uid)]
        still = _still(fresh, {one.where for one in findings})
    finally:
        fresh.close()
    seen = tuple(one.model_copy(update={"mended": one.where not in still}) for one in findings)
    return Diagnosis(findings=seen, lost=tuple(lost), kept=kept)


def _still(session: Session, places: Collection[str]) -> set[str]:
    """Where something is wrong now, of the places where it was."""
    look: dict[str, Callable[[], object]] = {
        "ledger": session.ledger.examine,
        "vectors": session.shared.vectors.find_fault,
        "files": lambda: unlike_files(session),
        "credentials": lambda: _of_credentials(session),
        "clock": lambda: _of_clock(session),
    }
    return {place for place in places if look[place]()}


def _of_credentials(session: Session) -> list[StoreFinding]:
    """What was kept before credentials were left out; nothing but `forget` takes it out."""
    with session.ledger.reading() as db:
        places = find_places(db, kept_gate(db))
    if not places:
        return []
    uids = tuple(one for one in places if session.ledger.db.memories.contains(one))
    what = f"{len(places):,} hold what looks like one: `archmem forget --secrets` takes it out"
    return [StoreFinding(where="credentials", what=what, uids=uids)]


def _of_clock(session: Session) -> list[StoreFinding]:
    """That the machine's clock was put back behind what was recorded last; only time mends it."""
    with session.ledger.reading() as db:
        last = db.memories.moment()
    if last - datetime.now(UTC) < BEHIND:
        return []
    what = f"it was put back behind {minute(last)}, which is told of what is recorded until then"
    return [StoreFinding(where="clock", what=what)]


def unlike_files(session: Session, *, again: bool = True) -> list[StoreFinding]:
    """What the ledger says otherwise than the files.

    The ledger is copied, and the copy reads all files as if it had read nothing.

    Args:
        session: Of the ledger.
        again: Only what an index run would not notice.
    """
    with tempfile.TemporaryDirectory(prefix="archmem-") as folder:
        path = Path(folder, "memory.db")
        session.ledger.copy_to(path)
        copy = open_ledger(path, durable=False)
        try:
            with copy.reading() as db:
                pending = {one.uid for one in db.memories.pending()}
            with copy.writing() as db:
                for uid in pending:  # else they would be written to their files from here
                    db.memories.mark_pending(uid, is_pending=False)
            if again:
                _take_in(session, copy)
            with copy.reading() as db:
                mark = db.changes.latest()
            with copy.writing() as db:
                db.files.doubt_all()
            _take_in(session, copy)
            with copy.reading() as db:
                changed = [one for one in db.changes.differences(mark) if one.uid not in pending]
        finally:
            copy.close()
    return [
        StoreFinding(where="files", what=f"by its file it is {one.what}", uids=(one.uid,))
        for one in changed
    ]


def _take_in(session: Session, copy: Ledger) -> None:
    with copy.reading():
        session.project.take_in(copy, only=None, accept_removals=True, on_progress=no_progress)


def _of_ledger(damage: Damage | None) -> Iterator[StoreFinding]:
    if damage is None:
        return
    for line in damage.structure:
        yield StoreFinding(where="ledger", what=line)
    for rows in damage.rows:
        yield StoreFinding(where="ledger", what=rows.words, uids=rows.uids)


def _mend_ledger(session: Session) -> str:
    """Replace the ledger by what is sound of it; where the damaged one lies now."""
    path = session.ledger.path
    kept = path.with_name(f"{path.name}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%S}")
    replace_by_salvaged(path, kept, derived)
    return str(kept)
