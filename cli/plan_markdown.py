"""The steps of a plan that somebody wrote in Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.markup.elements import (
    labels,
    list_items,
    plain,
    table_rows,
    without_code,
    without_comments,
)
from indexer.markup.page import read_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indexer.markup.page import Section

#: Sections that speak about a plan: what they list is not to be done.
_ASIDE = re.compile(
    r"(?:non[- ]?goals?|out of scope|alternatives?|background|context|motivation|why|risks?|"
    r"references?|links?|notes?|open questions?|questions?|rationale|glossary|assumptions?|"
    r"what we (?:do not|don't|will not|won't) do|rejected|considered)\b",
    re.IGNORECASE,
)
_CHECKBOX = re.compile(r"^\[[ xX~-]\]\s+")
_NUMBERED = re.compile(r"^(?:step|phase|task|stage|part)\s+[\dIVX]+\s*[:.)–—-]+\s*", re.IGNORECASE)
_MODULES = re.compile(r"^(?:modules?|touches|affects|components?)$", re.IGNORECASE)
_RATIONALE = re.compile(r"^(?:rationale|why|reason|because)$", re.IGNORECASE)
_FACT = re.compile(
    r"^(?:owners?|due|duration|effort|estimate|status|assigned to|assignees?|when|date|depends on|"
    r"tests?|acceptance|priority|risks?|size)$",
    re.IGNORECASE,
)
_TEXT_COLUMN = re.compile(r"^(?:step|task|action|what|intent|change|description)s?$", re.IGNORECASE)
_COUNT = re.compile(r"^[\d.#\s]*$")


class _Said(NamedTuple):
    text: str
    line: int
    modules: Sequence[str] = ()
    rationale: str = ""

    def as_step(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "line": self.line,
            "modules": list(self.modules),
            "rationale": self.rationale,
        }


def markdown_steps(text: str) -> Iterator[dict[str, Any]]:
    """The steps of a page, in its order.

    Its list items and the rows of its tables are steps, nested ones too, but for `Modules:`,
    `Why:` and such facts of a step. A heading is one where it is numbered as a step and nothing
    is listed below it. A page that lists nothing has a step in each heading, or else in each
    paragraph. Sections about the plan, such as non-goals or alternatives, have none.
    """
    page = read_page(without_code(without_comments(text)))
    asides: list[tuple[int, int]] = []
    listed: list[_Said] = []
    headed: list[_Said] = []
    paragraphs: list[_Said] = []
    for section in page.sections:
        if any(first <= section.lines[0] <= last for first, last in asides) and section.level:
            continue
        if section.level and _ASIDE.match(section.title):
            asides.append(section.lines)
            continue
        said = list(_listed(section))
        title = _NUMBERED.sub("", section.title)
        whole = page.whole(section) if section.level else ""
        if section.level > 1 and title and not said and not _lists(whole):
            head = _about(title, section.text, section.lines[0])
            (listed if title != section.title else headed).append(head)
        listed += said
        paragraphs += _paragraphs(section)
    for one in sorted(listed or headed or paragraphs, key=lambda one: one.line):
        yield one.as_step()


def _listed(section: Section) -> Iterator[_Said]:
    yield from _items(section.text, section.start)
    yield from _rows(section)


def _lists(text: str) -> bool:
    return bool(list_items(text) or table_rows(text))


def _items(text: str, start: int) -> Iterator[_Said]:
    """The list items of a text that begins on a line, each before those nested in it."""
    for item in list_items(text):
        first = start + item.lines[0] - 1
        own, nested = _own_text(item.text)
        if own and not _is_fact(own) and not (own.endswith(":") and nested):
            yield _about(own, item.text, first)
        if nested:
            below = "\n".join(item.text.split("\n")[nested:])
            yield from _items(below, first + nested)


def _own_text(text: str) -> tuple[str, int]:
    """What an item says before its nested items, and the place of the first of those; 0 if none."""
    lines = text.split("\n")
    nested = next((at for at, one in enumerate(lines) if at and list_items(one)), 0)
    kept = [one for one in lines[: nested or None] if not _is_fact(one)]
    words = plain(_CHECKBOX.sub("", " ".join(one.strip() for one in kept).strip()))
    return _NUMBERED.sub("", words), nested


def _is_fact(line: str) -> bool:
    return any(
        rule.match(label.name) for label in labels(line) for rule in (_MODULES, _RATIONALE, _FACT)
    )


def _about(text: str, whole: str, line: int) -> _Said:
    """A step with the facts that are told of it."""
    modules: list[str] = []
    rationale = ""
    for label in labels(whole):
        if _MODULES.match(label.name):
            modules += _names(label.value)
        elif _RATIONALE.match(label.name):
            rationale = plain(label.value)
    return _Said(text, line, modules, rationale)


def _rows(section: Section) -> Iterator[_Said]:
    rows = table_rows(section.text)
    if len(rows) < 2:
        return
    header = [plain(cell) for cell in rows[0]]
    place = next((at for at, name in enumerate(header) if _TEXT_COLUMN.match(name)), None)
    lines = section.text.split("\n")
    for row in rows[1:]:
        cells = [plain(cell) for cell in row]
        at = place if place is not None else _first_words(cells)
        if at is None or at >= len(cells) or not cells[at]:
            continue
        named = dict(zip(header, cells, strict=False))
        modules = [
            one for name, cell in named.items() if _MODULES.match(name) for one in _names(cell)
        ]
        why = next((cell for name, cell in named.items() if _RATIONALE.match(name)), "")
        line = next((n for n, one in enumerate(lines) if all(c in one for c in row)), 0)
        yield _Said(cells[at], section.start + line, modules, why)


def _first_words(cells: Sequence[str]) -> int | None:
    return next((at for at, cell in enumerate(cells) if not _COUNT.match(cell)), None)


def _paragraphs(section: Section) -> Iterator[_Said]:
    line = section.start
    for block in section.text.split("\n\n"):
        if words := plain(block):
            yield _Said(words, line)
        line += block.count("\n") + 2


def _names(text: str) -> list[str]:
    return [name for one in re.split(r"[,;]", text) if (name := plain(one).strip())]
