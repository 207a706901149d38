"""`archmem flag`: what one domain has to tell another, until it is settled."""

from inspect import cleandoc
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import click

from cli.form import OutputForm
from cli.lazy import OrderedGroup
from cli.options import json_option, uid_argument
from cli.recording.kind_options import SectionedCommand
from cli.verb import Verb
from cli.verbs.record import record
from cli.workspace import Workspace, pass_workspace
from memory.kinds.vocabulary import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mcp.server.mcpserver.tools import Tool

    from cli.calling import Caller
    from cli.forms.screen import Screen
    from memory.models import flags as library
    from memory.views.json_fields import Line


class FlagVerb(Verb):
    """List flags, or settle one."""

    name = "flag"
    writes = True
    takes_long = True
    tool_place = 14

    def lines(self, asked: Any, response: "library.Flags") -> "Iterator[Line]":
        from cli.printing.flags import flag_lines

        return flag_lines(response)

    def show(
        self, screen: "Screen", form: OutputForm, asked: Any, response: "library.Flags"
    ) -> None:
        from cli.printing.flags import print_flags, settled_words
        from memory.texts.safe_text import one_line

        if response.action == "list":
            print_flags(screen, response)
        else:
            screen.line(one_line(settled_words(response)))

    def remark(
        self, screen: "Screen", form: OutputForm, asked: Any, response: "library.Flags"
    ) -> None:
        if response.pending:
            screen.note(f"It is not in the project's files yet: {response.pending}")
        if response.action == "list" and not response.flags:
            whose = f" of {asked.domain}" if asked.domain else ""
            screen.note(f"No {'' if asked.everything else 'open '}flags{whose}.")

    def tool(self, caller: "Caller") -> "Tool":
        from mcp.server.mcpserver.exceptions import ToolError
        from mcp_types import CallToolResult
        from pydantic import Field, WithJsonSchema

        from cli.fencing import QUOTED
        from cli.mcp.arguments import Expected, Limit, MaxTokens, Next, agent_named
        from cli.mcp.budget import room_for, weight
        from cli.mcp.flagged import flag_block, flag_item
        from cli.mcp.items import line, page
        from cli.mcp.paging import one_page
        from cli.mcp.tool import answered, make_tool
        from cli.mcp.values import Flagged
        from memory.flags import concerns
        from memory.kinds.vocabulary import Kind
        from memory.models.flags import FlagAction, by_urgency, flag_of

        FlagStatuses: TypeAlias = Annotated[
            tuple[Literal["open", "acknowledged", "resolved", "expired", "withdrawn"], ...],
            WithJsonSchema({"type": "array", "items": {"type": "string"}}),
        ]

        def _settled(
            caller: "Caller",
            action: FlagAction,
            uid: str,
            evidence: str,
            author: str,
            expected: int,
            max_tokens: int,
        ) -> CallToolResult:
            if not uid or not author:
                raise ToolError(f"memory_flags: to {action} a flag give its uid and the author.")
            because = {"resolve": "evidence", "expire": "reason"}.get(action)
            said = {because: evidence} if because else {}
            settled = caller.call(
                "flag",
                action=action,
                uid=uid,
                author=agent_named(author),
                expected=expected or None,
                **said,
            )
            shown = [flag_item(one, room_for(max_tokens)) for one in settled.flags]
            result = Flagged(
                flags=shown,
                total=len(shown),
                blocking=sum(one.blocking for one in shown),
                changed=settled.changed,
                said=line(settled.said),
                path=line(settled.path or ""),
                pending=line(settled.pending),
            )
            where = f"It is in {result.path}." if result.path else ""
            waits = f"Not in the project's files yet: {result.pending}" if result.pending else ""
            blocks = map(flag_block, shown)
            return answered(
                result, page([result.said, *blocks], QUOTED, where, waits, next_page="")
            )

        def memory_flags(
            action: FlagAction = "list",
            uid: str = "",
            evidence: str = "",
            author: str = "",
            expected: Expected = 0,
            statuses: FlagStatuses = ("open", "acknowledged"),
            domain: Annotated[str, Field(description="Sender, receiver, owner or module.")] = "",
            blocking_only: bool = False,
            limit: Limit = 20,
            max_tokens: MaxTokens = 2000,
            next: Next = "",  # noqa: A002
        ) -> Annotated[CallToolResult, Flagged]:
            """List what domains have to tell one another, or settle one flag.

            Do not go on past what blocks without saying so. Resolve with evidence
            (words, a uid, a commit), expire with why.
            """
            if action != "list":
                return _settled(caller, action, uid, evidence, author, expected, max_tokens)
            about = (statuses, domain, blocking_only)
            chosen = {"kinds": (Kind.FLAG,), "statuses": statuses}
            listed = caller.call("list", selection=chosen)
            flags = by_urgency(one for one in listed if concerns(one, domain))
            blocking = [one for one in flags if flag_of(one).blocking]
            wanted = blocking if blocking_only else flags
            shown, following = one_page(
                wanted,
                flag_item,
                lambda one: weight(one, flag_block(one)),
                about=about,
                cursor=next,
                max_tokens=max_tokens,
                limit=limit,
            )
            result = Flagged(flags=shown, total=len(wanted), blocking=len(blocking), next=following)
            note = QUOTED if shown else "No such flags."
            return answered(result, page(map(flag_block, shown), note, next_page=following))

        return make_tool(memory_flags, title="Flags", writes=True)


VERBS = (FlagVerb(),)


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
    workspace.ask(VERBS[0], said, OutputForm(json=as_json))
