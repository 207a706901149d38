"""Series of measurements that can be compared, and the memories whose premise has moved."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from memory.kinds.vocabulary import LinkType
from memory.ledger.interface.kind_rows import Measurement, metric_key
from memory.metrics.comparison import (
    LOOKED_BACK,
    Better,
    Reading,
    compare,
    first,
    is_violated,
)
from memory.metrics.units import convert, read_unit
from memory.models.selection import NOW
from memory.models.series import Comparison, Point, Premise, Series, Unsettled
from memory.standings import fetch_standings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from memory.ledger.interface.database import Database
    from memory.models.answer import Recorded
    from memory.models.memory import Link
    from memory.models.selection import Lens

LEAST_ON_A_SIDE = 2  # points on one side of their thresholds before that side is the good one


@dataclass(frozen=True)
class Track:
    """Measurements of one series, oldest first, in the unit of the newest; at least one."""

    measured: tuple[Measurement, ...]

    @property
    def newest(self) -> Measurement:
        """The one measured last."""
        return self.measured[-1]

    @property
    def modules(self) -> tuple[str, ...]:
        """All modules that one of them names, sorted."""
        return tuple(sorted({module for one in self.measured for module in one.modules}))

    def reading(self, at: int) -> Reading:
        """One measurement as far as it takes to compare it."""
        one = self.measured[at]
        return Reading(one.uid, one.at, one.value, one.spread, one.threshold)

    def place_of(self, uid: str) -> int | None:
        """Where a measurement stands in it."""
        return next((at for at, one in enumerate(self.measured) if one.uid == uid), None)

    @cached_property
    def direction(self) -> tuple[Better, str]:
        """Which way is better, and why where no measurement says so.

        The last word counts. Where there is none, all points before the newest being on one
        side of their thresholds make that the good side.
        """
        for one in reversed(self.measured):
            if one.better in {"lower", "higher"}:
                return ("lower" if one.better == "lower" else "higher"), ""
        sides = {
            one.value < one.threshold
            for one in self.measured[:-1]
            if one.threshold is not None and one.value != one.threshold
        }
        bounded = sum(one.threshold is not None for one in self.measured[:-1])
        if len(sides) != 1 or bounded < LEAST_ON_A_SIDE:
            return "", ""
        side: Better = "lower" if sides.pop() else "higher"
        return side, f"all before lie {'below' if side == 'lower' else 'above'} their thresholds"

    @cached_property
    def compared(self) -> tuple[Comparison, ...]:
        """How each of its measurements but the first compares with what was told before it.

        That is the one before; and where that is no more than noise, the last one that was told
        to be more, or the first. So many small steps are told once they add up to a large one.
        """
        found: list[Comparison] = []
        told = 0
        for at in range(1, len(self.measured)):
            comparison = self.compare(at, at - 1)
            if not comparison.is_beyond and told < at - 1:
                since = self.compare(at, told)
                if since.is_beyond:
                    words = f"{since.words}; in steps that were each within it"
                    comparison = since.model_copy(update={"words": words})
            if comparison.is_beyond:
                told = at
            found.append(comparison)
        return tuple(found)

    def compare(self, new: int, old: int) -> Comparison:
        """How one of its measurements compares with an earlier one."""
        better = self.measured[new].better or self.direction[0]
        before = self.measured[max(0, new - LOOKED_BACK) : new]
        return compare(
            self.reading(new),
            self.reading(old),
            better="lower" if better == "lower" else "higher" if better == "higher" else "",
            earlier=[one.value for one in before],
            unit=self.newest.unit,
        )


def read_series(db: Database, lens: Lens = NOW) -> list[Series]:
    """All series that the lens shows, by metric and environment."""
    return [to_series(track) for track in read_tracks(db, lens)]


def read_latest(db: Database) -> list[Series]:
    """All series, each with its newest point, and before it the last one past its threshold.

    That is all one has to know of what must not get worse, whatever the length of a series.
    """
    return [latest_of(track) for track in read_tracks(db, NOW)]


def read_tracks(db: Database, lens: Lens, metrics: Iterable[str] | None = None) -> list[Track]:
    """The same as `read_series`, without comparing anything; only of these metrics, if given.

    A metric is the same however it is spelled.
    """
    keys = None if metrics is None else {metric_key(metric) for metric in metrics}
    return group(db.series.measurements(lens, keys))


def read_tracks_with(db: Database, lens: Lens, uids: Iterable[str]) -> list[Track]:
    """The series of these measurements' metrics."""
    return group(db.series.measurements_like(lens, uids))


