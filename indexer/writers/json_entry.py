"""Entries of JSON files: what archmem writes anew, and small changes to what others wrote."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from indexer.formats.entries.json_entries import (
    DATES,
    ENDS,
    MODULES,
    SAID_BY,
    TEXTS,
    TITLES,
    find_entries,
)
from indexer.formats.entries.json_fields import render
from indexer.formats.json_kinds import SHAPES
from indexer.markup.json_text import JsonText
from indexer.wording.entry_names import slug
from indexer.writers.facets import EXTRA, cased, moment_words, relation_name
from memory.kinds import SPECS
from memory.kinds.vocabulary import Kind, LinkType, Status
from memory.texts.field_names import snake

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic import JsonValue

    from indexer.formats.entries.json_entries import JsonEntry
    from indexer.markup.json_text import Member
    from indexer.writers.facets import Relation
    from memory.models.memory import Draft

#: Our field -> the names by which readers know it, as far as people choose among them.
_NAMES = {"valid_from": DATES, "modules": MODULES, "description": TEXTS}
_FLAG_NAMES = {
    "sender": ("found_by", "from", "from_agent", "raised_by", "reported_by", "sender"),
    "receivers": ("agents_to_notify", "to", "to_agents", "to_agent", "notify", "receivers"),
    "flag_type": ("type", "flag_type", "category"),
    "owner": ("owner", "assignee", "assigned_to"),
    "due": ("due", "due_date", "deadline"),
    "suggested_action": ("suggested_action", "suggested_fix", "recommendation", "action"),
}
#: The members that may say a point, in the order in which they are read.
_STATED_AS = {
    "status": ("status", "state"),
    "resolution": ("resolution", "solution_applied", "resolved_with"),
    "valid_to": ENDS,
}
#: What the end of a flag is called, by how it stands then.
_ENDS = {Status.RESOLVED: "resolved_at", Status.EXPIRED: "expired_at"}
_COMMON = ("title", "modules", "agent", "tags", "valid_from", "references", "valid_to")
_MOVE = {"origin": "from", "destination": "to"}


class _Habit:
    """Which member of a file says a field of ours, and in what shape.

    The entry that is replaced counts first, then those that people wrote; others of archmem's
    own do not count.
    """

    def __init__(self, kind: Kind, entries: Sequence[JsonEntry] = (), uid: str = "") -> None:
        self._names = _NAMES | (_FLAG_NAMES if kind is Kind.FLAG else {})
        self.own = next((entry.raw for entry in entries if entry.uid == uid), {})
        self._others = [e.raw for e in entries if not e.uid and isinstance(e.value, dict)]

    def name(self, of: str, otherwise: str) -> str:
        """What the entry itself calls a field, or else most others do, or else our name."""
        return next(iter(self._used(of)), otherwise)

    def own_names(self) -> frozenset[str]:
        """The members of the entry itself that say fields of ours besides its text."""
        known = {name for of in self._names if of != "description" for name in self._names[of]}
        return frozenset(name for name in self.own if snake(name) in known)

    def spelled(self, of: str, otherwise: str, value: Any) -> tuple[str, Any]:
        """The name for a field, and its value: one name alone bare, where others have it so."""
        if not isinstance(value, list):
            return self.name(of, otherwise), value
        for name in self._used(of):
            found = [one[name] for one in (self.own, *self._others) if name in one]
            if not isinstance(found[0], str):
                return name, value
            if len(value) == 1 and "," not in value[0]:
                return name, value[0]
        return otherwise, value

    def _used(self, of: str) -> list[str]:
        known = self._names.get(of, ())
        own = [name for name in self.own if snake(name) in known]
        found = Counter(name for one in self._others for name in one if snake(name) in known)
        return own or sorted(found, key=lambda n: (-found[n], known.index(snake(n)), n))


def put_json(text: str | None, draft: Draft, uid: str) -> list[str]:
    """Texts with the draft as an entry: in place of the one with this uid, or at the end.

    All but the last follow the spelling of the entries that are there; the first ones do without
    a title, which a reader may make of the rest. The last says everything in our own words.
    """
    text = text if text and text.strip("\ufeff \t\r\n") else ""
    entries = find_entries(JsonText(text), SHAPES[draft.kind]) if text else []
    habit = _Habit(draft.kind, entries, uid)
    rendered = [_rendered(draft, uid, habit), _rendered(draft, uid, _Habit(draft.kind))]
    if "title" not in habit.own:
        rendered = [_untitled(rendered[0], draft, habit), *rendered]
    return [_put(text, draft, uid, entry, habit) for entry in rendered]


def member_edits(text: str, draft: Draft, name: str, was: Any, wanted: Any) -> Iterator[str]:
    """Texts in which an entry may say what is wanted; those that change least first."""
    document = JsonText(text)
    for found in _objects(document, document.whole, draft.lines or (0, 0)):
        entry = _Members(document, found, draft)
        if name == "references":
            for relation in sorted(wanted - was):
                yield from _more(entry, relation)
            for relation in sorted(was - wanted):
                yield from _less(entry, relation)
        elif name.startswith(EXTRA):
            own = name.removeprefix(EXTRA)
            known = [member for member in entry.members if member.name == own]
            yield from entry.set(known, own, wanted)
        else:
            names = _STATED_AS.get(name, (name,))
            is_end = name == "valid_to" and draft.kind is Kind.FLAG
            new = _ENDS.get(draft.status, names[0]) if is_end else names[0]
            said = None if wanted is Status.UNSTATED else wanted
            yield from entry.set(entry.called(*names), entry.spelled(new), said)


def _put(text: str, draft: Draft, uid: str, entry: dict[str, JsonValue], habit: _Habit) -> str:
    collections = SPECS[draft.kind].collections
    if not text:
        return json.dumps({collections[0]: [entry]}, indent=2, ensure_ascii=False) + "\n"
    if habit.own:
        return _updated(text, draft, uid, entry, habit)
    document = JsonText(text)
    home = document.whole
    if not isinstance(document.root, list):
        members = {snake(each.name or ""): each for each in document.members(home)}
        found = [members[name] for name in collections if name in members]
        holder = next((each for each in found if isinstance(each.value, list | dict)), None)
        if holder is None:
            return document.append(home, [entry], name=collections[0])
        home = holder
    if isinstance(home.value, list):
        return document.append(home, entry)
    wanted = slug(draft.title) or uid
    taken = isinstance(home.value, dict) and wanted in home.value
    return document.append(home, entry, name=uid if taken else wanted)


def _updated(text: str, draft: Draft, uid: str, entry: dict[str, JsonValue], habit: _Habit) -> str:
    """The text with the members of one entry brought up to date, one after the other.

    Members that say the same keep their bytes, those that we do not know stay.
    """
    fields = {*_COMMON, *type(draft.details).model_fields} - {"kind"}
    ours = {SPECS[draft.kind].spelled.get(name, name) for name in fields} | habit.own_names()
    ours |= {SAID_BY}
    ours |= {"module_affected"} if draft.kind is Kind.FLAG else set()
    while True:
        document = JsonText(text)
        member = _find(document, draft.kind, uid)
        members = {each.name: each for each in document.members(member)}
        for name, old in members.items():
            if name in entry and old.value != entry[name]:
                text = document.replace_value(old, entry[name])
                break
            if name in ours and name not in entry:
                text = document.remove(member, old)
                break
        else:
            missing = next((name for name in entry if name not in members), None)
            if missing is None:
                return text
            text = document.append(member, entry[missing], name=missing)


def _find(document: JsonText, kind: Kind, uid: str) -> Member:
    entries = find_entries(document, SHAPES[kind])
    return next(entry.member for entry in entries if entry.uid == uid)


def _rendered(draft: Draft, uid: str, habit: _Habit) -> dict[str, JsonValue]:
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
    spelling = SPECS[draft.kind].spelled
    entry: dict[str, Any] = {"uid": uid} | ({SAID_BY: draft.said_by} if draft.said_by else {})
    for name, value in said.items():
        if _says(plain := _plain(value)):
            spelled, shown = habit.spelled(name, spelling.get(name, name), plain)
            entry[spelled] = shown
    modules = entry.get("affects_multiple", [])
    if len(modules) == 1 and "," not in modules[0]:
        entry["module_affected"] = entry.pop("affects_multiple")[0]
    entry |= {name: value for name, value in draft.extra.items() if name not in entry}
    there = {name: entry[name] for name in habit.own if name in entry}
    return _with_words(there | entry, draft, habit)


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


def _with_words(entry: dict[str, JsonValue], draft: Draft, habit: _Habit) -> dict[str, JsonValue]:
    """The entry with the draft's text as its description.

    Not where that only repeats what the entry's fields say, or said before they changed.
    """
    name = habit.name("description", "description")
    repeated = [draft.title, entry.get(name)]
    for each in (entry, habit.own):
        fields = {member: value for member, value in each.items() if member not in ("uid", SAID_BY)}
        untitled = {member: value for member, value in fields.items() if member != "title"}
        repeated += [render(some, lead=(*TITLES, *TEXTS)) for some in (fields, untitled)]
    return entry if draft.body in repeated else {**entry, name: draft.body}


def _untitled(entry: dict[str, JsonValue], draft: Draft, habit: _Habit) -> dict[str, JsonValue]:
    """The entry without its title; of a flag it is its description, if that has no other words."""
    rest = {name: value for name, value in entry.items() if name != "title"}
    if draft.kind is Kind.FLAG and not any(snake(name) in TEXTS for name in rest):
        rest[habit.name("description", "description")] = " ".join(draft.title.split())
    return rest


def _says(value: Any) -> bool:
    return value not in (None, "", [])


def _plain(value: Any) -> Any:
    """A value as JSON has it: days, or moments in UTC, whole numbers without a point."""
    if isinstance(value, datetime):
        return moment_words(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, str):
        return str(value).strip()
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain for inner in value if _says(plain := _plain(inner))]
    return value


def _objects(document: JsonText, container: Member, lines: tuple[int, int]) -> Iterator[Member]:
    """The objects that stand on just these lines, outermost first."""
    if isinstance(container.value, dict) and document.lines(container) == lines:
        yield container
    for member in document.members(container):
        if isinstance(member.value, dict | list):
            first, last = document.lines(member)
            if first <= lines[0] and lines[1] <= last:
                yield from _objects(document, member, lines)


class _Members:
    def __init__(self, document: JsonText, whole: Member, draft: Draft) -> None:
        self.document, self.whole, self.draft = document, whole, draft
        self.members = document.members(whole)

    def called(self, *names: str) -> list[Member]:
        return [each for name in names for each in self.members if snake(each.name or "") == name]

    def set(self, known: list[Member], name: str, value: Any) -> Iterator[str]:
        """The text with one of these members set, or a new one, or without if it says nothing."""
        if value in (None, "", [], ()):
            yield from (self.document.remove(self.whole, member) for member in known)
            return
        for member in known:
            yield self.document.replace_value(member, self._said(value, member.value))
        if not known:
            yield self.document.append(self.whole, self._said(value, None), name=name)

    def spelled(self, name: str) -> str:
        """A name as the entry's other names are: with low lines, or with humps."""
        names = [member.name or "" for member in self.members]
        if any("_" in each for each in names) or not any(each != each.lower() for each in names):
            return name
        first, *rest = name.split("_")
        return first + "".join(part.capitalize() for part in rest)

    def _said(self, value: Any, old: JsonValue) -> JsonValue:
        """A value as the file has such values."""
        if isinstance(value, datetime):
            return self._moment(value, str(old or ""))
        if isinstance(value, Status):
            return cased(str(value), str(old or self.draft.status))
        if isinstance(value, tuple):
            return [str(each) for each in value]
        return value  # type: ignore[no-any-return]  # JSON's own: a text, a number, an object

    def _moment(self, value: datetime, old: str) -> str:
        said = value.astimezone(UTC)
        if said.time() == time() and "T" not in old and " " not in old:
            return said.date().isoformat()
        texts = [old, *(str(member.value) for member in self.members)]
        ends_in_z = any(text[:2].isdigit() and text.endswith("Z") for text in texts)
        return said.isoformat().replace("+00:00", "Z") if ends_in_z else said.isoformat()


