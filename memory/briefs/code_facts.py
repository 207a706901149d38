"""Facts of the code in a brief of everything: as many of each section as have room."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from memory.texts.quoting import harmless_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from memory.code.loading import FactSection

SHARE = 0.4  # of the room, as long as memories need the rest
LEAST = 2_000  # tokens of a brief; in a smaller one facts are only counted
_LINE = 400  # characters


@dataclass(frozen=True)
class ToldFacts:
    """What is told of one section."""

    title: str
    lines: tuple[str, ...]
    total: int  # lines that there are
    tokens: int  # of those that are told
    command: str  # that tells all of it

    @property
    def left(self) -> int:
        """How many had no room."""
        return self.total - len(self.lines)


def fit_facts(
    sections: Sequence[FactSection], room: int, cost: Callable[[str], int]
) -> tuple[ToldFacts, ...]:
    """As much of each section as has room.

    Sections share it evenly; what one does not need the others have. Of a section what is worth
    most comes first.

    Args:
        sections: What there is.
        room: Tokens.
        cost: Of a line as it is written, tokens.
    """
    told = {
        one.title: ToldFacts(harmless_line(one.title), (), len(one.lines), 0, one.command)
        for one in sections
    }
    waiting = list(sections)
    while waiting:
        each = room // len(waiting)
        full = [one for one in waiting if _take(told, one, each, cost)]
        room -= sum(told[one.title].tokens for one in full)
        if not full:  # all want more than their part of what is left
            break
        waiting = [one for one in waiting if one not in full]
    return tuple(told.values())


def _take(
    told: dict[str, ToldFacts], section: FactSection, room: int, cost: Callable[[str], int]
) -> bool:
    """Fill a section up to some tokens; whether all of it had room."""
    lines: list[str] = []
    spent = 0
    for line in section.lines:
        said = harmless_line(line)
        said = said if len(said) <= _LINE else f"{said[:_LINE]}..."
        price = cost(said)
        if spent + price > room:
            break
        lines.append(said)
        spent += price
    told[section.title] = replace(told[section.title], lines=tuple(lines), tokens=spent)
    return len(lines) == len(section.lines)
