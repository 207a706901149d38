"""Scores candidates by their signals, and puts what is in force before what it replaced."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from memory.config import data_folder
from memory.kinds.vocabulary import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from memory.models.standing import Standing

#: What a candidate that stands aside loses. With 60 questions over the records of six projects
#: and the refactorings of their git histories, every answer's first five held a commit without
#: it, and one in six answers does with it; nDCG@10 was 0.937 without the commits, 0.909 and 0.929
#: (benchmarks/history.py crowding).
STAND_BACK = 0.25

#: How much less a later record may score to stand before an earlier one that it names, or that says
#: nearly the same. Over 29 questions about what holds it put 0.12 more right, and moved no known
#: item of 82; with more, or where the texts are less alike, it did (benchmarks/quality.py).
LATER = 0.05  # of a score
LOOKED_AT = 10  # ranks in which such pairs are looked for

EARNED = "earned"  # the one signal that can be below 0


class RankWeights(BaseModel):
    """What each signal counts for, after it is scaled."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    words: float
    passage: float
    opening: float
    force: float  # breaks near ties in favour of what does not say that it is over
    earned: float = 0.0  # at most so much a memory gains or loses by how it served before


@cache
def load_weights() -> RankWeights:
    """The weights that `benchmarks/fit_ranking.py` wrote to `data/ranking.json`."""
    text = (data_folder() / "ranking.json").read_text(encoding="utf-8")
    return RankWeights.model_validate(json.loads(text)["weights"])


@dataclass
class Ranked:
    """A memory with its score and what made it up."""

    uid: str
    score: float  # 0 to 1, comparable within one answer
    signals: dict[str, float] = field(default_factory=dict)
    because: str = ""


def rank(
    uids: Sequence[str],
    signals: Sequence[Mapping[str, float | None]],
    weights: RankWeights,
    *,
    aside: Collection[str] = (),
) -> list[Ranked]:
    """Memories by the sum of their scaled and weighted signals, best first, ties by uid.

    Every signal is scaled so that the best candidate has 1 and the worst that has it 0, which
    makes signals of different units comparable. A text that is not embedded yet is taken to
    mean as much as its words do. What a memory earned is taken as it is, since a little is to
    remain a little however much less the others have. A sum of scaled scores beat reciprocal
    rank fusion on every question set tried. The shares of a candidate that is best by every
    signal add up to 1.

    Args:
        uids: The memories.
        signals: Of each, in the same order.
        weights: Of the signals.
        aside: Those that stand beside the rest: they are held to its scale, and stand back.
    """
    by_name = weights.model_dump()
    known = [name for name in by_name if any(one.get(name) is not None for one in signals)]
    total = sum(by_name[name] for name in known) or 1.0
    measures = [uid not in aside for uid in uids]
    if not any(measures):
        measures = [True] * len(uids)
    words = _scaled([one.get("words") for one in signals], [0.0] * len(signals), measures)
    shares: list[dict[str, float]] = [{} for _ in signals]
    for name in known:
        values = [one.get(name) for one in signals]
        scaled = _as_they_are(values) if name == EARNED else _scaled(values, words, measures)
        for share, value in zip(shares, scaled, strict=True):
            share[name] = value * by_name[name] / total
    for uid, share in zip(uids, shares, strict=True):
        if share.get(EARNED, 0.0) < 0:
            share[EARNED] = max(share[EARNED], share[EARNED] - sum(share.values()))
        if uid in aside:
            share["aside"] = -min(STAND_BACK, sum(share.values()))
    ranked = [
        Ranked(uid, sum(share.values()), share) for uid, share in zip(uids, shares, strict=True)
    ]
    return sorted(ranked, key=lambda one: (-one.score, one.uid))


def _as_they_are(values: Sequence[float | None]) -> list[float]:
    return [value or 0.0 for value in values]


