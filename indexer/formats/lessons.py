"""What was learned: patterns, antipatterns and best practices of `.claude/memory/learned/`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from indexer.formats.document import Parsed
from indexer.formats.entries.json_entries import (
    DATES,
    Entry,
    Shape,
    draft_of,
    known_status,
    parse_entries,
    take_common,
)
from indexer.formats.entries.json_fields import Fields
from indexer.formats.entries.labels import LESSON, references_of, status_of, when_of
from indexer.formats.entries.markdown_fields import EntryPage, fold, unescape
from indexer.markup.elements import list_items, plain
from indexer.wording.mentions import Place
from indexer.wording.naming import as_title, first_sentence, names, slug, unique_keys
from memory.models.details import Lesson
from memory.models.kinds import Status, Trust
from memory.models.revision import Draft
from memory.texts.field_names import snake

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePosixPath

    from indexer.formats.document import Document

LessonForm = Literal["pattern", "antipattern", "best_practice"]

#: What a file, a heading or a JSON member is called when it says which form its lessons have.
FORMS: dict[str, LessonForm] = {
    "pattern": "pattern",
    "patterns": "pattern",
    "successful patterns": "pattern",
    "patterns that worked": "pattern",
    "what worked": "pattern",
    "antipattern": "antipattern",
    "antipatterns": "antipattern",
    "anti pattern": "antipattern",
    "anti patterns": "antipattern",
    "failed patterns": "antipattern",
    "patterns that failed": "antipattern",
    "what failed": "antipattern",
    "what did not work": "antipattern",
    "best practice": "best_practice",
    "best practices": "best_practice",
    "bestpractices": "best_practice",
    "lessons": "best_practice",
    "lessons learned": "best_practice",
    "lesson": "best_practice",
    "learnings": "best_practice",
}
_STATED: dict[str, LessonForm] = {
    "pattern": "pattern",
    "antipattern": "antipattern",
    "anti_pattern": "antipattern",
    "best_practice": "best_practice",
}
_NAMES = ("pattern", "antipattern", "practice", "best_practice", "lesson", "rule", "approach")
_ISSUES = ("issues", "problems", "drawbacks", "downsides", "costs", "symptoms", "pitfalls")
SHAPE = Shape(
    collections=names(
        "patterns antipatterns anti_patterns best_practices lessons lessons_learned entries items "
        "learned data successful_patterns failed_patterns learnings"
    ),
    marks=names(
        "pattern antipattern practice lesson rule outcome issues alternative context title"
    ),
    scalars=True,
)


@dataclass(frozen=True)
class _Part:
    lines: tuple[int, int]  # 1-based, both ends included
    below: int  # 1-based line on which its text begins
    title: str
    form: LessonForm
    uid: str | None = None


class Lessons:
    """Markdown with a heading, or a list item, for each lesson; JSON with an entry for each.

    The form comes from the entry, the heading around it, or the file's name, in this order.
    """

    name = "lessons"
    trust = Trust.TEAM

    def accepts(self, path: PurePosixPath) -> bool:
        """Whether the file is Markdown or JSON of the folder of lessons."""
        in_folder = path.parts[:3] == (".claude", "memory", "learned") and len(path.parts) > 3
        return in_folder and path.suffix.lower() in {".md", ".json"}

    def parse(self, document: Document) -> Parsed:
        """All lessons of a file."""
        stem = fold(document.name.rpartition(".")[0])
        form = FORMS.get(stem, "best_practice")
        if document.name.lower().endswith(".json"):
            return parse_entries(document, SHAPE, lambda entry: read_lesson(entry, form))
        return _parse_page(document, form)


def read_lesson(entry: Entry, otherwise: LessonForm) -> Draft | str:
    """The lesson of a JSON entry; a plain text is a lesson that says no more than its title."""
    if isinstance(entry.value, list):
        return "it is not an object"
    around = FORMS.get(entry.collection.replace("_", " "))
    stated = _STATED.get(snake(Fields(entry.raw).text("form", "type", "kind")))
    raw = entry.raw if isinstance(entry.value, dict) else {"lesson": entry.value}
    fields = Fields(raw)
    if stated:
        fields.text("form", "type", "kind")
    valid_from = fields.when(*DATES)
    details = Lesson(
        form=stated or ("antipattern" if "antipattern" in raw else around or otherwise),
        status=fields.take("status", "state", read=known_status) or Status.UNSTATED,
        context=fields.text("context", "situation", "when", "where"),
        outcome=fields.text("outcome", "result", "results", "effect", "metrics", "impact"),
        issues=fields.texts(*_ISSUES),
        alternative=fields.text("alternative", "alternatives", "instead", "solution", "fix"),
        evidence_for=fields.texts("evidence_for"),
        evidence_against=fields.texts("evidence_against"),
        review_triggers=fields.texts("review_triggers"),
    )
    common = take_common(fields, entry)
    said = "" if common.title else fields.text(*_NAMES)
    title = common.title or first_sentence(said, 200) or as_title(entry.name)
    if not title:
        return "it does not say what was learned"
    if said and said != title:
        fields = Fields({**fields.rest(), "description": said})
    key = slug(Fields(raw).text("id", "key")) or slug(title)
    return draft_of(entry, fields, common, details, title=title, key=key, valid_from=valid_from)


def _parse_page(document: Document, form: LessonForm) -> Parsed:
    entries = EntryPage(document.text)
    place = Place(document.path, entries.page.definitions)
    drafts = [
        draft
        for part in _parts(entries, form)
        if (draft := _draft(entries, part, place)) is not None
    ]
    keys = unique_keys([(draft.key, slug(draft.body)[:24]) for draft in drafts])
    keyed = zip(drafts, keys, strict=True)
    return Parsed(tuple(draft.model_copy(update={"key": key}) for draft, key in keyed))


def _parts(entries: EntryPage, otherwise: LessonForm) -> Iterator[_Part]:
    """A lesson for each heading that is not a group, and for each item of a group's own list."""
    form = otherwise
    inside = 7  # headings deeper than this belong to the lesson above
    for section in entries.page.sections:
        mark = entries.mark(section) if section.level else None
        if section.level > inside:
            continue
        inside = 7
        named = FORMS.get(fold(section.title))
        if mark is None and (section.level < 2 or named):
            form = named or (otherwise if section.level < 2 else form)
            for item in list_items(section.text):
                first, last = (section.start + line - 1 for line in item.lines)
                yield _Part((first, last), first, plain(item.text), form)
            continue
        inside = section.level
        if mark:
            yield _Part(section.lines, mark.below, mark.title, form, mark.uid)
        else:
            yield _Part(section.lines, section.start, section.title, form)


def _draft(entries: EntryPage, part: _Part, place: Place) -> Draft | None:
    exact = part.uid is not None
    text = entries.text(part.below, part.lines[1], LESSON, exact=exact)
    title = as_title(unescape(part.title)) if exact else first_sentence(part.title, 200)
    if not title or (text.is_empty and not exact):
        return None
    return Draft(
        title=title,
        body=entries.page.slice(part.lines),
        details=Lesson(
            form=_STATED.get(snake(text.word("form")), part.form),
            status=status_of(text, place),
            context=text.text("context"),
            outcome=text.text("outcome"),
            issues=text.items("issues"),
            alternative=text.text("alternative"),
            evidence_for=text.items("evidence_for"),
            evidence_against=text.items("evidence_against"),
            review_triggers=text.items("review_triggers"),
        ),
        modules=text.words("modules"),
        agent=text.word("agent") or None,
        tags=text.words("tags"),
        references=references_of(text, place),
        valid_from=when_of(text),
        valid_to=when_of(text, "valid_to"),
        extra=dict(text.unknown),
        key=slug(title),
        lines=part.lines,
        uid=part.uid,
    )
