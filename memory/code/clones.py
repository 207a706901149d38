"""Code that stands twice: classes of places whose tokens are equal, or equal but for names.

A run of tokens that stands in several places is a class, and classes that mostly cover each other
are one: it is not told by pairs, and no line counts twice.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from memory.code.clone_tokens import KIND, NAME, token
from memory.code.equal_runs import find_runs, grown, rolled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from memory.code.clone_tokens import FileTokens
    from memory.code.equal_runs import EqualRun, Numbers

LEAST_TOKENS = 45  # jscpd's least of 50, which takes some signs and texts apart that are one here
LEAST_LINES = 5  # as jscpd has it
NEAR = 0.2  # share of tokens that were renamed, up to which it is told with what is equal
CONSISTENT = 0.8  # share of names that stand for one, from which on it was renamed and is no chance
_OFFSETS = 32  # bits of a place within its file
_COMPARED = 9  # places of a class whose names are held against each other
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
    known: KnownRuns | None = None,
) -> Clones:
    """All that stands twice.

    Args:
        files: The tokens of each, by path; all of one language.
        least_tokens: That a clone has.
        least_lines: That each of its places spans.
        known: Of an earlier time and the same least numbers; afterwards of this one.
    """
    text = _Text(files)
    if len(text.exact) <= least_tokens:
        return Clones((), ())  # too little for a single clone
    near: list[_Class] = []
    far: list[_Class] = []
    known = known or KnownRuns()
    known.begin(files)
    for tokens, repeats in ((text.exact, True), (text.shape, False)):
        for run in find_runs(tokens, least_tokens, repeats=repeats):
            one = known.class_of(text, run, repeats=repeats)
            if one.length < least_tokens:
                continue
            if one.renamed <= NEAR:
                near.append(one)
            elif one.consistent >= CONSISTENT:
                far.append(one)
    clones = [
        clone
        for classes in _touching(near, far)
        for clone in known.clones(text, *classes, least_lines)
    ]
    known.end()
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
    renamed: float
    consistent: float
    key: bytes  # of the files, the places in them and the run that it is of

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
        self.starts = np.cumsum([0, *sizes])
        self._lines = np.concatenate(
            [each for path in self._paths for each in (files[path].lines, none)] or [none]
        )

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
            tuple(f"{one:016x}" for one in np.unique(rolled(shape, _SKETCHED))[:_SKETCH]),
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

    def files_of(self, places: Numbers | int) -> Numbers:
        """The numbers of the files that places are in."""
        return np.searchsorted(self.starts, places, "right") - 1

    def _stretch(self, start: int, end: int) -> Stretch:
        file = int(self.files_of(start))
        lines = self._lines[start], self._lines[end - 1]
        first = start - int(self.starts[file])
        return Stretch(self._paths[file], int(lines[0]), int(lines[1]), first, end - start)

    def measured(self, run: EqualRun, *, repeats: bool) -> _Measured:
        """A run as a class, which begins and ends where all of its places say the same."""
        members, back, length = grown(self.exact if repeats else self.shape, run)
        starts = run.places[members] - back
        said = self.exact[starts[:, None] + np.arange(length)]
        differs = said[1:] != said[0]
        if not differs.any():
            return _Measured(members, -back, length if len(members) > 1 else 0, 0.0, 1.0)
        same = np.flatnonzero(~differs.any(axis=0))
        if not len(same):
            return _Measured(members, 0, 0, 1.0, 0.0)
        first, end = int(same[0]), int(same[-1]) + 1
        said = said[:, first:end]
        renamed = float(np.mean(differs[:, first:end]))
        names = said[:_COMPARED, said[0] & np.uint32(KIND) == NAME].tolist()
        consistent = min(_consistent(names[0], other) for other in names[1:])
        return _Measured(members, first - back, end - first, renamed, consistent)


class _Measured(NamedTuple):
    """What is known of a run, whatever stands before its files."""

    members: Numbers  # which of its places count
    shift: int  # from where the run begins to where the class does
    length: int  # in tokens; 0 where it is none
    renamed: float
    consistent: float


class KnownRuns:
    """What was found out about runs, by what stands in their places: files that stay need no look.

    It depends on the tokens of the files that a run is in, and on nothing else.
    """

    def __init__(self) -> None:
        self._files: dict[str, tuple[FileTokens, int]] = {}  # each with a number of its own
        self._numbers = 0
        self._measured: dict[bytes, _Measured] = {}
        self._clones: dict[tuple[bytes, ...], list[Clone]] = {}
        self._used: tuple[dict[bytes, _Measured], dict[tuple[bytes, ...], list[Clone]]] = ({}, {})

    def begin(self, files: Mapping[str, FileTokens]) -> None:
        """Afterwards it is about these files."""
        before, self._files, self._used = self._files, {}, ({}, {})
        for path in sorted(files):
            tokens, number = before.get(path, (None, 0))
            if tokens is not files[path]:
                self._numbers += 1
                number = self._numbers
            self._files[path] = files[path], number
        self._own = np.array([number << _OFFSETS for _, number in self._files.values()])

    def end(self) -> None:
        """Afterwards only what was asked for since `begin` is kept."""
        self._measured, self._clones = self._used

    def class_of(self, text: _Text, run: EqualRun, *, repeats: bool) -> _Class:
        """A run as a class."""
        files = text.files_of(run.places)
        where = self._own[files] + run.places - text.starts[files]
        how = (run.length << 3 | run.goes_back << 2 | run.goes_on << 1 | repeats).to_bytes(8, "big")
        key = where.tobytes() + how
        found = self._measured.get(key)
        if found is None:
            found = text.measured(run, repeats=repeats)
        self._used[0][key] = found
        starts = tuple((run.places[found.members] + found.shift).tolist())
        return _Class(starts, found.length, found.renamed, found.consistent, key)

    def clones(
        self, text: _Text, near: Sequence[_Class], far: Sequence[_Class], least_lines: int
    ) -> list[Clone]:
        """What is told of classes that no other ones touch."""
        key = tuple(one.key for one in (*near, *far))  # which says how near its places are
        if key not in self._clones:
            groups = _united(near, far)
            self._clones[key] = [
                clone for group in groups if (clone := text.clone(group, least_lines))
            ]
        return self._used[1].setdefault(key, self._clones[key])


def _consistent(some: Sequence[int], others: Sequence[int]) -> float:
    """The share of pairs of names in which one stands for one."""
    pairs = len(set(zip(some, others, strict=True)))
    return min(len(set(some)), len(set(others))) / pairs if pairs else 1.0


def _touching(
    near: Sequence[_Class], far: Sequence[_Class]
) -> Iterable[tuple[list[_Class], list[_Class]]]:
    """Classes in parts: those of two parts have no token in common, and they are told apart."""
    classes = [*near, *far]
    leader = list(range(len(classes)))

    def led(number: int) -> int:
        while leader[number] != number:
            leader[number] = number = leader[leader[number]]
        return number

    end = other = 0
    for start, last, number in sorted(
        (*each, number) for number, one in enumerate(classes) for each in one.stretches()
    ):
        if start < end:
            leader[led(number)] = led(other)
        end, other = max(end, last), number
    parts: dict[int, tuple[list[_Class], list[_Class]]] = {}
    for number, one in enumerate(classes):
        parts.setdefault(led(number), ([], []))[number >= len(near)].append(one)
    return parts.values()


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
        by_all: set[int] | None = None
        for start, end in one.stretches():
            near = {
                united[number]
                for first, last, number in self._near(start, end)
                if min(last, end) - max(first, start) >= _SAME * (end - start)
            }
            by_all = near if by_all is None else by_all & near
            if not by_all:
                return False
        return True

    def _near(self, start: int, end: int) -> Sequence[tuple[int, int, int]]:
        """Those that may have half of a stretch: they reach its middle from either side."""
        middle = (start + end) // 2
        first, second = (middle - 1) // _BLOCK, middle // _BLOCK
        near = self._by_block.get(second, ())
        return near if first == second else (*self._by_block.get(first, ()), *near)
