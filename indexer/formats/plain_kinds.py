"""Kinds that are read by the fields of their `KindSpec` alone, from JSON or from Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from indexer.formats.document import MEMORY_FOLDER, Format, Parsed, with_unique_keys
from indexer.formats.entries.json_entries import (
    draft_of,
    known_status,
    parse_entries,
    take_common,
)
from indexer.formats.entries.json_fields import Fields
from indexer.formats.entries.labels import LABELS, entry_draft, status_of
from indexer.formats.entries.markdown_fields import EntryPage, unescape
from indexer.formats.json_kinds import SHAPES
from indexer.wording.entry_names import as_title, slug
from indexer.wording.mentions import TextPlace
from memory.kinds import SPECS
from memory.kinds.spec import FieldForm
from memory.kinds.vocabulary import Status, Trust
from memory.models.details import DETAILS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import PurePosixPath

    from indexer.formats.document import Document
    from indexer.formats.entries.json_entries import JsonEntry
    from indexer.formats.entries.markdown_fields import EntrySpan, EntryText
    from memory.kinds.spec import KindSpec
    from memory.models.memory import Draft

_MISREAD = "a field says what it does not take"


class PlainFormat(Format):
    """The file of each kind that `is_plain`; in Markdown only what archmem marked is an entry."""

    name = "plain kinds"
    trust = Trust.TEAM
    order = 0
    endings = frozenset({".md", ".json"})

    def accepts(self, path: PurePosixPath) -> bool:
        """Whether it is the file of such a kind."""
        return _spec_of(str(path)) is not None

    def parse(self, document: Document) -> Parsed:
        """All entries of the file."""
        spec = _spec_of(document.path)
        if spec is None:
            return Parsed()
        if document.path.endswith(".json"):
            shape = SHAPES[spec.kind]
            return parse_entries(document, shape, lambda entry: _of_json(entry, spec))
        page = EntryPage(document.text)
        drafts = (_of_markdown(page, part, document.path, spec) for part in page.marks.values())
        return Parsed(with_unique_keys(draft for draft in drafts if draft is not None))


def _spec_of(path: str) -> KindSpec | None:
    return next(
        (
            spec
            for spec in SPECS.values()
            if spec.is_plain and path == "/".join((*MEMORY_FOLDER, spec.file))
        ),
        None,
    )


def _of_json(entry: JsonEntry, spec: KindSpec) -> Draft | str:
    if not isinstance(entry.value, dict):
        return "it is not an object"
    fields = Fields(entry.raw, SHAPES[spec.kind].names)
    status = fields.take("status", read=known_status)
    try:
        details = fields.details(DETAILS[spec.kind], **({"status": status} if status else {}))
    except ValidationError:
        return _MISREAD
    said = take_common(fields, entry)
    title = said["title"] or as_title(entry.name)
    if not title:
        return "it has no title"
    said |= {"title": title, "details": details, **fields.beginning("date")}
    return draft_of(entry, fields, key=slug(entry.name or title), **said)


def _of_markdown(page: EntryPage, part: EntrySpan, path: str, spec: KindSpec) -> Draft | None:
    text = page.text(part.below, part.lines[1], LABELS[spec.kind], exact=True)
    place = TextPlace(path, page.page.definitions)
    status = status_of(text, place)
    said: dict[str, Any] = {} if status is Status.UNSTATED else {"status": status}
    try:
        details = DETAILS[spec.kind](**said, **dict(_stated(text, spec)))
    except ValidationError:
        return None
    title = as_title(unescape(part.title))
    return entry_draft(page, part, text, place, title=title, details=details) if title else None


def _stated(text: EntryText, spec: KindSpec) -> Iterator[tuple[str, Any]]:
    """The fields that an entry states; numbers, moments and choices as they are written."""
    readers: dict[FieldForm, Callable[[str], Any]] = {
        FieldForm.TEXT: text.text,
        FieldForm.TEXTS: text.items,
    }
    for field in spec.fields:
        if said := readers.get(field.form, text.word)(field.name):
            yield field.name, said
