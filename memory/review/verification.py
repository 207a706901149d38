"""Which memories are to be read again, because something about them is another now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.flags import is_overdue
from memory.kinds.vocabulary import NO_LONGER_IN_FORCE, Kind, Status, Trust
from memory.lessons.evidence import with_bearing
from memory.lessons.runs import open_runs
from memory.metrics.measurement_series import fetch_premises
from memory.models.answer import Listed, Verified
from memory.models.assessment import AnchorVerdict
from memory.models.selection import NOW, Selection
from memory.standings import fetch_standings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from memory.ledger.interface.database import Database
    from memory.review.triggers import Reviewed

_WORST_FIRST = tuple(AnchorVerdict)[::-1]
_STALE = (AnchorVerdict.GONE, AnchorVerdict.CHANGED, AnchorVerdict.MOVED)


def verified(
    db: Database, selection: Selection, reviewed: Reviewed, today: date, *, everything: bool
) -> Verified:
    """What is to be read again, after the places that memories name were looked at.

    Decisions that are over, and refactorings that git tells of, are history: what they name may
    well be gone.

    Args:
        db: An open ledger.
        selection: Of which memories.
        reviewed: What became of review triggers.
        today: The day, in UTC, by which flags are overdue.
        everything: Name the rest too.
    """
    ids = db.memories.listed_ids(selection.model_copy(update={"lens": NOW}))
    flags = db.memories.listed_ids(Selection(kinds=(Kind.FLAG,)))
    of_interest = {*db.anchors.freshness(NOW, ids), *fetch_premises(db, NOW, ids), *flags}
    bearing = with_bearing(
        db, NOW, _listed(db, {uid: ids[uid] for uid in ids if uid in of_interest})
    )
    named = [one for one in bearing if one.freshness or one.premises]
    current = [one for one in named if everything or _is_current(one)]
    stale = sorted((one for one in current if _is_stale(one)), key=_worst_first)
    some = bool(selection.modules or selection.kinds)
    return Verified(
        stale=tuple(stale),
        others=tuple(sorted((one for one in named if not _is_stale(one)), key=_worst_first))
        if everything
        else (),
        counts=_counted(current),
        fired=tuple(one for one in reviewed.fired if not some or one.uid in ids),
        unwatched=tuple(one for one in reviewed.unwatched if not some or one.uid in ids),
        overdue=tuple(
            one for one in bearing if one.memory.kind is Kind.FLAG and is_overdue(one, today)
        ),
        open_runs=() if some else open_runs(db, NOW),
        commit=next((one.freshness.commit for one in named if one.freshness), ""),
    )


def _listed(db: Database, ids: Mapping[str, int]) -> list[Listed]:
    """Memories as they stand, by the ids of their revisions."""
    standings = fetch_standings(db, NOW, ids)
    memories = db.memories.at_revisions(ids.values())
    return [Listed(memory=memories[id_], standing=standings[uid]) for uid, id_ in ids.items()]


def _is_current(listed: Listed) -> bool:
    is_over = listed.standing.status in {*NO_LONGER_IN_FORCE, Status.FAILED}
    is_derived = listed.memory.revision.source.trust is Trust.DERIVED
    return not is_over and not (is_derived and listed.memory.kind is Kind.REFACTORING)


def _is_stale(listed: Listed) -> bool:
    is_moved = listed.freshness is not None and listed.freshness.verdict in _STALE
    return is_moved or bool(listed.premises)


def _worst_first(listed: Listed) -> tuple[int, int, str]:
    fresh = listed.freshness
    verdict = _WORST_FIRST.index(fresh.verdict) if fresh else len(_WORST_FIRST)
    bad = sum(one.verdict in _STALE for one in fresh.anchors) if fresh else 0
    return verdict, -bad, listed.memory.uid


def _counted(listed: Iterable[Listed]) -> dict[str, int]:
    """Memories by verdict, the worst first."""
    verdicts: Sequence[AnchorVerdict] = [one.freshness.verdict for one in listed if one.freshness]
    return {str(one): verdicts.count(one) for one in _WORST_FIRST if one in verdicts}
