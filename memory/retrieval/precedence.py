"""Puts what holds before what it replaced, whether the records say so or only look like it."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from memory.retrieval.questions import content_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from memory.models.standing import Standing
    from memory.retrieval.candidates import Candidate
    from memory.retrieval.ranking import Ranked

OLDER, NEWER = 10, 20  # how far down the two of a pair are looked for
SAME_SUBJECT = 0.6  # cosine of two records' centroids
SAME_NAME = 0.6  # share of the shorter title's words that the other has too


def lift_successors(ranked: Sequence[Ranked], standings: Mapping[str, Standing]) -> list[Ranked]:
    """The same memories, each superseded one behind what is in force in its place.

    Args:
        ranked: Best first.
        standings: Of those that are bound to others.
    """
    return _lift(
        ranked,
        lambda uid: standings[uid].current if uid in standings else (),
        "in force in place of",
    )


def lift_amendments(ranked: Sequence[Ranked], standings: Mapping[str, Standing]) -> list[Ranked]:
    """The same memories, each behind what amends it.

    For questions about the present: what was amended stays in force, and to any other
    question it is as good an answer as its amendment.
    """
    return _lift(
        ranked, lambda uid: standings[uid].amended_by if uid in standings else (), "amends"
    )


def _lift(
    ranked: Sequence[Ranked], above: Callable[[str], Sequence[str]], verb: str
) -> list[Ranked]:
    """The same memories, each with those that belong above it right before it, if ranked lower."""
    by_uid = {one.uid: one for one in ranked}
    order: dict[str, Ranked] = {}

    def place(one: Ranked, waiting: frozenset[str]) -> None:
        if one.uid in order or one.uid in waiting:
            return
        for uid in above(one.uid):
            successor = by_uid.get(uid)
            if successor is not None and uid not in order:
                successor.because = f"{verb} {one.uid}"
                successor.score = max(successor.score, one.score)
                place(successor, waiting | {one.uid})
        order[one.uid] = one

    for one in ranked:
        place(one, frozenset())
    return list(order.values())


def prefer_later(
    ranked: Sequence[Ranked],
    candidates: Mapping[str, Candidate],
    are_linked: Callable[[str, str], bool],
) -> list[Ranked]:
    """The same memories, but of two on one subject in one folder the later stands first.

    For questions about the present, where no record says that it replaces another: most do
    not. Only the top of the order changes, and only where titles or a link, as well as the
    texts' meaning, say that the subject is the same. Measured by benchmarks/quality.py; used
    on every question it would cost more than it brings.

    Args:
        ranked: Best first.
        candidates: The same memories, with their signals.
        are_linked: Whether the first of two memories mentions the second.
    """
    order = list(ranked)
    for old in list(order[:OLDER]):
        for new in list(order[:NEWER]):
            below = order.index(new) > order.index(old)
            if below and _succeeds(candidates[new.uid], candidates[old.uid], are_linked):
                order.remove(new)
                order.insert(order.index(old), new)
                new.because = f"later than {old.uid} on the same subject"
                new.score = max(new.score, old.score)
    return order


def _succeeds(new: Candidate, old: Candidate, are_linked: Callable[[str, str], bool]) -> bool:
    """Whether one record is evidently a later word on what another is about."""
    if not _is_later(new, old) or new.centroid is None or old.centroid is None:
        return False
    if float(new.centroid @ old.centroid) < SAME_SUBJECT:
        return False
    first, second = set(content_words(new.head.title)), set(content_words(old.head.title))
    shared = len(first & second)
    return shared >= SAME_NAME * min(len(first), len(second)) or (
        shared > 0 and are_linked(new.uid, old.uid)
    )


def _is_later(new: Candidate, old: Candidate) -> bool:
    """Later by date where both have one, else by the order of numbered file names."""
    if new.head.path is None or old.head.path is None:
        return False
    first, second = PurePosixPath(new.head.path), PurePosixPath(old.head.path)
    if first.parent != second.parent:
        return False
    if new.head.valid_from and old.head.valid_from:
        return new.head.valid_from > old.head.valid_from
    return _number(first.stem) > _number(second.stem) > 0


def _number(name: str) -> int:
    digits = "".join(char if char.isdigit() else " " for char in name).split()
    return int(digits[0]) if digits and len(digits[0]) <= 9 else 0
