"""`archmem run`: coordination runs, from the brief that is served to what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TextIO

import click

from cli.form import Form
from cli.lazy import OrderedGroup
from cli.options import json_option, lens_options
from cli.recording.results import result_from, result_options
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

_author = click.option(
    "--author", help='Who says so, such as "agent:payments". [default: you, as git knows you]'
)


@click.group(cls=OrderedGroup)
def run() -> None:
    """Open a run, tell what came of it, list runs.

    A run is one coordination: a task, the brief that was served for it, and what came of it.
    What came of it becomes lessons; those decide what later briefs say.

    \b
    Examples:
        archmem run start --task "Split payments out of api" --modules payments,api
        archmem run finish run-k3f9x2ab --success --approach "Strangler fig, route by route"
        archmem run list
    """


@run.command()
@click.option("--task", required=True, metavar="TEXT", help="What is to be done.")
@click.option(
    "--modules",
    "--module",
    multiple=True,
    metavar="NAMES",
    help="Modules that it is about, with commas between. May be repeated.",
)
@click.option("--agent", multiple=True, metavar="NAME", help="An agent who will do it. Likewise.")
@click.option("--budget", type=click.IntRange(min=1), metavar="TOKENS", help="Of the brief.")
@click.option("--no-brief", is_flag=True, help="Open it without a brief.")
@_author
@json_option
@pass_workspace
def start(
    workspace: Workspace,
    *,
    task: str,
    modules: tuple[str, ...],
    agent: tuple[str, ...],
    budget: int | None,
    no_brief: bool,
    author: str | None,
    as_json: bool,
) -> None:
    """Open a run, and print its uid and the brief.

    What the brief shows is kept with the run, revision by revision, so that one can tell later
    what was known when it began.

    \b
    Example:
        archmem run start --task "Queue webhooks" --modules notifications --agent payments
    """
    request = {
        "task": task,
        "modules": _names(modules),
        "agents": agent,
        "budget": budget,
        "with_brief": not no_brief,
        "author": author,
    }
    workspace.ask("run_start", request, Form(json=as_json))


@run.command()
@click.argument("uid")
@result_options
@click.option("--no-learn", is_flag=True, help="Learn nothing yet; `archmem learn UID` does.")
@_author
@json_option
@pass_workspace
def finish(
    workspace: Workspace,
    /,
    *,
    uid: str,
    source: TextIO | None,
    no_learn: bool,
    author: str | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Tell what came of a run, and learn from it.

    Give the result as options, or as a JSON object with --from; options have precedence. JSON
    may be as a coordinator has it, wrapped or not: `{"success": true, "approach": ...,
    "situation": ..., "metrics": {"p95": "430 -> 380 ms"}, "issues": [...], "alternative": ...,
    "lessons": [...]}`. Telling the same again changes nothing.

    \b
    Examples:
        archmem run finish run-k3f9x2ab --success --approach "Quorum queues" \\
            --situation "A deploy lost jobs" --metric "lost jobs: 12 -> 0" --helped dec-a1b2c3d4
        archmem run finish run-k3f9x2ab --from result.json
    """
    request = {
        "uid": uid,
        "result": result_from(source, options),
        "learning": not no_learn,
        "author": author,
    }
    workspace.ask("run_finish", request, Form(json=as_json))


@run.command(name="list")
@lens_options
@json_option
@pass_workspace
def list_(workspace: Workspace, *, lens: dict[str, Any], as_json: bool) -> None:
    """List all runs, those that were never finished first.

    \b
    Example:
        archmem run list
    """
    workspace.ask("run_list", {"lens": lens}, Form(json=as_json))


def _names(said: Sequence[str]) -> list[str]:
    return [name for part in said for one in part.split(",") if (name := one.strip())]