def chosen(
    series: Iterable[Series], metric: str, modules: Iterable[str], environment: str
) -> tuple[Series, ...]:
    """Those of a metric, of one of these modules, and of an environment; "" and none are all.

    A metric is meant by its whole name, or else by a part of it; an environment by a part.
    """
    wanted = {module.casefold() for module in modules}
    place = environment.casefold()
    near = [
        one
        for one in series
        if (not wanted or wanted & {module.casefold() for module in one.modules})
        and place in one.environment.casefold()
    ]
    key = metric_key(metric)
    exact = [one for one in near if metric_key(one.metric) == key]
    return tuple(exact or [one for one in near if key in metric_key(one.metric)])


def group(measurements: Iterable[Measurement]) -> list[Track]:
    """Series of measurements that come oldest first, by metric, environment and unit.

    Same metric and environment, but for case and spaces, and units that certainly convert. Those
    whose modules have nothing in common are series of their own: `latency` of api is not that
    of auth.
    """
    found: dict[tuple[str, str, str], list[Measurement]] = defaultdict(list)
    for one in measurements:
        if math.isfinite(one.value):
            found[_key(one)].append(one)
    return [
        _in_one_unit(part)
        for _, same in sorted(found.items(), key=lambda item: item[0])
        for part in _by_modules(same)
    ]


def to_series(track: Track, places: Iterable[int] | None = None) -> Series:
    """The series as a value that can be sent, each point compared with the one before.

    Args:
        track: The series.
        places: Only of these points; None for all.
    """
    newest, (better, because) = track.newest, track.direction
    return Series(
        metric=newest.metric,
        environment=newest.environment,
        unit=newest.unit,
        better=better,
        better_because=because,
        modules=track.modules,
        points=tuple(
            _point(track, at, better)
            for at in (range(len(track.measured)) if places is None else places)
        ),
    )


def latest_of(track: Track) -> Series:
    """The series with its newest point, and before it the last one past its threshold."""
    better, newest = track.direction[0], len(track.measured) - 1
    violated = (
        at
        for at in range(newest - 1, -1, -1)
        if is_violated(track.measured[at].value, track.measured[at].threshold, better)
    )
    return to_series(track, [*islice(violated, 1), newest])


def fetch_rested_on(db: Database, lens: Lens, uids: Iterable[str]) -> dict[str, list[str]]:
    """The measurements that these memories rest on, by uid; memories without any are left out."""
    wanted = set(uids)
    links = db.links.fetch(lens, wanted, types=[LinkType.RESTS_ON]) if wanted else []
    return rested_on(link for link in links if link.source in wanted)


def rested_on(links: Iterable[Link]) -> dict[str, list[str]]:
    """What memories rest on by these links, by uid; other links say nothing of it."""
    found: dict[str, list[str]] = defaultdict(list)
    for link in links:
        if link.type is LinkType.RESTS_ON:
            found[link.source].append(link.target)
    return found


def fetch_premises(db: Database, lens: Lens, uids: Iterable[str]) -> dict[str, tuple[Premise, ...]]:
    """The baselines that these memories rest on and that have moved, by uid.

    One has moved when the newest of its series differs from it beyond the noise, for better or
    worse. Memories whose premises stand are not among them.
    """
    return premises_of(db, lens, fetch_rested_on(db, lens, uids))


