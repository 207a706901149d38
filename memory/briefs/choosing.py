"""Chooses what a brief tells, and how much of each, by marginal worth per token.

Worth is what a coordinator gains by reading; the same thing said twice, or a tenth decision
beside nine, is worth less each time. That makes the worth of a set submodular, which a greedy
choice by gain per cost serves well and a lazy one serves quickly: H. Lin and J. Bilmes,
"Multi-document summarization via budgeted maximization of submodular functions" (2010) and
"A class of submodular functions for document summarization" (2011), whose reward for diversity
is the concave one here; the discount for likeness is that of J. Carbonell and J. Goldstein, "The
use of MMR, diversity-based reranking" (1998).
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

#: The share of a memory's worth that each further form of it adds: what it is, why, all of it.
SHARES = (0.7, 0.22, 0.08)
#: What a token more counts for. At 1 one line of many memories drives out what is worth reading
#: at length, at 0 length costs nothing (`r` in Lin and Bilmes).
COST_EXPONENT = 0.85
ALIKE, SAME = 0.6, 0.95  # likenesses from which one memory begins to tell, and tells, another
CROWD = 6  # of one group halve what a further one adds, and a half more


@dataclass(frozen=True)
class Option:
    """Something that can be told, in a few forms, each of which holds the one before."""

    uid: str
    worth: float  # 0 or more
    group: Hashable  # what it stands with
    forms: int  # how many it has
    must: bool = False  # it comes before all others, in the order given


@dataclass
class Chosen:
    """What was chosen."""

    forms: dict[str, int] = field(default_factory=dict)  # by uid: 0 is the shortest
    order: list[tuple[str, int]] = field(default_factory=list)  # the last added nothing more
    spent: int = 0
    missed: list[tuple[str, int]] = field(default_factory=list)  # worth telling, but too long


def choose(
    options: Sequence[Option],
    room: int,
    *,
    cost: Callable[[Option, int], int],
    heading: Callable[[Hashable], int],
    likeness: Callable[[str, str], float],
    floor: float,
) -> Chosen:
    """What to tell, ties by uid.

    Args:
        options: What there is.
        room: Tokens.
        cost: Of an option in one of its forms, tokens.
        heading: Tokens that the first of a group takes beside its own.
        likeness: Of two by uid, 0 to 1.
        floor: What adds less than this is not worth telling, whatever room there is.
    """
    return _Choice(options, room, cost, heading, likeness, floor).made()


class _Choice:
    """One choice while it is being made."""

    def __init__(
        self,
        options: Sequence[Option],
        room: int,
        cost: Callable[[Option, int], int],
        heading: Callable[[Hashable], int],
        likeness: Callable[[str, str], float],
        floor: float,
    ) -> None:
        self._options = {one.uid: one for one in options}
        self._room = room
        self._cost = cost
        self._heading = heading
        self._likeness = likeness
        self._floor = floor
        self._groups: dict[Hashable, int] = {}
        self._nearest: dict[str, tuple[int, float]] = {}  # of how many, and how like the likest
        self._told: list[str] = []
        self._chosen = Chosen()

    def made(self) -> Chosen:
        """The choice."""
        for one in self._options.values():
            if one.must and self._price(one, 0) <= self._left:
                self._take(one, 0)
        first = (self._entry(one, self._next_form(one)) for one in self._options.values())
        queue = [entry for entry in first if entry is not None]
        heapq.heapify(queue)
        while queue:
            _, uid, form = heapq.heappop(queue)
            one = self._options[uid]
            entry = self._entry(one, form)
            if entry is None:
                continue
            if queue and entry > queue[0]:  # what was chosen since has made it worth less
                heapq.heappush(queue, entry)
            elif self._price(one, form) <= self._left:
                self._take(one, form)
                if further := self._entry(one, form + 1):
                    heapq.heappush(queue, further)
            else:
                self._chosen.missed.append((uid, form))
        return self._chosen

    @property
    def _left(self) -> int:
        return self._room - self._chosen.spent

    def _next_form(self, one: Option) -> int:
        return self._chosen.forms.get(one.uid, -1) + 1

    def _entry(self, one: Option, form: int) -> tuple[float, str, int] | None:
        """Its place in the queue; None for what is not worth telling."""
        if form >= one.forms:
            return None
        gain = one.worth * self._novelty(one, form)
        if gain < self._floor:
            return None
        price = max(1, self._price(one, form))
        return -gain * SHARES[form] / price**COST_EXPONENT, one.uid, form

    def _price(self, one: Option, form: int) -> int:
        if form:
            return self._cost(one, form) - self._cost(one, form - 1)
        return self._cost(one, 0) + (0 if one.group in self._groups else self._heading(one.group))

    def _take(self, one: Option, form: int) -> None:
        self._chosen.spent += self._price(one, form)
        self._chosen.forms[one.uid] = form
        self._chosen.order.append((one.uid, form))
        if not form:
            self._groups[one.group] = self._groups.get(one.group, 0) + 1
            self._told.append(one.uid)

    def _novelty(self, one: Option, form: int) -> float:
        """How much of it is not told yet, 0 to 1; of a longer form, that of the shortest."""
        if form:
            return 1.0
        seen, likest = self._nearest.get(one.uid, (0, 0.0))
        likest = max([likest, *(self._likeness(one.uid, uid) for uid in self._told[seen:])])
        self._nearest[one.uid] = len(self._told), likest
        told = min(1.0, max(0.0, (likest - ALIKE) / (SAME - ALIKE)))
        return (1.0 - told) / math.sqrt(1.0 + self._groups.get(one.group, 0) / CROWD)
