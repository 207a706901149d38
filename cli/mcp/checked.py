"""A plan's steps held against what is known, as a model is told of it."""

from typing import TYPE_CHECKING, Annotated, Any

from mcp_types import CallToolResult
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from cli.fencing import QUOTED, fenced
from cli.mcp.arguments import Modules
from cli.mcp.budget import weight, within
from cli.mcp.items import TITLE, lens_of, line, names, page
from cli.mcp.paging import one_page
from cli.mcp.tool import answered
from cli.mcp.values import CheckedItem, FindingItem, Planned
from memory.models.plan import CheckedStep, Cited, StepFinding
from memory.plans.plan_parser import plan_of
from memory.texts.shortening import json_bytes

if TYPE_CHECKING:
    from cli.calling import Caller

_REASON = 200  # bytes


class StepArgument(BaseModel):
    """A step as a model gives it."""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, Field(min_length=1)]
    modules: Modules = ()


Steps = Annotated[
    list[str | StepArgument],
    WithJsonSchema({"type": "array", "description": "texts, or {text, modules[]}"}),
]


def checked_steps(
    caller: "Caller", steps: Steps, as_of: str, max_tokens: int, cursor: str
) -> CallToolResult:
    """Conflict, governed, unknown or ok for each step, with grounds; a single text has them all."""
    (only, *more) = steps
    texts = plan_of(only).steps if isinstance(only, str) and not more else steps
    plan = {"steps": [_step(one) for one in texts]}
    checked = caller.call("check", plan=plan, lens=lens_of(as_of))
    shown, following = one_page(
        checked.steps,
        _item,
        lambda one: weight(one, _told(one)),
        about=(repr(plan), as_of),
        cursor=cursor,
        max_tokens=max_tokens,
    )
    result = Planned(
        verdict=checked.verdict,
        steps=shown,
        complete=checked.complete,
        reason=line(checked.reason),
        next=following,
    )
    quoted = fenced("\n".join(map(_told, shown)), {"kind": "checked plan"})
    notes = [QUOTED] if result.complete else [QUOTED, f"Not complete: {result.reason}"]
    head = f"The plan: {result.verdict}."
    return answered(result, page([head, quoted], *notes, next_page=following))


def _step(said: str | BaseModel) -> dict[str, Any]:
    return {"text": said} if isinstance(said, str) else said.model_dump()


def _item(step: CheckedStep, room: int) -> CheckedItem:
    """A step with as many of its findings as fit, what conflicts first."""
    empty = CheckedItem(
        number=step.number,
        verdict=step.verdict,
        step=line(step.step.text, TITLE),
        modules=names(step.modules),
        findings=[],
    )
    findings = [_finding(one) for one in step.findings]
    left = room - weight(empty, _told(empty)) - 20
    shown = within(findings, left, lambda one: json_bytes(one.model_dump(mode="json")), at_least=0)
    more = len(findings) - len(shown)
    return empty.model_copy(update={"findings": shown, "more": more})


def _finding(finding: StepFinding) -> FindingItem:
    return FindingItem(
        ground=finding.ground,
        conflicts=finding.conflicts,
        uid=finding.cited.uid,
        title=line(finding.cited.title),
        citation=line(finding.cited.citation),
        reason=line(finding.reason, _REASON),
        sentence=line(finding.sentence, _REASON),
        instead=[_named(one) for one in finding.instead[:3]],
    )


def _named(cited: Cited) -> str:
    return f"{cited.uid} {line(cited.title, 60)}"


def _told(item: CheckedItem) -> str:
    lines = [f"{item.number}. {item.verdict}: {item.step}"]
    for one in item.findings:
        instead = f"; instead: {', '.join(one.instead)}" if one.instead else ""
        quoted = f" “{one.sentence}”" if one.sentence not in ("", one.title) else ""
        lines.append(
            f"   {one.ground}: {one.uid} {one.title} ({one.citation}):{quoted} "
            f"{one.reason}{instead}"
        )
    if item.more:
        lines.append(f"   and {item.more} more")
    return "\n".join(lines)
