"""What a draft says, point by point, so that two of them can be compared."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from memory.models.kinds import LinkType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from memory.models.revision import Draft, Reference

#: What may be changed in words that somebody wrote by hand, in the order in which it is done.
AMENDABLE = (
    "status",
    "references",
    "resolution",
    "owner",
    "due",
    "valid_to",
    "tags",
    "evidence_for",
    "evidence_against",
    "issues",
    "review_triggers",
)
EXTRA = "extra."  # before the name of what only its source knows

Relation = tuple[str, str, bool, bool]  # type, target, inverse, partial


def facets(draft: Draft) -> dict[str, Any]:
    """Every point that a draft makes beside its text, with even white space, by name."""
    return {
        **{name: even(value) for name, value in draft.details.model_dump().items()},
        "title": even(draft.title),
        "modules": even(draft.modules),
        "agent": even(draft.agent or ""),
        "tags": even(draft.tags),
        "valid_from": even(draft.valid_from),
        "valid_to": even(draft.valid_to),
        "references": relations(draft.references),
        **{EXTRA + name: even(value) for name, value in draft.extra.items()},
    }


def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """The names under which two drafts say something else, the order in which they are written."""
    names = [*AMENDABLE, *sorted({*one, *other} - {*AMENDABLE})]
    return [name for name in names if one.get(name) != other.get(name)]


def last_written(here: Draft, known: Sequence[Draft]) -> Draft | None:
    """What was known when the file was written last, of words that may all wait for it.

    That is the newest that the file says point by point. Where somebody changed it meanwhile it
    is what differs least, the older one where two do: of what is written then rather too much is
    compared than too little. The newest words of all are not in such a file.
    """
    said = facets(here)
    differences = [len(differing(said, facets(draft))) for draft in known]
    for draft, count in zip(reversed(known), reversed(differences), strict=True):
        if not count:
            return draft
    older = differences[:-1]
    return known[older.index(min(older))] if older else None


def is_amendable(name: str) -> bool:
    """Whether it may be changed in words that somebody wrote by hand."""
    return name in AMENDABLE or name.startswith(EXTRA)


def relations(references: tuple[Reference, ...]) -> frozenset[Relation]:
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
