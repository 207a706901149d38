"""Code that stands twice: classes of places whose tokens are equal, or equal but for names.

Windows of as many tokens as a clone has at least are hashed; those whose hash comes again are put
into groups, groups whose members all go on alike into runs. A run with its places is a class, and
classes that mostly cover each other are one: it is not told by pairs, and no line counts twice.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from memory.code.tokens import KIND, NAME, token

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from memory.code.tokens import FileTokens

    Numbers = NDArray[np.int64]

LEAST_TOKENS = 45  # jscpd's least of 50, which takes some signs and texts apart that are one here
LEAST_LINES = 5  # as jscpd has it
NEAR = 0.2  # share of tokens that were renamed, up to which it is told with what is equal
CONSISTENT = 0.8  # share of names that stand for one, from which on it was renamed and is no chance
_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no power of it is 0
_WORD = 1 << 64
_BUCKETS = 1 << 21  # in which hashes are counted before they are sorted
_COMPARED = 9  # places of a class whose names are held against each other
MOST_RENAMED = 20  # places that differ in names; what stands more often is how one writes here
_SKETCH, _SKETCHED = 4, 12  # the lowest hashes of so many tokens each (MinHash, Broder 1997)
_OPEN = frozenset(map(token, (b"(", b"[", b"{")))
_CLOSE = frozenset(map(token, (b")", b"]", b"}")))
_END = _CLOSE | frozenset(map(token, (b";", b",")))
_TAIL = 0.2  # share of a stretch that may be the beginning of what is not in it
_BLOCK = 256  # tokens, by which stretches are looked up
_SAME = 0.5  # share of the longer of two stretches from which on they are told as one
_SAME_RENAMED = 0.8  # likewise, where names differ


class Stretch(NamedTuple):
    """Tokens of a file that stand elsewhere too."""

    path: str
    line: int
    last_line: int
    first: int  # token, of the file
    tokens: int


class Clone(NamedTuple):
    """A class of places that say the same."""

    places: tuple[Stretch, ...]  # by path and line
    tokens: int  # that all of them share
    lines: int  # of the shortest
    renamed: float  # share of the tokens that differ between places, but for what they are
    consistent: float  # share of names for which one stands for one, in all places
    sketch: tuple[str, ...]  # of what they share; mostly the same after small changes to it


def find_clones(
    files: Mapping[str, FileTokens],
    *,
    least_tokens: int = LEAST_TOKENS,
    least_lines: int = LEAST_LINES,
) -> Clones:
    """All that stands twice.

    Args:
        files: The tokens of each, by path; all of one language.
        least_tokens: That a clone has.
        least_lines: That each of its places spans.
    """
    text = _Text(files)
    if len(text.exact) <= least_tokens:
        return Clones((), ())  # too little for a single clone
    near: list[_Class] = []
    far: list[_Class] = []
    for tokens, repeats in ((text.exact, True), (text.shape, False)):
        windows = text.windows(tokens, least_tokens)
        for starts, length in _classes(tokens, windows, least_tokens, repeats=repeats):
            one = text.measured(starts, length)
            if one.length < least_tokens:
                continue
            if one.renamed <= NEAR:
                near.append(one)
            elif one.consistent >= CONSISTENT:
                far.append(one)
    groups = _united(near, far)
    clones = [clone for group in groups if (clone := text.clone(group, least_lines))]
    clones.sort(key=lambda one: (-one.tokens * (len(one.places) - 1), one.places))
    equal = text.places((one for one in near if not one.renamed), least_lines)
    return Clones(tuple(clones), tuple(equal))


def lines_of(stretches: Iterable[Stretch]) -> dict[str, set[int]]:
    """The lines of each file that stretches span, each once."""
    found: dict[str, set[int]] = defaultdict(set)
    for one in stretches:
        found[one.path].update(range(one.line, one.last_line + 1))
    return found


class Clones(NamedTuple):
    """What stands twice among some files."""

    classes: tuple[Clone, ...]  # those with most tokens to save first
    equal: tuple[Stretch, ...]  # what stands elsewhere to the letter, by path and line


class _Class(NamedTuple):
    """Equal runs of tokens, before it is told which of them are one."""

    starts: tuple[int, ...]
    length: int
    renamed: float = 0.0
    consistent: float = 1.0

    def stretches(self) -> Iterator[tuple[int, int]]:
        for start in self.starts:
            yield start, start + self.length


class _Text:
    """The tokens of all files behind each other, with one that equals none after each."""

    def __init__(self, files: Mapping[str, FileTokens]) -> None:
        self._paths = sorted(files)
        none = np.zeros(1, np.uint32)
        self.exact = np.concatenate(
            [each for path in self._paths for each in (files[path].texts, none)] or [none]
        )
        kinds = self.exact & np.uint32(KIND)
        self.shape = np.where(kinds > 0, kinds, self.exact)
        sizes = [len(files[path].texts) + 1 for path in self._paths]
        self._starts = np.cumsum([0, *sizes])
        self._lines = np.concatenate(
            [each for path in self._paths for each in (files[path].lines, none)] or [none]
        )

    def windows(self, tokens: NDArray[np.uint32], size: int) -> NDArray[np.uint64]:
        """A hash of the tokens from each on; 0 where a file ends before."""
        hashes = _rolled(_mixed(tokens), size)
        ends = np.cumsum(tokens == 0)
        before = np.concatenate([[0], ends])[: len(hashes)]
        hashes[ends[size - 1 :] != before] = 0
        return hashes

    def clone(self, group: Sequence[_Class], least_lines: int) -> Clone | None:
        """What is told of classes that are one; None where it is too little."""
        places = self.places(group, least_lines)
        if len(places) < 2:
            return None
        first = group[0]
        shape = self.shape[first.starts[0] : first.starts[0] + first.length]
        return Clone(
            tuple(places),
            min(place.tokens for place in places),
            min(place.last_line - place.line + 1 for place in places),
            max(one.renamed for one in group),
            min(one.consistent for one in group),
            tuple(f"{one:016x}" for one in np.unique(_rolled(_mixed(shape), _SKETCHED))[:_SKETCH]),
        )

    def places(self, classes: Iterable[_Class], least_lines: int) -> list[Stretch]:
        """Where classes are, those that overlap as one, without what is too short."""
        spans: list[list[int]] = []
        for start, end in sorted(each for one in classes for each in one.stretches()):
            if spans and start < spans[-1][1]:
                spans[-1][1] = max(spans[-1][1], end)
            else:
                spans.append([start, end])
        found = []
        for start, end in spans:
            places = (self._stretch(*self._rounded(start, end)), self._stretch(start, end))
            found += [one for one in places if one.last_line - one.line + 1 >= least_lines][:1]
        return found

    def _rounded(self, start: int, end: int) -> tuple[int, int]:
        """A stretch without the end of what began before it, and lines of what it only begins."""
        said = self.exact[start:end].tolist()
        first = next((number for number, one in enumerate(said) if one not in _END), 0)
        closed, last = 0, len(said)
        for number in range(len(said) - 1, int(len(said) * (1 - _TAIL)), -1):
            closed += (said[number] in _CLOSE) - (said[number] in _OPEN)
            if closed < 0:
                closed, last = 0, number
        if last < len(said):
            lines = self._lines[start:end]
            last = int(np.searchsorted(lines, lines[last]))
        return start + first, start + max(last, first + 1)

    def _stretch(self, start: int, end: int) -> Stretch:
        file = int(np.searchsorted(self._starts, start, "right")) - 1
        lines = self._lines[start], self._lines[end - 1]
        first = start - int(self._starts[file])
        return Stretch(self._paths[file], int(lines[0]), int(lines[1]), first, end - start)

    def measured(self, starts: Numbers, length: int) -> _Class:
        """A class with how much differs between its places, and how far names stand for names.

        It begins and ends where all of them say the same.
        """
        said = self.exact[starts[:, None] + np.arange(length)]
        differs = said[1:] != said[0]
        if not differs.any():
            return _Class(tuple(starts.tolist()), length)
        same = np.flatnonzero(~differs.any(axis=0))
        if not len(same):
            return _Class((), 0)
        first, end = int(same[0]), int(same[-1]) + 1
        said, places = said[:, first:end], tuple((starts + first).tolist())
        renamed = float(np.mean(differs[:, first:end]))
        names = said[:_COMPARED, said[0] & np.uint32(KIND) == NAME].tolist()
        consistent = min(_consistent(names[0], other) for other in names[1:])
        return _Class(places, end - first, renamed, consistent)


def _consistent(some: Sequence[int], others: Sequence[int]) -> float:
    """The share of pairs of names in which one stands for one."""
    pairs = len(set(zip(some, others, strict=True)))
    return min(len(set(some)), len(set(others))) / pairs if pairs else 1.0


def _mixed(tokens: NDArray[np.uint32]) -> NDArray[np.uint64]:
    return tokens.astype(np.uint64) * _BASE + _BASE


def _rolled(values: NDArray[np.uint64], size: int) -> NDArray[np.uint64]:
    """The polynomial of each `size` values behind each other, by doubling."""
    result, done = np.zeros(len(values), np.uint64), 0
    power, block, length = int(_BASE), values, 1
    while size:
        if size & 1:
            result = result[: len(block) - done] * np.uint64(power) + block[done:]
            done += length
        block = block[:-length] * np.uint64(power) + block[length:]
        power, length, size = power * power % _WORD, length * 2, size // 2
    return result


def _classes(
    tokens: NDArray[np.uint32], hashes: NDArray[np.uint64], size: int, *, repeats: bool
) -> Iterator[tuple[Numbers, int]]:
    """Where equal runs begin, at least two places, and how long each run is."""
    places, groups = _grouped(hashes)
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
    for group in np.flatnonzero(~has_before).tolist():
        own = places[starts[group] : starts[group] + sizes[group]]
        last, steps = group, 0
        while same[last]:
            last, steps = int(lowest[last]), steps + 1
        left = _reach(tokens, own - 1, -1) if came[group] else 0
        right = _reach(tokens, own + steps + size, 1) if alike[last] else 0
        length = left + steps + size + right
        if len(apart := _apart(own - left, length)) > 1:
            yield apart, length


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
    """Of places in order those that do not overlap the one before."""
    if (np.diff(places) >= length).all():
        return places
    kept, end = [], -1
    for place in places.tolist():
        if place >= end:
            kept.append(place)
            end = place + length
    return np.array(kept)


def _united(near: Sequence[_Class], far: Sequence[_Class]) -> list[list[_Class]]:
    """Classes in groups: those that mostly cover a stretch of a longer one are told with it.

    One in which more was renamed has to cover nearly all; one that adds no place is left out.
    """
    groups: list[list[_Class]] = []  # by number of the leader; of those that were united, one
    united: list[int] = []  # which one, by number of the leader
    told, leaders = _Told(), _Told()
    for classes, share in ((near, _SAME), (far, _SAME_RENAMED)):
        for one in sorted(classes, key=lambda one: (-one.length, one.starts)):
            if told.cover(one, united):
                continue
            found = sorted({united[number] for number in leaders.find(one, share)})
            if found:
                for other in found[1:]:
                    groups[found[0]] += groups[other]
                    groups[other] = []
                    united = [found[0] if number == other else number for number in united]
                groups[found[0]].append(one)
                told.add(one, found[0])
            else:
                leaders.add(one, len(groups))
                told.add(one, len(groups))
                united.append(len(groups))
                groups.append([one])
    return [group for group in groups if group]


class _Told:
    """Stretches that are told already, by the number of their class."""

    def __init__(self) -> None:
        self._by_block: dict[int, list[tuple[int, int, int]]] = defaultdict(list)

    def add(self, one: _Class, number: int) -> None:
        """Afterwards a class is told."""
        for start, end in one.stretches():
            for block in range(start // _BLOCK, (end - 1) // _BLOCK + 1):
                self._by_block[block].append((start, end, number))

    def find(self, one: _Class, share: float) -> set[int]:
        """Those of which a stretch shares so much with one of its own."""
        return {
            number
            for start, end in one.stretches()
            for first, last, number in self._near(start, end)
            if min(last, end) - max(first, start) >= share * max(last - first, end - start)
        }

    def cover(self, one: _Class, united: Sequence[int]) -> bool:
        """Whether those that were united told each of its places, or most of it."""
        by_place = (
            {
                united[number]
                for first, last, number in self._near(start, end)
                if min(last, end) - max(first, start) >= _SAME * (end - start)
            }
            for start, end in one.stretches()
        )
        return bool(set.intersection(*by_place))

    def _near(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        for block in range(start // _BLOCK, (end - 1) // _BLOCK + 1):
            yield from self._by_block.get(block, ())
