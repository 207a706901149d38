"""What stands on the page of a brief, before it is written in one form or another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from memory.briefs.render_memory import fit
from memory.retrieval.embedding.tokens import count_tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from memory.briefs.brief_items import Gathered
    from memory.briefs.code_facts import ToldFacts
    from memory.briefs.render_memory import RenderedMemory
    from memory.briefs.scoring import BriefPlace
    from memory.kinds.spec import BriefSection

AGENT = 60  # characters of an agent's name
LITTLE = 3  # memories; of a module with fewer little is known
NAME = 20  # tokens of a name
TASK = 7  # the task may take this part of the room
MODULES = 14  # likewise their names, and why a brief is incomplete
COVERAGE = 6  # likewise the coverage map
CODE = 7  # likewise what of the code is in reach
SOME_MODULES = 8  # that are named where a task names none: all of a large project are no help
DOUBT = "Nothing here is known to answer this; what follows comes nearest."
_EXPECTED = ("decision", "lesson", "baseline")  # of whose absence a coordinator should know


@dataclass(frozen=True)
class Entry:
    """A memory in one of its forms: 0 is a line, 1 has its fields, 2 all of its text."""

    memory: RenderedMemory
    form: int


@dataclass(frozen=True)
class Group:
    """The memories of one section, of everybody's part or of one agent's slice."""

    place: BriefPlace
    entries: Sequence[Entry]


@dataclass(frozen=True)
class Omissions:
    """What was left out."""

    blocking: tuple[str, ...] = ()  # uids of flags that block and did not fit
    by_section: Mapping[BriefSection, int] | None = None  # how many did not fit
    titles: tuple[tuple[str, str], ...] = ()  # of these by uid, the most worthy first
    shortened: int = 0  # told in fewer words than they have
    others: int = 0  # memories that would add little
    command: str = ""  # that tells what did not fit
    rest_command: str = ""  # that tells everything

    @property
    def count(self) -> int:
        """How many did not fit."""
        return sum((self.by_section or {}).values())


@dataclass(frozen=True)
class Frame:
    """What is told of the brief itself, in lines short enough for the smallest budget."""

    task: str
    modules: str  # those that were asked about
    affected: tuple[str, ...]  # the same, one by one
    seen_from: str  # the lens in words; "" for today
    incomplete: str  # why it is not complete; "" where it is
    doubt: str  # whether anything is known to answer the task; "" where something is
    coverage: tuple[tuple[str, str], ...]  # what is known of each module and agent, in words
    gaps: tuple[str, ...] = ()  # the modules and agents of which nothing is known
    loaded: tuple[str, ...] = ()  # lines on how much of everything it holds
    also: tuple[tuple[str, str], ...] = ()  # what may be of use but hardly is, title by uid
    code: tuple[str, ...] = ()  # what of the code the task is about
    facts: tuple[ToldFacts, ...] = ()  # of all code, in a brief of everything


class Writer(Protocol):
    """A form in which a brief is written; every method gives whole lines."""

    def entry(self, entry: Entry) -> list[str]:
        """One memory."""
        ...

    def heading(self, place: BriefPlace, *, is_first: bool) -> list[str]:
        """What stands above a group; `is_first` of an agent's slice."""
        ...

    def fact(self, line: str) -> str:
        """One fact of the code."""
        ...

    def page(self, frame: Frame, groups: Sequence[Group], left: Omissions) -> str:
        """The whole brief."""
        ...


def frame_of(gathered: Gathered, seen_from: str, room: int, code: Sequence[str] = ()) -> Frame:
    """The frame of a brief.

    Args:
        gathered: What it is made of.
        seen_from: The lens in words.
        room: Tokens for the whole brief.
        code: What of the code the task is about.
    """
    spoken = gathered.spoken_of
    told = [
        (name, coverage_words(counts, spoken.get(name, 0)))
        for name, counts in gathered.counts.items()
    ]
    strangers = [one.name for one in gathered.owners if not one.agents and not one.modules]
    told += [(name, "no agent of this name is known") for name in strangers]
    if not told:
        every = gathered.nearby or gathered.known_modules
        more = f" and {len(every) - SOME_MODULES} more" if len(every) > SOME_MODULES else ""
        names = ", ".join(every[:SOME_MODULES]) + more
        words = "what is to the point is of" if gathered.nearby else "known are"
        told.append(
            ("No module was given or named", f"{words} {names}")
            if names
            else ("No module is known", "no record names one")
        )
    empty = [name for name, some in gathered.counts.items() if not (some or spoken.get(name))]
    return Frame(
        task=fit(gathered.task, room // TASK),
        modules=fit(", ".join(gathered.modules), room // MODULES),
        affected=tuple(_names(gathered.modules or gathered.nearby, room // MODULES)),
        seen_from=fit(seen_from, NAME),
        incomplete=fit(gathered.reason, room // MODULES),
        doubt=DOUBT if not gathered.known and any(one.worth for one in gathered.items) else "",
        coverage=tuple(_within(told, room // COVERAGE)),
        gaps=tuple(_names([*empty, *strangers], room // MODULES)),
        code=tuple(_lines(code, room // CODE)),
    )


def coverage_words(counts: Mapping[str, int], spoken_of: int = 0) -> str:
    """What is known of a module, in words.

    Args:
        counts: The memories that are filed under it, by kind.
        spoken_of: How many of those that are told name it, where none is filed under it.
    """
    total = sum(counts.values())
    if not total and spoken_of:
        name_it = "one above names it" if spoken_of == 1 else f"{spoken_of} above name it"
        return f"no record is filed under it; {name_it}"
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


def _lines(lines: Iterable[str], room: int) -> Iterator[str]:
    """As many lines as have room, each cut to a third of it."""
    most = room // 3
    for line in lines:
        short = fit(line, most)
        room -= count_tokens(short) + 2
        if room < 0:
            return
        yield short


def _names(names: Iterable[str], room: int) -> Iterator[str]:
    """As many names as have room."""
    for name in names:
        short = fit(name, NAME)
        room -= count_tokens(short) + 4
        if room < 0:
            return
        yield short
