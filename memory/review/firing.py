"""Tells which review triggers of decisions and lessons have come true."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from memory.evidence.failures import runs_against
from memory.evidence.gathering import fetch_confidences
from memory.ledger.links import fetch_links
from memory.ledger.memories import fetch_states
from memory.ledger.triggers import Watched, fetch_triggers
from memory.metrics.measurement_series import Track, read_tracks
from memory.models.confidence import Rank
from memory.models.identity import uid_for
from memory.models.kinds import Kind, LinkType
from memory.models.selection import NOW, Lens
from memory.models.trigger import Fired, Unwatched
from memory.retrieval.standings import fetch_standings
from memory.review.bounds import past_bound
from memory.review.conditions import (
    After,
    Bound,
    Condition,
    Contrary,
    Gone,
    OnDate,
    Unreadable,
    read_trigger,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from memory.ledger.connection import Database

    #: Of these paths and of these modules those that were there once and are no longer.
    Departed = Callable[[Collection[str], Collection[str]], Collection[str]]


class _Clause(NamedTuple):
    """An alternative that a trigger names, and what it asks to be watched."""

    memory: Watched
    trigger: str
    said: str
    asks: Condition


class _Found(NamedTuple):
    """Why a condition is true: which firing it is, in words, since when, by what evidence."""

    firing: str  # the same for as long as it goes on being true
    reason: str
    at: datetime | None = None
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class _World:
    """What conditions are held against."""

    today: date
    tracks: list[Track] = field(default_factory=list)  # series of measurements
    rested_on: dict[str, list[str]] = field(default_factory=dict)  # measurements, by memory
    against: dict[str, list[tuple[datetime, str]]] = field(default_factory=dict)  # by memory
    gone: Collection[str] = frozenset()


def fired(
    db: Database, lens: Lens, today: date, departed: Departed | None = None
) -> tuple[Fired, ...]:
    """The triggers of memories in force that have come true, in the order of uids.

    Each names the flag that tells of it: the same for the same firing, and another one where a
    measurement came back and went past its bound again.

    Args:
        db: An open ledger.
        lens: From when to look.
        today: The day, in UTC.
        departed: Tells which paths and modules are gone; without it none are.
    """
    asked = list(_asked(db, lens))
    world = _look(db, lens, today, asked, departed)
    found: dict[str, Fired] = {}
    for one in asked:
        if (why := _holds(one, world)) and not isinstance(why, str):
            told = _fired(one, why)
            found.setdefault(told.flag, told)
    states = fetch_states(db, NOW, found)
    return tuple(
        told.model_copy(update={"flag_status": str(states[flag].status)})
        if flag in states
        else told
        for flag, told in found.items()
    )


def unwatched(db: Database, lens: Lens = NOW) -> tuple[Unwatched, ...]:
    """The triggers of memories in force that no machine can watch, or not all of, and why."""
    asked = list(_asked(db, lens))
    world = _look(db, lens, date.max, asked, None)
    by_trigger: dict[tuple[str, str], list[_Clause]] = {}
    for one in asked:
        by_trigger.setdefault((one.memory.uid, one.trigger), []).append(one)
    return tuple(
        told for some in by_trigger.values() if (told := _unwatched(some, world)) is not None
    )


def _asked(db: Database, lens: Lens) -> Iterator[_Clause]:
    """What the triggers of memories in force ask to be watched."""
    watched = fetch_triggers(db, lens)
    standings = fetch_standings(db, lens, [one.uid for one in watched])
    lessons = [one.uid for one in watched if one.kind == Kind.LESSON]
    retired = {
        uid
        for uid, confidence in fetch_confidences(db, lens, lessons).items()
        if confidence.rank is Rank.RETIRED
    }
    for memory in watched:
        if not standings[memory.uid].in_force or memory.uid in retired:
            continue
        for trigger in memory.triggers:
            for said, asks in read_trigger(trigger):
                yield _Clause(memory, trigger, said, asks)


def _look(
    db: Database,
    lens: Lens,
    today: date,
    asked: Iterable[_Clause],
    departed: Departed | None,
) -> _World:
    """As much of the world as the conditions need."""
    bounds = {one.memory.uid for one in asked if isinstance(one.asks, Bound)}
    counted = {one.memory.uid: one.memory for one in asked if isinstance(one.asks, Contrary)}
    gone = [one.asks for one in asked if isinstance(one.asks, Gone)]
    rested_on: dict[str, list[str]] = {}
    for link in fetch_links(db, lens, bounds, types=[LinkType.RESTS_ON]) if bounds else ():
        rested_on.setdefault(link.source, []).append(link.target)
    return _World(
        today=today,
        tracks=read_tracks(db, lens) if bounds else [],
        rested_on=rested_on,
        against=runs_against(db, lens, counted) if counted else {},
        gone=departed(
            sorted({one.name for one in gone if one.is_path}),
            sorted({one.name for one in gone if not one.is_path}),
        )
        if departed and gone
        else frozenset(),
    )


def _holds(clause: _Clause, world: _World) -> _Found | str | None:
    """Why a condition is true; words where nobody can say; None where it is not true."""
    memory, found = clause.memory, None
    match clause.asks:
        case OnDate(day):
            found = _on_day(day, world.today)
        case After() as span:
            return _after(span, memory, world.today)
        case Bound() as bound:
            rested = world.rested_on.get(memory.uid, ())
            past = past_bound(bound, world.tracks, rested, since=memory.since)
            return _Found(*past) if isinstance(past, tuple) else past
        case Gone() as gone:
            found = _gone(gone, world.gone)
        case Contrary(count):
            found = _contrary(count, world.against.get(memory.uid, []))
        case Unreadable(reason):
            return reason
    return found


def _gone(asked: Gone, gone: Collection[str]) -> _Found | None:
    if asked.name not in gone:
        return None
    what = asked.name if asked.is_path else f"module {asked.name}"
    return _Found(asked.name, f"{what} was there once and is gone")


def _on_day(day: date, today: date) -> _Found | None:
    if today < day:
        return None
    return _Found(day.isoformat(), f"{day} has come", _moment(day))


def _after(span: After, memory: Watched, today: date) -> _Found | str | None:
    if memory.since is None:
        return "nobody says since when it holds"
    begun = memory.since.date()
    month = begun.month - 1 + span.months
    year, month = begun.year + month // 12, month % 12 + 1
    if year > date.max.year - 1:
        return None
    last = calendar.monthrange(year, month)[1]
    return _on_day(date(year, month, min(begun.day, last)) + timedelta(days=span.days), today)


def _contrary(count: int, runs: list[tuple[datetime, str]]) -> _Found | None:
    if len(runs) < count:
        return None
    counted = runs[:count]
    words = f"{len(runs)} runs speak against it: {', '.join(uid for _, uid in runs)}"
    return _Found(counted[-1][1], words, counted[-1][0], tuple(uid for _, uid in runs))


def _fired(clause: _Clause, why: _Found) -> Fired:
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


def _unwatched(some: list[_Clause], world: _World) -> Unwatched | None:
    """Why nobody watches a trigger, or not all of it."""
    reasons = {one.said: why for one in some if isinstance(why := _holds(one, world), str)}
    if not reasons:
        return None
    first = some[0]
    kept = [f"“{one.said}”" for one in some if one.said not in reasons]
    reason = f"only {' and '.join(kept)} of it is watched" if kept else next(iter(reasons.values()))
    return Unwatched(
        uid=first.memory.uid, title=first.memory.title, trigger=first.trigger, reason=reason
    )


def _moment(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