def premises_of(
    db: Database,
    lens: Lens,
    rests: Mapping[str, list[str]],
    tracks: Sequence[Track] | None = None,
) -> dict[str, tuple[Premise, ...]]:
    """The same of memories by what they rest on; `tracks` are all series, where they are read."""
    if not rests:
        return {}
    targets = {target for some in rests.values() for target in some}
    moved = _moved(read_tracks_with(db, lens, targets) if tracks is None else tracks, targets)
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
    measured = {
        one.uid
        for track in read_tracks_with(db, lens, [uid])
        if track.place_of(uid) is not None
        for one in track.measured
    }
    links = db.links.fetch(lens, measured, types=[LinkType.RESTS_ON])
    resting = sorted({link.source for link in links if link.target in measured})
    standings = fetch_standings(db, lens, resting)
    premises = fetch_premises(db, lens, [one for one in resting if standings[one].in_force])
    titles = db.memories.titles(premises)
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


def _point(track: Track, at: int, better: Better) -> Point:
    one = track.measured[at]
    return Point(
        uid=one.uid,
        at=one.at,
        value=one.value,
        spread=one.spread,
        threshold=one.threshold,
        n=one.n,
        commit=one.commit,
        note=one.note,
        citation=one.citation,
        is_violated=is_violated(one.value, one.threshold, better),
        compared=track.compared[at - 1] if at else first(track.reading(at), track.newest.unit),
    )


def _key(one: Measurement) -> tuple[str, str, str]:
    environment = " ".join(one.environment.casefold().split())
    return metric_key(one.metric), environment, read_unit(one.unit).of


def _by_modules(same: Sequence[Measurement]) -> Iterator[list[Measurement]]:
    """Parts that share no module; what names none belongs to the others if they are one part."""
    folded = [frozenset(module.casefold() for module in one.modules) for one in same]
    owners: list[frozenset[str]] = []
    for modules in dict.fromkeys(folded):
        if modules:
            near = [owner for owner in owners if owner & modules]
            owners = [owner for owner in owners if not owner & modules]
            owners.append(modules.union(*near))
    if len(owners) < 2:
        yield list(same)
        return
    owner_of = {module: owner for owner in owners for module in owner}
    parts: dict[frozenset[str], list[Measurement]] = defaultdict(list)
    for one, modules in zip(same, folded, strict=True):
        parts[owner_of[min(modules)] if modules else modules].append(one)
    for owner in sorted(owners, key=sorted):
        yield parts[owner]
    if rest := parts.get(frozenset()):
        yield rest


def _in_one_unit(measured: Sequence[Measurement]) -> Track:
    """The measurements in the unit of the newest; a threshold holds until another is named."""
    unit, threshold, found = measured[-1].unit, None, []
    for one in measured:
        said = _converted(one, unit)
        threshold = threshold if said.threshold is None else said.threshold
        found.append(said._replace(threshold=threshold))
    return Track(tuple(found))


def _converted(one: Measurement, unit: str) -> Measurement:
    if one.unit == unit:
        return one
    value = convert(one.value, one.unit, unit)
    return one._replace(
        value=one.value if value is None else value,
        spread=None if one.spread is None else convert(one.spread, one.unit, unit),
        threshold=None if one.threshold is None else convert(one.threshold, one.unit, unit),
        unit=unit,
    )


def _environments_beside(db: Database, track: Track) -> tuple[str, ...]:
    """Where, and in which unit if need be, else the metric of a series is measured."""
    others = (
        _place(one)
        for one in read_tracks(db, NOW, [track.newest.metric])
        if one.place_of(track.newest.uid) is None
    )
    return tuple(sorted(set(others)))


def _place(track: Track) -> str:
    named = track.newest.environment or "no environment"
    modules = f", for {', '.join(track.modules)}" if track.modules else ""
    return f"{named}, in {track.newest.unit or 'no unit'}{modules}"


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
