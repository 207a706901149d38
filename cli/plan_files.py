"""Reads a plan from a file: Markdown as people write it, or JSON as agents do."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.plan_markdown import markdown_steps
from indexer.markup.json_text import JsonText, JsonUnreadableError
from memory.errors import PlanUnreadable
from memory.models.plan import LONGEST_STEP, MOST_STEPS

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    steps = read_plan(_text(name, place), place)
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


def _text(name: str, place: str) -> str:
    try:
        said = sys.stdin.buffer.read(LONGEST_PLAN + 1) if name == "-" else _bytes(Path(name))
        if len(said) > LONGEST_PLAN:
            raise PlanUnreadable(place, f"it is larger than {LONGEST_PLAN:,} bytes")
        return said.decode("utf-8")
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
