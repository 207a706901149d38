"""JSON of any shape as notes, and as lessons where it says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.formats.document import agent_name, owner_of
from indexer.formats.entries.json_entries import (
    ABOUT_THE_FILE,
    Entry,
    draft_of,
    known_status,
    parse_json,
    read_entries,
    take_common,
)
from indexer.formats.entries.json_fields import Fields, field_names, label, prose
from indexer.formats.lessons import FORMS, read_lesson
from indexer.wording.naming import as_title, first_sentence, slug
from memory.models.details import Note
from memory.models.kinds import Status
from memory.texts.field_names import snake

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

    from indexer.formats.document import Document, Parsed
    from indexer.markup.json_text import JsonText, Member
    from memory.models.revision import Draft

_NAMES = field_names("note")
_COLLECTIONS = frozenset(_NAMES["collections"])
_ABOUT = ABOUT_THE_FILE.union(_NAMES["about_the_file"])
_NOTE_MARKS = frozenset(_NAMES["marks"])
_LESSONS = frozenset(FORMS).difference(_NAMES["not_lessons"])


def json_notes(document: Document) -> Parsed:
    """The notes of a JSON document: its list entries, or its members where these are no lists."""
    return parse_json(document, lambda json: _Reader(document, json).parsed())


class _Reader:
    """Reads the entries of one document, knowing what the document says of itself."""

    def __init__(self, document: Document, json: JsonText) -> None:
        self._path, self._json = document.path, json
        self._owner = owner_of(document.path)
        about = Fields(json.root if isinstance(json.root, dict) else {})
        named = about.text("agent", "agent_name")
        self._agent = agent_name(named) if named else self._owner.agent
        self._modules = about.words("module", "modules") or self._owner.modules
        self._topic = about.text("topic", "type", "memory_type") or slug(document.name[:-5])

    def parsed(self) -> Parsed:
        """Its notes and lessons."""
        return read_entries(self._path, self._json, list(self._entries()), self._read)

    def _entries(self) -> Iterator[Entry]:
        root = self._json.whole
        if isinstance(root.value, dict) and not {snake(name) for name in root.value} & _NOTE_MARKS:
            yield from self._of_object(root)
        elif isinstance(root.value, list):
            yield from self._each(root, "")
        else:
            yield self._entry(root, "", root.value)

    def _of_object(self, container: Member) -> Iterator[Entry]:
        for member in self._json.members(container):
            name = snake(member.name or "")
            value = member.value
            if name in _ABOUT and not isinstance(value, list | dict):
                continue
            is_named = name in _COLLECTIONS or name.replace("_", " ") in _LESSONS
            if isinstance(value, list | dict) and (is_named or _are_entries(value)):
                yield from self._each(member, name)
            elif prose(value):
                yield self._entry(member, "", value)

    def _each(self, container: Member, collection: str) -> Iterator[Entry]:
        for member in self._json.members(container):
            if prose(member.value):
                yield self._entry(member, collection, member.value)

    def _entry(self, member: Member, collection: str, value: JsonValue) -> Entry:
        lines = self._json.lines(member)
        return Entry(member, lines, member.name or "", (), collection, value)

    def _read(self, entry: Entry) -> Draft | str:
        """The note or lesson of an entry, belonging to whom the document belongs to."""
        if entry.collection.replace("_", " ") in _LESSONS:
            made = read_lesson(entry, "best_practice")
        else:
            made = self._note(entry)
        if isinstance(made, str):
            return made
        owner = {"modules": made.modules or self._modules, "agent": made.agent or self._agent}
        return made.model_copy(update=owner)

    def _note(self, entry: Entry) -> Draft:
        raw: dict[str, JsonValue] = (
            entry.raw if isinstance(entry.value, dict) else {"content": entry.value}
        )
        fields = Fields(raw, _NAMES)
        valid_from = fields.when("date")
        status = fields.take("status", read=known_status) or Status.UNSTATED
        topic = fields.text("topic") or self._topic
        common = take_common(fields, entry)
        title = common.title or _title(entry, raw)
        key = "/".join(slug(part) for part in (entry.collection, title) if part)
        note = Note(topic=topic, status=status)
        draft = draft_of(entry, fields, common, note, title=title, key=key, valid_from=valid_from)
        if isinstance(entry.value, dict):
            return draft
        return draft.model_copy(update={"body": f"{title}\n{prose(entry.value)}", "extra": {}})


def _are_entries(value: list[JsonValue] | dict[str, JsonValue]) -> bool:
    if isinstance(value, list):
        return any(isinstance(each, dict) for each in value)
    return bool(value) and all(isinstance(each, dict) for each in value.values())


def _title(entry: Entry, raw: dict[str, JsonValue]) -> str:
    """A title for an entry without one: what it is listed under, its subject, or how it begins."""
    named = label(entry.name) if snake(entry.name) == entry.name else entry.name
    subject = Fields(raw, _NAMES).text("title", "subject") if isinstance(entry.value, dict) else ""
    said = subject or next((text for value in raw.values() if (text := prose(value))), "")
    title = named or first_sentence(subject or said) or label(entry.collection) or "Note"
    return as_title(f"{label(entry.collection)}: {title}" if entry.collection and named else title)
