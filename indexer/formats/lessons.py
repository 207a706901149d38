"""What was learned: patterns, antipatterns and best practices of `.claude/memory/learned/`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from indexer.formats.document import MEMORY_FOLDER, Format, Parsed, with_unique_keys
from indexer.formats.entries.json_entries import (
    EntryShape,
    JsonEntry,
    draft_of,
    known_status,
    parse_entries,
    take_common,
)
from indexer.formats.entries.json_fields import Fields
from indexer.formats.entries.labels import LESSON, entry_draft, status_of
from indexer.formats.entries.markdown_fields import EntryPage, EntrySpan, fold, unescape
from indexer.markup.elements import list_items, plain
from indexer.wording.entry_names import as_title, first_sentence, slug
from indexer.wording.mentions import TextPlace
from memory.kinds.vocabulary import Status, Trust
from memory.models.details import Lesson
from memory.texts.field_names import snake
from memory.texts.lexicon import by_word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.formats.document import Document
    from memory.models.memory import Draft

LessonForm = Literal["pattern", "antipattern", "best_practice"]

SHAPE = EntryShape.of("lesson", scalars=True)
#: What a file, a heading or a JSON member is called when it says which form its lessons have.
FORMS = cast("dict[str, LessonForm]", by_word(SHAPE.names["forms"]))
_STATED = cast("dict[str, LessonForm]", by_word(SHAPE.names["stated"]))


class LessonFormat(Format):
    """Markdown with a heading, or a list item, for each lesson; JSON with an entry for each.

    The form comes from the entry, the heading around it, or the file's name, in this order.
    """

    name = "lessons"
    trust = Trust.TEAM
    below = (*MEMORY_FOLDER, "learned")
    endings = frozenset({".md", ".json"})

    def parse(self, document: Document) -> Parsed:
        """All lessons of a file."""
        stem = fold(document.name.rpartition(".")[0])
        form = FORMS.get(stem, "best_practice")
        if document.name.lower().endswith(".json"):
            return parse_entries(document, SHAPE, lambda entry: read_lesson(entry, form))
        return _parse_page(document, form)


def read_lesson(entry: JsonEntry, otherwise: LessonForm) -> Draft | str:
    """The lesson of a JSON entry; a plain text is a lesson that says no more than its title."""
    if isinstance(entry.value, list):
        return "it is not an object"
    around = FORMS.get(entry.collection.replace("_", " "))
    stated = _STATED.get(snake(Fields(entry.raw, SHAPE.names).text("form")))
    raw = entry.raw if isinstance(entry.value, dict) else {"lesson": entry.value}
    fields = Fields(raw, SHAPE.names)
    if stated:
        fields.text("form")
    began = fields.beginning("date")
    details = fields.details(
        Lesson,
        form=stated or ("antipattern" if "antipattern" in raw else around or otherwise),
        status=fields.take("status", read=known_status) or Status.UNSTATED,
    )
    common = take_common(fields, entry) | {"details": details, **began}
    said = "" if common["title"] else fields.text("lesson")
    title = common["title"] or first_sentence(said, 200) or as_title(entry.name)
    if not title:
        return "it does not say what was learned"
    if said and said != title:
        fields = Fields({**fields.rest(), "description": said})
    key = slug(Fields(raw).text("id", "key")) or slug(title)
    return draft_of(entry, fields, key=key, **common | {"title": title})


def _parse_page(document: Document, form: LessonForm) -> Parsed:
    page = EntryPage(document.text)
    place = TextPlace(document.path, page.page.definitions)
    drafts = (_draft(page, part, place, form) for part, form in _parts(page, form))
    return Parsed(with_unique_keys(draft for draft in drafts if draft is not None))


def _parts(page: EntryPage, otherwise: LessonForm) -> Iterator[tuple[EntrySpan, LessonForm]]:
    """A lesson for each heading that is not a group, and for each item of a group's own list."""
    form = otherwise
    inside = 7  # headings deeper than this belong to the lesson above
    for section in page.page.sections:
        mark = page.mark(section) if section.level else None
        if section.level > inside:
            continue
        inside = 7
        named = FORMS.get(fold(section.title))
        if mark is None and (section.level < 2 or named):
            form = named or (otherwise if section.level < 2 else form)
            for item in list_items(section.text):
                first, last = (section.start + line - 1 for line in item.lines)
                yield EntrySpan((first, last), first, plain(item.text)), form
            continue
        inside = section.level
        yield mark or EntrySpan(section.lines, section.start, section.title), form


def _draft(page: EntryPage, part: EntrySpan, place: TextPlace, form: LessonForm) -> Draft | None:
    exact = part.uid is not None
    text = page.text(part.below, part.lines[1], LESSON, exact=exact)
    title = as_title(unescape(part.title)) if exact else first_sentence(part.title, 200)
    if not title or (text.is_empty and not exact):
        return None
    details = text.details(
        Lesson, form=_STATED.get(snake(text.word("form")), form), status=status_of(text, place)
    )
    return entry_draft(page, part, text, place, title=title, details=details)
