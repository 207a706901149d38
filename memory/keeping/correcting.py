"""What a memory says when some fields change, and what was recorded last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

from memory.errors import InvalidRecord, InvalidRequest
from memory.kinds.vocabulary import LinkType
from memory.models.memory import Draft

if TYPE_CHECKING:
    from collections.abc import Mapping

    from memory.ledger.interface.database import Database

_GIVEN = {"key", "lines", "uid", "figures", "details"}  # that nobody corrects


def corrected(draft: Draft, fields: Mapping[str, Any]) -> Draft:
    """A draft with other values for some fields, of its own or of its kind's details.

    Raises:
        InvalidRecord: there is no such field, or it cannot be so.
    """
    said = draft.model_dump()
    details = said["details"]
    for name, value in fields.items():
        if name in said and name not in _GIVEN:
            said[name] = value
        elif name in details and name != "kind":
            details[name] = value
        else:
            raise InvalidRecord(f"A {draft.kind} has no field {name!r} that could be corrected.")
    try:
        return Draft.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise InvalidRecord(f"{place}: {first['msg'].lower()}.") from error


class Undoable(NamedTuple):
    """What a person or an agent recorded last."""

    uid: str
    number: int  # of the revision
    before: Draft | None  # what it said before; None where it is new
    successor: str = ""  # uid of what it was then said to be superseded by


def last_recorded(db: Database) -> Undoable:
    """What a person or an agent recorded last.

    Raises:
        InvalidRequest: there is nothing that could be taken back.
    """
    uid = db.memories.last_recorded()
    if uid is None:
        raise InvalidRequest("undo", "nothing was recorded that could be taken back")
    *before, newest = [one for one in db.memories.history(uid) if one.number > 0]
    earlier = before[-1] if before and not before[-1].removed else None
    if earlier is None:
        return Undoable(uid, newest.number, None)
    new = set(newest.draft.references) - set(earlier.draft.references)
    paths = [one.target for one in new if one.type is LinkType.SUPERSEDES and one.inverse]
    successor = next((one.uid for one in db.memories.in_files(paths)), "") if paths else ""
    return Undoable(uid, newest.number, earlier.draft, successor)
