"""Notes: the pages of a memory folder or a memory bank, and what modules and agents note."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from indexer.formats.document import (
    MEMORY_FOLDER,
    Format,
    Parsed,
    agent_name,
    owner_of,
    with_unique_keys,
)
from indexer.formats.entries.json_entries import (
    ABOUT_THE_FILE,
    JsonEntry,
    draft_of,
    entry_of,
    known_status,
    parse_json,
    read_entries,
    take_common,
)
from indexer.formats.entries.json_fields import Fields, field_names, label, prose
from indexer.formats.entries.labels import NOTE, entry_draft, status_of
from indexer.formats.entries.markdown_fields import EntryPage, EntrySpan, fold, unescape
from indexer.formats.lessons import FORMS, read_lesson
from indexer.markup.elements import list_items, plain
from indexer.wording.dates import beginning, read_when
from indexer.wording.entry_names import as_title, first_sentence, slug
from indexer.wording.mentions import TextPlace
from indexer.wording.references import find_references, merge_references
from memory.kinds.vocabulary import LinkType, Status, Trust
from memory.models.details import Note
from memory.models.memory import DESCRIPTION, Draft, Reference
from memory.texts.field_names import snake
from memory.texts.lexicon import read_lexicon

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import PurePosixPath

    from pydantic import JsonValue

    from indexer.formats.document import Document
    from indexer.markup.json_text import JsonText, Member
    from indexer.markup.page import Section
    from memory.models.memory import Figures

#: A page of this many characters or fewer, or with fewer sections than several, is one note.
WHOLE_PAGE = 1_500
_SEVERAL = 2

_BOILERPLATE = re.compile(
    r"(?:this file (?:records|tracks|provides|is)|this document (?:tracks|records)|memory bank)\b",
    re.IGNORECASE,
)
_GENERIC = frozenset(read_lexicon("labels")["note"]["generic"])

_NAMES = field_names("note")
_COLLECTIONS = frozenset(_NAMES["collections"])
_ABOUT = ABOUT_THE_FILE.union(_NAMES["about_the_file"])
_NOTE_MARKS = frozenset(_NAMES["marks"])
_LESSONS = frozenset(FORMS).difference(_NAMES["not_lessons"])


def page_notes(document: Document) -> tuple[Draft, ...]:
    """The notes of a page: one for each section of the second level, or one for a small page.

    What archmem wrote is always a note of its own and never counts towards the size of the
    rest. Sections that say nothing, such as those of an unfilled template, yield nothing.
    What the page says it is about, the `description` of its front matter, is its first note's.
    """
    entries = EntryPage(document.text)
    topic = Fields(entries.page.front.data).text("topic", "type") or _topic(document.name)
    place = TextPlace(document.path, entries.page.definitions)
    parts = _parts(entries, _page_title(entries, document))
    made = (_draft(entries, part, place, topic) for part in parts)
    drafts = [draft for draft in made if draft is not None]
    for number, draft in enumerate(drafts[1:], start=1):
        extra = {name: said for name, said in draft.extra.items() if name != DESCRIPTION}
        drafts[number] = draft.model_copy(update={"extra": extra})
    return with_unique_keys(drafts)


def _draft(entries: EntryPage, part: EntrySpan, place: TextPlace, topic: str) -> Draft | None:
    exact = part.uid is not None
    text = entries.text(part.below, part.lines[1], NOTE, exact=exact)
    title = as_title(unescape(part.title) if exact else part.title) or first_sentence(text.lead)
    if not title or (text.is_empty and not exact):
        return None
    owner = owner_of(place.path)
    front = Fields({} if exact else entries.page.front.data)
    stated = front.beginning("date", "updated", "created", "last_updated")
    headed = beginning(_date_of(part))
    agent = front.text("agent")
    topic = text.word("topic") or ("" if exact else topic)
    return entry_draft(
        entries,
        part,
        text,
        place,
        title=title,
        details=Note(topic=topic, status=status_of(text, place)),
        modules=front.words("modules", "module") or owner.modules,
        agent=agent_name(agent) or owner.agent,
        tags=front.words("tags"),
        **(headed if any(headed.values()) else stated),
        extra={**front.rest(), **text.unknown},
    )


def _date_of(part: EntrySpan) -> datetime | Figures | None:
    dated = not part.uid and re.match(r"\W*\d{1,4}[-/.年]\d", part.title)
    return read_when(part.title) if dated else None


def _parts(entries: EntryPage, page_title: str) -> Iterator[EntrySpan]:
    """The stretches of a page that become notes; none overlaps another."""
    start, end = entries.page.front.end + 1, len(entries.page.lines) + 1
    marked = [section for section in entries.page.sections[1:] if entries.mark(section)]
    first_mark = marked[0].lines[0] if marked else end
    heads = list(_heads(entries))
    size = sum(len(line) + 1 for line in entries.page.lines[start - 1 : first_mark - 1])
    if size <= WHOLE_PAGE or sum(head.lines[0] < first_mark for head in heads) < _SEVERAL:
        heads = [head for head in heads if head.lines[0] > first_mark]
    cuts = sorted([*(each.lines[0] for each in (*heads, *marked)), end])
    until = {first: entries.last_said(first, cut - 1) for first, cut in pairwise(cuts)}
    yield from _stretch(entries, start, entries.last_said(0, cuts[0] - 1), page_title)
    for head in heads:
        generic = fold(head.title) in _GENERIC
        title = f"{page_title}: {head.title}" if generic else head.title
        yield EntrySpan((head.lines[0], until[head.lines[0]]), head.start, title)
    for section in marked:
        if mark := entries.mark(section):
            yield mark


def _heads(entries: EntryPage) -> Iterator[Section]:
    """The headings of the first two levels that are people's, without the page's own title."""
    of_mark = 0  # the last line of what archmem wrote above
    for number, section in enumerate(entries.page.sections[1:]):
        if entries.mark(section):
            of_mark = section.lines[1]
            continue
        is_title = number == 0 and section.level == 1
        if section.level <= 2 and section.lines[0] > of_mark and not is_title:
            yield section


def _stretch(entries: EntryPage, start: int, last: int, title: str) -> Iterator[EntrySpan]:
    """Everything from one line to another, where that is more than a heading and boilerplate."""
    lines = entries.page.lines
    while start <= last and not lines[start - 1].strip():
        start += 1
    heading = next(
        (each for each in entries.page.sections[1:] if each.lines[0] == start and each.level == 1),
        None,
    )
    below = heading.start if heading else start
    if below <= last and not _BOILERPLATE.match(lines[below - 1]):
        yield EntrySpan((start, last), below, title)


def _page_title(entries: EntryPage, document: Document) -> str:
    """The title that the page gives itself, or its name in words."""
    front = Fields(entries.page.front.data)
    first = next(iter(entries.page.sections[1:]), None)
    own = first.title if first and first.level == 1 and not entries.mark(first) else ""
    words = (front.text("name") or document.name.rpartition(".")[0]).replace("-", " ")
    words = words.replace("_", " ").strip()
    return front.text("title") or own or words[:1].upper() + words[1:]


def _topic(name: str) -> str:
    stem = slug(name.rpartition(".")[0])
    return "" if stem in {"notes", "readme", "index", "memory"} else stem


_BANKS = frozenset({"memory-bank", "memory_bank"})
_LINK = re.compile(r"\[\[[^\[\]\n]+\]\]|\[(?P<title>[^\[\]\n]+)\]\([^()\n]*\)")
_WIKI = re.compile(r"\[\[([^\[\]|\n]+)(?:\|[^\[\]\n]*)?\]\]")
_STARTS_WITH_LINK = re.compile(r"(?:\*\*|__)?(?:\[\[[^\[\]\n]+\]\]|\[[^\[\]\n]+\]\([^()\s]+\))")

#: An index line says something beyond its links from this many words on.
_FEWEST_WORDS = 3
#: Prose around index lines is kept from this many characters on; less only introduces them.
_FEWEST_CHARACTERS = 80


class MemoryPages(Format):
    """Notes by section; of an index, a note for each line that says more than where to look.

    What an index line links to is read from its own file; the note has the line's words and a
    reference to that file.
    """

    name = "memory pages"
    trust = Trust.TEAM
    order = 2
    endings = frozenset({".md"})

    def accepts(self, path: PurePosixPath) -> bool:
        """Whether the file is Markdown of a memory folder or a memory bank."""
        in_memory = path.parts[:2] == MEMORY_FOLDER
        in_bank = bool(_BANKS.intersection(path.parts[:-1]))
        return path.suffix.lower() == ".md" and (in_memory or in_bank)

    def parse(self, document: Document) -> Parsed:
        """All notes of a page."""
        entries = EntryPage(document.text)
        if not any(_is_index_line(line.lstrip("-*+ \t")) for line in entries.shown):
            return Parsed(page_notes(document))
        place = TextPlace(document.path, entries.page.definitions)
        drafts = [
            draft
            for section in entries.page.sections
            for draft in (*_index(entries, section, place), *_around(entries, section, place))
        ]
        drafts.sort(key=lambda draft: draft.lines or (0, 0))
        return Parsed(with_unique_keys(drafts))


def _index(entries: EntryPage, section: Section, place: TextPlace) -> Iterator[Draft]:
    """The index lines of a section that say something."""
    for first, last, text in _items(section):
        beyond = re.findall(r"\w+", _LINK.sub("", text))
        if _is_index_line(text) and len(beyond) >= _FEWEST_WORDS:
            link = _LINK.search(text)
            title = plain(link[0]).strip("[]") if link else text
            yield _note(entries, (first, last), title, place)


def _around(entries: EntryPage, section: Section, place: TextPlace) -> Iterator[Draft]:
    """The stretches of a section between its index lines."""
    taken = {
        line
        for first, last, text in _items(section)
        if _is_index_line(text)
        for line in range(first, last + 1)
    }
    stretch: list[int] = []
    end = section.start + (section.text.count("\n") + 1 if section.text else 0)
    for line in range(section.start, end + 1):
        if line < end and line not in taken:
            stretch.append(line)
            continue
        said = [number for number in stretch if entries.said[number - 1].strip()]
        if said and sum(len(entries.said[number - 1]) for number in said) >= _FEWEST_CHARACTERS:
            title = section.title or plain(entries.said[said[0] - 1])
            yield _note(entries, (said[0], said[-1]), title, place)
        stretch = []


def _items(section: Section) -> Iterator[tuple[int, int, str]]:
    for item in list_items(section.text):
        first, last = (section.start + line - 1 for line in item.lines)
        yield first, last, item.text


def _is_index_line(text: str) -> bool:
    return bool(_STARTS_WITH_LINK.match(text))


def _note(entries: EntryPage, lines: tuple[int, int], title: str, place: TextPlace) -> Draft:
    body = entries.page.slice(lines)
    said = as_title(title, 200)
    named = find_references(body, place, typed=False)
    wiki = (
        Reference(type=LinkType.RELATES_TO, target=target.strip()) for target in _WIKI.findall(body)
    )
    return Draft(
        title=said,
        body=body,
        details=Note(topic="index"),
        references=merge_references([*named, *wiki]),
        key=slug(said),
        lines=lines,
    )


class ModuleNotes(Format):
    """What a team knows of its modules, in Markdown and JSON; a file may be a module's folder."""

    name = "modules notes"
    trust = Trust.TEAM
    below = (*MEMORY_FOLDER, "modules")
    endings = frozenset({".md", ".json"})

    def parse(self, document: Document) -> Parsed:
        """All notes of a file."""
        if document.name.lower().endswith(".json"):
            return parse_json(document, lambda json: _JsonReader(document, json).parsed())
        return Parsed(page_notes(document))


