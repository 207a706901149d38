"""`archmem decouple`: which dependencies of modules to cut, and what that would change."""

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
    from memory.models.decoupling import CouplingShape, Cut, Decoupling, Side

_MOST_NAMED = 12  # modules
_MOST_SPOTS = 5  # of one cut; the JSON has all
_MOST_NAMES = 8  # likewise


class DecoupleVerb(CodeVerb):
    """Propose cuts between modules."""

    name = "decouple"
    doubted = "Of the code: "

    def show(self, screen: Screen, form: OutputForm, asked: Any, response: Decoupling) -> None:
        print_decoupling(screen, response)


VERBS = (DecoupleVerb(),)


@click.command()
@click.argument("first", default="", metavar="[MODULE")
@click.argument("second", default="", metavar="[MODULE]]")
@json_option
@pass_workspace
def decouple(workspace: Workspace, *, first: str, second: str, as_json: bool) -> None:
    """Propose cuts between modules.

    The cheapest imports to cut so that one of two modules no longer depends on the other, so that
    a module is in no cycle, or so that the largest cycle is resolved. Each cut is simulated: what
    is left in cycles, how far a change reaches, the instability of both sides; and the names that
    would become the interface.

    \b
    Examples:
        archmem decouple
        archmem decouple orders billing
    """
    workspace.ask(VERBS[0], {"first": first, "second": second}, OutputForm(json=as_json))


def print_decoupling(screen: Screen, found: Decoupling) -> None:
    """Print what the cuts achieve, each of them, and what is left after it."""
    if len(found.modules) > 2:
        more = len(found.modules) - _MOST_NAMED
        named = ", ".join(found.modules[:_MOST_NAMED])
        screen.line(one_line(f"Cycle: {named}{f' and {more} more' if more > 0 else ''}"))
    if not found.cuts:
        screen.line(f"Nothing to cut: {one_line(found.about)}.")
        return
    how = (
        "none is cheaper" if found.exact else "the best that was found; there may be a cheaper one"
    )
    cost = f"{counted(len(found.cuts), 'cut')}, {counted(found.cost, 'import')}"
    screen.line(f"{cost} so that {one_line(found.about)} ({how}).")
    screen.line(f"now      {_shape(found.before)}")
    for number, cut in enumerate(found.cuts, 1):
        _print_cut(screen, number, cut)


def _print_cut(screen: Screen, number: int, cut: Cut) -> None:
    screen.line("")
    title = screen.styled(one_line(f"{cut.source} -> {cut.target}"), bold=True)
    screen.line(f"{number}. {title}: {counted(cut.imports, 'import')}")
    for spot in cut.spots[:_MOST_SPOTS]:
        screen.line(f"   {one_line(f'{spot.file}:{spot.line} {spot.said}')}")
    if (more := len(cut.spots) - _MOST_SPOTS) > 0:
        screen.line(f"   and {more} more")
    if cut.names:
        named = ", ".join(f"{one.name} ({one.uses})" for one in cut.names[:_MOST_NAMES])
        rest = len(cut.names) - _MOST_NAMES
        screen.line(f"   interface: {one_line(named)}{f' and {rest} more' if rest > 0 else ''}")
    for before, after in zip(cut.before, cut.after, strict=True):
        if before != after:
            screen.line(f"   {one_line(before.module)}: {_side(before, after)}")
    screen.line(f"   then  {_shape(cut.shape)}")


def _side(before: Side, after: Side) -> str:
    return (
        f"instability {_ratio(before.instability)} -> {_ratio(after.instability)}, "
        f"{before.dependents} -> {counted(after.dependents, 'dependent module')}"
    )


def _ratio(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _shape(shape: CouplingShape) -> str:
    return (
        f"{counted(shape.modules_in_cycles, 'module')} in cycles, the largest of "
        f"{shape.largest_cycle}; a change reaches {shape.reached:g} modules on average"
    )
