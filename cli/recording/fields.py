"""What can be recorded of each kind, field by field, and a word about each for people.

The command line is built from it before anything is loaded, so it is written out here and not
taken from the models in `memory.models.details`; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from memory.kinds.vocabulary import Kind, LinkType, Status

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


def _status(usual: Status, *others: Status) -> Field:
    choices = tuple(map(str, (usual, *others)))
    return Field("status", "Where it stands.", Form.CHOICE, choices, default=str(usual))


COMMON_FIELDS = (
    Field("title", "What it is called.", Form.TEXT),
    Field("body", "What is to be said beyond its fields, in Markdown.", Form.TEXT),
    Field("modules", "A module that it concerns.", Form.TEXTS),
    Field("agent", "The agent whose memory it is.", Form.TEXT),
    Field("tags", "A tag.", Form.TEXTS),
    Field("valid_from", "When it began to hold; today if not given.", Form.MOMENT),
    Field("valid_to", "When it ceased to hold.", Form.MOMENT),
)
_DETAILS: dict[Kind, tuple[Field, ...]] = {
    Kind.DECISION: (
        _status(*STATUSES[Kind.DECISION]),
        Field("number", "Its number, if decisions are numbered.", Form.INTEGER),
        Field("context", "The situation that asked for a decision.", Form.TEXT),
        Field("decision", "What was chosen, and why.", Form.TEXT),
        Field("alternatives", "What else was considered, and why not.", Form.TEXTS),
        Field("consequences", "What follows from it, good and bad.", Form.TEXT),
        Field("review_triggers", "What should make us look at it again.", Form.TEXTS),
        Field("deciders", "Who decided.", Form.TEXTS),
    ),
    Kind.REFACTORING: (
        _status(*STATUSES[Kind.REFACTORING]),
        Field("moved", "What moved from where to where.", Form.MOVES),
        Field("why", "What was wrong before.", Form.TEXT),
        Field("intended_effect", "What it was to bring.", Form.TEXT),
        Field("measured_effect", "What it did bring.", Form.TEXT),
        Field("commits", "A commit that did it.", Form.TEXTS),
        Field("reverted_by", "The commit that took it back.", Form.TEXT),
        Field("revert_reason", "Why it was taken back.", Form.TEXT),
    ),
    Kind.BASELINE: (
        Field("metric", "What was measured, such as checkout_latency_p95.", Form.TEXT),
        Field("value", "The value, as a number.", Form.NUMBER),
        Field("value_text", "The value, where only words will do.", Form.TEXT),
        Field("unit", "Its unit: ms, %, jobs/s ...", Form.TEXT),
        Field("spread", "Standard deviation, in that unit.", Form.NUMBER),
        Field("n", "How many measurements are behind it.", Form.INTEGER),
        Field("better", "Which direction is better.", Form.CHOICE, ("lower", "higher")),
        Field("environment", "Where it was measured.", Form.TEXT),
        Field("commit", "What was measured: a full hash.", Form.TEXT),
        Field("threshold", "The value past which the baseline is violated.", Form.NUMBER),
    ),
    Kind.FLAG: (
        _status(*STATUSES[Kind.FLAG]),
        Field("flag_type", "What sort of flag: breaking_change, security ...", Form.TEXT),
        Field("sender", "The domain or agent that raises it.", Form.TEXT),
        Field("receivers", "Who has to know.", Form.TEXTS),
        Field("severity", "How bad it is.", Form.CHOICE, ("critical", "high", "medium", "low")),
        Field("blocking", "Nobody can go on before it is resolved.", Form.SWITCH),
        Field("owner", "Who sees to it.", Form.TEXT),
        Field("due", "When it has to be resolved.", Form.MOMENT),
        Field("suggested_action", "What could be done.", Form.TEXT),
        Field("resolution", "What was done.", Form.TEXT),
    ),
    Kind.NOTE: (
        Field("topic", "What sort of knowledge: patterns, dependencies, history ...", Form.TEXT),
    ),
    Kind.LESSON: (
        Field(
            "form", "What sort of lesson.", Form.CHOICE, ("pattern", "antipattern", "best_practice")
        ),
        Field("context", "The situation in which it was learned.", Form.TEXT),
        Field("outcome", "What came of it.", Form.TEXT),
        Field("issues", "What went wrong.", Form.TEXTS),
        Field("alternative", "What works instead of an antipattern.", Form.TEXT),
        Field("evidence_for", "What bears it out, beginning with a run's uid.", Form.TEXTS),
        Field("evidence_against", "What speaks against it, likewise.", Form.TEXTS),
        Field("review_triggers", "What should make us look at it again.", Form.TEXTS),
    ),
}


def details_fields(kind: Kind) -> tuple[Field, ...]:
    """The fields of a kind's model that can be recorded, in its order."""
    return _DETAILS[kind]
