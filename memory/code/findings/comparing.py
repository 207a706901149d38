"""Which findings of two commits are one: by sets, never by counts.

A finding is the same where its id is, also after files were renamed. Where neither id fits, two of
one rule are the same one when they share half of what makes them: a cycle that grew by a module.
What is left of a larger one is not new: a part of a clone or of a cycle that fell apart. And what
went into a larger one is not fixed. Clones are told in other groups when code beside them changes;
such a one is neither new nor fixed where its files stood together with as many lines, and some of
its text was among theirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from memory.models.findings import Finding

_CLONE = "duplication.clone"
_SLACK = 2  # lines, at least, that the ends of clones may be apart
_MOST = 2 / 3  # share of the places of a clone that are a larger one's: both, of two
SAME = 0.5  # shared parts / parts of either, from which on two are one
#: Rules whose findings have members, which come and go.
_OF_MEMBERS = frozenset({"architecture.file-cycle", "architecture.module-cycle", _CLONE})


class Compared(NamedTuple):
    """What came and went between two commits."""

    new: tuple[Finding, ...]
    fixed: tuple[Finding, ...]
    kept: tuple[tuple[Finding, Finding], ...]  # as it was, as it is


def compare(
    before: Sequence[Finding], after: Sequence[Finding], renamed: Mapping[str, str]
) -> Compared:
    """Findings of two commits, the ones of each held against the other's.

    Args:
        before: Of the earlier one.
        after: Of the later one.
        renamed: What files and modules are called at the later one, by what they were called.
    """
    left = {_key(one.rule, one.parts): one for one in after}
    kept: list[tuple[Finding, Finding]] = []
    rest: list[Finding] = []
    for one in before:
        parts = _renamed(one, renamed)
        found = left.pop(_key(one.rule, one.parts), None) or left.pop(_key(one.rule, parts), None)
        if found is not None:
            kept.append((one, found))
        else:
            rest.append(one)
    pairs = sorted(_near(rest, left.values(), renamed), key=lambda each: -each[0])
    gone, come = {id(one) for one in rest}, {id(one) for one in left.values()}
    for _, first, second in pairs:
        if id(first) in gone and id(second) in come:
            gone.discard(id(first))
            come.discard(id(second))
            kept.append((first, second))
    smaller = {id(one): one for one in left.values() if id(one) in come}
    for whole, part in _within(before, smaller.values(), renamed):
        come.discard(id(part))
        kept.append((whole, part))
    swallowed = {id(one) for one in _swallowed(rest, after, renamed)}
    then, now = _Doubled(before, renamed), _Doubled(after, {})
    come -= {id(one) for one in left.values() if now.is_within(one, then, rest)}
    swallowed |= {id(one) for one in rest if then.is_within(one, now, left.values())}
    return Compared(
        new=tuple(one for one in left.values() if id(one) in come),
        fixed=tuple(one for one in rest if id(one) in gone - swallowed),
        kept=tuple(kept),
    )


class _Doubled:
    """How many lines of each file, and of each definition in it, are in clones, with what text."""

    def __init__(self, some: Iterable[Finding], renamed: Mapping[str, str]) -> None:
        self._lines: dict[str, set[int]] = {}
        self._above: dict[str, str] = {}  # one file that another stands together with
        self._places: dict[int, list[str]] = {}  # the files of each
        self._symbols: dict[int, list[str]] = {}  # "app/a.py:total", of each of its places
        self._texts: dict[str, set[str]] = {}  # by file
        for one in some:
            if one.rule != _CLONE:
                continue
            places = [renamed.get(spot.file, spot.file) for spot in one.spots]
            self._places[id(one)] = places
            self._symbols[id(one)] = symbols = [
                f"{place}:{spot.said}" for spot, place in zip(one.spots, places, strict=True)
            ]
            for spot, place, symbol in zip(one.spots, places, symbols, strict=True):
                lines = range(spot.line, max(spot.line, spot.last_line) + 1)
                self._lines.setdefault(place, set()).update(lines)
                self._lines.setdefault(symbol, set()).update(lines)
                self._texts.setdefault(place, set()).update(_texts(one.parts))
                self._above[self._first(place)] = self._first(places[0])

    def _first(self, place: str) -> str:
        while (above := self._above.get(place, place)) != place:
            place = above
        return place

    def is_within(self, one: Finding, other: _Doubled, changed: Iterable[Finding]) -> bool:
        """Whether a clone is a piece of what stands twice in the other, or what became of it.

        Its files stand together there, with as many lines that do, and some of its text; or one of
        all its files that `changed`. Or one that changed has all its definitions, with as many
        lines in each: other clones of the same files may have come.
        """
        places = set(self._places.get(id(one), ()))
        if not places:
            return False
        symbols = set(self._symbols[id(one)])
        if self._has_no_more(symbols, other) and any(
            symbols <= set(other._symbols.get(id(each), ())) for each in changed
        ):
            return True
        if not self._has_no_more(places, other):
            return False
        texts = {text for place in places for text in other._texts[place]}
        return len({other._first(place) for place in places}) == 1 and (
            not _texts(one.parts).isdisjoint(texts)
            or any(places <= set(other._places.get(id(each), ())) for each in changed)
        )

    def _has_no_more(self, where: Iterable[str], other: _Doubled) -> bool:
        """Whether as many lines of each of these are in clones of the other."""
        return all(
            len(other._lines.get(each, ())) + _slack(len(self._lines[each]))
            >= len(self._lines[each])
            for each in where
        )


def _slack(lines: int) -> int:
    """How many of so many lines the ends of clones may be apart."""
    return max(_SLACK, lines // 20)


def _within(
    before: Iterable[Finding], after: Iterable[Finding], renamed: Mapping[str, str]
) -> Iterator[tuple[Finding, Finding]]:
    """Each of the later ones that is a part of an earlier one, or most of a clone, with that."""
    wholes = _by_part((one, _renamed(one, renamed)) for one in before)
    for part in after:
        for whole, parts in _sharing(wholes, part.rule, part.parts):
            if _is_part(part.parts, parts, _least(part)):
                yield whole, part
                break


def _swallowed(
    before: Iterable[Finding], after: Iterable[Finding], renamed: Mapping[str, str]
) -> Iterator[Finding]:
    """Each of the earlier ones that is a part of a later one, or most of a clone."""
    wholes = _by_part((one, one.parts) for one in after)
    for part in before:
        own = _renamed(part, renamed)
        if any(_is_part(own, each, _least(part)) for _, each in _sharing(wholes, part.rule, own)):
            yield part


_Parts: TypeAlias = "dict[tuple[str, str], list[tuple[Finding, frozenset[str]]]]"


def _by_part(some: Iterable[tuple[Finding, Sequence[str]]]) -> _Parts:
    found: _Parts = {}
    for one, parts in some:
        for part in parts:
            found.setdefault((one.rule, part), []).append((one, frozenset(parts)))
    return found


def _sharing(
    known: _Parts, rule: str, parts: Iterable[str]
) -> Iterable[tuple[Finding, frozenset[str]]]:
    """The findings that have one of these parts, where a rule's have members."""
    if rule not in _OF_MEMBERS:
        return ()
    found = {id(each[0]): each for part in parts for each in known.get((rule, part), ())}
    return found.values()