class AgentNotes(ModuleNotes):
    """What agents wrote down for themselves."""

    name = "agents notes"
    trust = Trust.AGENT
    below = (*MEMORY_FOLDER, "agents")


class _JsonReader:
    """Reads a document's list entries, or its members where these are no lists."""

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

    def _entries(self) -> Iterator[JsonEntry]:
        root = self._json.whole
        if isinstance(root.value, dict) and not {snake(name) for name in root.value} & _NOTE_MARKS:
            yield from self._of_object(root)
        elif isinstance(root.value, list):
            yield from self._each(root, "")
        else:
            yield entry_of(self._json, root)

    def _of_object(self, container: Member) -> Iterator[JsonEntry]:
        for member in self._json.members(container):
            name = snake(member.name or "")
            value = member.value
            if name in _ABOUT and not isinstance(value, list | dict):
                continue
            is_named = name in _COLLECTIONS or name.replace("_", " ") in _LESSONS
            if isinstance(value, list | dict) and (is_named or _are_entries(value)):
                yield from self._each(member, name)
            elif prose(value):
                yield entry_of(self._json, member)

    def _each(self, container: Member, collection: str) -> Iterator[JsonEntry]:
        for member in self._json.members(container):
            if prose(member.value):
                yield entry_of(self._json, member, collection=collection)

    def _read(self, entry: JsonEntry) -> Draft | str:
        """The note or lesson of an entry, belonging to whom the document belongs to."""
        if entry.collection.replace("_", " ") in _LESSONS:
            made = read_lesson(entry, "best_practice")
        else:
            made = self._note(entry)
        if isinstance(made, str):
            return made
        owner = {"modules": made.modules or self._modules, "agent": made.agent or self._agent}
        return made.model_copy(update=owner)

    def _note(self, entry: JsonEntry) -> Draft:
        raw: dict[str, JsonValue] = (
            entry.raw if isinstance(entry.value, dict) else {"content": entry.value}
        )
        fields = Fields(raw, _NAMES)
        began = fields.beginning("date")
        status = fields.take("status", read=known_status) or Status.UNSTATED
        topic = fields.text("topic") or self._topic
        common = take_common(fields, entry)
        title = common["title"] or _entry_title(entry, raw)
        said = common | {
            "title": title,
            "details": Note(topic=topic, status=status),
            **began,
            "key": "/".join(slug(part) for part in (entry.collection, title) if part),
        }
        draft = draft_of(entry, fields, **said)
        if isinstance(entry.value, dict):
            return draft
        return draft.model_copy(update={"body": f"{title}\n{prose(entry.value)}", "extra": {}})


def _are_entries(value: list[JsonValue] | dict[str, JsonValue]) -> bool:
    if isinstance(value, list):
        return any(isinstance(each, dict) for each in value)
    return bool(value) and all(isinstance(each, dict) for each in value.values())


def _entry_title(entry: JsonEntry, raw: dict[str, JsonValue]) -> str:
    """A title for an entry without one: what it is listed under, its subject, or how it begins."""
    named = label(entry.name) if snake(entry.name) == entry.name else entry.name
    subject = Fields(raw, _NAMES).text("title", "subject") if isinstance(entry.value, dict) else ""
    said = subject or next((text for value in raw.values() if (text := prose(value))), "")
    title = named or first_sentence(subject or said) or label(entry.collection) or "Note"
    return as_title(f"{label(entry.collection)}: {title}" if entry.collection and named else title)
