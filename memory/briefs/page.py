"""What stands on the page of a brief, before it is written in one form or another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from memory.briefs.sections import Section
    from memory.briefs.telling import Telling
    from memory.models.brief import BriefForm


@dataclass(frozen=True)
class Entry:
    """A memory in one of its forms: 0 is a line, 1 has its fields, 2 all of its text."""

    telling: Telling
    form: int


@dataclass(frozen=True)
class Group:
    """The memories of one section, of everybody's part or of one agent's slice."""

    agent: str  # "" for everybody's
    section: Section
    entries: Sequence[Entry]


@dataclass(frozen=True)
class Left:
    """What was left out."""

    blocking: tuple[str, ...] = ()  # uids of flags that block and did not fit
    by_section: Mapping[str, int] | None = None  # how many did not fit
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
    """What is told of the brief itself."""

    task: str  # this and what follows are lines short enough to be told as they are
    modules: str  # those that were asked about
    affected: tuple[str, ...]  # the same, one by one
    seen_from: str  # the lens in words; "" for today
    incomplete: str  # why it is not complete; "" where it is
    coverage: tuple[tuple[str, str], ...]  # what is known of each module and agent, in words
    gaps: tuple[str, ...] = ()  # the modules and agents of which nothing is known
    loaded: tuple[str, ...] = ()  # lines on how much of everything it holds


@dataclass(frozen=True)
class Form:
    """How a brief is wanted."""

    budget: int  # tokens
    form: BriefForm = "md"
    seen_from: str = ""  # the lens in words; "" for today
    agents: tuple[str, ...] = ()  # that were named
    options: tuple[str, ...] = ()  # by which a command looks from there
    everything: bool = False


class Writer(Protocol):
    """A form in which a brief is written; every method gives whole lines."""

    def entry(self, entry: Entry) -> list[str]:
        """One memory."""
        ...

    def heading(self, agent: str, section: Section, *, is_first: bool) -> list[str]:
        """What stands above a group; `is_first` of an agent's slice."""
        ...

    def page(self, frame: Frame, groups: Sequence[Group], left: Left) -> str:
        """The whole brief."""
        ...
