"""Tells which review triggers of decisions and lessons have come true, and raises their flags."""

from __future__ import annotations

import calendar
import operator
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from memory.kinds.vocabulary import Kind, LinkType
from memory.lessons.evidence import fetch_confidences, fetch_runs_against
from memory.metrics.measurement_series import Track, fetch_rested_on, read_tracks
from memory.metrics.units import convert
from memory.models.assessment import Fired, Rank, Unwatched
from memory.models.details import Flag
from memory.models.memory import Draft, Reference, uid_for
from memory.models.selection import NOW, Lens
from memory.review.trigger_parser import (
    After,
    Condition,
    Contrary,
    Gone,
    MetricBound,
    OnDate,
    Operator,
    Unreadable,
    read_trigger,
)
from memory.standings import fetch_standings
from memory.texts.agent_names import alike
from memory.texts.lexicon import words_of
from memory.texts.numbers import number
from memory.texts.shortening import shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from memory.ledger.interface.database import Database
    from memory.ledger.interface.kind_rows import Measurement
    from memory.ledger.interface.memories import Watched

    #: Of these paths and of these modules those that were there once and are no longer.
    Departed = Callable[[Collection[str], Collection[str]], Collection[str]]

REVIEWER = "agent:archmem"  # who says that a trigger has come true
_SENDER = "archmem"
_LONGEST = 140  # characters of what is a part of a flag's title
_IS: dict[Operator, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Reviewed(NamedTuple):
    """What became of review triggers."""

    fired: tuple[Fired, ...] = ()
    unwatched: tuple[Unwatched, ...] = ()


class _Clause(NamedTuple):
    """An alternative that a trigger names, and what it asks to be watched."""

    memory: Watched
    trigger: str
    said: str
    asks: Condition


class _Holds(NamedTuple):
    """Why a condition is true: which firing it is, in words, since when, by what evidence."""

    firing: str  # the same for as long as it goes on being true
    reason: str
    at: datetime | None = None
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Known:
    """What conditions are held against."""

    today: date
    tracks: list[Track] = field(default_factory=list)  # series of measurements
    rested_on: dict[str, list[str]] = field(default_factory=dict)  # measurements, by memory
    against: dict[str, list[tuple[datetime, str]]] = field(default_factory=dict)  # by memory
    gone: Collection[str] = frozenset()


def review_triggers(
    db: Database, lens: Lens, today: date, departed: Departed | None = None
) -> Reviewed:
    """The triggers of memories in force that have come true, and those that no machine can watch.

    Both are in the order of uids. What fired names the flag that tells of it: the same for the
    same firing, and another one where a measurement came back and went past its bound again.

    Args:
        db: An open ledger.
        lens: From when to look.
        today: The day, in UTC.
        departed: Tells which paths and modules are gone; without it none are.
    """
    clauses = list(_clauses(db, lens))
    known = _gather(db, lens, today, clauses, departed)
    fired: dict[str, Fired] = {}
    by_trigger: dict[tuple[str, str], list[tuple[str, _Holds | str | None]]] = defaultdict(list)
    titles: dict[str, str] = {}
    for one in clauses:
        found = _holds(one, known)
        if isinstance(found, _Holds):
            told = _fired(one, found)
            fired.setdefault(told.flag, told)
        by_trigger[one.memory.uid, one.trigger].append((one.said, found))
        titles[one.memory.uid] = one.memory.title
    states = db.memories.states(NOW, fired)
    return Reviewed(
        tuple(
            one.model_copy(update={"flag_status": str(states[flag].status)})
            if flag in states
            else one
            for flag, one in fired.items()
        ),
        tuple(
            Unwatched(uid=uid, title=titles[uid], trigger=trigger, reason=reason)
            for (uid, trigger), some in by_trigger.items()
            if (reason := _why_unwatched(some))
        ),
    )


def review_flag(fired: Fired, agents: Sequence[str] = ()) -> Draft:
    """The flag for whoever owns the memory: its modules' agents, or the modules themselves.

    Args:
        fired: The trigger, and why it fired.
        agents: Those that are known by name.
    """
    receivers = [(*alike(module, agents), module)[0] for module in fired.modules]
    title, reason = (
        shortened(" ".join(text.split()), _LONGEST) for text in (fired.title, fired.reason)
    )
    evidence = f"\nEvidence: {', '.join(fired.evidence)}" if fired.evidence else ""
    return Draft(
        title=f"Review “{title}”: {reason}",
        body=f"{fired.uid} is to be reviewed when: {fired.trigger}\n"
        f"It has come to that: {fired.reason}.{evidence}",
        details=Flag(
            flag_type="review",
            sender=_SENDER,
            receivers=tuple(dict.fromkeys(receivers)),
            severity="medium",
            suggested_action=f"Read it again with `archmem show {fired.uid}`; confirm, amend or "
            "supersede it, and resolve this flag with what was found.",
        ),
        modules=fired.modules,
        references=(
            Reference(type=LinkType.RELATES_TO, target=fired.uid),
            *(Reference(type=LinkType.CAUSED_BY, target=one) for one in fired.evidence),
        ),
        valid_from=fired.at,
        uid=fired.flag,
    )


def _clauses(db: Database, lens: Lens) -> Iterator[_Clause]:
    """What the triggers of memories in force ask to be watched."""
    watched = db.memories.review_triggers(lens)
    standings = fetch_standings(db, lens, [one.uid for one in watched])
    lessons = [one.uid for one in watched if one.kind == Kind.LESSON]
    confidences = fetch_confidences(db, lens, lessons)
    retired = {uid for uid, one in confidences.items() if one.rank is Rank.RETIRED}
    for memory in watched:
        if standings[memory.uid].in_force and memory.uid not in retired:
            for trigger in memory.triggers:
                for said, asks in read_trigger(trigger):
                    yield _Clause(memory, trigger, said, asks)


def _gather(
    db: Database,
    lens: Lens,
    today: date,
    clauses: Iterable[_Clause],
    departed: Departed | None,
) -> _Known:
    """As much as the conditions need; what none of them asks for is not read."""
    bounds = {one.memory.uid for one in clauses if isinstance(one.asks, MetricBound)}
    counted = {one.memory.uid for one in clauses if isinstance(one.asks, Contrary)}
    gone = [one.asks for one in clauses if isinstance(one.asks, Gone)]
    paths, modules = (
        sorted({one.name for one in gone if one.is_path is is_path}) for is_path in (True, False)
    )
    return _Known(
        today=today,
        tracks=read_tracks(db, lens) if bounds else [],
        rested_on=fetch_rested_on(db, lens, bounds),
        against=fetch_runs_against(db, lens, counted) if counted else {},
        gone=departed(paths, modules) if departed and gone else frozenset(),
    )


def _holds(clause: _Clause, known: _Known) -> _Holds | str | None:
    """Why a condition is true; words where nobody can say; None where it is not true."""
    memory = clause.memory
    match clause.asks:
        case OnDate(day):
            return _on_day(day, known.today)
        case After() as span:
            return _after(span, memory.since, known.today)
        case MetricBound() as bound:
            rested = known.rested_on.get(memory.uid, ())
            return _past_bound(bound, known.tracks, rested, memory.since)
        case Gone(name, is_path):
            what = name if is_path else f"module {name}"
            is_gone = name in known.gone
            return _Holds(name, f"{what} was there once and is gone") if is_gone else None
        case Contrary(count):
            return _contrary(count, known.against.get(memory.uid, []))
        case Unreadable(reason):
            return reason


def _on_day(day: date, today: date) -> _Holds | None:
    if today < day:
        return None
    at = datetime.combine(day, time.min, tzinfo=UTC)
    return _Holds(day.isoformat(), f"{day} has come", at)


def _after(span: After, since: datetime | None, today: date) -> _Holds | str | None:
    if since is None:
        return "nobody says since when it holds"
    begun = since.date()
    month = begun.month - 1 + span.months
    year, month = begun.year + month // 12, month % 12 + 1
    if year > date.max.year - 1:
        return None
    last = calendar.monthrange(year, month)[1]
    return _on_day(date(year, month, min(begun.day, last)) + timedelta(days=span.days), today)


def _contrary(count: int, runs: list[tuple[datetime, str]]) -> _Holds | None:
    if len(runs) < count:
        return None
    at, firing = runs[count - 1]
    uids = tuple(uid for _, uid in runs)
    words = f"{len(runs)} runs speak against it: {', '.join(uids)}"
    return _Holds(firing, words, at, uids[:count])


def _past_bound(
    bound: MetricBound, tracks: Sequence[Track], rested: Collection[str], since: datetime | None
) -> _Holds | str | None:
    """Why a bound is passed.

    Only measurements count that were made since the memory holds: who decided knew the earlier
    ones. The firing is named by the first measurement of those in a row that are past the
    bound, so that it stays the same until one is not.

    Args:
        bound: What the trigger says.
        tracks: All series.
        rested: Measurements that the memory rests on.
        since: When it began to hold, if anybody says.
    """
    meant = _series_meant(bound, tracks, rested)
    if isinstance(meant, str):
        return meant
    unit = meant.newest.unit
    limit = convert(bound.value, bound.unit, unit) if bound.unit else bound.value
    if limit is None:
        return f"{meant.newest.metric} is measured in {unit or 'no unit'}, not in {bound.unit}"
    row: list[Measurement] = []
    for one in reversed(meant.measured):
        is_later = since is None or (one.at is not None and one.at >= since)
        if not is_later or not _IS[bound.operator](one.value, limit):
            break
        row.append(one)
    if not row:
        return None
    newest, first = row[0], row[-1]
    on = f" on {newest.at:%Y-%m-%d}" if newest.at else ""
    value, bar = f"{number(newest.value)} {unit}".rstrip(), f"{number(limit)} {unit}".rstrip()
    words = f"{newest.metric} was {value}{on}, and that is {bound.operator} {bar}"
    evidence = (newest.uid,) if newest is first else (newest.uid, first.uid)
    return _Holds(first.uid, words, first.at, evidence)


def _series_meant(
    bound: MetricBound, tracks: Sequence[Track], rested: Collection[str]
) -> Track | str:
    """The one series that a trigger can mean, or why there is not just one.

    A metric is meant by all words of its name, in any order. A part of it will do for a series
    that the memory rests on, if it is part of one only.
    """
    words = _name_words(bound.metric)
    place = bound.environment.casefold()
    near = [track for track in tracks if place in track.newest.environment.casefold()]
    own = [track for track in near if any(one.uid in rested for one in track.measured)]
    for among, is_part in ((own, False), (near, False), (own, True)):
        found = [track for track in among if _is_named(words, track, is_part=is_part)]
        if len(found) == 1:
            return found[0]
        if found:
            places = sorted({track.newest.environment or "no environment" for track in found})
            return f"several series are called so: {'; '.join(places)}"
    return f"no measurement is called “{bound.metric}”"


def _is_named(words: frozenset[str], track: Track, *, is_part: bool) -> bool:
    name = _name_words(track.newest.metric)
    return bool(words) and (words <= name if is_part else words == name)


def _name_words(text: str) -> frozenset[str]:
    words = re.findall(r"[^\W_]+", text.casefold())
    return frozenset(words) - words_of("review_triggers", "fillers")


def _fired(clause: _Clause, why: _Holds) -> Fired:
    memory = clause.memory
    said = " ".join(clause.said.casefold().split())
    return Fired(
        uid=memory.uid,
        title=memory.title,
        trigger=clause.trigger,
        reason=why.reason,
        evidence=why.evidence,
        at=why.at,
        modules=memory.modules,
        flag=uid_for(Kind.FLAG, "review", memory.uid, said, why.firing),
    )


def _why_unwatched(some: list[tuple[str, _Holds | str | None]]) -> str:
    """Why nobody watches a trigger, or not all of it; "" where all of it is watched."""
    reasons = {said: found for said, found in some if isinstance(found, str)}
    kept = [f"“{said}”" for said, _ in some if said not in reasons]
    if reasons and kept:
        return f"only {' and '.join(kept)} of it is watched"
    return next(iter(reasons.values()), "")
