"""Reads a plan of phases from a file: JSON, or Markdown with a heading for each phase."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cli.plan_files import ASIDE, CHECKBOX, NUMBERED, read_text, rows_of
from indexer.markup.elements import labels, list_items, plain, without_code, without_comments
from indexer.markup.json_text import JsonText, JsonUnreadableError
from indexer.markup.page import read_page
from memory.errors import PlanUnreadable
from memory.texts.field_names import snake

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.markup.page import Section

#: What phases and steps say beside their steps, under the names that `read_phases` knows.
_OF_PHASE = frozenset(
    "gate gates quality_gates exit_criteria integration_points coordination_points way_back "
    "rollback rollback_plan owner agents assigned_to duration".split()
)
_OF_STEP = frozenset(
    "module modules touches file files owner agent assigned_to assignee after depends_on way_back "
    "rollback".split()
)
_STEPS = frozenset({"steps", "tasks"})
_REQUEST = frozenset({"request", "goal", "query"})
_ASIDE_LABELS = frozenset("status date author why rationale reason effort estimate due".split())


def read_phases_file(name: str) -> Any:
    """The plan in a file, or with - on stdin, as the request `plan new` takes it.

    Raises:
        PlanUnreadable: it cannot be read.
    """
    place = "stdin" if name == "-" else name
    text = read_text(name, place)
    if text.lstrip("\ufeff \t\r\n")[:1] not in {"{", "["}:
        return markdown_phases(text)
    try:
        return JsonText(text).root
    except JsonUnreadableError as error:
        raise PlanUnreadable(place, str(error)) from error


def markdown_phases(text: str) -> dict[str, Any]:
    """The plan of a page.

    The first heading is its title. Every other one with a list or a table below is a phase; its
    items are steps. `Gates:`, `Way back:` and the like are facts of the phase, as labels, items or
    headings; `Modules:`, `Owner:` and `After:` facts of the step in which they stand. Sections
    about the plan, such as risks or non-goals, are left out.
    """
    page = read_page(without_code(without_comments(text)))
    plan: dict[str, Any] = {"phases": []}
    asides: list[tuple[int, int]] = []
    for section in page.sections:
        if section.level and any(first <= section.lines[0] <= last for first, last in asides):
            continue
        if section.level and ASIDE.match(section.title):
            asides.append(section.lines)
            continue
        field = snake(section.title)
        is_fact = field in _OF_PHASE and plan["phases"]
        if not is_fact and field not in _STEPS:
            if section.level == 1 and "title" not in plan:
                plan["title"] = section.title
            plan["phases"].append(
                {"name": NUMBERED.sub("", section.title) or section.title, "steps": []}
            )
        if is_fact:
            plan["phases"][-1][field] = _values(section.text)
        elif plan["phases"]:
            _take(section, plan["phases"][-1], plan)
    plan["phases"] = [one for one in plan["phases"] if one["steps"]]
    for at, phase in enumerate(plan["phases"], start=1):
        phase["name"] = phase["name"] or f"phase {at}"
    return plan


class _Item(NamedTuple):
    text: str  # of its own, on one line
    facts: dict[str, Any]
    below: list[str]  # the texts of the items nested in it


def _take(section: Section, phase: dict[str, Any], plan: dict[str, Any]) -> None:
    """Put what a section says into its phase; what it says of all, into the plan."""
    items = list_items(section.text)
    listed = {line for item in items for line in range(item.lines[0], item.lines[1] + 1)}
    lines = section.text.split("\n")
    around = "\n".join("" if at in listed else line for at, line in enumerate(lines, start=1))
    for label in labels(around):
        name = snake(label.name)
        if name in _REQUEST:
            plan["request"] = plain(label.value)
        elif name in _OF_PHASE and label.value.strip():
            phase[name] = _values(label.value)
    facts: dict[str, list[str]] = {}
    for item in items:
        if name := _announced(lines, item.lines[0], listed):
            facts.setdefault(name, []).append(_bare(item.text))
        else:
            phase["steps"] += _steps(item.text, phase)
    phase |= facts
    for said in rows_of(section):
        phase["steps"].append({"text": said.text, "modules": list(said.modules)})


def _announced(lines: list[str], at: int, listed: set[int]) -> str:
    """The fact of a phase, such as `gates`, whose label alone stands above the list of an item."""
    above = at - 1
    while above and (above in listed or not lines[above - 1].strip()):
        above -= 1
    said = lines[above - 1].strip().strip("*_") if above else ""
    name = snake(said.rstrip("*_").removesuffix(":"))
    return name if said.rstrip("*_").endswith(":") and name in _OF_PHASE else ""


def _steps(text: str, phase: dict[str, Any]) -> Iterator[dict[str, Any]]:
    item = _read(text)
    name = snake(item.text.partition(":")[0])
    if ":" in item.text and name in _OF_PHASE:
        said = item.text.partition(":")[2].strip()
        phase[name] = [*([said] if said else []), *map(_bare, item.below)]
        return
    if item.text and not (item.text.endswith(":") and item.below):
        yield {"text": item.text, **item.facts}
    for one in item.below:
        yield from _steps(one, phase)


def _read(text: str) -> _Item:
    """An item with the facts that stand in it, as labels of its own or as nested items."""
    lines = text.split("\n")
    nested = list_items("\n".join(lines[1:])) if len(lines) > 1 else ()
    inside = {line + 1 for one in nested for line in range(one.lines[0], one.lines[1] + 1)}
    own: list[str] = []
    facts: dict[str, Any] = {}
    for at, line in enumerate(lines, start=1):
        if at in inside:
            continue
        name, said = _fact(line)
        if name and at > 1:
            facts |= {name: said} if name in _OF_STEP else {}
        else:
            own.append(line.strip())
    below = []
    for one in nested:
        name, said = _fact(one.text)
        if name and name in _OF_STEP:
            facts[name] = said
        elif not name:
            below.append(one.text)
    words = NUMBERED.sub("", plain(CHECKBOX.sub("", " ".join(own).strip())))
    return _Item(words, facts, below)


def _fact(line: str) -> tuple[str, str]:
    found = labels(line)
    name = snake(found[0].name) if found else ""
    known = name in _OF_STEP or name in _ASIDE_LABELS
    return (name, plain(found[0].value)) if known else ("", "")


def _values(text: str) -> list[str]:
    items = list_items(text)
    found = [_bare(item.text) for item in items] if items else [_bare(text)]
    return [one for one in found if one]


def _bare(text: str) -> str:
    """A text on one line without code marks; what looks like emphasis may be a file's name."""
    return " ".join(CHECKBOX.sub("", text).replace("`", "").split())
