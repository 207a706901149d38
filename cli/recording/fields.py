"""What can be recorded of each kind: the fields of its model, and a word about each for people."""

from __future__ import annotations

import types
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel

from memory.models.details import Baseline, Decision, Flag, Lesson, Move, Note, Refactoring
from memory.models.kinds import Kind, LinkType, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

MODELS: dict[Kind, type[BaseModel]] = {
    Kind.DECISION: Decision,
    Kind.REFACTORING: Refactoring,
    Kind.BASELINE: Baseline,
    Kind.FLAG: Flag,
    Kind.NOTE: Note,
    Kind.LESSON: Lesson,
}
#: The statuses that a kind can be recorded with; the first is taken when none is given.
STATUSES: dict[Kind, tuple[Status, ...]] = {
    Kind.DECISION: (Status.ACCEPTED, Status.PROPOSED, Status.REJECTED, Status.DEPRECATED),
    Kind.REFACTORING: (Status.DONE, Status.PLANNED, Status.REVERTED),
    Kind.FLAG: (Status.OPEN, Status.ACKNOWLEDGED, Status.RESOLVED, Status.EXPIRED),
}
#: What a record can say of another memory, by its uid.
RELATIONS = {
    LinkType.SUPERSEDES: "What this replaces.",
    LinkType.AMENDS: "What this changes in part.",
    LinkType.RESTS_ON: "What this would not hold without.",
    LinkType.RESOLVES: "The flag that this settles.",
    LinkType.CAUSED_BY: "What brought this about.",
    LinkType.RELATES_TO: "What else has to do with this.",
}
_ABOUT: dict[Kind, dict[str, str]] = {
    Kind.DECISION: {
        "number": "Its number, if decisions are numbered.",
        "context": "The situation that asked for a decision.",
        "decision": "What was chosen, and why.",
        "alternatives": "What else was considered, and why not.",
        "consequences": "What follows from it, good and bad.",
        "review_triggers": "What should make us look at it again.",
        "deciders": "Who decided.",
    },
    Kind.REFACTORING: {
        "moved": "What moved from where to where.",
        "why": "What was wrong before.",
        "intended_effect": "What it was to bring.",
        "measured_effect": "What it did bring.",
        "commits": "A commit that did it.",
        "reverted_by": "The commit that took it back.",
        "revert_reason": "Why it was taken back.",
    },
    Kind.BASELINE: {
        "metric": "What was measured, such as checkout_latency_p95.",
        "value": "The value, as a number.",
        "value_text": "The value, where only words will do.",
        "unit": "Its unit: ms, %, jobs/s ...",
        "spread": "Standard deviation, in that unit.",
        "n": "How many measurements are behind it.",
        "better": "Which direction is better.",
        "environment": "Where it was measured.",
        "commit": "What was measured: a full hash.",
        "threshold": "The value past which the baseline is violated.",
    },
    Kind.FLAG: {
        "flag_type": "What sort of flag: breaking_change, security ...",
        "sender": "The domain or agent that raises it.",
        "receivers": "Who has to know.",
        "severity": "How bad it is.",
        "blocking": "Nobody can go on before it is resolved.",
        "owner": "Who sees to it.",
        "due": "When it has to be resolved.",
        "suggested_action": "What could be done.",
        "resolution": "What was done.",
    },
    Kind.NOTE: {"topic": "What sort of knowledge: patterns, dependencies, history ..."},
    Kind.LESSON: {
        "form": "What sort of lesson.",
        "context": "The situation in which it was learned.",
        "outcome": "What came of it.",
        "issues": "What went wrong.",
        "alternative": "What works instead of an antipattern.",
    },
}


class Form(Enum):
    """How a field is written."""

    TEXT = auto()
    TEXTS = auto()  # several
    CHOICE = auto()
    SWITCH = auto()
    INTEGER = auto()
    NUMBER = auto()
    MOMENT = auto()
    MOVES = auto()  # what, from, to


@dataclass(frozen=True)
class Field:
    """A field of a draft or of its details."""

    name: str
    about: str
    form: Form
    choices: tuple[str, ...] = ()
    default: str = ""  # what it is when nobody says


COMMON_FIELDS = (
    Field("title", "What it is called.", Form.TEXT),
    Field("body", "What is to be said beyond its fields, in Markdown.", Form.TEXT),
    Field("modules", "A module that it concerns.", Form.TEXTS),
    Field("agent", "The agent whose memory it is.", Form.TEXT),
    Field("tags", "A tag.", Form.TEXTS),
    Field("valid_from", "When it began to hold; today if not given.", Form.MOMENT),
    Field("valid_to", "When it ceased to hold.", Form.MOMENT),
)
_FORMS: dict[Any, Form] = {
    str: Form.TEXT,
    tuple[str, ...]: Form.TEXTS,
    tuple[Move, ...]: Form.MOVES,
    bool: Form.SWITCH,
    int: Form.INTEGER,
    float: Form.NUMBER,
    AwareDatetime: Form.MOMENT,
}


def details_fields(kind: Kind) -> Iterator[Field]:
    """The fields of a kind's model, in its order."""
    for name, said in MODELS[kind].model_fields.items():
        if name not in {"status", "kind"}:
            yield _field(name, _ABOUT[kind][name], said.annotation)
        elif name == "status" and kind in STATUSES:
            choices = tuple(map(str, STATUSES[kind]))
            yield Field(name, "Where it stands.", Form.CHOICE, choices, default=choices[0])


def _field(name: str, about: str, annotation: Any) -> Field:
    if get_origin(annotation) is Literal:
        return Field(name, about, Form.CHOICE, tuple(filter(None, get_args(annotation))))
    if get_origin(annotation) in {Union, types.UnionType}:  # `float | None`
        annotation = next(one for one in get_args(annotation) if one is not types.NoneType)
    return Field(name, about, _FORMS[annotation])
