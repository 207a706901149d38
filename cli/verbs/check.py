"""`archmem check`: whether what is known speaks against a plan."""

from typing import TYPE_CHECKING, Annotated, Any

import click

from cli.form import Form
from cli.options import json_option, lens_options
from cli.verb import Verb
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mcp.server.mcpserver.tools import Tool

    from cli.calling import Caller
    from cli.forms.screen import Screen
    from memory.models.plan import CheckedPlan
    from memory.views.json_fields import Line

_REASON = 200  # bytes


class Check(Verb):
    """Tell what is known of each step of a plan, and whether it speaks against it."""

    name = "check"
    by_meaning = True
    tool_place = 2

    def lines(self, asked: Any, response: "CheckedPlan") -> "Iterator[Line]":
        return (step.model_dump(mode="json") for step in response.steps)

    def show(self, screen: "Screen", form: Form, asked: Any, response: "CheckedPlan") -> None:
        from cli.printing.checked import print_checked

        print_checked(screen, response)

    def remark(self, screen: "Screen", form: Form, asked: Any, response: "CheckedPlan") -> None:
        if not response.complete:
            screen.note(f"Note: {response.reason}")
        if response.verdict == "conflict":
            screen.end_with(CONFLICT)
        elif response.verdict == form.fail_on:
            screen.end_with(GOVERNED)

    def tool(self, caller: "Caller") -> "Tool":
        from mcp_types import CallToolResult
        from pydantic import BaseModel, ConfigDict, Field

        from cli.mcp.arguments import AsOf, MaxTokens, Modules, Next
        from cli.mcp.budget import weight, within
        from cli.mcp.items import TITLE, lens_of, line, names, page
        from cli.mcp.paging import one_page
        from cli.mcp.tool import answered, make_tool
        from cli.mcp.values import Checked, CheckedItem, FindingItem
        from cli.quoting import QUOTED, fenced
        from memory.models.plan import CheckedStep, Cited, Finding
        from memory.plans.plan_parser import plan_of
        from memory.texts.shortening import json_bytes

        class PlanStep(BaseModel):
            """A step as a model gives it."""

            model_config = ConfigDict(extra="forbid")
            text: Annotated[str, Field(min_length=1)]
            modules: Modules = ()

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
            shown = within(
                findings, left, lambda one: json_bytes(one.model_dump(mode="json")), at_least=0
            )
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

        def memory_check_plan(
            steps: Annotated[list[str | PlanStep] | str, Field(min_length=1)],
            as_of: AsOf = "",
            max_tokens: MaxTokens = 3000,
            next: Next = "",  # noqa: A002
        ) -> Annotated[CallToolResult, Checked]:
            """Check a plan before you carry it out.

            Each step gets conflict, governed, unknown or ok, with grounds: decisions, reverted
            work, antipatterns, blocking flags, baselines at risk. Change what conflicts, or
            supersede it; read what governs. `steps`: texts, or one text with a step a line.
            """
            texts = plan_of(steps).steps if isinstance(steps, str) else steps
            plan = {"steps": [_step(one) for one in texts]}
            checked = caller.call("check", plan=plan, lens=lens_of(as_of))
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


CONFLICT, GOVERNED = 3, 4  # what the command ends with, so that a build can tell
VERBS = (Check(),)


@click.command()
@click.argument("plan", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("--strict", is_flag=True, help="End with 4 where a step is governed.")
@lens_options
@json_option
@pass_workspace
def check(
    workspace: Workspace, /, *, plan: str, strict: bool, as_json: bool, **request: Any
) -> None:
    """Check a plan against what is known.

    PLAN is a file, or - for stdin: Markdown, whose list items are the steps, or JSON: a list of
    steps, an object with `steps`, or one with a `migration_plan` of phases with tasks. A step is
    a text, or an object with `text`, `modules` and `rationale`.

    Each step is told to be one of four, with the sentence that decides. conflict: it evidently
    proposes what was superseded, rejected, reverted or learned not to work, or what a decision in
    force forbids, replaced, did not choose or decided otherwise. governed: a decision in force,
    or one of which nobody states whether it is, bears on it; its sentence is to be read. ok: it
    evidently does what was decided, or takes away what is not to be. unknown: nothing is known to
    bear on it.

    Baselines at risk and blocking flags of the modules it touches stand beside it and are no
    conflict. The exit code is 3 when a step conflicts, and with --strict 4 when none does and one
    is governed; else it is 0.

    \b
    Example:
        archmem check docs/plan.md
    """
    from cli.plan_files import read_plan_file

    workspace.ask(
        VERBS[0],
        request | {"plan": read_plan_file(plan)},
        Form(json=as_json, fail_on="governed" if strict else ""),
    )
