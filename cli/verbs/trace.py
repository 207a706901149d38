"""`archmem trace`: where the requests of a route go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.code_verb import CodeVerb
from cli.form import OutputForm
from cli.options import json_option
from cli.workspace import Workspace, pass_workspace
from memory.texts.formatting import counted
from memory.texts.safe_text import one_line

if TYPE_CHECKING:
    from cli.forms.screen import Screen
    from memory.models.tracing import Trace, Traces, TraceStatement, TraceStep

_STATEMENTS = 5  # those that take longest; the JSON has all


class TraceVerb(CodeVerb):
    """Tell where the requests of a route go."""

    name = "trace"
    doubted = "Of the files that it goes through: "

    def show(self, screen: Screen, form: OutputForm, asked: Any, response: Traces) -> None:
        print_traces(screen, response)

    def remark(self, screen: Screen, form: OutputForm, asked: Any, response: Traces) -> None:
        for report, why in response.left_out.items():
            screen.note(f"{report} is not taken in: {why}.")
        super().remark(screen, form, asked, response)


VERBS = (TraceVerb(),)


@click.command()
@click.argument("route", nargs=-1, required=True, metavar="ROUTE")
@json_option
@pass_workspace
def trace(workspace: Workspace, *, route: tuple[str, ...], as_json: bool) -> None:
    """Tell where the requests of a route go.

    ROUTE is a method with a path, a path alone, as it is declared or as one would ask for it, or
    the name of a handler. Told are its middleware, and from its handler on what is called, by
    how it is known, down to the tables that are read and written and to calls of other services;
    beside them what a loop repeats, what lacks an index, what could be kept, how long it takes
    by the baselines that name it and by traces (OTLP as JSON) and profiles (pprof and py-spy as
    text) that the project has, and how much could not be followed.

    \b
    Examples:
        archmem trace GET "/orders/{id}"
        archmem trace /orders/12 --json
    """
    workspace.ask(VERBS[0], {"route": " ".join(route)}, OutputForm(json=as_json))


def print_traces(screen: Screen, found: Traces) -> None:
    """Print each route as a tree of what its requests go through."""
    for number, one in enumerate(found.traces):
        if number:
            screen.line("")
        _print_trace(screen, one)


def _print_trace(screen: Screen, found: Trace) -> None:
    head = screen.styled(one_line(f"{found.method} {found.path}"), bold=True)
    screen.line(f"{head}  {one_line(f'{found.handler} {found.file}:{found.line}')}")
    for name, said in found.access.items():
        aspect = name.replace("_", " ")
        screen.line(f"  {one_line(f'{aspect}: {said}')}")
    for time in found.times:
        place = f" in {time.environment}" if time.environment else ""
        day = f", {time.day}" if time.day else ""
        older = ", and its file was changed since" if time.older else ""
        said = f"{time.metric}{place}: {time.value:g} {time.unit} ({time.citation}{day}{older})"
        screen.line(f"  takes {one_line(said)}")
    for one in found.statements[:_STATEMENTS]:
        screen.line(f"  asked {one_line(_asked(one))}")
    for note in found.notes:
        screen.line(f"  {screen.styled(one_line(f'! {note}'), fg='yellow')}")
    for step in found.steps:
        _print_step(screen, step, 1)
    for name, tables in (
        ("reads", found.reads),
        ("writes", found.writes),
        ("asks", found.requests),
    ):
        if tables:
            screen.line(f"  {name}: {one_line(', '.join(tables))}")
    if not found.functions:
        screen.line("  its handler is not followed: it is no function of the project with a name")
        return
    functions = counted(found.functions, "function")
    calls = counted(found.not_followed, "call")
    screen.line(
        f"  through {functions}; {calls} of methods of values in their files were not followed"
    )


def _asked(one: TraceStatement) -> str:
    often = f"{one.times} times in one request" if one.times > 1 else "once"
    confirms = f"; that confirms {', '.join(one.confirms)}" if one.confirms else ""
    took = f"{one.milliseconds:g} ms ({one.citation}, {one.day})"
    return f"{often}, {took}{confirms}: {one.statement}"


def _print_step(screen: Screen, step: TraceStep, depth: int) -> None:
    indent = "  " * depth
    place = screen.styled(one_line(f"{step.file}:{step.line}"), fg="cyan") if step.file else ""
    screen.line(f"{indent}{one_line(_said(step))}  {place}".rstrip())
    for note in step.notes:
        screen.line(f"{indent}  {screen.styled(one_line(f'! {note}'), fg='yellow')}")
    for inner in step.steps:
        _print_step(screen, inner, depth + 1)


def _said(step: TraceStep) -> str:
    loop = f", in the loop at line {step.loop}" if step.loop else ""
    if step.what == "query":
        by = f" by {', '.join(step.columns)}" if step.columns else ""
        return f"{step.does}s {step.table or step.name}{by}{loop}"
    if step.what == "request":
        return f"asks {step.name}"
    if step.what == "middleware":
        return f"passes {step.name}"
    again = ", as above" if step.seen else ""
    grade = f" ({step.grade})" if step.grade else ""
    name = step.name.partition(":")[2] or step.name  # the place says the file
    return f"{name}{grade}{loop}{again}"
