"""Equal runs of tokens: where as many of them as a clone has at least stand again, and how far.

Windows of so many tokens are hashed; those whose hash comes again are put into groups, and groups
whose members all go on alike into runs.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

MOST_RENAMED = 20  # places that differ in names; what stands more often is how one writes here
_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no power of it is 0
_WORD = 1 << 64
_BUCKETS = 1 << 21  # in which hashes are counted before they are sorted


class EqualRun(NamedTuple):
    """A run that stands in several places."""

    places: Numbers  # its first token in each, in order
    length: int  # that is certain
    goes_back: bool  # whether what stands before it may be equal, too
    goes_on: bool  # likewise behind it


def windows(tokens: NDArray[np.uint32], size: int) -> NDArray[np.uint64]:
    """A hash of the tokens from each on; 0 where a file ends before, by a token that is 0."""
    hashes = rolled(tokens, size)
    ends = np.cumsum(tokens == 0)
    before = np.concatenate([[0], ends])[: len(hashes)]
    hashes[ends[size - 1 :] != before] = 0
    return hashes


def rolled(tokens: NDArray[np.uint32], size: int) -> NDArray[np.uint64]:
    """The polynomial of each `size` tokens behind each other, by doubling."""
    values = tokens.astype(np.uint64) * _BASE + _BASE
    result, done = np.zeros(len(values), np.uint64), 0
    power, block, length = int(_BASE), values, 1
    while size:
        if size & 1:
            result = result[: len(block) - done] * np.uint64(power) + block[done:]
            done += length
        block = block[:-length] * np.uint64(power) + block[length:]
        power, length, size = power * power % _WORD, length * 2, size // 2
    return result


def shared_run(stretches: Sequence[NDArray[np.uint32]]) -> tuple[list[int], int]:
    """The longest run that stands in all of some stretches: where in each, and how long it is."""

    def in_all(size: int) -> NDArray[np.uint64]:
        first, *others = (rolled(one, size) for one in stretches)
        return reduce(np.intersect1d, others, np.unique(first))

    least, most = 0, min(map(len, stretches))
    while least < most:
        size = (least + most + 1) // 2
        least, most = (size, most) if len(in_all(size)) else (least, size - 1)
    if not least:
        return [0] * len(stretches), 0
    one = in_all(least)[0]
    return [int(np.argmax(rolled(each, least) == one)) for each in stretches], least


def find_runs(tokens: NDArray[np.uint32], size: int, *, repeats: bool) -> Iterator[EqualRun]:
    """Every run of at least so many tokens that stands twice.

    Args:
        tokens: Of files behind each other, one that is 0 after each.
        size: How many.
        repeats: Whether those count that overlap themselves, or stand in very many places.
    """
    places, groups = _grouped(windows(tokens, size))
    if not repeats:
        near = (np.diff(places) < size) & (np.diff(groups) == 0) & (np.diff(places) > 0)
        repeating = np.zeros(len(places), bool)
        repeating[1:] |= near
        repeating[:-1] |= near
        places, groups = _again(places[~repeating], groups[~repeating])
        rare = np.bincount(groups)[groups] <= MOST_RENAMED if len(groups) else np.zeros(0, bool)
        places, groups = _again(places[rare], groups[rare])
    if not len(places):
        return
    group_of = np.full(len(tokens) + 1, -1, np.int64)
    group_of[places] = groups
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    sizes = np.diff(starts, append=len(groups))
    after = group_of[places + 1]
    lowest, highest = np.minimum.reduceat(after, starts), np.maximum.reduceat(after, starts)
    alike = (lowest == highest) & (lowest >= 0)  # all members go on alike
    same = alike & (sizes[lowest] == sizes)  # and nobody else does
    has_before = np.zeros(len(starts), bool)
    has_before[lowest[same]] = True
    before = group_of[np.maximum(places - 1, 0)]
    before[places == 0] = -1
    low, high = np.minimum.reduceat(before, starts), np.maximum.reduceat(before, starts)
    came = (low == high) & (low >= 0)
    following = np.where(same, lowest, -1).tolist()
    firsts = np.flatnonzero(~has_before).tolist()
    begins, counts, went, goes = starts.tolist(), sizes.tolist(), came.tolist(), alike.tolist()
    for group in firsts:
        last, steps = group, 0
        while following[last] >= 0:
            last, steps = following[last], steps + 1
        own = places[begins[group] : begins[group] + counts[group]]
        yield EqualRun(own, steps + size, went[group], goes[last])


def grown(tokens: NDArray[np.uint32], run: EqualRun) -> tuple[Numbers, int, int]:
    """A run with what is equal around it.

    Returns:
        Which of its places do not overlap the one before, how many tokens before each of them it
        begins, and how many it has in all.
    """
    left = _reach(tokens, run.places - 1, -1) if run.goes_back else 0
    right = _reach(tokens, run.places + run.length, 1) if run.goes_on else 0
    length = left + run.length + right
    return _apart(run.places, length), left, length


def _grouped(hashes: NDArray[np.uint64]) -> tuple[Numbers, Numbers]:
    """Where hashes stand that come again, by group and place, and the group of each."""
    places = np.flatnonzero(hashes)
    for shift in (20, 41):  # other bits each time; it leaves the few that come again
        if not len(places):
            break
        buckets = (hashes[places] >> np.uint64(shift)).astype(np.int64) & (_BUCKETS - 1)
        places = places[np.bincount(buckets, minlength=_BUCKETS)[buckets] > 1]
    order = np.argsort(hashes[places], kind="stable")
    places = places[order]
    return _again(places, hashes[places])


def _again(places: Numbers, values: NDArray[np.generic]) -> tuple[Numbers, Numbers]:
    """Of places by value those whose value comes again, and the number of each one's value."""
    new = np.ones(len(values), bool)
    new[1:] = values[1:] != values[:-1]
    comes_again = ~new
    comes_again[:-1] |= ~new[1:]
    return places[comes_again], np.cumsum(new[comes_again]) - 1


def _reach(tokens: NDArray[np.uint32], places: Numbers, step: int, block: int = 64) -> int:
    """How many tokens from these places on are equal in all, in one direction."""
    reached = 0
    while True:
        at = places[:, None] + step * np.arange(reached, reached + block)
        inside = (at >= 0) & (at < len(tokens))
        said = np.where(inside, tokens[np.clip(at, 0, len(tokens) - 1)], 0)
        equal = ((said == said[0]) & (said > 0)).all(axis=0)
        if not equal.all():
            return reached + int(np.argmin(equal))
        reached += block


def _apart(places: Numbers, length: int) -> Numbers:
    """Which of places in order do not overlap the one before."""
    if (np.diff(places) >= length).all():
        return np.arange(len(places))
    kept, end = [], -1
    for number, place in enumerate(places.tolist()):
        if place >= end:
            kept.append(number)
            end = place + length
    return np.array(kept)
