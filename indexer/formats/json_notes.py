"""JSON of any shape as notes, and as lessons where it says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.formats.document import Parsed, Problem, agent_name, owner_of
from indexer.formats.entries.json_entries import (
    ABOUT_THE_FILE,
    DATES,
    TITLES,
    Entry,
    draft_of,
    known_status,
    read_entries,
    take_common,
)
from indexer.formats.entries.json_fields import Fields, label, prose
from indexer.formats.lessons import FORMS, read_lesson
from indexer.markup.json_text import JsonText, JsonUnreadableError
from indexer.wording.naming import as_title, first_sentence, names, slug
from memory.models.details import Note
from memory.models.kinds import Status
from memory.texts.field_names import snake

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

    from indexer.formats.document import Document
    from indexer.markup.json_text import Member
    from memory.models.revision import Draft

_COLLECTIONS = names("notes entries items knowledge facts data memories records history")
_SUBJECTS = ("topic", "pattern", "subject", "area", "key", "id", "question", "endpoint", "file")
_ABOUT = ABOUT_THE_FILE | names(
    "agent agent_name agent_id module modules type memory_type date tags"
)
_NOTE_MARKS = names("title content body text note")

#: Members of an agent's or a module's JSON that clearly hold lessons; "patterns" alone does not.
_LESSONS = frozenset(FORMS) - {"pattern", "patterns", "lesson", "antipattern", "best practice"}


def json_notes(document: Document) -> Parsed:
    """The notes of a JSON document: its list entries, or its members where these are no lists."""
    if not document.text.strip("\ufeff \t\r\n"):
        return Parsed()
    try:
        json = JsonText(document.text)
    except JsonUnreadableError as error:
        advice = "what is known from this file stays as it is until it can be read"
        problem = Problem(document.path, str(error), error.line, advice)
        return Parsed(problems=(problem,), failed=True)
    reader = _Reader(document, json)
    return read_entries(document.path, json, list(reader.entries()), reader.read)


class _Reader:
    """Reads the entries of one document, knowing what the document says of itself."""

    def __init__(self, document: Document, json: JsonText) -> None:
        self._json = json
        self._owner = owner_of(document.path)
        about = Fields(json.root if isinstance(json.root, dict) else {})
        named = about.text("agent", "agent_name")
        self._agent = agent_name(named) if named else self._owner.agent
        self._modules = about.words("module", "modules") or self._owner.modules
        self._topic = about.text("topic", "type", "memory_type") or slug(document.name[:-5])

    def entries(self) -> Iterator[Entry]:
        """What becomes a note or a lesson."""
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
            if (
                (isinstance(value, list) and (_are_entries(value) or name in _COLLECTIONS))
                or (
                    isinstance(value, dict)
                    and (
                        name in _COLLECTIONS
                        or (value and all(isinstance(v, dict) for v in value.values()))
                    )
                )
                or (name.replace("_", " ") in _LESSONS and isinstance(value, list | dict))
            ):
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

    def read(self, entry: Entry) -> Draft | str:
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
        fields = Fields(raw)
        valid_from = fields.when(*DATES)
        status = fields.take("status", "state", read=known_status) or Status.UNSTATED
        topic = fields.text("topic") or self._topic
        common = take_common(fields, entry)
        title = common.title or _title(entry, raw)
        key = "/".join(slug(part) for part in (entry.collection, title) if part)
        note = Note(topic=topic, status=status)
        draft = draft_of(entry, fields, common, note, title=title, key=key, valid_from=valid_from)
        if isinstance(entry.value, dict):
            return draft
        return draft.model_copy(update={"body": f"{title}\n{prose(entry.value)}", "extra": {}})


def _are_entries(values: list[JsonValue]) -> bool:
    return any(isinstance(value, dict) for value in values)


def _title(entry: Entry, raw: dict[str, JsonValue]) -> str:
    """A title for an entry without one: what it is listed under, its subject, or how it begins."""
    named = label(entry.name) if snake(entry.name) == entry.name else entry.name
    subject = Fields(raw).text(*TITLES, *_SUBJECTS) if isinstance(entry.value, dict) else ""
    said = subject or next((text for value in raw.values() if (text := prose(value))), "")
    title = named or first_sentence(subject or said) or label(entry.collection) or "Note"
    return as_title(f"{label(entry.collection)}: {title}" if entry.collection and named else title)
