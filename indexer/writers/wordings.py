"""How a value is put into words, beside what stood there before."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from indexer.formats.entries.json_fields import RELATIONS
from indexer.wording.statuses import status_word
from memory.models.kinds import LinkType, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.writers.facets import Relation

#: The name under which each relation is written, the first of those under which it is read.
RELATION_NAMES = {relation: name for name, relation in reversed(RELATIONS.items())}


def relation_name(relation: Relation) -> str:
    """The field that states a relation, such as `superseded_by`."""
    return RELATION_NAMES[LinkType(relation[0]), relation[2]]


def moment_words(moment: datetime) -> str:
    """The day, and the time of it in UTC unless that is midnight."""
    said = moment.astimezone(UTC)
    return said.date().isoformat() if said.time() == time() else said.isoformat()


def words(value: Any) -> str:
    """A value of one line in words."""
    if isinstance(value, datetime):
        return moment_words(value)
    return ", ".join(value) if isinstance(value, list | tuple) else str(value)


def status_wordings(said: str, status: Status) -> Iterator[str]:
    """Ways to say a status in place of `said`, the one that keeps most of it first.

    A symbol that stood for the old status goes with it.
    """
    found = status_word(said)
    if found:
        start, end = found
        word = cased(str(status), said[start:end])
        rest = said[end:]
        yield _without_symbol(said[:start]) + word + rest
        opened = said[:start].strip(" ")
        if opened and rest.startswith(opened):
            yield f"{opened}{word}{opened}"
        yield word
    yield cased(str(status), said.lstrip("*_`\"' "))


def cased(word: str, like: str) -> str:
    """A word in capitals, with a capital or without, as another one is."""
    if like.isupper() and len(like) > 1:
        return word.upper()
    return word.capitalize() if like[:1].isupper() else word


def _without_symbol(before: str) -> str:
    kept = before.lstrip()
    while kept and unicodedata.category(kept[0]) in {"So", "Mn", "Cf"}:
        kept = kept[1:].lstrip()
    return before if kept == before.lstrip() else kept
