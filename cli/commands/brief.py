"""`archmem brief`: what is known for a task, under a budget."""

from __future__ import annotations

from typing import Any

import click

from cli.options import lens_options
from cli.workspace import Workspace, pass_workspace


@click.command()
@click.argument("task", default="")
@click.option(
    "--modules", default="", metavar="A,B", help="It concerns these; else those it names."
)
@click.option("--agent", multiple=True, metavar="NAME", help="Gets a slice; may be repeated.")
@click.option(
    "--budget",
    type=click.IntRange(min=1),
    metavar="TOKENS",
    help="Never more; 4,000 if not given, with --everything 100,000.",
)
@lens_options
@click.option("--everything", is_flag=True, help="The whole memory, not what is to the point.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["md", "json"]),
    default="md",
    show_default=True,
    help="Markdown, or the response of a coordinator as JSON.",
)
@pass_workspace
def brief(
    workspace: Workspace,
    *,
    task: str,
    modules: str,
    agent: tuple[str, ...],
    budget: int | None,
    lens: dict[str, Any],
    everything: bool,
    form: str,
) -> None:
    """Tell what is known for a task.

    What is open, what governs, what was tried, what works and what does not, what must not get
    worse, who knows what: chosen by what is worth most for its length, each with its source and
    how it stands. Flags that block come always. At its end stand how much is known of each
    module, and what did not fit, with the command that tells it.

    The same memory and the same task give the same text. With several agents there is a part for
    all and one for each.

    \b
    Examples:
        archmem brief "extract payments into a service" --modules payments,api
        archmem brief "rotate signing keys" --agent auth-agent --agent api-agent --budget 8000
        archmem brief --everything
    """
    if not task.strip() and not everything:
        raise click.UsageError("Name a task, or say --everything.")
    request = {
        "task": task,
        "modules": [name for name in map(str.strip, modules.split(",")) if name],
        "agents": agent,
        "budget": budget,
        "lens": lens,
        "everything": everything,
        "form": form,
    }
    workspace.ask("brief", request)
