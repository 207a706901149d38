"""The other pages of a memory: `MEMORY.md`, `.claude/memory/**.md`, `memory-bank/*.md`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.markup.inline import plain
from indexer.markup.outline import list_items
from indexer.sources.document import Parsed
from indexer.sources.entries.page import EntryPage
from indexer.sources.entries.page_notes import page_notes
from indexer.wording.mentions import Place
from indexer.wording.naming import as_title, slug, unique_keys
from indexer.wording.references import find_references, merge_references
from memory.models.details import Note
from memory.models.kinds import LinkType, Trust
from memory.models.revision import Draft, Reference

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePosixPath

    from indexer.markup.markdown import Section
    from indexer.sources.document import Document

_BANKS = frozenset({"memory-bank", "memory_bank"})
_LINK = re.compile(r"\[\[[^\[\]\n]+\]\]|\[(?P<title>[^\[\]\n]+)\]\([^()\n]*\)")
_WIKI = re.compile(r"\[\[([^\[\]|\n]+)(?:\|[^\[\]\n]*)?\]\]")
_STARTS_WITH_LINK = re.compile(r"(?:\*\*|__)?(?:\[\[[^\[\]\n]+\]\]|\[[^\[\]\n]+\]\([^()\s]+\))")

#: An index line says something beyond its links from this many words on.
_FEWEST_WORDS = 3
#: Prose around index lines is kept from this many characters on; less only introduces them.
_FEWEST_CHARACTERS = 80


class MemoryPages:
    """Notes by section; of an index, a note for each line that says more than where to look.

    What an index line links to is read from its own file; the note has the line's words and a
    reference to that file.
    """

    name = "memory pages"
    trust = Trust.TEAM

    def accepts(self, path: PurePosixPath) -> bool:
        """Whether the file is Markdown of a memory folder or a memory bank."""
        in_memory = path.parts[:2] == (".claude", "memory")
        in_bank = bool(_BANKS.intersection(path.parts[:-1]))
        return path.suffix.lower() == ".md" and (in_memory or in_bank)

    def parse(self, document: Document) -> Parsed:
        """All notes of a page."""
        entries = EntryPage(document.text)
        if not any(_is_index_line(line.lstrip("-*+ \t")) for line in entries.shown):
            return Parsed(page_notes(document))
        place = Place(document.path, entries.page.definitions)
        drafts = [
            draft
            for section in entries.page.sections
            for draft in (*_index(entries, section, place), *_around(entries, section, place))
        ]
        drafts.sort(key=lambda draft: draft.lines or (0, 0))
        keys = unique_keys([(draft.key, slug(draft.body)[:24]) for draft in drafts])
        keyed = zip(drafts, keys, strict=True)
        return Parsed(tuple(draft.model_copy(update={"key": key}) for draft, key in keyed))


def _index(entries: EntryPage, section: Section, place: Place) -> Iterator[Draft]:
    """The index lines of a section that say something."""
    for first, last, text in _items(section):
        beyond = re.findall(r"\w+", _LINK.sub("", text))
        if _is_index_line(text) and len(beyond) >= _FEWEST_WORDS:
            link = _LINK.search(text)
            title = plain(link[0]).strip("[]") if link else text
            yield _note(entries, (first, last), title, place)


def _around(entries: EntryPage, section: Section, place: Place) -> Iterator[Draft]:
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


def _note(entries: EntryPage, lines: tuple[int, int], title: str, place: Place) -> Draft:
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
