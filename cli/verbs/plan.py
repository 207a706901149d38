"""`archmem plan`: plans of phases, from the file that is kept to what was learned from it."""

from typing import TYPE_CHECKING, Any, TextIO

import click

from cli.form import OutputForm
from cli.lazy import OrderedGroup
from cli.options import json_option
from cli.recording.results import result_from, result_options
from cli.verb import Verb
from cli.verbs.check import CONFLICT
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mcp.server.mcpserver.tools import Tool

    from cli.calling import Caller
    from cli.forms.screen import Screen
    from memory.models.planning import (
        ChangedPlan,
        ClosedPlan,
        Directives,
        HeldPlan,
        NewPlan,
        Plans,
        ShownPlan,
    )
    from memory.views.json_fields import Line


class _OfCode(Verb):
    """A verb for which code is read."""

    writes = True  # it keeps what files say, and looks at the worktree that it is asked in
    takes_long = True


class PlanNew(_OfCode):
    """Keep a plan, with what its gates measure now."""

    name = "plan_new"
    creates = True
    if_lost = "It may have been kept: `archmem plan status` tells."

    def show(self, screen: "Screen", form: OutputForm, asked: Any, response: "NewPlan") -> None:
        from cli.printing.plans import print_new

        print_new(screen, response)


class PlanShow(Verb):
    """Print a plan as it is kept."""

    name = "plan_show"

    def show(self, screen: "Screen", form: OutputForm, asked: Any, response: "ShownPlan") -> None:
        from cli.printing.plans import print_plan

        print_plan(screen, response)


class PlanStatus(_OfCode):
    """Tell how far plans are."""

    name = "plan_status"
    tool_place = 12
    listed = "plans"
    nothing = "No plan is open; `archmem plan new FILE` keeps one."

    def lines(self, asked: Any, response: "Plans") -> "Iterator[Line]":
        return (one.model_dump(mode="json") for one in response.plans)

    def show(self, screen: "Screen", form: OutputForm, asked: Any, response: "Plans") -> None:
        from cli.printing.plans import print_status

        for one in response.plans:
            print_status(screen, one)

    def tool(self, caller: "Caller") -> "Tool":
        from cli.mcp.plan import plan_tool

        return plan_tool(caller)


class PlanCheck(_OfCode):
    """Tell what speaks against a plan."""

    name = "plan_check"
    by_meaning = True

    def show(self, screen: "Screen", form: OutputForm, asked: Any, response: "HeldPlan") -> None:
        from cli.printing.plans import print_held

        print_held(screen, response)

    def remark(self, screen: "Screen", form: OutputForm, asked: Any, response: "HeldPlan") -> None:
        if not response.steps.complete:
            screen.note(f"Note: {response.steps.reason}")
        if response.verdict == "conflict":
            screen.end_with(CONFLICT)


class PlanAssign(_OfCode):
    """Tell each engineer what to do and what it must know."""

    name = "plan_assign"
    by_meaning = True

    def lines(self, asked: Any, response: "Directives") -> "Iterator[Line]":
        from cli.printing.directives import directive_json

        yield directive_json(response)

    def show(self, screen: "Screen", form: OutputForm, asked: Any, response: "Directives") -> None:
        from cli.printing.directives import directive_page

        screen.line(directive_page(response))


class PlanPhase(_OfCode):
    """Say that a phase, or a step of it, has begun, is done or is taken back."""

    name = "plan_phase"

    def show(self, screen: "Screen", form: OutputForm, asked: Any, response: "ChangedPlan") -> None:
        from cli.printing.plans import print_changed

        print_changed(screen, response, asked.number)


class PlanClose(_OfCode):
    """Close a plan with what came of it, and learn from that."""

    name = "plan_close"
    by_meaning = True

    def show(self, screen: "Screen", form: OutputForm, asked: Any, response: "ClosedPlan") -> None:
        from cli.printing.runs import print_learned
        from memory.texts.safe_text import one_line

        known = "" if response.changed else ", as was known"
        screen.line(f"Closed {response.uid}: {response.status}{known}.")
        for one in response.left:
            screen.line(one_line(one))
        if response.learned:
            print_learned(screen, response.learned)


NEW, SHOW, STATUS, CHECK, ASSIGN, PHASE, CLOSE = VERBS = (
    PlanNew(),
    PlanShow(),
    PlanStatus(),
    PlanCheck(),
    PlanAssign(),
    PlanPhase(),
    PlanClose(),
)

_uid = click.argument("uid", default="")
_author = click.option(
    "--author", help='Who says so, such as "agent:payments". [default: you, as git knows you]'
)


@click.group(cls=OrderedGroup)
def plan() -> None:
    """Keep plans of phases, follow them and learn from them.

    A plan has phases with steps, gates that have to hold before the next one, and a way back. It
    is a memory: its entry is in `.claude/memory/plans/plans.json`. UID may be left out where just
    one plan is open.

    Gates are sentences that can be evaluated: any check that a decision may have ("orders must
    not import billing"), "every check holds", "no new major findings [in AREA, RULE or MODULE]",
    "coverage of payments at least 80 %", "baseline NAME at most 400 ms", a number of `archmem
    health` ("routes_open at most 0"), "nothing uses NAME", "a test reaches NAME" or "tests/x.py
    exists". What nobody can evaluate is told as: cannot tell.

    \b
    Examples:
        archmem plan new docs/split-billing.md
        archmem plan status
    """


