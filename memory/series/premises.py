"""Decisions whose premise has moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.ledger.links import fetch_links
from memory.ledger.memories import titles_of
from memory.models.kinds import LinkType
from memory.models.selection import NOW
from memory.models.series import Premise, Unsettled
from memory.retrieval.standings import fetch_standings
from memory.series.series import Track, read_tracks, read_tracks_with, to_series

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memory.ledger.connection import Database
    from memory.models.answer import Recorded
    from memory.models.selection import Lens


def fetch_premises(db: Database, lens: Lens, uids: Iterable[str]) -> dict[str, tuple[Premise, ...]]:
    """The baselines that these memories rest on and that have moved, by uid.

    One has moved when the newest of its series differs from it beyond the noise, for better or
    worse. Memories whose premises stand are not among them.
    """
    wanted = set(uids)
    rests: dict[str, list[str]] = {}
    for link in fetch_links(db, lens, wanted, types=[LinkType.RESTS_ON]):
        if link.source in wanted:
            rests.setdefault(link.source, []).append(link.target)
    if not rests:
        return {}
    targets = {target for some in rests.values() for target in some}
    moved = _moved(read_tracks_with(db, lens, targets), targets)
    found = {
        uid: tuple(moved[target] for target in some if target in moved)
        for uid, some in sorted(rests.items())
    }
    return {uid: premises for uid, premises in found.items() if premises}


def unsettled_by(db: Database, lens: Lens, uid: str) -> tuple[Unsettled, ...]:
    """The memories in force that rest on a measurement's series where that has moved.

    Args:
        db: An open ledger.
        lens: From when to look.
        uid: Of any measurement of the series.
    """
    tracks = read_tracks_with(db, lens, [uid])
    tracks = [track for track in tracks if track.place_of(uid) is not None]
    measured = {one.uid for track in tracks for one in track.measured}
    links = fetch_links(db, lens, measured, types=[LinkType.RESTS_ON])
    resting = sorted({link.source for link in links if link.target in measured})
    standings = fetch_standings(db, lens, resting)
    premises = fetch_premises(db, lens, [one for one in resting if standings[one].in_force])
    titles = titles_of(db, premises)
    return tuple(
        Unsettled(uid=one, title=titles[one], premise=premise)
        for one, some in premises.items()
        for premise in some
        if premise.rested_on in measured
    )


def with_comparison(db: Database, recorded: Recorded) -> Recorded:
    """What became of a record of a measurement, and how that compares with its series."""
    for track in read_tracks_with(db, NOW, [recorded.uid]):
        if (at := track.place_of(recorded.uid)) is not None:
            series = to_series(track)
            others = () if at else _environments_beside(db, track)
            return recorded.model_copy(
                update={
                    "compared": series.points[at].compared,
                    "elsewhere": others,
                    "unsettled": unsettled_by(db, NOW, recorded.uid),
                }
            )
    return recorded


def _environments_beside(db: Database, track: Track) -> tuple[str, ...]:
    """Where, and in which unit if need be, else the metric of a series is measured."""
    others = [
        one
        for one in read_tracks(db, NOW, [track.newest.metric])
        if one.place_of(track.newest.uid) is None
    ]
    return tuple(sorted({_place(one) for one in others}))


def _place(track: Track) -> str:
    named = track.newest.environment or "no environment"
    modules = ", ".join(sorted({module for one in track.measured for module in one.modules}))
    return f"{named}, in {track.newest.unit or 'no unit'}" + (f", for {modules}" if modules else "")


def _moved(tracks: Iterable[Track], targets: set[str]) -> dict[str, Premise]:
    """What became of these measurements, where something did."""
    found = {}
    for track in tracks:
        newest = len(track.measured) - 1
        for at, one in enumerate(track.measured[:newest]):
            if one.uid not in targets:
                continue
            compared = track.compare(newest, at)
            if compared.is_beyond:
                found[one.uid] = Premise(
                    metric=one.metric,
                    unit=track.newest.unit,
                    rested_on=one.uid,
                    was=one.value,
                    latest=track.newest.uid,
                    now=track.newest.value,
                    movement=compared.movement,
                    reason=f"{compared.words}: {compared.reason}",
                )
    return found