def _texts(parts: Iterable[str]) -> set[str]:
    return {one for one in parts if ":" not in one}


def _least(one: Finding) -> float:
    return _MOST if one.rule == _CLONE else 1


def _is_part(part: Iterable[str], whole: frozenset[str], share: float) -> bool:
    """Whether so many members of one are in the other: of a clone places, and some of its text."""
    places, texts = {one for one in part if ":" in one}, _texts(part)
    members = places or texts
    has_text = not places or not texts.isdisjoint(whole)
    return len(members & whole) >= share * len(members) and has_text


def _key(rule: str, parts: Sequence[str]) -> tuple[str, ...]:
    return (rule, *parts)


def _renamed(one: Finding, renamed: Mapping[str, str]) -> tuple[str, ...]:
    """What makes it the one it is, as it is called now: "old.py:Order.total" is "new.py:..."."""
    parts = []
    for part in one.parts:
        path, mark, symbol = part.partition(":")
        parts.append(f"{renamed.get(path, path)}{mark}{symbol}")
    return tuple(parts)


def _near(
    before: Iterable[Finding], after: Iterable[Finding], renamed: Mapping[str, str]
) -> Iterable[tuple[float, Finding, Finding]]:
    by_part: dict[tuple[str, str], list[Finding]] = {}
    for one in after:
        for part in one.parts:
            by_part.setdefault((one.rule, part), []).append(one)
    for first in before:
        parts = set(_renamed(first, renamed))
        others = {id(one): one for part in parts for one in by_part.get((first.rule, part), ())}
        for second in others.values():
            theirs = set(second.parts)
            share = len(parts & theirs) / len(parts | theirs)
            if share >= SAME:
                yield share, first, second
