"""`archmem flag`: what one domain has to tell another, until it is settled."""

from __future__ import annotations

from inspect import cleandoc
from typing import Any

import click

from cli.commands.record import record
from cli.form import Form
from cli.lazy import OrderedGroup
from cli.options import json_option, uid_argument
from cli.recording.options import SectionedCommand
from cli.workspace import Workspace, pass_workspace
from memory.models.kinds import Kind

_author = click.option(
    "--author", help='Who says so, such as "agent:payments". [default: you, as git knows you]'
)
_by = click.option("--by", default="", help="Who it is that does it, if not the author.")


@click.group(cls=OrderedGroup)
def flag() -> None:
    """List flags, raise them and settle them.

    A flag is shown to whoever raised it and to whoever it is for until it is closed. What is
    done here is written into the entry in `.claude/memory/flags/`, and what is edited there is
    taken in by the next index run.

    \b
    Examples:
        archmem flag list --for auth
        archmem flag resolve fla-k3f9x2ab --evidence "Shipped in 4.2, error rate back at 0.1 %."
    """


@flag.command("list")
@click.option("--for", "domain", default="", help="Only of this sender, receiver, owner or module.")
@click.option("--all", "everything", is_flag=True, help="Closed ones too.")
@json_option
@pass_workspace
def list_(workspace: Workspace, *, domain: str, everything: bool, as_json: bool) -> None:
    """List flags: what blocks first, then by severity and by when it is due.

    \b
    Example:
        archmem flag list --for payments
    """
    _ask(workspace, as_json=as_json, action="list", domain=domain, everything=everything)


@flag.command()
@uid_argument
@_by
@_author
@json_option
@pass_workspace
def acknowledge(workspace: Workspace, /, *, as_json: bool, **said: Any) -> None:
    """Say that a flag has been noticed; it stays to be settled.

    \b
    Example:
        archmem flag acknowledge fla-k3f9x2ab --by dana
    """
    _ask(workspace, as_json=as_json, action="acknowledge", **said)


@flag.command()
@uid_argument
@click.option(
    "--evidence", required=True, help="What shows it: words, the uid of a memory, or a commit."
)
@_by
@_author
@json_option
@pass_workspace
def resolve(workspace: Workspace, /, *, as_json: bool, **said: Any) -> None:
    """Close a flag, with what shows that it is settled.

    \b
    Examples:
        archmem flag resolve fla-k3f9x2ab --evidence "Alert added, queue empty since Monday."
        archmem flag resolve fla-k3f9x2ab --evidence 4f2a91c
    """
    _ask(workspace, as_json=as_json, action="resolve", **said)


@flag.command()
@uid_argument
@click.option("--reason", default="", help="Why nobody need settle it.")
@_author
@json_option
@pass_workspace
def expire(workspace: Workspace, /, *, as_json: bool, **said: Any) -> None:
    """Close a flag that nobody need settle any more.

    \b
    Example:
        archmem flag expire fla-k3f9x2ab --reason "The route is gone."
    """
    _ask(workspace, as_json=as_json, action="expire", **said)


_raise = record.commands[Kind.FLAG]
flag.add_command(
    SectionedCommand(
        "raise",
        params=_raise.params,
        callback=_raise.callback,
        help=cleandoc(_raise.help or "").replace("record flag", "flag raise"),
    )
)


def _ask(workspace: Workspace, *, as_json: bool, **said: Any) -> None:
    workspace.ask("flag", said, Form(json=as_json))
