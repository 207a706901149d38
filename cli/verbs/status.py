"""`archmem status`: what the memory holds, and what it waits for."""

import textwrap
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import click

from cli.client.engine_client import find_engine
from cli.form import OutputForm
from cli.options import json_option
from cli.verb import Verb
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mcp.server.mcpserver.tools import Tool

    from cli.calling import Caller
    from cli.forms.screen import Screen
    from memory.models.answer import StoreStatus
    from memory.models.module import Module

_MODULES = 6  # that are named
_USUAL = "folder"
_PROBLEMS, _PROBLEM = 10, 240  # how many, bytes of each


_REMOVED = "removed"
_UNSTATED = "unstated"  # as it is with all of some kinds, which is no news


class StatusVerb(Verb):
    """Tell what the memory holds and lacks."""

    name = "status"
    tool_place = 17

    def show(self, screen: "Screen", form: OutputForm, asked: Any, response: "StoreStatus") -> None:
        width = screen.terminal.width
        screen.facts(_facts(response))
        if response.memories:
            screen.line("")
            screen.line(screen.styled(_row("Kind", "Count", "States", width), bold=True))
        for kind, states in response.memories.items():
            live = sum(count for state, count in states.items() if state != _REMOVED)
            known = {state: count for state, count in states.items() if state != _UNSTATED}
            said = ", ".join(f"{count:,} {state}" for state, count in known.items())
            if known and _UNSTATED in states:
                said += f", {states[_UNSTATED]:,} {_UNSTATED}"
            screen.line(_row(kind, f"{live:,}", said, width))
        _tell_folders(screen, response)
        screen.problems(response.problems)

    def tool(self, caller: "Caller") -> "Tool":
        from mcp_types import CallToolResult

        from cli.fencing import fenced
        from cli.mcp.items import line, with_rest
        from cli.mcp.tool import answered, make_tool
        from cli.mcp.values import State

        def _told(state: State) -> str:
            counts = [
                f"{kind}: "
                + ", ".join(f"{count} {status}" for status, count in sorted(by_status.items()))
                for kind, by_status in sorted(state.memories.items())
            ]
            lines = [
                *(counts or ["Nothing is recorded yet."]),
                f"last index: {state.last_index or 'never'}; passages: {state.passages}; "
                f"not embedded: {state.pending_embeddings}; "
                f"not in their files: {state.pending_files}",
            ]
            if state.problems:
                lines.append(fenced("\n".join(state.problems), {"kind": "problems"}))
            return "\n".join(lines)

        def memory_status() -> Annotated[CallToolResult, State]:
            """Tell what the memory holds (kind, status, count) and lacks.

            And what it could not read. Call it when answers seem old, empty or incomplete.
            """
            status = caller.call("status")
            result = State(
                memories=status.memories,
                passages=status.passages,
                pending_embeddings=status.pending_embeddings,
                pending_files=status.pending_files,
                last_index=status.last_index.isoformat(timespec="seconds")
                if status.last_index
                else "",
                model=status.model or "",
                problems=with_rest(
                    [line(problem, _PROBLEM) for problem in status.problems[:_PROBLEMS]],
                    len(status.problems),
                ),
            )
            return answered(result, _told(result))

        return make_tool(memory_status, title="Memory state")


def _tell_folders(screen: "Screen", response: "StoreStatus") -> None:
    from cli.printing.record_folders import passed, taken

    for said in (*taken(response.folders), *passed(response.folders)):
        screen.line(said)


def _row(kind: str, count: str, states: str, width: int) -> str:
    begin = f"{kind:<11}  {count:>7}  "
    if not states:  # textwrap makes nothing of nothing, whatever it is to begin with
        return begin.rstrip()
    return textwrap.fill(
        states, max(width, 2 * len(begin)), initial_indent=begin, subsequent_indent=" " * len(begin)
    )


def _facts(status: "StoreStatus") -> "Iterator[tuple[str, str]]":
    from cli.printing.runs import open_words
    from memory.texts.formatting import counted

    yield "Memory", status.folder
    yield "Last index", _last_index(status.last_index)
    yield "Model", status.model or "none yet: nothing has been embedded"
    waiting = status.pending_embeddings
    words = f"{waiting:,} to be embedded: run `archmem index`" if waiting else "all embedded"
    yield "Passages", f"{status.passages:,}, {words}"
    if status.pending_files:
        pending = counted(status.pending_files, "record")
        yield "Pending", f"{pending} not yet in the project's files: run `archmem index`"
    if status.modules:
        yield "Modules", _modules(status.modules)
    if words := open_words(status.open_runs):
        yield "Runs", words


def _modules(modules: "Sequence[Module]") -> str:
    """Their names, those that more tells of first, each with what tells of it but for folders."""
    by_evidence = sorted(modules, key=lambda one: (-len(one.sources), one.name.casefold()))
    told = []
    for one in by_evidence[:_MODULES]:
        sources = ", ".join(one.sources)  # most are folders, so that goes without saying
        told.append(one.name if sources == _USUAL else f"{one.name} ({sources})")
    told += [f"and {len(modules) - _MODULES:,} more"] if len(modules) > _MODULES else []
    return ", ".join(told)


def _last_index(moment: "datetime | None") -> str:
    from memory.texts.formatting import ago, minute

    return f"{minute(moment)}, {ago(moment, datetime.now(UTC))}" if moment else "never"


VERBS = (StatusVerb(),)


@click.command()
@click.option("--engine", "of_engine", is_flag=True, help="Of the engine, not of the memory.")
@json_option
@pass_workspace
def status(workspace: Workspace, *, of_engine: bool, as_json: bool) -> None:
    """Say what the memory holds and lacks.

    Counts by kind and state, when it was last indexed, with which model, what waits to be
    embedded or written, and which files have a problem. It opens neither model nor vectors.

    \b
    Examples:
        archmem status
        archmem status --engine
    """
    if not of_engine:
        workspace.ask(VERBS[0], {}, OutputForm(json=as_json))
    elif find_engine() is None:  # it is not started to be asked how it is
        click.echo("null" if as_json else "No engine is running; the next command starts one.")
    else:
        workspace.ask("engine-health", {}, OutputForm(json=as_json))
