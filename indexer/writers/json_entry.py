"""How an entry looks in a JSON file, and where it goes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from indexer.formats import baselines, flags, refactorings
from indexer.formats.entries.json_entries import TEXTS, TITLES, find_entries
from indexer.formats.entries.json_fields import render
from indexer.markup.json_text import JsonText
from indexer.wording.naming import slug
from indexer.writers.json_edit import append, remove, replace_value
from indexer.writers.json_habit import Habit, habit_of
from memory.models.details import Baseline, Flag, Refactoring
from memory.models.kinds import Kind
from memory.texts.field_names import snake

if TYPE_CHECKING:
    from pydantic import JsonValue

    from indexer.formats.entries.json_entries import Shape
    from indexer.markup.json_text import Member
    from memory.models.revision import Draft

_SHAPES: dict[Kind, Shape] = {
    Kind.BASELINE: baselines.SHAPE,
    Kind.REFACTORING: refactorings.SHAPE,
    Kind.FLAG: flags.SHAPE,
}
_DETAILS: dict[Kind, type[Baseline | Refactoring | Flag]] = {
    Kind.BASELINE: Baseline,
    Kind.REFACTORING: Refactoring,
    Kind.FLAG: Flag,
}
#: The members that may hold the entries of a kind; a new file gets the first.
_COLLECTIONS = {
    Kind.BASELINE: ("baselines", "metrics", "measurements", "entries"),
    Kind.REFACTORING: ("refactorings", "refactors", "history", "entries"),
    Kind.FLAG: ("flags", "pending_flags", "pending", "open"),
}
#: Our field -> its name in the files, where that differs; as the files' users document them.
_SPELLING: dict[Kind, dict[str, str]] = {
    Kind.BASELINE: {"valid_from": "date"},
    Kind.REFACTORING: {"valid_from": "date"},
    Kind.FLAG: {
        "flag_type": "type",
        "sender": "found_by",
        "receivers": "agents_to_notify",
        "valid_from": "timestamp",
        "modules": "affects_multiple",
    },
}
_MOVE = {"origin": "from", "destination": "to"}


def put_json(text: str | None, draft: Draft, uid: str) -> list[str]:
    """Texts with the draft as an entry: in place of the one with this uid, or at the end.

    All but the last follow the spelling of the entries that are there; the first ones do without
    a title, which a reader may make of the rest. The last says everything in our own words.
    """
    habit = habit_of(text, draft.kind, _SHAPES[draft.kind], uid)
    entries = [render_entry(draft, uid, habit), render_entry(draft, uid, Habit())]
    if "title" not in habit.own:
        entries = [_untitled(entry, draft, habit) for entry in entries[:1]] + entries
    return [_put(text, draft, uid, entry, habit) for entry in entries]


def _put(
    text: str | None, draft: Draft, uid: str, entry: dict[str, JsonValue], habit: Habit
) -> str:
    collections = _COLLECTIONS[draft.kind]
    if text is None or not text.strip("\ufeff \t\r\n"):
        return json.dumps({collections[0]: [entry]}, indent=2, ensure_ascii=False) + "\n"
    if _find(text, draft.kind, uid) is not None:
        return _update(text, draft.kind, uid, entry, habit)
    document = JsonText(text)
    home = _home(document, collections)
    if home is None:
        return append(document, document.whole, [entry], name=collections[0])
    if isinstance(home.value, list):
        return append(document, home, entry)
    wanted = slug(draft.title) or uid
    taken = isinstance(home.value, dict) and wanted in home.value
    return append(document, home, entry, name=uid if taken else wanted)


def render_entry(draft: Draft, uid: str, habit: Habit) -> dict[str, JsonValue]:
    """An entry as JSON, without fields that say nothing, spelled as is the habit."""
    said: dict[str, Any] = {
        "title": " ".join(draft.title.split()),
        **_details(draft),
        "modules": draft.modules,
        "agent": draft.agent,
        "tags": draft.tags,
        "valid_from": draft.valid_from,
        "valid_to": draft.valid_to,
        "references": [each.model_dump(exclude_defaults=True) for each in draft.references],
    }
    spelling = _SPELLING[draft.kind]
    entry: dict[str, Any] = {"uid": uid}
    for name, value in said.items():
        if _says(plain := _plain(value)):
            spelled, shown = habit.spelled(name, spelling.get(name, name), plain)
            entry[spelled] = shown
    modules = entry.get("affects_multiple", [])
    if len(modules) == 1 and "," not in modules[0]:
        entry["module_affected"] = entry.pop("affects_multiple")[0]
    entry |= {name: value for name, value in draft.extra.items() if name not in entry}
    there = {name: entry[name] for name in habit.own if name in entry}
    return _with_words(there | entry, draft, habit.name("description", "description"))


def _details(draft: Draft) -> dict[str, Any]:
    """The fields of the draft's kind that differ from what is usual; of a flag also its status."""
    said = draft.details.model_dump(exclude_defaults=True)
    del said["kind"]
    if draft.kind is Kind.FLAG:
        said["status"] = draft.status
    if "moved" in said:
        said["moved"] = [
            {_MOVE.get(name, name): value for name, value in move.items() if value}
            for move in said["moved"]
        ]
    return said


