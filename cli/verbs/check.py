"""`archmem check`: whether what is known speaks against a plan."""

from typing import TYPE_CHECKING, Any

import click

from cli.form import OutputForm
from cli.options import json_option, lens_options
from cli.verb import Verb
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.forms.screen import Screen
    from memory.models.plan import CheckedPlan
    from memory.views.json_fields import Line


class CheckVerb(Verb):
    """Tell what is known of each step of a plan, and whether it speaks against it."""

    name = "check"
    by_meaning = True
    fails_on = ("governed",)

    def lines(self, asked: Any, response: "CheckedPlan") -> "Iterator[Line]":
        return (step.model_dump(mode="json") for step in response.steps)

    def show(self, screen: "Screen", form: OutputForm, asked: Any, response: "CheckedPlan") -> None:
        from cli.printing.checked import print_checked

        print_checked(screen, response)

    def remark(
        self, screen: "Screen", form: OutputForm, asked: Any, response: "CheckedPlan"
    ) -> None:
        if not response.complete:
            screen.note(f"Note: {response.reason}")
        if response.verdict == "conflict":
            screen.end_with(CONFLICT)
        elif response.verdict == form.fail_on:
            screen.end_with(GOVERNED)


CONFLICT, GOVERNED = 3, 4  # what the command ends with, so that a build can tell
VERBS = (CheckVerb(),)


@click.command()
@click.argument("plan", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("--strict", is_flag=True, help="End with 4 where a step is governed.")
@lens_options
@json_option
@pass_workspace
def check(
    workspace: Workspace, /, *, plan: str, strict: bool, as_json: bool, **request: Any
) -> None:
    """Check a plan against what is known.

    PLAN is a file, or - for stdin: Markdown, whose list items are the steps, or JSON: a list of
    steps, an object with `steps`, or one with a `migration_plan` of phases with tasks. A step is
    a text, or an object with `text`, `modules` and `rationale`.

    Each step is told to be one of four, with the sentence that decides. conflict: it evidently
    proposes what was superseded, rejected, reverted or learned not to work, or what a decision in
    force forbids, replaced, did not choose or decided otherwise. governed: a decision in force,
    or one of which nobody states whether it is, bears on it; its sentence is to be read. ok: it
    evidently does what was decided, or takes away what is not to be. unknown: nothing is known to
    bear on it.

    Baselines at risk and blocking flags of the modules it touches stand beside it and are no
    conflict. The exit code is 3 when a step conflicts, and with --strict 4 when none does and one
    is governed; else it is 0.

    \b
    Example:
        archmem check docs/plan.md
    """
    from cli.plan_files import read_plan_file

    workspace.ask(
        VERBS[0],
        request | {"plan": read_plan_file(plan)},
        OutputForm(json=as_json, fail_on="governed" if strict else ""),
    )
