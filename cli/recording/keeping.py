"""Keeps what was said field by field: as a draft, with what it says of other memories."""

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue

from cli.recording.drafts import make_draft
from cli.recording.fields import RELATIONS
from memory.kinds.vocabulary import Kind
from memory.models.answer import Recorded
from memory.models.memory import Reference
from memory.models.selection import Name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from memory.api import ArchMem


def keep_record(
    memory: "ArchMem", kind: Kind, fields: dict[str, JsonValue], author: Name | None = None
) -> Recorded:
    """Keep a record, dated today if it says no date.

    Args:
        memory: Where to keep it.
        kind: What it is.
        fields: Of `Draft` and of the kind's details, and relations, each with its uids.
        author: Who says so; None is whom git names in this project.

    Raises:
        InvalidRecord: something is missing, unknown or not what its field takes.
        UnknownMemory, AmbiguousUid: a relation names what is not one memory.
    """
    today = datetime.combine(datetime.now(UTC), time.min, tzinfo=UTC)
    draft = make_draft(kind, {"valid_from": today} | _with_references(memory, fields))
    return memory.record(draft, author=author)


def _with_references(memory: "ArchMem", fields: "Mapping[str, Any]") -> dict[str, Any]:
    """The fields, with references in place of relations; every uid is known, and whole."""
    references = [
        Reference(type=relation, target=memory.show(uid).memory.uid)
        for relation in RELATIONS
        for uid in _uids(fields.get(relation))
    ]
    rest = {name: said for name, said in fields.items() if name not in RELATIONS}
    return rest | ({"references": references} if references else {})


def _uids(said: Any) -> list[str]:
    return [said] if isinstance(said, str) else list(said or ())
