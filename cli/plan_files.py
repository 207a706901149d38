"""Reads a plan from a file: Markdown, whose list items are the steps, or JSON."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.markup.elements import (
    labels,
    list_items,
    plain,
    table_rows,
    without_code,
    without_comments,
)
from indexer.markup.json_text import JsonText, JsonUnreadableError
from indexer.markup.page import read_page
from memory.errors import PlanUnreadable
from memory.models.plan import LONGEST_STEP, MOST_STEPS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indexer.markup.page import Section

LONGEST_PLAN = 2_000_000  # bytes
_STEPS = ("steps", "plan", "tasks", "items", "migration_plan", "phases")
_TEXT = ("text", "intent", "step", "task", "action", "what", "title", "name", "description")
_MODULES = ("modules", "module", "affected_modules", "modules_affected", "touches")
_RATIONALE = ("rationale", "why", "reason")


def read_plan_file(name: str) -> dict[str, Any]:
    """The plan in a file, or with - on stdin, as the request `check` takes it.

    Raises:
        PlanUnreadable: it cannot be read, or holds no steps.
    """
    place = "stdin" if name == "-" else name
    steps = read_plan(read_text(name, place), place)
    return {"steps": steps}


def read_plan(text: str, place: str) -> list[dict[str, Any]]:
    """The steps of a plan, in its order.

    Args:
        text: Of the file; what begins like JSON is read as JSON.
        place: What the file is called in words about it.

    Raises:
        PlanUnreadable: it holds no steps, too many, or one that is none.
    """
    is_json = text.lstrip("\ufeff \t\r\n")[:1] in ("{", "[")
    steps = list(_json_steps(text, place) if is_json else markdown_steps(text))
    if not steps:
        raise PlanUnreadable(place, "no steps were found")
    if len(steps) > MOST_STEPS:
        raise PlanUnreadable(place, f"{len(steps):,} steps are more than {MOST_STEPS}")
    for number, step in enumerate(steps, start=1):
        if len(step["text"]) > LONGEST_STEP:
            raise PlanUnreadable(place, f"step {number} is longer than {LONGEST_STEP:,} characters")
    return steps


def read_text(name: str, place: str) -> str:
    """The text of a file, or with - of stdin, called `place` in words about it.

    Raises:
        PlanUnreadable: it cannot be read.
    """
    try:
        said = sys.stdin.buffer.read(LONGEST_PLAN + 1) if name == "-" else _bytes(Path(name))
        if len(said) > LONGEST_PLAN:
            raise PlanUnreadable(place, f"it is larger than {LONGEST_PLAN:,} bytes")
        return said.decode("utf-8")
    except FileNotFoundError as error:
        words = "; words are given on stdin, with - in place of a file" if " " in name else ""
        raise PlanUnreadable(place, f"there is no such file{words}") from error
    except OSError as error:
        raise PlanUnreadable(place, f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise PlanUnreadable(place, f"is not UTF-8 at byte {error.start:,}") from error


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LONGEST_PLAN + 1)


def _json_steps(text: str, place: str) -> Iterator[dict[str, Any]]:
    try:
        root = JsonText(text).root
    except JsonUnreadableError as error:
        raise PlanUnreadable(place, str(error)) from error
    yield from _steps_in(root, place, "the plan")


def _steps_in(said: Any, place: str, where: str) -> Iterator[dict[str, Any]]:
    """The steps of a list, of an object that holds one, or of phases that each do."""
    if isinstance(said, list):
        for number, one in enumerate(said, start=1):
            yield from _step(one, place, f"item {number} of {where}")
        return
    if not isinstance(said, dict):
        raise PlanUnreadable(place, f"{where} is neither a list nor an object")
    held = [(name, said[name]) for name in _STEPS if isinstance(said.get(name), list | dict)]
    for name, inner in held[:1]:
        yield from _steps_in(inner, place, name)
    if not held:
        for name, inner in said.items():
            if isinstance(inner, dict) or (isinstance(inner, list) and name.startswith("phase")):
                yield from _steps_in(inner, place, name)


def _step(said: Any, place: str, where: str) -> Iterator[dict[str, Any]]:
    if isinstance(said, str):
        said = {"text": said}
    if not isinstance(said, dict):
        raise PlanUnreadable(place, f"{where} is neither a text nor an object")
    text = _first(said, _TEXT)
    if isinstance(text, str) and text.strip():
        rationale = _first(said, _RATIONALE)
        yield {
            "text": " ".join(text.split()),
            "modules": _names(_first(said, _MODULES), place, where),
            "rationale": rationale if isinstance(rationale, str) else "",
        }
    inner = [said[name] for name in _STEPS if isinstance(said.get(name), list)]
    if not inner and not (isinstance(text, str) and text.strip()):
        raise PlanUnreadable(place, f"{where} has no text: give it as `text`")
    for steps in inner:
        yield from _steps_in(steps, place, where)


def _first(said: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((said[name] for name in names if said.get(name)), None)


def _names(said: Any, place: str, where: str) -> list[str]:
    names = said.split(",") if isinstance(said, str) else said or []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise PlanUnreadable(place, f"the modules of {where} are no list of names")
    return [name.strip() for name in names if name.strip()]


#: Sections that speak about a plan: what they list is not to be done.
ASIDE = re.compile(
    r"(?:non[- ]?goals?|out of scope|alternatives?|background|context|motivation|why|risks?|"
    r"references?|links?|notes?|open questions?|questions?|rationale|glossary|assumptions?|"
    r"what we (?:do not|don't|will not|won't) do|rejected|considered)\b",
    re.IGNORECASE,
)
CHECKBOX = re.compile(r"^\[[ xX~-]\]\s+")
NUMBERED = re.compile(r"^(?:step|phase|task|stage|part)\s+[\dIVX]+\s*[:.)–—-]+\s*", re.IGNORECASE)
_MODULE_LABEL = re.compile(r"^(?:modules?|touches|affects|components?)$", re.IGNORECASE)
_RATIONALE_LABEL = re.compile(r"^(?:rationale|why|reason|because)$", re.IGNORECASE)
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
    paragraph, or line of one that is not wrapped. Sections about the plan, such as non-goals or
    alternatives, have none.
    """
    page = read_page(without_code(without_comments(text)))
    asides: list[tuple[int, int]] = []
    listed: list[_Said] = []
    headed: list[_Said] = []
    paragraphs: list[_Said] = []
    for section in page.sections:
        if any(first <= section.lines[0] <= last for first, last in asides) and section.level:
            continue
        if section.level and ASIDE.match(section.title):
            asides.append(section.lines)
            continue
        said = list(_listed(section))
        title = NUMBERED.sub("", section.title)
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
    yield from rows_of(section)


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
    words = plain(CHECKBOX.sub("", " ".join(one.strip() for one in kept).strip()))
    return NUMBERED.sub("", words), nested


