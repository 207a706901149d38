"""An entry that archmem writes into a Markdown file: how it looks, and where it goes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.formats.entries.json_fields import RELATIONS, label, prose
from indexer.formats.entries.labels import IN_PART, LABELS, LESSON
from indexer.formats.entries.log_spans import Log
from indexer.formats.entries.markdown_fields import (
    PUNCTUATION,
    EntryPage,
    LabelForm,
    fold,
    is_structure,
    label_of,
    mark_line,
)
from indexer.writers.facets import RELATION_NAMES, even, moment_words
from memory.kinds import SPECS
from memory.kinds.spec import FieldForm
from memory.kinds.vocabulary import Kind, Status
from memory.texts.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from memory.models.memory import Draft

#: Fields in the order in which they are written: those of one line, then those of many.
_WORDS = ("number", "topic", "deciders")
_TEXTS = (
    "context",
    "decision",
    "alternatives",
    "consequences",
    "review_triggers",
    "checks",
    "outcome",
    "issues",
    "alternative",
    "evidence_for",
    "evidence_against",
)
#: In the order in which they are read.
_RELATION_NAMES = dict(
    sorted(RELATION_NAMES.items(), key=lambda item: list(RELATIONS).index(item[1]))
)
_BACKSLASH = lazy(rf"\\(?={PUNCTUATION}|$)", re.MULTILINE)
_FIRST_MARK = lazy(rf"(?<!\\)(?!\\){PUNCTUATION}")
_DAY = lazy(r"\d{4}-\d\d-\d\d\b")
_LINE_END = lazy(r"\r\n|\r|\n")
_BOLD_ITEM = lazy(r"[ \t]*[-*+][ \t]+\*\*")


class _Style(NamedTuple):
    """The label of the date, and whether a text of one line is an item as the others are."""

    date: str = "Date"
    bulleted: bool = False


_USUAL = _Style()


def put_markdown(text: str | None, draft: Draft, uid: str) -> list[str]:
    """Texts with the draft as an entry: in place of the one with this uid, or at the end.

    The first is in the style of its file. In all but the last, list items may begin with a day
    that some reader takes for an entry's.
    """
    text = text if text and text.strip("\ufeff \t\r\n") else ""
    page = Log(text) if draft.kind is Kind.DECISION else EntryPage(text)
    style = _style_of(page, uid) if draft.kind is Kind.LESSON else _USUAL
    styles = ((style, True), (_USUAL, True), (_USUAL, False))
    return [_put(text, page, draft, uid, one, bare=bare) for one, bare in styles]


def rendered_entry(draft: Draft, uid: str) -> str:
    """A draft as an entry of a page, below a heading of the second level, in the usual style."""
    return _rendered(draft, uid, 2, _USUAL, bare=False)


def _put(text: str, page: EntryPage, draft: Draft, uid: str, style: _Style, *, bare: bool) -> str:
    if not text:
        spec, form = SPECS[draft.kind], getattr(draft.details, "form", "")
        header = spec.by_form[form][1] if form else spec.heading
        return f"{header}\n\n{_rendered(draft, uid, 2, style, bare=bare)}\n"
    newline = "\r\n" if "\r\n" in text else "\n"
    marked = (each for each in page.page.sections[1:] if _uid(page, each.lines[0]) == uid)
    section = next(marked, None)
    level = section.level if section else _level(page)
    entry = _rendered(draft, uid, level, style, bare=bare).replace("\n", newline)
    if section is None:
        ended = text if text.endswith(("\n", "\r")) else text + newline
        blank = newline if _LINE_END.split(ended)[-2].strip() else ""
        return ended + blank + entry + newline
    ends = [*_LINE_END.finditer(text)]
    first, last = section.lines[0], page.last_said(*section.lines)
    start = ends[first - 2].end() if first > 1 else 0
    end = ends[last - 1].start() if last <= len(ends) else len(text)
    return text[:start] + entry + text[end:]


def _style_of(page: EntryPage, uid: str) -> _Style:
    """The style of the lesson with this uid, or else of those that people wrote, if they have one.

    What archmem wrote beside it does not count.
    """
    spans = [each.lines for each in page.page.sections[1:]]
    own = [span for span in spans if _uid(page, span[0]) == uid]
    others = [span for span in spans if not _uid(page, span[0])]
    return _style(page, own) or _style(page, others) or _USUAL


def _style(page: EntryPage, spans: Iterable[tuple[int, int]]) -> _Style | None:
    lines = [line for first, last in spans for line in page.shown[first:last]]
    found = [
        (match["name"], known, bool(_BOLD_ITEM.match(line)))
        for line in lines
        if (match := label_of(line)) and match["value"]
        if (known := LESSON.get(fold(match["name"])))
    ]
    dates = {name for name, known, _ in found if known.name == "date"}
    bulleted = {is_item for _, known, is_item in found if known.form is LabelForm.TEXT}
    date = dates.pop() if len(dates) == 1 else _USUAL.date
    return _Style(date, bulleted == {True}) if found else None


def _uid(page: EntryPage, line: int) -> str:
    """Of the entry that archmem wrote whose heading is on a line; "" if it wrote none there."""
    mark = page.marks.get(line)
    return mark.uid or "" if mark else ""


def _rendered(draft: Draft, uid: str, level: int, style: _Style, *, bare: bool) -> str:
    """An entry as Markdown, without a line break at its end; `bare` leaves days as they are."""
    parts = [f"{'#' * level} {_title(draft.title)}", mark_line(uid, draft.said_by)]
    words = [
        f"- **{style.date if name == _USUAL.date else name}:** {value}"
        for name, value in _words(draft)
    ]
    texts = list(_texts(draft))
    lines = [(name, _line_of(value)) for name, value in texts if style.bulleted]
    words += [f"- **{name}:** {_escape(line)}" for name, line in lines if line]
    texts = [each for each in texts if not style.bulleted or not _line_of(each[1])]
    blocks = ["\n".join([*parts, *words])]
    said = prose_of(draft)
    if said:
        blocks.append(_escape(said))
    blocks += [_block(name, value, bare=bare) for name, value in texts]
    return "\n\n".join(blocks)


def _words(draft: Draft) -> Iterator[tuple[str, str]]:
    """The labels of one line and their values, escaped."""
    details = draft.details.model_dump()
    if draft.valid_from is not None:
        yield "Date", moment_words(draft.valid_from)
    if draft.valid_to is not None:
        yield "Valid until", moment_words(draft.valid_to)
    if draft.status is not Status.UNSTATED:
        yield "Status", draft.status.value
    listed: dict[str, Any] = {"modules": draft.modules, "agent": draft.agent, "tags": draft.tags}
    listed |= {name: details.get(name) for name in _fields(draft.kind, are_texts=False)}
    for name, value in listed.items():
        items = value if isinstance(value, list | tuple) else [value]
        said = _list([str(item) for item in items if item is not None])
        if said:
            yield label(name), said
    yield from _relations(draft)
    for name, extra in draft.extra.items():
        known = fold(name) in LABELS[draft.kind]
        if not known and (said := _inline(prose(extra))) and not re.search(r"[*:\\\n]", name):
            yield name, said


def _relations(draft: Draft) -> Iterator[tuple[str, str]]:
    """Each relation's targets under its label, in the order in which they are read."""
    for relation, name in _RELATION_NAMES.items():
        for part in (False, True):
            targets = [
                each.target
                for each in draft.references
                if (each.type, each.inverse, each.partial) == (*relation, part)
            ]
            if targets:
                yield label(name) + (IN_PART if part else ""), _list(targets)


