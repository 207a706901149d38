"""Puts what is in force before what it replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from memory.models.standing import Standing
    from memory.retrieval.ranking import Ranked


def lift_successors(ranked: Sequence[Ranked], standings: Mapping[str, Standing]) -> list[Ranked]:
    """The same memories, each superseded one behind what is in force in its place.

    Args:
        ranked: Best first.
        standings: Of those that are bound to others.
    """
    by_uid = {one.uid: one for one in ranked}
    order: dict[str, Ranked] = {}

    def place(one: Ranked, waiting: frozenset[str]) -> None:
        if one.uid in order or one.uid in waiting:
            return
        for uid in standings[one.uid].current if one.uid in standings else ():
            successor = by_uid.get(uid)
            if successor is not None and uid not in order:
                successor.because = f"in force in place of {one.uid}"
                successor.score = max(successor.score, one.score)
                place(successor, waiting | {one.uid})
        order[one.uid] = one

    for one in ranked:
        place(one, frozenset())
    return list(order.values())
