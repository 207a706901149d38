"""How an entry looks in a Markdown file, and where it goes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from indexer.formats.entries.json_fields import RELATIONS, label, prose
from indexer.formats.entries.labels import DECISION, IN_PART, LESSON, NOTE
from indexer.formats.entries.log_spans import Log
from indexer.formats.entries.markdown_fields import (
    PUNCTUATION,
    EntryPage,
    fold,
    is_structure,
    mark_line,
)
from indexer.writers.label_style import USUAL, Style, style_of
from memory.models.kinds import Kind, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indexer.formats.entries.markdown_fields import Labels
    from memory.models.revision import Draft

_LABELS: dict[Kind, Labels] = {Kind.DECISION: DECISION, Kind.LESSON: LESSON, Kind.NOTE: NOTE}
#: Fields in the order in which they are written: those of one line, then those of many.
_WORDS = ("number", "topic", "deciders")
_TEXTS = (
    "context",
    "decision",
    "alternatives",
    "consequences",
    "review_triggers",
    "outcome",
    "issues",
    "alternative",
    "evidence_for",
    "evidence_against",
)
_HEADERS = {
    Kind.DECISION: "# Architectural decisions",
    Kind.NOTE: "# Notes",
    "pattern": "# Patterns",
    "antipattern": "# Antipatterns",
    "best_practice": "# Best practices",
}
_RELATION_NAMES = dict(
    sorted(
        {relation: name for name, relation in reversed(RELATIONS.items())}.items(),
        key=lambda item: list(RELATIONS).index(item[1]),
    )
)
_BACKSLASH = re.compile(rf"\\(?={PUNCTUATION}|$)", re.MULTILINE)
_FIRST_MARK = re.compile(rf"(?<!\\)(?!\\){PUNCTUATION}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d\b")
_LINE_END = re.compile(r"\r\n|\r|\n")


def put_markdown(text: str | None, draft: Draft, uid: str) -> list[str]:
    """Texts with the draft as an entry: in place of the one with this uid, or at the end.

    The first is in the style of its file. In all but the last, list items may begin with a day
    that some reader takes for an entry's.
    """
    style = USUAL
    if draft.kind is Kind.LESSON and text:
        style = style_of(EntryPage(text), LESSON, uid)
    styles = ((style, True), (USUAL, True), (USUAL, False))
    return [_put(text, draft, uid, one, bare=bare) for one, bare in styles]


def _put(text: str | None, draft: Draft, uid: str, style: Style, *, bare: bool) -> str:
    if text is None or not text.strip("\ufeff \t\r\n"):
        header = _HEADERS[getattr(draft.details, "form", draft.kind)]
        return f"{header}\n\n{render_entry(draft, uid, 2, style, bare=bare)}\n"
    newline = "\r\n" if "\r\n" in text else "\n"
    page = EntryPage(text)
    section = next(
        (each for each in page.page.sections[1:] if _has(page, each.lines[0], uid)), None
    )
    if section is None:
        level = _level(text, draft.kind)
        entry = render_entry(draft, uid, level, style, bare=bare).replace("\n", newline)
        ended = text if text.endswith(("\n", "\r")) else text + newline
        blank = newline if _LINE_END.split(ended)[-2].strip() else ""
        return ended + blank + entry + newline
    last = page.last_said(section.lines[0], section.lines[1])
    entry = render_entry(draft, uid, section.level, style, bare=bare).replace("\n", newline)
    start, end = _offset(text, section.lines[0] - 1), _end_offset(text, last)
    return text[:start] + entry + text[end:]


def render_entry(draft: Draft, uid: str, level: int, style: Style, *, bare: bool) -> str:
    """An entry as Markdown, without a line break at its end; `bare` leaves days as they are."""
    parts = [f"{'#' * level} {_title(draft.title)}", mark_line(uid)]
    words = [
        f"- **{style.date if name == USUAL.date else name}:** {value}"
        for name, value in _words(draft)
    ]
    texts = list(_texts(draft))
    lines = [(name, _line_of(value)) for name, value in texts if style.bulleted]
    words += [f"- **{name}:** {_escape(line)}" for name, line in lines if line]
    texts = [each for each in texts if not style.bulleted or not _line_of(each[1])]
    blocks = ["\n".join([*parts, *words])]
    said = _prose(draft)
    if said:
        blocks.append(_escape(said))
    blocks += [_block(name, value, bare=bare) for name, value in texts]
    return "\n\n".join(blocks)


def _words(draft: Draft) -> Iterator[tuple[str, str]]:
    """The labels of one line and their values, escaped."""
    details = draft.details.model_dump()
    if draft.valid_from is not None:
        yield "Date", _moment(draft.valid_from)
    if draft.valid_to is not None:
        yield "Valid until", _moment(draft.valid_to)
    if draft.status is not Status.UNSTATED:
        yield "Status", draft.status.value
    listed: dict[str, Any] = {"modules": draft.modules, "agent": draft.agent, "tags": draft.tags}
    listed |= {name: details.get(name) for name in _WORDS}
    for name, value in listed.items():
        items = value if isinstance(value, list | tuple) else [value]
        said = _list([str(item) for item in items if item is not None])
        if said:
            yield label(name), said
    yield from _relations(draft)
    for name, extra in draft.extra.items():
        known = fold(name) in _LABELS[draft.kind]
        if not known and (said := _inline(prose(extra))) and not re.search(r"[*:\\\n]", name):
            yield name, said


def _moment(moment: datetime) -> str:
    """The day, and the time of it in UTC unless that is midnight."""
    said = moment.astimezone(UTC)
    return said.date().isoformat() if said.time() == time() else said.isoformat()


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
    for name in _TEXTS:
        if details.get(name):
            yield label(name), details[name]


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


def _prose(draft: Draft) -> str:
    """What the draft's text says beyond its fields."""
    page = EntryPage(draft.body)
    first = next(iter(page.page.sections[1:]), None)
    said = draft.body.strip()
    if first is not None and first.lines[0] == 1:
        mark = page.mark(first)
        if mark or _even(draft.title) in _even(first.title):
            below = mark.below if mark else first.start
            said = page.text(below, len(page.said), _LABELS[draft.kind], exact=bool(mark)).prose
    fields = (draft.title, *(value for _, value in _texts(draft) if isinstance(value, str)))
    return "" if _even(said) in {_even(each) for each in fields} else said


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


def _level(text: str, kind: Kind) -> int:
    """The level of the headings of entries in a log; 2 where it has none."""
    if kind is not Kind.DECISION:
        return 2
    levels = [span.level for span in Log(text).spans if span.level and not span.uid]
    return levels[-1] if levels else 2


def _has(page: EntryPage, line: int, uid: str) -> bool:
    mark = page.marks.get(line)
    return mark is not None and mark.uid == uid


def _offset(text: str, lines: int) -> int:
    """Where the line after the first `lines` lines begins."""
    at = 0
    for _ in range(lines):
        found = _LINE_END.search(text, at)
        at = found.end() if found else len(text)
    return at


def _end_offset(text: str, line: int) -> int:
    """Where line `line` ends, its line break not included."""
    found = _LINE_END.search(text, _offset(text, line - 1))
    return found.start() if found else len(text)


def _even(text: str) -> str:
    return " ".join(text.split())
