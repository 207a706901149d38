"""What most of a project does one way, and a module another: the part that its rules share.

A rule sees places, each with the way that it goes. It tells of a module only where most of at
least so many places go one way and this module hardly does; where nobody's way is most, it cannot
tell which is meant.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from memory.code.findings.rule import Seen, finding
from memory.models.findings import Spot
from memory.texts.formatting import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from memory.code.codebase import CodeBase
    from memory.models.findings import Finding

LEAST = 8  # places, from which on most of them are a custom
MOST = 0.75  # share of them that goes one way
HARDLY = 0.25  # share of a module's places that goes that way, up to which it stands out
OF_MODULE = 2  # places of a module that go another way, from which on it is no slip
_SHOWN = 4  # places of either side


class Habit(NamedTuple):
    """A place where something is done one way."""

    way: str  # "kebab-case": in words, as it is told
    file: str
    line: int
    said: str = ""  # what is there


def stands_out(code: CodeBase, rule: str, what: str, places: Iterable[Habit]) -> Seen:
    """What a rule says of places, those of tests left out: each way with its places, too.

    Args:
        code: Whose modules are held against each other.
        rule: Its name.
        what: Is done one way or another, in a sentence: "words in paths".
        places: Where it is done.
    """
    mine = [one for one in places if one.file in code.files and not code.files[one.file].is_test]
    ways = sorted(Counter(one.way for one in mine).items(), key=lambda one: (-one[1], one[0]))
    seen = Seen(len(mine), said=", ".join(f"{way} {count}" for way, count in ways))
    if len(ways) < 2:
        return seen
    way, count = ways[0]
    if len(mine) < LEAST or count < MOST * len(mine):
        first = min(mine, key=lambda one: (one.file, one.line))
        reason = "too few to be a custom" if len(mine) < LEAST else "no way is that of most"
        seen.untold.append(Spot(file=first.file, line=first.line, said=reason))
        return seen
    modules: dict[str, list[Habit]] = defaultdict(list)
    for one in mine:
        modules[code.files[one.file].module].append(one)
    usual = [one for one in mine if one.way == way]
    for module, own in sorted(modules.items()):
        others = [one for one in own if one.way != way]
        if len(others) >= OF_MODULE and len(own) - len(others) <= HARDLY * len(own):
            seen.findings.append(_told(rule, what, module, others, usual, len(mine)))
    return seen


def _told(
    rule: str,
    what: str,
    module: str,
    others: Sequence[Habit],
    usual: Sequence[Habit],
    total: int,
) -> Finding:
    theirs = Counter(one.way for one in others).most_common(1)[0][0]
    return finding(
        rule,
        [module, theirs, usual[0].way],
        f"{what} are {theirs} in {module} ({counted(len(others), 'place')}), and {usual[0].way} "
        f"in {len(usual)} of all {total}",
        [*_spots(others), *_spots(_spread(usual))],
        severity="minor",
        modules=[module],
        sure=False,  # too few were judged by hand to show them without being asked for
        do=f"{module} could do as most do, or a decision could say why it does not",
    )


def _spots(places: Iterable[Habit]) -> list[Spot]:
    chosen = sorted(places, key=lambda one: (one.file, one.line))[:_SHOWN]
    return [
        Spot(file=one.file, line=one.line, said=f"{one.way}: {one.said}".removesuffix(": "))
        for one in chosen
    ]


def _spread(places: Sequence[Habit]) -> list[Habit]:
    """A place of each file, of as many files as there are."""
    by_file: Mapping[str, Habit] = {one.file: one for one in reversed(places)}
    return list(by_file.values())