def _more(entry: _Members, relation: Relation) -> Iterator[str]:
    """One relation more: in the list of its name, of all relations, or as a new member."""
    link, target, inverse, partial = relation
    whole: JsonValue = {
        "type": str(LinkType(link)),
        "target": target,
        **({"inverse": True} if inverse else {}),
        **({"partial": True} if partial else {}),
    }
    document, name = entry.document, relation_name(relation)
    for member in [] if partial else entry.called(name):
        if isinstance(member.value, list):
            yield document.append(member, target)
        else:
            yield document.replace_value(member, [member.value, target])
    for member in entry.called("references", "links"):
        if isinstance(member.value, list):
            yield document.append(member, whole)
    if partial:
        yield document.append(entry.whole, [whole], name="references")
    yield document.append(entry.whole, target, name=entry.spelled(name))


def _less(entry: _Members, relation: Relation) -> Iterator[str]:
    """One relation less, and its member where that names no other."""
    for member in entry.called(relation_name(relation), "references", "links"):
        listed = member.value if isinstance(member.value, list) else [member.value]
        left = [
            each
            for each in listed
            if (each.get("target") if isinstance(each, dict) else each) != relation[1]
        ]
        if left:
            yield entry.document.replace_value(member, left)
        else:
            yield entry.document.remove(entry.whole, member)