def _scaled(
    values: Sequence[float | None], instead: Sequence[float], measures: Sequence[bool]
) -> list[float]:
    """Values from 0 for the least to 1 for the greatest, and others instead of those missing.

    Args:
        values: What is scaled.
        instead: What to put where there is none.
        measures: Whose values say what is least and greatest; no other goes beyond them.
    """
    known = [
        value
        for value, counts in zip(values, measures, strict=True)
        if counts and value is not None
    ]
    low, high = min(known, default=0.0), max(known, default=0.0)
    return [
        other if value is None else _between(low, value, high)
        for value, other in zip(values, instead, strict=True)
    ]


def _between(low: float, value: float, high: float) -> float:
    return min(1.0, max(0.0, (value - low) / (high - low))) if high > low else 1.0


def lift_later(ranked: Sequence[Ranked], earlier: Mapping[str, Sequence[str]]) -> list[Ranked]:
    """The same memories, a later one before an earlier one that it comes close to.

    Args:
        ranked: Best first.
        earlier: By the uid of a memory, what it takes up again.
    """
    equals_by_age = sorted(ranked, key=lambda one: (-one.score, bool(earlier.get(one.uid))))
    scores = {one.uid: one.score for one in ranked}
    later: dict[str, list[str]] = {}
    for one in ranked:
        near = [
            uid for uid in earlier.get(one.uid, ()) if 0 <= scores[uid] - scores[one.uid] < LATER
        ]
        if near:
            later.setdefault(max(near, key=scores.__getitem__), []).append(one.uid)
    return _lift(equals_by_age, later, lambda _, uid: f"later than {uid}, which it takes up")


def put_newest_first(ranked: Sequence[Ranked], newest: Mapping[str, str]) -> list[Ranked]:
    """The same memories, a series of measurements told by its newest, which says how it is now.

    The newest has the score of the best of its series, and the older ones stand back.

    Args:
        ranked: Best first.
        newest: By the uid of each older measurement, the newest of its series.
    """
    by_uid = {one.uid: one for one in ranked}
    for one in ranked:
        latest = by_uid.get(newest.get(one.uid, ""))
        if latest is None:
            continue
        if one.score > latest.score:
            latest.score, latest.because = one.score, f"measured later than {one.uid}"
        one.score = max(0.0, one.score - STAND_BACK)
    return sorted(ranked, key=lambda one: -one.score)


def _holds(standing: Standing | None) -> str:
    """What is said of a successor: of one whose source gives no status, no more than that."""
    by_name = standing is not None and standing.status in (Status.UNSTATED, Status.PROPOSED)
    return str(standing.status) if standing and by_name else "in force"


def lift_successors(ranked: Sequence[Ranked], standings: Mapping[str, Standing]) -> list[Ranked]:
    """The same memories, each superseded one behind what is to be read in its place.

    Args:
        ranked: Best first.
        standings: Of those that are bound to others.
    """
    current = {uid: standing.instead for uid, standing in standings.items()}
    return _lift(
        ranked, current, lambda uid, old: f"{_holds(standings.get(uid))} in place of {old}"
    )


def _lift(
    ranked: Sequence[Ranked],
    before: Mapping[str, Sequence[str]],
    because: Callable[[str, str], str],
) -> list[Ranked]:
    """The same memories, each behind those that come before it, which score no less.

    Args:
        ranked: Best first.
        before: By the uid of a memory, what comes before it, as far as it is ranked.
        because: Why the first comes before the second, in words.
    """
    by_uid = {one.uid: one for one in ranked}
    order: dict[str, Ranked] = {}

    def place(one: Ranked, waiting: frozenset[str]) -> None:
        if one.uid in order or one.uid in waiting:
            return
        for uid in before.get(one.uid, ()):
            lifted = by_uid.get(uid)
            if lifted is not None and uid not in order:
                lifted.because = because(uid, one.uid)
                lifted.score = max(lifted.score, one.score)
                place(lifted, waiting | {one.uid})
        order[one.uid] = one

    for one in ranked:
        place(one, frozenset())
    return list(order.values())
