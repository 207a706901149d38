"""A plan of phases from JSON in whatever shape a coordinator gives it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from memory.errors import InvalidRequest
from memory.models.details import PlannedPhase, PlannedStep
from memory.models.plan import MOST_STEPS
from memory.texts.field_names import snake
from memory.texts.shortening import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

_Read = TypeVar("_Read", PlannedPhase, PlannedStep)
LONGEST_TITLE = 200  # characters
_AROUND = ("analysis", "response", "plan", "migration_plan", "phases")  # a plan stands in these
_PHASE = {
    "name": ("name", "phase", "title"),
    "gates": ("gates", "quality_gates", "gate", "exit_criteria", "acceptance"),
    "integration_points": ("integration_points", "coordination_points"),
    "agents": ("agents", "assigned_to", "owner", "agent"),
    "way_back": ("way_back", "rollback", "rollback_plan"),
    "duration": ("duration",),
}
_STEPS = ("steps", "tasks", "items")
_STEP = {
    "text": ("text", "step", "task", "action", "intent", "description", "title", "name"),
    "modules": ("modules", "module", "affected_modules", "touches"),
    "files": ("files", "file"),
    "agent": ("agent", "assigned_to", "owner", "assignee"),
    "after": ("after", "depends_on"),
    "way_back": ("way_back", "rollback"),
    "citations": ("citations", "because"),
}
_SEVERAL = frozenset({"gates", "integration_points", "agents", "modules", "files", "citations"})


class ReadPlan(NamedTuple):
    """What a text says of a plan."""

    title: str
    request: str
    phases: tuple[PlannedPhase, ...]


def read_phases(said: Any) -> ReadPlan:
    """The plan that is meant.

    Args:
        said: An object with `phases`, `migration_plan` or `steps`, the response of a coordinator
            around it or not; or a list of phases or of steps. Phases are a list, or an object
            by name.

    Raises:
        InvalidRequest: it holds no step, or something that is no phase or step.
    """
    title = request = ""
    inner, called = _plain(said), ""
    while isinstance(inner, Mapping):
        title = _text(inner, "title", "name") or title
        request = _text(inner, "query", "request", "task", "goal") or request
        named = _by_name(inner)
        called = next((one for one in _AROUND if isinstance(named.get(one), list | dict)), "")
        if not called:
            break
        inner = named[called]
    phases = tuple(_phases(inner, called))
    steps = sum(len(one.steps) for one in phases)
    if not steps:
        raise InvalidRequest("plan", "it has no steps: give `phases`, each with `steps`")
    if steps > MOST_STEPS:
        raise InvalidRequest("plan", f"{steps:,} steps are more than {MOST_STEPS}")
    _refuse_unknown_steps(phases, steps)
    return ReadPlan(shortened(title or request, LONGEST_TITLE), request, phases)


def _plain(said: Any) -> Any:
    """What Python gives, such as the answer of `coordinate`, as JSON has it."""
    if isinstance(said, BaseModel):
        return said.model_dump(mode="json")
    if isinstance(said, Mapping):
        return {str(name): _plain(inner) for name, inner in said.items()}
    return [_plain(inner) for inner in said] if isinstance(said, list | tuple) else said


def _phases(said: Any, called: str) -> Iterator[PlannedPhase]:
    if isinstance(said, Mapping):
        if _steps_of(said) is not None:
            yield _phase(said, "plan", "the plan")
            return
        for name, one in said.items():
            if isinstance(one, Mapping | list):
                yield _phase(one, str(name), f"phase {name}")
        return
    if not isinstance(said, list):
        raise InvalidRequest("plan", "it is neither a list nor an object")
    has_steps = any(isinstance(one, Mapping) and _steps_of(one) is not None for one in said)
    is_steps = not has_steps and called != "phases"
    if said and (is_steps or all(isinstance(one, str) for one in said)):
        yield _phase(said, "plan", "the plan")
        return
    for number, one in enumerate(said, start=1):
        if not isinstance(one, Mapping):
            raise InvalidRequest("plan", f"phase {number} is no object")
        yield _phase(one, f"phase {number}", f"phase {number}")


def _phase(said: Mapping[str, Any] | list[Any], name: str, where: str) -> PlannedPhase:
    given = {"steps": said} if isinstance(said, list) else said
    steps = _steps_of(given)
    if steps is None:
        raise InvalidRequest("plan", f"{where} has no list of `steps`")
    fields = _fields(given, _PHASE, where)
    agents = fields.get("agents", [])
    read = [_step(one, f"step {at} of {where}") for at, one in enumerate(steps, start=1)]
    if len(agents) == 1:  # it is whoever does its steps
        read = [one if one.agent else one.model_copy(update={"agent": agents[0]}) for one in read]
        fields.pop("agents")
    return _valid(PlannedPhase, {"name": name.replace("_", " "), **fields, "steps": read}, where)


def _step(said: Any, where: str) -> PlannedStep:
    given = {"text": said} if isinstance(said, str) else said
    if not isinstance(given, Mapping):
        raise InvalidRequest("plan", f"{where} is neither a text nor an object")
    fields = _fields(given, _STEP, where)
    if not str(fields.get("text", "")).strip():
        raise InvalidRequest("plan", f"{where} has no text: give it as `text`")
    return _valid(PlannedStep, fields, where)


def _fields(
    said: Mapping[str, Any], table: Mapping[str, tuple[str, ...]], where: str
) -> dict[str, Any]:
    """What it says, under our names; a list of names may be a text with commas."""
    given = _by_name(said)
    found: dict[str, Any] = {}
    for field, names in table.items():
        value = next((given[name] for name in names if given.get(name) not in (None, "", [])), None)
        if value is None:
            continue
        if field in _SEVERAL:
            value = _names(value, field, where)
        elif field == "after":
            value = re.findall(r"\d+", value) if isinstance(value, str) else value
            value = value if isinstance(value, list) else [value]
        elif isinstance(value, list) and all(isinstance(one, str) for one in value):
            value = "; ".join(value) if field != "agent" else value[0]
        found[field] = value
    return found


def _names(value: Any, field: str, where: str) -> list[str]:
    if isinstance(value, str):
        # A gate is a sentence, and so is what people agree upon.
        parts = [value] if field in {"gates", "integration_points"} else value.split(",")
        return [one.strip() for one in parts if one.strip()]
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return [one.strip() for one in value if one.strip()]
    raise InvalidRequest("plan", f"the {field.replace('_', ' ')} of {where} are no list of texts")


def _steps_of(said: Mapping[str, Any]) -> list[Any] | None:
    given = _by_name(said)
    return next((given[one] for one in _STEPS if isinstance(given.get(one), list)), None)


def _by_name(said: Mapping[str, Any]) -> dict[str, Any]:
    return {snake(str(name)): value for name, value in said.items()}


def _text(said: Mapping[str, Any], *names: str) -> str:
    given = _by_name(said)
    found = (given[name] for name in names if isinstance(given.get(name), str))
    return next((" ".join(one.split()) for one in found if one.strip()), "")


def _valid(of: type[_Read], fields: Mapping[str, Any], where: str) -> _Read:
    try:
        return of.model_validate(fields)
    except ValidationError as error:
        fault = error.errors()[0]
        field = ".".join(map(str, fault["loc"]))
        raise InvalidRequest("plan", f"{field} of {where}: {fault['msg']}") from error


def _refuse_unknown_steps(phases: tuple[PlannedPhase, ...], count: int) -> None:
    number = 0
    for phase in phases:
        for step in phase.steps:
            number += 1
            for before in step.after:
                if not 1 <= before <= count or before == number:
                    raise InvalidRequest(
                        "plan", f"step {number} is to come after step {before}, which there is not"
                    )
