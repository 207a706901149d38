"""Makes a draft of fields given one by one, says clearly what is wrong with them, keeps it."""

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, JsonValue, ValidationError

from cli.faults import first_fault
from cli.moments import ACCEPTED, read_moment
from cli.recording.common_fields import COMMON_FIELDS, RELATIONS
from memory.errors import InvalidRecord
from memory.kinds import SPECS
from memory.kinds.spec import FieldForm
from memory.kinds.vocabulary import Kind, LinkType
from memory.models.answer import Recorded
from memory.models.details import DETAILS
from memory.models.memory import Draft, Reference
from memory.models.selection import Name
from memory.texts.numbers import plain_number
from memory.texts.safe_text import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from memory.api import ArchMem

_COMMON = {field.name for field in COMMON_FIELDS} | {"references", "extra", "uid"}
_KIND, _DETAILS = "kind", "details"


def keep_record(
    memory: "ArchMem",
    kind: Kind,
    fields: dict[str, JsonValue],
    author: Name | None = None,
    expected: int | None = None,
) -> Recorded:
    """Keep a record, dated today if it says no date.

    Args:
        memory: Where to keep it.
        kind: What it is.
        fields: Of `Draft` and of the kind's details, and relations, each with its uids.
        author: Who says so; None is whom git names in this project.
        expected: The revision that was read of what it supersedes.

    Raises:
        ChangedMeanwhile: another revision of that is the newest.
        InvalidRecord: something is missing, unknown or not what its field takes.
        UnknownMemory, AmbiguousUid: a relation names what is not one memory.
    """
    if expected is not None:
        superseded = _uids(fields.get(LinkType.SUPERSEDES))
        if len(superseded) != 1:
            raise InvalidRecord("`expected` is the revision of the one memory that it supersedes.")
        memory.show(superseded[0]).memory.ensure_read(expected)
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


def make_draft(kind: Kind, values: "Mapping[str, Any]") -> Draft:
    """A draft of the fields of `Draft` and of its kind's details, side by side.

    Args:
        kind: What to record.
        values: By name; the details may stand in a `details` of their own. Dates may be text.

    Raises:
        InvalidRecord: something is missing, unknown or not what its field takes.
    """
    flat = _flatten(kind, values)
    details = _details(kind, {name: said for name, said in flat.items() if name not in _COMMON})
    title = flat.get("title") or _title(kind, details)
    common = {name: said for name, said in flat.items() if name in _COMMON}
    # A text that is the title over again says nothing that its file would not have anyway.
    whole = {"body": title, **common, "title": title, _DETAILS: details}
    try:
        draft = Draft.model_validate(whole)
    except ValidationError as error:
        raise InvalidRecord(f"{first_fault(error)}.") from error
    if draft.valid_from and draft.valid_to and draft.valid_to < draft.valid_from:
        raise InvalidRecord("valid_to: it cannot cease to hold before it began.")
    for module in draft.modules:
        parts = module.replace("\\", "/").split("/")
        if ".." in parts or not parts[0] or module != one_line(module):
            raise InvalidRecord(f"modules: {module!r} is no name of a module.")
    return draft


def _flatten(kind: Kind, values: "Mapping[str, Any]") -> dict[str, Any]:
    """All fields side by side, empty ones left out, dates read, every name known."""
    inner = values.get(_DETAILS, {})
    if not isinstance(inner, dict):
        raise InvalidRecord(f"{_DETAILS}: should be an object.")
    flat = {**{name: said for name, said in values.items() if name != _DETAILS}, **inner}
    if (said := flat.pop(_KIND, kind)) != kind:
        raise InvalidRecord(f"This is a {said}, not a {kind}.")
    fields = {field.name: field for field in (*COMMON_FIELDS, *SPECS[kind].details_fields)}
    for name, value in flat.items():
        if name not in fields and name not in _COMMON:
            raise InvalidRecord(f"A {kind} has no field {name!r}.")
        if value and name in fields and fields[name].form is FieldForm.MOMENT:
            flat[name] = _moment(name, str(value))
    for field in fields.values():
        if field.default:
            flat.setdefault(field.name, field.default)
    return {name: said for name, said in flat.items() if said not in (None, "", (), [])}


def _moment(name: str, text: str) -> datetime:
    try:
        return read_moment(text)
    except (ValueError, OverflowError) as error:
        raise InvalidRecord(f"{name}: {text!r} is no date; give {ACCEPTED}.") from error


def _details(kind: Kind, values: dict[str, Any]) -> BaseModel:
    try:
        return DETAILS[kind].model_validate(values)
    except ValidationError as error:
        raise InvalidRecord(f"{first_fault(error)}.") from error


def _title(kind: Kind, details: BaseModel) -> str:
    """What a record without a title is called; only of a measurement that goes without saying."""
    said = details.model_dump()
    if metric := said.get("metric"):
        if said["value"] is None and not said["value_text"]:
            raise InvalidRecord("A baseline needs what was measured: a value, or words for it.")
        value = said["value_text"] if said["value"] is None else plain_number(said["value"])
        return f"{metric}: {value} {said['unit']}".strip(" :")
    raise InvalidRecord(f"A {kind} needs a title.")
