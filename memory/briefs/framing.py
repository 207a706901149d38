"""What a brief says of itself and of what is known, short enough for the smallest budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.briefs.page import Frame
from memory.briefs.wording import fit
from memory.models.brief import Coverage
from memory.retrieval.embedding.tokens import count_tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from memory.briefs.material import Gathered

LITTLE = 3  # memories; of a module with fewer little is known
NAME = 20  # tokens of a name
TASK = 7  # the task may take this part of the room
MODULES = 14  # likewise their names, and why a brief is incomplete
COVERAGE = 6  # likewise the coverage map
_EXPECTED = ("decision", "lesson", "baseline")  # of whose absence a coordinator should know


def frame_of(gathered: Gathered, seen_from: str, room: int) -> Frame:
    """The frame of a brief.

    Args:
        gathered: What it is made of.
        seen_from: The lens in words.
        room: Tokens for the whole brief.
    """
    told = [(name, coverage_words(counts)) for name, counts in gathered.counts.items()]
    strangers = [one.name for one in gathered.owners if not one.agents and not one.modules]
    told += [(name, "no agent of this name is known") for name in strangers]
    if not told:
        names = ", ".join(gathered.nearby or gathered.known_modules) or "none"
        words = "what is to the point is of" if gathered.nearby else "known are"
        told.append(("No module was given or named", f"{words} {names}"))
    empty = [name for name, counts in gathered.counts.items() if not counts]
    return Frame(
        task=fit(gathered.task, room // TASK),
        modules=fit(", ".join(gathered.modules), room // MODULES),
        affected=tuple(_names(gathered.modules or gathered.nearby, room // MODULES)),
        seen_from=fit(seen_from, NAME),
        incomplete="" if gathered.complete else fit(gathered.reason, room // MODULES),
        coverage=tuple(_within(told, room // COVERAGE)),
        gaps=tuple(_names([*empty, *strangers], room // MODULES)),
    )


def coverage_of(gathered: Gathered) -> tuple[Coverage, ...]:
    """How many memories there are of each module that was asked about."""
    return tuple(Coverage(module=m, counts=dict(one)) for m, one in gathered.counts.items())


def coverage_words(counts: Mapping[str, int]) -> str:
    """What is known of a module, in words."""
    total = sum(counts.values())
    if not total:
        return "nothing is known of it"
    told = [f"{count} {kind}{'s' * (count > 1)}" for kind, count in counts.items()]
    lacks = [f"no {kind}" for kind in _EXPECTED if kind not in counts]
    little = "little is known: " if total < LITTLE else ""
    return little + ", ".join(told + lacks)


def _within(told: list[tuple[str, str]], room: int) -> Iterator[tuple[str, str]]:
    """As many of the lines as have room, and how many there are more."""
    for place, (name, words) in enumerate(told):
        line = (fit(name, NAME), fit(words, room // 2))
        room -= count_tokens("".join(line)) + 5
        if room < NAME and place + 1 < len(told) and place:
            yield "others", f"{len(told) - place} more"
            return
        yield line


def _names(names: Iterable[str], room: int) -> Iterator[str]:
    """As many names as have room."""
    for name in names:
        short = fit(name, NAME)
        room -= count_tokens(short) + 4
        if room < 0:
            return
        yield short
