"""The fields of one JSON entry, under whatever names and in whatever shapes they come."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from indexer.wording.dates import beginning, read_when, settled
from indexer.wording.references import relation_fields
from memory.kinds import SPECS
from memory.kinds.spec import FieldForm
from memory.kinds.vocabulary import LinkType
from memory.models.memory import Figures, Reference
from memory.texts.field_names import snake
from memory.texts.lexicon import read_lexicon

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pydantic import JsonValue

    from memory.kinds.spec import Field
    from memory.models.details import Details

_T = TypeVar("_T")
DetailsT = TypeVar("DetailsT", bound="Details")

#: Field name -> the relation that it states: its type, and whether it is the other one that acts.
RELATIONS = {
    name.replace(" ", "_"): relation for name, relation in relation_fields("fields").items()
}


@cache
def field_names(kind: str) -> Mapping[str, Any]:
    """Our fields of a kind -> every name that each goes by; those of all kinds among them."""
    tables = read_lexicon("json_fields")
    return {**tables["entry"], **tables.get(kind, {})}


def label(name: str) -> str:
    """A field name as people say it: `suggestedAction` is `Suggested action`."""
    said = snake(name).replace("_", " ")
    return said[:1].upper() + said[1:]


def prose(value: JsonValue) -> str:
    """A value in words; nothing of it is left out."""
    if isinstance(value, dict):
        return "; ".join(f"{key}: {prose(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        parts = [prose(inner) for inner in value]
        simple = all(isinstance(inner, str | int | float) for inner in value)
        return ", ".join(parts) if simple else "\n".join(f"- {part}" for part in parts)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.strip() if isinstance(value, str) else str(value)


def render(raw: Mapping[str, JsonValue], *, lead: tuple[str, ...] = ()) -> str:
    """An entry as text for people: its leading fields bare, every other one with its label."""
    bare = [prose(value) for key, value in raw.items() if snake(key) in lead]
    labelled = [
        f"{label(key)}:{chr(10) if chr(10) in said else ' '}{said}"
        for key, value in raw.items()
        if snake(key) not in lead and (said := prose(value))
    ]
    return "\n".join(part for part in [*bare, *labelled] if part)


class Fields:
    """The members of an entry, taken out one by one; `rest` is what nobody has taken.

    A value that cannot be what a reader asks for is not taken, so it ends in `rest`. Fields go by
    any of the names that `names` has for them, else by their own.
    """

    def __init__(
        self, raw: Mapping[str, JsonValue], names: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self._raw = dict(raw)
        self._known = names or {}
        self._names: dict[str, str] = {}
        for key in raw:
            self._names.setdefault(snake(key), key)

    def take(self, *names: str, read: Callable[[JsonValue], _T | None]) -> _T | None:
        """The first of these fields that `read` makes something of, taken out."""
        known = (each for name in names for each in self._known.get(name, (name,)))
        return next(
            (found for each in known if (found := self._take(each, read)) is not None), None
        )

    def _take(self, name: str, read: Callable[[JsonValue], _T | None]) -> _T | None:
        key = self._names.get(name)
        found = read(self._raw[key]) if key is not None and key in self._raw else None
        if found is not None and key is not None:
            del self._raw[key]
        return found

    def text(self, *names: str) -> str:
        """A field in words; "" if there is none."""
        return self.take(*names, read=lambda value: prose(value) or None) or ""

    def texts(self, *names: str) -> tuple[str, ...]:
        """A list of texts; a single one counts as a list of one."""
        return self.take(*names, read=_texts) or ()

    def words(self, *names: str) -> tuple[str, ...]:
        """A list of names; a text may hold several with commas between."""
        return self.take(*names, read=_words) or ()

    def all_words(self, name: str) -> tuple[str, ...]:
        """The names in all the fields that a field may go by; of several fields each once."""
        lists = [found for each in self._known[name] if (found := self._take(each, _words))]
        if len(lists) == 1:
            return lists[0]
        return tuple(dict.fromkeys(word for listed in lists for word in listed))

    def number(self, *names: str) -> float | None:
        """A number, or digits in quotes."""
        return self.take(*names, read=_number)

    def whole_number(self, *names: str) -> int | None:
        """A whole number."""
        return self.take(*names, read=_whole_number)

    def truth(self, *names: str) -> bool | None:
        """A yes or no."""
        return self.take(*names, read=lambda value: value if isinstance(value, bool) else None)

    def when(self, *names: str) -> datetime | None:
        """A moment; UTC where it does not say."""
        return self.take(*names, read=lambda value: settled(moment(value)))

    def beginning(self, *names: str) -> dict[str, datetime | Figures | None]:
        """Since when it holds, as the fields of a draft that have that."""
        began = self.take(
            *names, read=lambda value: beginning(when) if (when := moment(value)) else None
        )
        return began or beginning(None)

    def details(self, of: type[DetailsT], **known: Any) -> DetailsT:
        """The details of a kind: those that are `known`, the others as their forms ask."""
        return read_details(of, known, lambda field: _BY_FORM[field.form](self, field.name))

    def references(self) -> tuple[Reference, ...]:
        """All relations that the entry states, in the order of the table and then as listed."""
        named = tuple(
            reference
            for name, (link, inverse) in RELATIONS.items()
            for reference in self.take(name, read=_targets) or ()
            for reference in [reference.model_copy(update={"type": link, "inverse": inverse})]
        )
        return named + (self.take("references", "links", read=_listed) or ())

    def rest(self) -> dict[str, JsonValue]:
        """What was not taken and says something."""
        return {key: value for key, value in self._raw.items() if value is not None}


#: How a field is read that nothing special is to be known of.
_BY_FORM: dict[FieldForm, Callable[[Fields, str], Any]] = {
    FieldForm.TEXT: Fields.text,
    FieldForm.TEXTS: Fields.texts,
    FieldForm.CHOICE: Fields.text,
    FieldForm.SWITCH: lambda fields, name: fields.truth(name) or False,
    FieldForm.INTEGER: Fields.whole_number,
    FieldForm.NUMBER: Fields.number,
    FieldForm.MOMENT: Fields.when,
    FieldForm.PHASES: lambda fields, name: fields.take(name, read=_as_list) or (),
}


def read_details(
    of: type[DetailsT], known: Mapping[str, Any], read: Callable[[Field], Any]
) -> DetailsT:
    """The details of a kind: the fields that are `known`, the others as `read` gives them."""
    fields = SPECS[of.model_fields["kind"].default].fields
    return of(**known, **{one.name: read(one) for one in fields if one.name not in known})


def moment(value: JsonValue) -> datetime | Figures | None:
    """A moment from ISO text, seconds or milliseconds since 1970, or a date as people write it."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        if isinstance(value, int | float):
            seconds = value / 1000 if value > 1e11 else value
            return datetime.fromtimestamp(seconds, UTC) if seconds > 1e8 else None
        found = datetime.fromisoformat(value.strip()) if isinstance(value, str) else None
    except (ValueError, OverflowError, OSError):
        return read_when(str(value))
    if found is None or found.tzinfo is not None:
        return found
    return found.replace(tzinfo=UTC)


