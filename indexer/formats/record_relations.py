"""Relations that a record's headings state: "Superseded by" over a list, "Replaces ADR 3"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.markup.elements import list_items, plain, table_rows, without_code, without_comments
from indexer.wording.references import field_references, find_references
from memory.kinds.vocabulary import LinkType
from memory.texts.lexicon import read_lexicon

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.markup.page import Page, Section
    from indexer.wording.mentions import TextPlace
    from memory.models.memory import Reference

_DIGIT = re.compile(r"\d")
_TERSE = 12  # words; a longer text is a sentence, and may be about anything
_OTHER_MEANINGS = frozenset(read_lexicon("relations")["cues"]["other_headings"])


def headed_references(page: Page, section: Section, place: TextPlace) -> Iterator[Reference]:
    """What the heading of a section says of the records that it names, or that stand below it."""
    name = section.title.strip(" :")
    if not name or name.casefold() in _OTHER_MEANINGS:
        return
    heading = page.lines[section.lines[0] - 1].lstrip("#= ")  # as written, for its links
    for reference in find_references(heading, place, bare=True):
        if reference.type is not LinkType.RELATES_TO:
            yield reference
    if field_references(name, "ADR 1"):  # it is the name of a relation
        yield from _below(name, without_code(without_comments(section.text)), place)


def _below(name: str, text: str, place: TextPlace) -> Iterator[Reference]:
    """What the items, the cells or else the paragraphs of a section name."""
    items, rows = list_items(text), table_rows(text)
    parts = [item.text for item in items] or [cell for row in rows for cell in row]
    for said in parts or [" ".join(part.split()) for part in text.split("\n\n")]:
        if len(said.split()) > _TERSE:
            yield from find_references(f"{name}: {said}", place, bare=True)
            continue
        for reference in field_references(name, said, place):
            is_title = reference.target == plain(said).strip("-*+ ") and not _DIGIT.search(said)
            if not is_title or (reference.type is LinkType.SUPERSEDES and not rows):
                yield reference