def _is_fact(line: str) -> bool:
    return any(
        rule.match(label.name)
        for label in labels(line)
        for rule in (_MODULE_LABEL, _RATIONALE_LABEL, _FACT)
    )


def _about(text: str, whole: str, line: int) -> _Said:
    """A step with the facts that are told of it."""
    modules: list[str] = []
    rationale = ""
    for label in labels(whole):
        if _MODULE_LABEL.match(label.name):
            modules += _named_modules(label.value)
        elif _RATIONALE_LABEL.match(label.name):
            rationale = plain(label.value)
    return _Said(text, line, modules, rationale)


def rows_of(section: Section) -> Iterator[_Said]:
    """The steps that the rows of a section's tables are."""
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
            one
            for name, cell in named.items()
            if _MODULE_LABEL.match(name)
            for one in _named_modules(cell)
        ]
        why = next((cell for name, cell in named.items() if _RATIONALE_LABEL.match(name)), "")
        line = next((n for n, one in enumerate(lines) if all(c in one for c in row)), 0)
        yield _Said(cells[at], section.start + line, modules, why)


def _first_words(cells: Sequence[str]) -> int | None:
    return next((at for at, cell in enumerate(cells) if not _COUNT.match(cell)), None)


def _paragraphs(section: Section) -> Iterator[_Said]:
    line = section.start
    for block in section.text.split("\n\n"):
        lines = block.split("\n")
        said = enumerate(lines) if _is_a_line_each(lines) else [(0, block)]
        yield from (_Said(words, line + at) for at, one in said if (words := plain(one)))
        line += len(lines) + 1


def _is_a_line_each(lines: Sequence[str]) -> bool:
    """Whether lines are sentences of their own: one ends where the next word still had room."""
    words = [one.split() for one in lines if one.strip()]
    lengths = [len(" ".join(one)) for one in words]
    has_room = (
        length + 1 + len(after[0]) <= max(lengths)
        for length, after in zip(lengths, words[1:], strict=False)
    )
    return all(one[0][0].isupper() for one in words) and any(has_room)


def _named_modules(text: str) -> list[str]:
    return [name for one in re.split(r"[,;]", text) if (name := plain(one).strip())]