def _texts(value: JsonValue) -> tuple[str, ...] | None:
    items = value if isinstance(value, list) else [value]
    return tuple(said for item in items if (said := prose(item))) or None


def _words(value: JsonValue) -> tuple[str, ...] | None:
    if isinstance(value, str):
        return tuple(word for part in value.split(",") if (word := part.strip())) or None
    return _texts(value) if isinstance(value, list) else None


def _as_list(value: JsonValue) -> list[JsonValue] | None:
    return value if isinstance(value, list) else None


def _number(value: JsonValue) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _whole_number(value: JsonValue) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    number = _number(value)
    return int(number) if number is not None and number.is_integer() else None


def _targets(value: JsonValue) -> tuple[Reference, ...] | None:
    """Relations of a type that the caller knows."""
    items = value if isinstance(value, list) else [value]
    return tuple(each for item in items if (each := _reference(item))) or None


def _listed(value: JsonValue) -> tuple[Reference, ...] | None:
    """Relations that each name their type; plain targets relate to us."""
    return _targets(value) if isinstance(value, list) else None


def _reference(value: JsonValue) -> Reference | None:
    if not isinstance(value, dict):
        target = prose(value)
        return Reference(type=LinkType.RELATES_TO, target=target) if target else None
    target = prose(value.get("target") or value.get("uid") or value.get("id"))
    link, inverse = _relation(prose(value.get("type")))
    if not target:
        return None
    return Reference(
        type=link,
        target=target,
        inverse=inverse or value.get("inverse") is True,
        partial=value.get("partial") is True,
        evidence=prose(value.get("evidence")),
    )


def _relation(name: str) -> tuple[LinkType, bool]:
    """The relation that a type's own name means, or else a field's of that name."""
    if snake(name) in set(LinkType):
        return LinkType(snake(name)), False
    return RELATIONS.get(snake(name), (LinkType.RELATES_TO, False))