@plan.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True), required=False)
@click.option("--query", default="", help="What is to be planned as `coordinate` does, not a file.")
@click.option("--title", default="", help="What it is called, where the file does not say.")
@_author
@json_option
@pass_workspace
def new(
    workspace: Workspace, /, *, file: str | None, query: str, as_json: bool, **said: Any
) -> None:
    """Keep a plan, with what its gates measure now.

    FILE, or - for standard input, is Markdown with a heading for each phase and its steps as a
    list, `Gates:` and `Way back:` below it; or JSON with `phases` or `migration_plan`, such as
    `archmem coordinate --json` gives. A step is a text, or has `text`, `modules`, `agent`, `files`,
    `after` (numbers of steps) and `way_back`.

    \b
    Examples:
        archmem plan new docs/split-billing.md
        archmem plan new --query "Extract billing into a service"
    """
    from cli.plan_pages import read_phases_file

    if bool(file) == bool(query):
        raise click.UsageError("Name a file with the plan, or give a --query.")
    plan = read_phases_file(file) if file else None
    workspace.ask(NEW, {"plan": plan, "query": query, **said}, OutputForm(json=as_json))


@plan.command()
@_uid
@json_option
@pass_workspace
def show(workspace: Workspace, *, uid: str, as_json: bool) -> None:
    """Print a plan as it is kept, with the runs of its steps.

    \b
    Example:
        archmem plan show pla-k3f9x2ab
    """
    workspace.ask(SHOW, {"uid": uid}, OutputForm(json=as_json))


@plan.command()
@_uid
@json_option
@pass_workspace
def status(workspace: Workspace, *, uid: str, as_json: bool) -> None:
    """Tell how far plans are: what their gates measure now, and which steps are done.

    Of each phase are told how far its gates have gone on average since it began, how many of its
    steps are done, and each gate: met, open or cannot tell.

    \b
    Example:
        archmem plan status
    """
    workspace.ask(STATUS, {"uid": uid}, OutputForm(json=as_json))


@plan.command()
@_uid
@json_option
@pass_workspace
def check(workspace: Workspace, *, uid: str, as_json: bool) -> None:
    """Tell what speaks against a plan.

    Its steps are held against decisions, lessons and reverts, as `archmem check` does; and the
    plan against the code and itself: steps that would break a check of a decision, that move a
    module before one on which it depends or take away what others still need, two that are or may
    be in flight on one file or module, steps without a way back, modules and agents that nobody
    knows, gates that cannot be evaluated. The exit code is 3 where something conflicts.

    \b
    Example:
        archmem plan check pla-k3f9x2ab
    """
    workspace.ask(CHECK, {"uid": uid}, OutputForm(json=as_json))


@plan.command()
@_uid
@click.option(
    "--budget",
    type=click.IntRange(min=1),
    metavar="TOKENS",
    default=2_000,
    show_default=True,
    help="For what each engineer has to know, and for what several have.",
)
@_author
@json_option
@pass_workspace
def assign(workspace: Workspace, /, *, as_json: bool, **said: Any) -> None:
    """Tell each engineer what to do and what it must know, as Markdown or JSON.

    A step is for the agent that the plan names, else for the one whose module it touches, else
    for the one whose definition in `.claude/agents` speaks of such things; the plan says so then.
    What several have to know is told once; no memory is told twice. Beside it stand what they have
    to agree upon, and the gates of their phases.

    \b
    Examples:
        archmem plan assign
        archmem plan assign pla-k3f9x2ab --budget 4000 --json
    """
    workspace.ask(ASSIGN, said, OutputForm(json=as_json))


@plan.command()
@click.argument("uid")
@click.argument("number", type=int, required=False)
@click.option("--begin", "action", flag_value="begin", help="It has begun.")
@click.option("--done", "action", flag_value="done", help="It is done.")
@click.option("--back", "action", flag_value="back", help="It is taken back.")
@click.option("--step", type=click.IntRange(min=1), metavar="N", help="Only this step of the plan.")
@click.option("--because", default="", metavar="TEXT", help="Why it is taken back, or done anyway.")
@click.option(
    "--anyway", is_flag=True, help="Though a gate is open, a step unfinished or a phase not done."
)
@_author
@json_option
@pass_workspace
def phase(
    workspace: Workspace, /, *, uid: str, number: int | None, as_json: bool, **said: Any
) -> None:
    """Say that a phase, or one step of it, has begun, is done or is taken back.

    NUMBER is that of the phase; UID may be left out where just one plan is open. A phase that
    begins has its gates measured. It is done when those before are, none of its steps is in
    flight and no gate is open; a gate of which nobody can tell hinders nothing.

    \b
    Examples:
        archmem plan phase pla-k3f9x2ab 1 --done
        archmem plan phase 2 --back --because "Latency doubled."
    """
    if number is None and uid.isdecimal():
        uid, number = "", int(uid)
    if number is None:
        raise click.UsageError("Name the number of a phase.")
    if said["action"] is None:
        raise click.UsageError("Say --begin, --done or --back.")
    workspace.ask(PHASE, {"uid": uid, "number": number, **said}, OutputForm(json=as_json))


@plan.command()
@_uid
@result_options
@_author
@json_option
@pass_workspace
def close(
    workspace: Workspace,
    /,
    *,
    uid: str,
    source: TextIO | None,
    author: str | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Close a plan with what came of it, and learn from that.

    The result is that of `archmem run finish`. It is a success if it says so, or else if all
    phases are done; what gates measured when their phases began and measure now is part of it.

    \b
    Example:
        archmem plan close --success --lesson "Part the tests first."
    """
    request = {"uid": uid, "result": result_from(source, options), "author": author}
    workspace.ask(CLOSE, request, OutputForm(json=as_json))
