"""`archmem verify`: whether what is known still holds."""

from typing import TYPE_CHECKING, Annotated, Any

import click

from cli.form import OutputForm
from cli.options import json_option
from cli.verb import Verb
from cli.workspace import Workspace, pass_workspace
from memory.kinds.vocabulary import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mcp.server.mcpserver.tools import Tool

    from cli.calling import Caller
    from cli.forms.screen import Screen
    from memory.models import answer as library
    from memory.views.json_fields import Line

_WHY = 240  # bytes


class VerifyVerb(Verb):
    """Look again at what memories name, rest on and wait for."""

    name = "verify"
    writes = True
    takes_long = True
    fails_on = ("gone", "changed", "moved")
    tool_place = 15

    def lines(self, asked: Any, response: "library.Verified") -> "Iterator[Line]":
        from cli.printing.verified import verified_lines

        return verified_lines(response)

    def show(
        self, screen: "Screen", form: OutputForm, asked: Any, response: "library.Verified"
    ) -> None:
        from cli.printing.verified import print_verified

        print_verified(screen, response)

    def remark(
        self, screen: "Screen", form: OutputForm, asked: Any, response: "library.Verified"
    ) -> None:
        from cli.printing.verified import STALE_CODE, fails, rebuilt_words

        screen.problems(response.problems)
        if response.code:
            screen.note(rebuilt_words(response.code))
        if fails(response, form.fail_on):
            screen.end_with(STALE_CODE)

    def tool(self, caller: "Caller") -> "Tool":
        from mcp_types import CallToolResult

        from cli.fencing import QUOTED, fenced
        from cli.mcp.arguments import MaxTokens, Modules, Next
        from cli.mcp.budget import weight
        from cli.mcp.items import citation, line, page
        from cli.mcp.paging import one_page
        from cli.mcp.tool import answered, make_tool
        from cli.mcp.values import Doubt, VerifyResult
        from cli.printing.checks import since_words
        from memory.models.flags import flag_of
        from memory.texts.formatting import day
        from memory.views.memory_view import stale_words

        def _doubts(found: "library.Verified") -> "Iterator[Doubt]":
            """What was found, flags that are overdue first, what no machine can watch last."""
            for check in found.broken:
                why = f"{check.said}: {check.broken_by[0]}; {since_words(check)}".rstrip("; ")
                yield Doubt(
                    what="broken check",
                    uid=check.uid,
                    title=line(check.owner),
                    why=line(why, _WHY),
                    citation=check.citation,
                )
            for one in found.overdue:
                yield Doubt(
                    what="overdue flag",
                    uid=one.memory.uid,
                    title=line(one.memory.title),
                    why=f"due {day(flag_of(one).due)}",
                    citation=citation(one.memory),
                )
            for fired in found.fired:
                flag = f"; {fired.flag} tells of it" if fired.flag else ""
                why = line(f"{fired.trigger}: {fired.reason}{flag}", _WHY)
                yield Doubt(what="review trigger", uid=fired.uid, title=line(fired.title), why=why)
            for one in found.stale:
                yield Doubt(
                    what="stale",
                    uid=one.memory.uid,
                    title=line(one.memory.title),
                    why=line(stale_words(one.freshness), _WHY),
                    citation=citation(one.memory),
                )
            for run in found.open_runs:
                why = f"begun {day(run.begun)} by {line(run.author, 60)}"
                yield Doubt(what="unfinished run", uid=run.uid, title=line(run.task), why=why)
            for left in found.unwatched:
                why = line(f"{left.trigger}: {left.reason}", _WHY)
                yield Doubt(what="unwatched trigger", uid=left.uid, title=line(left.title), why=why)

        def _told(one: Doubt) -> str:
            where = f" ({one.citation})" if one.citation else ""
            return f"{one.what}: {one.uid} {one.title}{where}: {one.why}"

        def memory_verify(
            modules: Modules = (),
            max_tokens: MaxTokens = 2000,
            next: Next = "",  # noqa: A002
        ) -> Annotated[CallToolResult, VerifyResult]:
            """Look again at the code that memories name, and tell what is stale.

            Also checks of decisions that the code breaks, review triggers that came true (each
            raises a flag), overdue flags, unfinished runs.
            """
            found = caller.call("verify", selection={"modules": modules})
            doubts = list(_doubts(found))
            shown, following = one_page(
                doubts,
                lambda one, _room: one,
                lambda one: weight(one, _told(one)),
                about=("verify", modules),
                cursor=next,
                max_tokens=max_tokens,
            )
            counts = ", ".join(
                f"{count} {verdict}" for verdict, count in sorted(found.counts.items())
            )
            looked_at = "; ".join(filter(None, [counts, *found.problems]))
            result = VerifyResult(
                doubts=shown, total=len(doubts), looked_at=line(looked_at), next=following
            )
            quoted = fenced("\n".join(map(_told, shown)), {"kind": "doubts"}) if shown else ""
            head = f"Memories by what they name: {counts or 'none'}."
            head = " ".join([head, *(line(one, _WHY) for one in found.problems)])
            note = QUOTED if shown else "Nothing waits for anybody."
            return answered(result, page([head, quoted], note, next_page=following))

        return make_tool(memory_verify, title="Verify", writes=True)


VERBS = (VerifyVerb(),)


@click.command()
@click.option("--module", multiple=True, help="Only what concerns this module.")
@click.option(
    "--kind",
    multiple=True,
    type=click.Choice([str(kind) for kind in Kind]),
    metavar="KIND",
    help=f"Only what is one: {', '.join(Kind)}.",
)
@click.option(
    "--all", "everything", is_flag=True, help="Also what is as it was, is over, or is from git."
)
@click.option(
    "--fail-on",
    type=click.Choice(VerifyVerb.fails_on),
    default=None,
    help="Exit code 3 where a memory names something that is so, or worse.",
)
@click.option(
    "--rebuild",
    is_flag=True,
    help="Read all files anew, embed all texts, and compare with what is kept.",
)
@json_option
@pass_workspace
def verify(
    workspace: Workspace,
    *,
    module: tuple[str, ...],
    kind: tuple[str, ...],
    everything: bool,
    rebuild: bool,
    fail_on: str | None,
    as_json: bool,
) -> None:
    """Say what no longer holds.

    The places that memories name (paths, symbols, commits, versions) are looked up in the
    repository, uncommitted changes included: each is fresh, changed, moved, gone, or cannot be
    told, since the memory last said something new. Checks of decisions that the code does not
    keep to come with the commit since which they do not hold. Then what waits: review triggers
    that have come true, for which flags are raised, flags past their day, and runs
    that were never finished.

    \b
    Examples:
        archmem verify --module payments
        archmem verify --fail-on gone
    """
    request = {
        "selection": {"modules": module, "kinds": kind},
        "everything": everything,
        "rebuild": rebuild,
    }
    workspace.ask(VERBS[0], request, OutputForm(json=as_json, fail_on=fail_on or ""))
