"""Traces of routes as they are printed: a tree, by file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.texts.formatting import counted
from memory.texts.safe_text import one_line

if TYPE_CHECKING:
    from cli.forms.screen import Screen
    from memory.models.tracing import Trace, Traces, TraceStep


def print_traces(screen: Screen, found: Traces) -> None:
    """Print each route as a tree of what its requests go through."""
    for number, one in enumerate(found.traces):
        if number:
            screen.line("")
        _print_trace(screen, one)


def _print_trace(screen: Screen, one: Trace) -> None:
    head = screen.styled(one_line(f"{one.method} {one.path}"), bold=True)
    screen.line(f"{head}  {one_line(f'{one.handler} {one.file}:{one.line}')}")
    for name, said in one.access.items():
        aspect = name.replace("_", " ")
        screen.line(f"  {one_line(f'{aspect}: {said}')}")
    for time in one.times:
        place = f" in {time.environment}" if time.environment else ""
        said = f"{time.metric}{place}: {time.value:g} {time.unit} ({time.citation})"
        screen.line(f"  takes {one_line(said)}")
    for note in one.notes:
        screen.line(f"  {screen.styled(one_line(f'! {note}'), fg='yellow')}")
    for step in one.steps:
        _print_step(screen, step, 1)
    for name, tables in (("reads", one.reads), ("writes", one.writes), ("asks", one.requests)):
        if tables:
            screen.line(f"  {name}: {one_line(', '.join(tables))}")
    functions = counted(one.functions, "function")
    calls = counted(one.not_followed, "call")
    screen.line(
        f"  through {functions}; {calls} of methods of values in their files were not followed"
    )


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
    name = step.name.rpartition(":")[2]  # the place says the file
    return f"{name}{grade}{loop}{again}"
