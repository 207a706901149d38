"""memory_check_plan: a plan, held against what is known."""

from typing import TYPE_CHECKING, Annotated

from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import BaseModel, ConfigDict, Field

from cli.mcp.arguments import AsOf, MaxTokens, Modules, Next, request
from cli.mcp.budget import weight, within
from cli.mcp.items import TITLE, lens_of, line, names, page
from cli.mcp.loop_values import Checked, CheckedItem, FindingItem
from cli.mcp.paging import one_page
from cli.mcp.tool import answered, make_tool
from cli.quoting import QUOTED, fenced
from memory.models.plan import CheckedStep, Cited, Finding, Plan, Step
from memory.models.request import Check
from memory.texts.shortening import json_bytes

if TYPE_CHECKING:
    from cli.calling import Caller

_REASON = 200  # bytes


class PlanStep(BaseModel):
    """A step as a model gives it."""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, Field(min_length=1)]
    modules: Modules = ()


def check_plan_tool(caller: "Caller") -> Tool:
    """The tool that checks a plan."""

    def memory_check_plan(
        steps: Annotated[list[PlanStep], Field(min_length=1)],
        as_of: AsOf = "",
        max_tokens: MaxTokens = 3000,
        next: Next = "",  # noqa: A002
    ) -> Annotated[CallToolResult, Checked]:
        """Check a plan before you carry it out.

        Each step gets conflict, unknown or ok, with grounds: decisions, reverted work,
        antipatterns, blocking flags, baselines at risk. Change what conflicts, or supersede it.
        """
        plan = request(
            Plan, steps=tuple(request(Step, text=one.text, modules=one.modules) for one in steps)
        )
        checked = caller.call("check", Check(plan=plan, lens=lens_of(as_of)))
        shown, following = one_page(
            checked.steps,
            _item,
            lambda one: weight(one, _told(one)),
            about=(repr(plan), as_of),
            cursor=next,
            max_tokens=max_tokens,
        )
        result = Checked(
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

    return make_tool(memory_check_plan, title="Check a plan")


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


def _finding(finding: Finding) -> FindingItem:
    return FindingItem(
        ground=finding.ground,
        conflicts=finding.conflicts,
        uid=finding.cited.uid,
        title=line(finding.cited.title),
        citation=line(finding.cited.citation),
        reason=line(finding.reason, _REASON),
        instead=[_named(one) for one in finding.instead[:3]],
    )


def _named(cited: Cited) -> str:
    return f"{cited.uid} {line(cited.title, 60)}"


def _told(item: CheckedItem) -> str:
    lines = [f"{item.number}. {item.verdict}: {item.step}"]
    for one in item.findings:
        instead = f"; in force: {', '.join(one.instead)}" if one.instead else ""
        lines.append(
            f"   {one.ground}: {one.uid} {one.title} ({one.citation}): {one.reason}{instead}"
        )
    if item.more:
        lines.append(f"   and {item.more} more")
    return "\n".join(lines)