def _texts(draft: Draft) -> Iterator[tuple[str, str | tuple[str, ...]]]:
    details = draft.details.model_dump()
    for name in _fields(draft.kind, are_texts=True):
        if details.get(name):
            yield label(name), details[name]


def _fields(kind: Kind, *, are_texts: bool) -> Sequence[str]:
    """The fields of a kind that are texts or lists of them, or those of one line."""
    spec, texts = SPECS[kind], (FieldForm.TEXT, FieldForm.TEXTS)
    if spec.is_plain:
        return [one.name for one in spec.fields if (one.form in texts) is are_texts]
    return _TEXTS if are_texts else _WORDS


def _block(name: str, value: str | tuple[str, ...], *, bare: bool) -> str:
    """A label with a text behind it, or with a text of several lines or a list below it."""
    if isinstance(value, tuple):
        items = [f"- {_item(' '.join(item.split()), bare=bare)}" for item in value if item.strip()]
        return "\n".join([f"**{name}:**", "", *items])
    said = _escape(value.strip())
    return f"**{name}:**\n\n{said}" if "\n" in said else f"**{name}:** {said}"


def _line_of(value: str | tuple[str, ...]) -> str:
    """A text of one line; of others nothing."""
    said = value.strip() if isinstance(value, str) else ""
    return "" if "\n" in said else said


def _item(said: str, *, bare: bool) -> str:
    day = _DAY.match(said) if bare else None
    return day[0] + _neutral(said[day.end() :]) if day else _escape(said)


def prose_of(draft: Draft) -> str:
    """What the draft's text says beyond its fields."""
    page = EntryPage(draft.body)
    first = next(iter(page.page.sections[1:]), None)
    said = draft.body.strip()
    if first is not None and first.lines[0] == 1:
        mark = page.mark(first)
        if mark or even(draft.title) in even(first.title):
            below = mark.below if mark else first.start
            said = page.text(below, len(page.said), LABELS[draft.kind], exact=bool(mark)).prose
    fields = (draft.title, *(value for _, value in _texts(draft) if isinstance(value, str)))
    return "" if even(said) in {even(each) for each in fields} else said


def _title(title: str) -> str:
    said = _inline(title)
    return re.sub(r"^#|#(?=#*$)", r"\\#", said)


def _list(names: Sequence[str]) -> str:
    """Names with commas between, and commas in them escaped."""
    return ", ".join(_inline(name).replace(",", "\\,") for name in names if name.strip())


def _inline(text: str) -> str:
    """Text on one line."""
    return _neutral(" ".join(text.split()))


def _escape(text: str) -> str:
    """Text of several lines in which no line can be taken for structure."""
    lines = _neutral(_LINE_END.sub("\n", text)).split("\n")
    return "\n".join(_harmless(line.rstrip()) for line in lines)


def _neutral(text: str) -> str:
    """Text with its backslashes doubled where they would escape, and without comments' begins."""
    return _BACKSLASH.sub(r"\\\\", text).replace("<!--", "<\\!--")


def _harmless(line: str) -> str:
    """The line, its first mark escaped for as long as a reader could take it for structure."""
    at = 0
    while is_structure(line) and (mark := _FIRST_MARK.search(line, at)):
        line = f"{line[: mark.start()]}\\{line[mark.start() :]}"
        at = mark.start() + 2
    return line


def _level(page: EntryPage) -> int:
    """The level of the headings of entries in a log; 2 where it has none, or is no log."""
    spans = reversed(page.spans) if isinstance(page, Log) else ()
    return next((span.level for span in spans if span.level and not span.uid), 2)