def _untitled(entry: dict[str, JsonValue], draft: Draft, habit: Habit) -> dict[str, JsonValue]:
    """The entry without its title; of a flag it is its description, if that has no other words."""
    rest = {name: value for name, value in entry.items() if name != "title"}
    if draft.kind is Kind.FLAG and not any(snake(name) in TEXTS for name in rest):
        rest[habit.name("description", "description")] = " ".join(draft.title.split())
    return rest


def _with_words(entry: dict[str, JsonValue], draft: Draft, name: str) -> dict[str, JsonValue]:
    """The entry with the draft's text as its description, unless that only repeats its fields."""
    fields = {member: value for member, value in entry.items() if member != "uid"}
    untitled = {member: value for member, value in fields.items() if member != "title"}
    repeated = {
        draft.title,
        entry.get(name),
        *(render(each, lead=(*TITLES, *TEXTS)) for each in (fields, untitled)),
    }
    return entry if draft.body in repeated else {**entry, name: draft.body}


def _update(text: str, kind: Kind, uid: str, entry: dict[str, JsonValue], habit: Habit) -> str:
    """The text with the members of one entry brought up to date, one after the other.

    Members that say the same keep their bytes, those that we do not know stay.
    """
    ours = _known(kind) | habit.own_names()
    while True:
        document, member = JsonText(text), _find(text, kind, uid)
        if member is None:
            return text
        members = {each.name: each for each in document.members(member)}
        for name, old in members.items():
            if name in entry and old.value != entry[name]:
                text = replace_value(document, old, entry[name])
                break
            if name in ours and name not in entry:
                text = remove(document, member, old)
                break
        else:
            missing = next((name for name in entry if name not in members), None)
            if missing is None:
                return text
            text = append(document, member, entry[missing], name=missing)


def _known(kind: Kind) -> frozenset[str]:
    """The names under which we write the fields of a kind."""
    common = {"title", "modules", "agent", "tags", "valid_from", "references", "valid_to"}
    fields = common | _DETAILS[kind].model_fields.keys()
    spelled = {_SPELLING[kind].get(name, name) for name in fields - {"kind"}}
    return frozenset(spelled | ({"module_affected"} if kind is Kind.FLAG else set()))


def _find(text: str, kind: Kind, uid: str) -> Member | None:
    document = JsonText(text)
    entries = find_entries(document, _SHAPES[kind])
    return next((entry.member for entry in entries if entry.uid == uid), None)


def _home(document: JsonText, collections: tuple[str, ...]) -> Member | None:
    """The array or mapping that takes a new entry."""
    if isinstance(document.root, list):
        return document.whole
    members = {snake(each.name or ""): each for each in document.members(document.whole)}
    found = [members[name] for name in collections if name in members]
    return next((each for each in found if isinstance(each.value, list | dict)), None)


def _says(value: Any) -> bool:
    return value not in (None, "", [])


def _plain(value: Any) -> Any:
    """A value as JSON has it: days, or moments in UTC, whole numbers without a point."""
    if isinstance(value, datetime):
        said = value.astimezone(UTC)
        return said.date().isoformat() if said.time() == time() else said.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, str):
        return str(value).strip()
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain for inner in value if _says(plain := _plain(inner))]
    return value
