"""What makes a regular expression slow: texts made from the pattern itself, and how time grows.

A pattern is slow on a text where a repeat can run long and what follows then fails, from every
place where it can begin. So for each repeat there is: what leads to it, what it repeats many
times (each kind of character that another part of the pattern also takes), and an end that fails.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from functools import cache
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What a class of characters is asked for; those that a pattern does not tell apart count as one.
_ALPHABET = " \n\ta1A_-.,:;#*`'\"()[]{}<>/\\|=~+!?@$%&^é中\x01"
#: Repeats with a lower limit than this are of constant length.
_LONG = 1_000
_ENDS = ("", "\x01", "z", "\n")
#: Growth that a doubled text may bring.
LIMIT = 2.5
_FIRST = 4_096  # characters
_SCANS = 200  # of `_FIRST` characters, as a plain pattern takes them: no square is as quick
_PLENTY = 10  # times that: nothing that grows with the text takes so long, so a shorter one tells
_BUDGET = 0.1  # s, for 2,048 characters
#: What grows by more than a square is found out early, and before it takes for ever.
_EARLY = (24, 64, 96, 128, 192, 256, 384, 512, 2_048)


@dataclass(frozen=True)
class Case:
    """A text that can be made as long as one likes."""

    before: str
    unit: str
    after: str

    def text(self, length: int) -> str:
        """Of about so many characters."""
        return self.before + self.unit * (length // len(self.unit)) + self.after


def cases_of(pattern: str, flags: int) -> list[Case]:
    """The texts on which a pattern may be slow."""
    tree = _parser.parse(pattern, flags & ~re.DEBUG)
    maker = _Maker(tree, flags)
    found: dict[Case, None] = {}
    for before, unit in maker.pumps(list(tree), ""):
        for start in dict.fromkeys((before, "", "\n" + before)):
            found.update({Case(start, unit, end): None for end in _ENDS})
        if before:
            found.update({Case("", before + unit, end): None for end in _ENDS[:2]})
            found[Case("", before, "")] = None
    return list(found)


@cache
def _quick() -> float:
    """Seconds that `_SCANS` plain scans take on this machine."""
    plain, text = re.compile(r"(?:a|b)*+c"), Case("", "ab", "")
    return _SCANS * min(seconds(plain, "match", text, _FIRST) for _ in range(50))


def growth(pattern: re.Pattern[Any], method: str, case: Case) -> float:
    """By how much time grows when the text doubles; 1 where it is quick."""
    took = 0.0
    for length in _EARLY:
        most = _BUDGET * length / 2_048
        for _ in range(3):  # as below
            if (took := seconds(pattern, method, case, length)) <= most:
                break
        else:
            return float("inf")
    if 8 * took < _quick() or seconds(pattern, method, case, _FIRST) < _quick():
        return 1.0
    first = _FIRST
    while first > _EARLY[-2] and seconds(pattern, method, case, first) > _PLENTY * _quick():
        first //= 2
    least = float("inf")
    for _ in range(8):  # noise only ever adds
        half, whole, again = (
            min(seconds(pattern, method, case, length) for _ in range(times))
            for length, times in ((first, 2), (2 * first, 3), (first, 2))
        )
        least = min(least, whole / min(half, again))
        if least <= LIMIT:
            break
    return least


def seconds(pattern: re.Pattern[Any], method: str, case: Case, length: int) -> float:
    """Of the processor, for a text of about so many characters."""
    text: Any = case.text(length)
    if isinstance(pattern.pattern, bytes):
        text = text.encode()
    start = time.thread_time()
    if method == "search":
        for _ in pattern.finditer(text):
            pass
    else:
        getattr(pattern, method)(text)
    return time.thread_time() - start


class _Maker:
    """Makes texts that parts of one pattern match."""

    def __init__(self, tree: Any, flags: int) -> None:
        self.flags = tree.state.flags | flags
        self.groups: dict[int, str] = {}
        self.classes = list(_classes(tree))
        self.alphabet = dict.fromkeys(_ALPHABET + "".join(_letters(tree)))
        begins = self.flags & re.MULTILINE and any(kind is op.AT for kind, _ in _items(tree))
        self.alike: dict[str, tuple[bool, ...]] = {
            one: (
                bool(begins) and one == "\n",
                *(self.takes(each, one) for each in self.classes),
            )
            for one in self.alphabet
        }

    def pumps(self, items: list[Any], before: str) -> Iterator[tuple[str, str]]:  # noqa: C901
        """What leads to each repeat, and what may be repeated there."""
        for kind, value in items:
            if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
                _, high, body = value
                if high >= _LONG:
                    for unit in self.units(list(body)):
                        yield before, unit
                yield from self.pumps(list(body), before)
            elif kind is op.SUBPATTERN:
                yield from self.pumps(list(value[3]), before)
            elif kind is op.ATOMIC_GROUP:
                yield from self.pumps(list(value), before)
            elif kind in (op.ASSERT, op.ASSERT_NOT):
                yield from self.pumps(list(value[1]), before)
            elif kind is op.BRANCH:
                for branch in value[1]:
                    yield from self.pumps(list(branch), before)
            elif kind is op.GROUPREF_EXISTS:
                for branch in value[1:]:
                    yield from self.pumps(list(branch or ()), before)
            before += self.sample([(kind, value)])

    def units(self, body: list[Any]) -> Iterator[str]:
        """Texts that a repeated part takes, one of each kind."""
        if len(body) == 1 and body[0][0] in (op.IN, op.ANY, op.LITERAL, op.NOT_LITERAL):
            kinds: set[tuple[bool, ...]] = set()
            for one in self.alphabet:
                if self.takes(body[0], one) and self.alike[one] not in kinds:
                    kinds.add(self.alike[one])
                    yield one
            return
        seen = {self.sample(body), self.sample(body, last=True), self.sample(body, more=True)}
        yield from filter(None, seen)

    def sample(self, items: Any, *, last: bool = False, more: bool = False) -> str:  # noqa: C901
        """A short text that a part takes; with `last` by last branches, `more` with options."""
        said = ""
        for kind, value in items:
            if kind is op.SUBPATTERN:
                inner = self.sample(value[3], last=last, more=more)
                if value[0] is not None:
                    self.groups[value[0]] = inner
                said += inner
            elif kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
                times = max(value[0], 1 if more and value[1] else 0)
                said += self.sample(value[2], last=last, more=more) * times
            elif kind is op.ATOMIC_GROUP:
                said += self.sample(value, last=last, more=more)
            elif kind is op.BRANCH:
                said += self.sample(value[1][-1 if last else 0], last=last, more=more)
            elif kind is op.ASSERT and value[0] < 0 and not said:
                said += self.sample(value[1], last=last, more=more)
            elif kind is op.GROUPREF:
                said += self.groups.get(value, "")
            elif kind is op.LITERAL:
                said += chr(value)
            elif kind in (op.IN, op.ANY, op.NOT_LITERAL):
                taken = [one for one in self.alphabet if self.takes((kind, value), one)]
                plain = [one for one in taken if one in "a1A "]
                said += (plain or taken or [""])[-1 if last else 0]
        return said

    def takes(self, item: tuple[Any, Any], character: str) -> bool:
        """Whether a class of characters has this one."""
        kind, value = item
        if kind is op.LITERAL:
            return self._same(value, character)
        if kind is op.NOT_LITERAL:
            return not self._same(value, character)
        if kind is op.ANY:
            return bool(self.flags & re.DOTALL) or character != "\n"
        is_negated = value[0][0] is op.NEGATE
        return any(self._in(one, character) for one in value) != is_negated

    def _in(self, item: tuple[Any, Any], character: str) -> bool:
        kind, value = item
        if kind is op.LITERAL:
            return self._same(value, character)
        if kind is op.RANGE:
            either = {character, *(character.swapcase() if self.flags & re.IGNORECASE else ())}
            return any(value[0] <= ord(one) <= value[1] for one in either if len(one) == 1)
        if kind is op.CATEGORY:
            return bool(_CATEGORIES[value].match(character))
        return False

    def _same(self, code: int, character: str) -> bool:
        if self.flags & re.IGNORECASE:
            return chr(code).lower() == character.lower()
        return chr(code) == character


_CATEGORIES = {
    op.CATEGORY_DIGIT: re.compile(r"\d"),
    op.CATEGORY_NOT_DIGIT: re.compile(r"\D"),
    op.CATEGORY_SPACE: re.compile(r"\s"),
    op.CATEGORY_NOT_SPACE: re.compile(r"\S"),
    op.CATEGORY_WORD: re.compile(r"\w"),
    op.CATEGORY_NOT_WORD: re.compile(r"\W"),
}


def _items(tree: Any) -> Iterator[tuple[Any, Any]]:
    """All parts of a pattern, in its order."""
    for kind, value in tree or ():
        yield kind, value
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            yield from _items(value[2])
        elif kind is op.SUBPATTERN:
            yield from _items(value[3])
        elif kind is op.ATOMIC_GROUP:
            yield from _items(value)
        elif kind in (op.ASSERT, op.ASSERT_NOT):
            yield from _items(value[1])
        elif kind is op.BRANCH:
            for branch in value[1]:
                yield from _items(branch)
        elif kind is op.GROUPREF_EXISTS:
            yield from (*_items(value[1]), *_items(value[2]))


def _classes(tree: Any) -> Iterator[tuple[Any, Any]]:
    seen: set[str] = set()
    for kind, value in _items(tree):
        if kind in (op.IN, op.ANY, op.NOT_LITERAL) and str((kind, value)) not in seen:
            seen.add(str((kind, value)))
            yield kind, value


def _letters(tree: Any) -> Iterator[str]:
    """First letters of what a pattern names, as a word may begin with them."""
    return (chr(value) for kind, value in _items(tree) if kind is op.LITERAL)
