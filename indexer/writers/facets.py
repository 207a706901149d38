"""What a draft says, point by point, so that two can be compared, and how points are worded."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from indexer.formats.entries.json_fields import RELATIONS
from memory.kinds.vocabulary import LinkType

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from memory.models.memory import Draft, Reference

Relation = tuple[str, str, bool, bool]  # type, target, inverse, partial

EXTRA = "extra."  # before the name of what only its source knows
#: What may be changed in an entry that somebody wrote by hand, in the order in which it is done:
#: where it stands, what it has to do with others, and the evidence that is added to a lesson.
STATED = ("status", "references", "resolution", "valid_to", "evidence_for", "evidence_against")
#: The name under which each relation is written, the first of those under which it is read.
RELATION_NAMES = {relation: name for name, relation in reversed(RELATIONS.items())}


def facets(draft: Draft) -> dict[str, Any]:
    """Every point that a draft makes beside its text, with even white space, by name."""
    said = {
        **draft.details.model_dump(),
        "title": draft.title,
        "modules": draft.modules,
        "agent": draft.agent or "",
        "tags": draft.tags,
        "valid_from": draft.valid_from,
        "valid_to": draft.valid_to,
        **{EXTRA + name: value for name, value in draft.extra.items()},
    }
    points = {name: even(value) for name, value in said.items()}
    return points | {"references": relations(draft.references)}


def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """The names under which two drafts say something else, the order in which they are written."""
    names = [*STATED, *sorted({*one, *other} - {*STATED})]
    return [name for name in names if one.get(name) != other.get(name)]


def relations(references: Iterable[Reference]) -> frozenset[Relation]:
    """References as what they say, without the words that say it."""
    return frozenset(
        (str(each.type), even(each.target), each.inverse, each.partial) for each in references
    )


def says_relations(said: frozenset[Relation], wanted: frozenset[Relation]) -> bool:
    """Whether all that is wanted is said, and beyond it at most plain mentions.

    A mention is not missed where something more exact is said of the same target.
    """
    related = str(LinkType.RELATES_TO)
    typed = {target for link, target, *_ in said if link != related}
    missing = {each for each in wanted - said if each[0] != related or each[1] not in typed}
    return not missing and all(each[0] == related for each in said - wanted)


def even(value: Any) -> Any:
    """A value with single blanks in its texts, moments in UTC, lists without empty members."""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, dict):
        return {name: even(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [said for inner in value if (said := even(inner))]
    return value


def relation_name(relation: Relation) -> str:
    """The field that states a relation, such as `superseded_by`."""
    return RELATION_NAMES[LinkType(relation[0]), relation[2]]


def moment_words(moment: datetime) -> str:
    """The day, and the time of it in UTC unless that is midnight."""
    said = moment.astimezone(UTC)
    return said.date().isoformat() if said.time() == time() else said.isoformat()


def cased(word: str, like: str) -> str:
    """A word in capitals, with a capital or without, as another one is."""
    if like.isupper() and len(like) > 1:
        return word.upper()
    return word.capitalize() if like[:1].isupper() else word
