"""Selects what a brief tells, and how much of each, by marginal worth per token.

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

#: What a token more counts for. At 1 one line of many memories drives out what is worth reading
#: at length, at 0 length costs nothing (`r` in Lin and Bilmes).
COST_EXPONENT = 0.85
ALIKE, SAME = 0.6, 0.95  # likenesses from which one memory begins to tell, and tells, another
PATIENCE = 30  # so many in a row have no room: then there is none for what follows either
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
class BriefSelection:
    """What was selected."""

    forms: dict[str, int] = field(default_factory=dict)  # by uid: 0 is the shortest
    order: list[tuple[str, int]] = field(default_factory=list)  # the last added nothing more
    spent: int = 0
    missed: list[tuple[str, int]] = field(default_factory=list)  # worth telling, but too long

    def add(self, uid: str, form: int, price: int) -> None:
        """Afterwards it is told in this form."""
        self.spent += price
        self.forms[uid] = form
        self.order.append((uid, form))

    def drop_last(self) -> None:
        """Afterwards the last that was added has no room either."""
        uid, form = self.order.pop()
        self.missed.append((uid, form))
        if form:
            self.forms[uid] = form - 1
        else:
            del self.forms[uid]


def select(
    options: Sequence[Option],
    room: int,
    *,
    cost: Callable[[Option, int], int],
    heading: Callable[[Hashable], int],
    likeness: Callable[[str, str], float],
    floor: float,
) -> BriefSelection:
    """What to tell, ties by uid.

    Args:
        options: What there is.
        room: Tokens.
        cost: Of an option in one of its forms, tokens.
        heading: Tokens that the first of a group takes beside its own.
        likeness: Of two by uid, 0 to 1.
        floor: What adds less than this is not worth telling, whatever room there is.
    """
    by_uid = {one.uid: one for one in options}
    return _Choice(by_uid, room, cost, heading, likeness, floor).made()


def select_in_order(
    options: Sequence[Option],
    room: int,
    *,
    cost: Callable[[Option, int], int],
    heading: Callable[[Hashable], int],
) -> BriefSelection:
    """What to tell of options in their order: as many as have room in short, then more of each.

    Arguments are those of `select`.
    """
    selected = BriefSelection()
    groups: set[Hashable] = set()
    for form in range(max((one.forms for one in options), default=0)):
        too_long = 0
        for one in options:
            if form >= one.forms or selected.forms.get(one.uid, -1) != form - 1:
                continue
            if too_long < PATIENCE:
                price = cost(one, form) - (cost(one, form - 1) if form else 0)
                price += 0 if form or one.group in groups else heading(one.group)
                if price <= room - selected.spent:
                    selected.add(one.uid, form, price)
                    groups.add(one.group)
                    continue
                too_long += 1
            selected.missed.append((one.uid, form))
    return selected


@dataclass
class _Choice:
    """One selection while it is being made."""

    options: dict[str, Option]
    room: int
    cost: Callable[[Option, int], int]
    heading: Callable[[Hashable], int]
    likeness: Callable[[str, str], float]
    floor: float
    groups: dict[Hashable, int] = field(default_factory=dict)
    nearest: dict[str, tuple[int, float]] = field(default_factory=dict)  # how many, the likest
    told: list[str] = field(default_factory=list)
    selected: BriefSelection = field(default_factory=BriefSelection)

    def made(self) -> BriefSelection:
        """What is selected."""
        for one in self.options.values():
            if one.must and self._price(one, 0) <= self._left:
                self._take(one, 0)
        first = (self._entry(one, self._next_form(one)) for one in self.options.values())
        queue = [entry for entry in first if entry is not None]
        heapq.heapify(queue)
        while queue:
            form, _, uid = heapq.heappop(queue)
            one = self.options[uid]
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
                self.selected.missed.append((uid, form))
        return self.selected

    @property
    def _left(self) -> int:
        return self.room - self.selected.spent

    def _next_form(self, one: Option) -> int:
        return self.selected.forms.get(one.uid, -1) + 1

    def _entry(self, one: Option, form: int) -> tuple[int, float, str] | None:
        """Its place in the queue, short forms first; None for what is not worth telling."""
        if form >= one.forms:
            return None
        gain = one.worth * self._novelty(one, form)
        if gain < self.floor:
            return None
        price = max(1, self._price(one, form))
        return form, -gain / price**COST_EXPONENT, one.uid

    def _price(self, one: Option, form: int) -> int:
        if form:
            return self.cost(one, form) - self.cost(one, form - 1)
        return self.cost(one, 0) + (0 if one.group in self.groups else self.heading(one.group))

    def _take(self, one: Option, form: int) -> None:
        self.selected.add(one.uid, form, self._price(one, form))
        if not form:
            self.groups[one.group] = self.groups.get(one.group, 0) + 1
            self.told.append(one.uid)

    def _novelty(self, one: Option, form: int) -> float:
        """How much of it is not told yet, 0 to 1; of a longer form, that of the shortest."""
        if form:
            return 1.0
        crowding = math.sqrt(1.0 + self.groups.get(one.group, 0) / CROWD)
        seen, likest = self.nearest.get(one.uid, (0, 0.0))
        likest = max([likest, *(self.likeness(one.uid, uid) for uid in self.told[seen:])])
        self.nearest[one.uid] = len(self.told), likest
        told = min(1.0, max(0.0, (likest - ALIKE) / (SAME - ALIKE)))
        return (1.0 - told) / crowding
