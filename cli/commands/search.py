"""`archmem search` and `archmem related`: questions, and hits for an answer."""

from __future__ import annotations

from typing import Any

import click

from cli.form import Form
from cli.options import json_option, limit_option, selection_options, uid_argument
from cli.workspace import Workspace, pass_workspace

explain_option = click.option("--explain", is_flag=True, help="Show each signal's share.")


@click.command()
@click.argument("question")
@selection_options
@limit_option(default=10, help="At most so many hits.")
@click.option("--all-projects", is_flag=True, help="In the memories of all your projects.")
@explain_option
@json_option
@pass_workspace
def search(
    workspace: Workspace,
    *,
    question: str,
    selection: dict[str, Any],
    limit: int,
    all_projects: bool,
    explain: bool,
    as_json: bool,
) -> None:
    """Find what answers a question.

    What is in force comes before what it replaced. Filters may be repeated; several values of
    one filter mean any of them. Only the memory of this project is asked, unless
    --all-projects is said.

    \b
    Examples:
        archmem search "how are webhooks retried?"
        archmem search "session storage" --kind decision --as-of 2024-06-30
    """
    request = {"question": question, "selection": selection, "limit": limit}
    verb = "search-everywhere" if all_projects else "search"
    workspace.ask(verb, request, Form(json=as_json, explain=explain))


@click.command()
@uid_argument
@limit_option(default=10, help="At most so many memories.")
@explain_option
@json_option
@pass_workspace
def related(workspace: Workspace, *, uid: str, limit: int, explain: bool, as_json: bool) -> None:
    """Find what has to do with a memory.

    What it is linked to comes first, then what is about the same. The beginning of a uid is
    enough where it fits one memory only.

    \b
    Example:
        archmem related dec-k3f9x2ab --limit 5
    """
    request = {"uid": uid, "limit": limit}
    workspace.ask("related", request, Form(json=as_json, explain=explain))
