"""What there is to say of a kind of memory: how it is named, told, written and recorded."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from memory.kinds.vocabulary import Kind, Status


class BriefSection(StrEnum):
    """What a coordinator asks, in the order in which a brief tells it."""

    OPEN = "What is open"
    GOVERNS = "What governs"
    PROPOSED = "What is proposed"
    TRIED = "What was tried"
    LEARNED = "What works and what does not"
    MEASURED = "What must not get worse"
    KNOWN = "Who knows what"


class FieldForm(Enum):
    """How a field is written when it is recorded."""

    TEXT = auto()
    TEXTS = auto()  # several
    CHOICE = auto()
    SWITCH = auto()
    INTEGER = auto()
    NUMBER = auto()
    MOMENT = auto()
    MOVES = auto()  # what, from, to
    PHASES = auto()  # of a plan: objects, as JSON has them


@dataclass(frozen=True)
class Field:
    """A field of a draft or of its details, as it is recorded."""

    name: str
    about: str
    form: FieldForm
    choices: tuple[str, ...] = ()
    default: str = ""  # what it is when nobody says


def in_section(section: BriefSection) -> Callable[[Status, bool], BriefSection]:
    """Always the same one, whatever its status and whether it is in force."""
    return lambda _status, _in_force: section


def open_while(*statuses: Status) -> Callable[[Status, bool], BriefSection]:
    """What is open as long as it stands so, and was tried afterwards."""
    return lambda status, _in_force: BriefSection.OPEN if status in statuses else BriefSection.TRIED


@dataclass(frozen=True, kw_only=True)
class KindSpec:
    """All that is particular to one kind of memory, but for its details as values.

    Files are named from `.claude/memory` on; labels and members by which other people's files
    call its fields are the kind's tables in the lexicons `labels` and `json_fields`.
    """

    kind: Kind
    prefix: str  # of its uids, before the hyphen
    section: Callable[
        [Status, bool], BriefSection
    ]  # of a brief, by status and whether it is in force

    happened: str  # what a timeline calls its beginning
    happened_as: Mapping[Status, str] = field(default_factory=dict)  # with another status

    about: str = ""  # what recording one does; "" of what nobody records by hand
    example: str = ""  # the command line of one, without `archmem record`
    statuses: tuple[Status, ...] = ()  # that can be recorded, the usual one first; none for any
    fields: tuple[Field, ...] = ()  # of its details that can be recorded, in their order

    file: str = ""  # that takes it; "" where that depends on what it says, or there is none
    heading: str = ""  # of that file when it is new, in Markdown
    by_form: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # file and heading
    collections: tuple[str, ...] = ()  # members of JSON that may hold it, of a new file the first
    spelled: Mapping[str, str] = field(default_factory=dict)  # its field -> its member in JSON

    is_plain: bool = False  # whether its file is read by these fields alone: no format of its own
    is_searched: bool = True  # whether it is found by who does not ask for it by its kind
    in_files: bool = True  # whether a file of the project says it
    says_trust: bool = False  # whether it may say of itself that it deserves less trust
    is_tidied: bool = False  # whether consolidation looks at it
    is_merged: bool = False  # whether two that say the same become one

    @property
    def details_fields(self) -> tuple[Field, ...]:
        """The fields of its details that can be recorded: its status, if there are several."""
        if not self.statuses:
            return self.fields
        choices = tuple(map(str, self.statuses))
        status = Field("status", "Where it stands.", FieldForm.CHOICE, choices, default=choices[0])
        return (status, *self.fields)

    @property
    def recorded(self) -> frozenset[str]:
        """The names of the fields of its details that can be recorded."""
        return frozenset(one.name for one in self.details_fields)

    @property
    def can_be_recorded(self) -> bool:
        """Whether people and agents record it; of others archmem keeps account by itself."""
        return bool(self.about)
