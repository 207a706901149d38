"""What a memory says when some fields change, and what was recorded last."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

from memory.errors import InvalidRecord, InvalidRequest
from memory.kinds.vocabulary import LinkType, Status
from memory.ledger.store_facts import TAKEN_BACK
from memory.models.memory import Draft

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from memory.ledger.interface.database import Database
    from memory.models.memory import Memory, Reference, Revision

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
            known = ", ".join(sorted({*said, *details} - {*_GIVEN, "kind"}))
            what = f"A {draft.kind} has no field {name!r} that could be corrected, but {known}."
            raise InvalidRecord(what)
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
    superseded: tuple[Memory, ...] = ()  # what says that this has taken its place


def last_recorded(db: Database) -> Undoable:
    """What a person or an agent recorded last and nobody has taken back.

    Raises:
        InvalidRequest: there is nothing that could be taken back, or somebody has edited it since.
    """
    last: tuple[Revision, ...] = ()
    found = ""
    for uid in db.memories.recorded():
        history = [one for one in db.memories.history(uid) if one.number > 0]
        if last and history[-1].recorded_at <= last[-1].recorded_at:
            break
        standing = _standing(history, _made_by_undo(db, uid))
        if _is_recorded(standing[-1]) and not (
            last and standing[-1].recorded_at <= last[-1].recorded_at
        ):
            last, found = standing, uid
    if not last:
        raise InvalidRequest("undo", "nothing was recorded that could be taken back")
    memory = db.memories.fetch(found)
    if len(last) == 1:
        return _new(db, memory)
    earlier, newest = last[-2:]
    paths = _successors(newest.draft) - _successors(earlier.draft)
    successor = next(iter(db.memories.in_files(list(paths))), None) if paths else None
    if successor:
        return _new(db, successor)
    return Undoable(found, memory.revision.number, earlier.draft)


def note_undone(db: Database, uid: str, number: int) -> None:
    """Afterwards this revision of a memory, if there comes to be one, is known to be undo's."""
    numbers = sorted({*_made_by_undo(db, uid), number})
    db.facts.save(f"{TAKEN_BACK}{uid}", json.dumps(numbers))


def _made_by_undo(db: Database, uid: str) -> set[int]:
    return set(json.loads(db.facts.find(f"{TAKEN_BACK}{uid}") or "[]"))


def _standing(history: Sequence[Revision], undone: Collection[int]) -> tuple[Revision, ...]:
    """The revisions since it was removed last, without what was taken back and its taking back."""
    stack: list[Revision] = []
    for one in history:
        if one.removed:
            stack.clear()
        elif one.number in undone and len(stack) > 1 and stack[-2].draft.digest == one.draft.digest:
            stack.pop()
        else:
            stack.append(one)
    return tuple(stack)


def _is_recorded(revision: Revision) -> bool:
    return revision.source.author != "indexer" and revision.source.content_hash is None


def as_before(db: Database, superseded: Memory, path: str) -> Draft:
    """What a memory says without the successor that stands in a file; all else as it is now."""
    draft = superseded.revision.draft
    history = db.memories.history(superseded.uid)
    earlier = (one.draft for one in reversed(history) if path not in _successors(one.draft))
    said, status = next(earlier, draft), draft.status
    if status is Status.SUPERSEDED:
        status = said.status
    references = [
        one for one in draft.references if not (_is_successor(one) and one.target == path)
    ]
    details = draft.details.model_copy(update={"status": status})
    return draft.model_copy(update={"details": details, "references": tuple(references)})


def _new(db: Database, memory: Memory) -> Undoable:
    """A memory that was recorded, with those that it has superseded."""
    if memory.revision.source.content_hash is not None:
        reason = f"{memory.path} was edited since; `archmem remove {memory.uid}` takes it away"
        raise InvalidRequest("undo", reason)
    targets = [
        one.target
        for one in memory.revision.draft.references
        if one.type is LinkType.SUPERSEDES and not one.inverse
    ]
    old = db.memories.in_files(targets) if targets else []
    told = [one for one in old if memory.path in _successors(one.revision.draft)]
    return Undoable(memory.uid, memory.revision.number, None, tuple(told))


def _successors(draft: Draft) -> set[str]:
    return {one.target for one in draft.references if _is_successor(one)}


def _is_successor(reference: Reference) -> bool:
    return reference.type is LinkType.SUPERSEDES and reference.inverse
