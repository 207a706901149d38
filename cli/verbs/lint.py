"""`archmem lint`: what does not add up in the records themselves."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.form import OutputForm
from cli.options import json_option, report_options, wanted_report
from cli.verb import Verb
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cli.forms.screen import Screen
    from memory.review.lint import Fault
    from memory.views.json_fields import Line

FOUND = 3  # the exit code that `--fail` asks for


class LintVerb(Verb):
    """Name what does not add up in the records."""

    name = "lint"
    takes_long = True
    fails_on = ("any",)

    def lines(self, asked: Any, response: "Sequence[Fault]") -> "list[Line]":
        return [fault.model_dump(mode="json") for fault in response]

    def show(
        self, screen: "Screen", form: OutputForm, asked: Any, response: "Sequence[Fault]"
    ) -> None:
        from cli.printing.reports import print_report, report_of_faults
        from memory.texts.safe_text import one_line

        if form.report:
            print_report(screen, form.report, report_of_faults(response))
            return
        for fault in response:
            place = screen.styled(one_line(f"{fault.path}:{fault.line}"), fg="cyan")
            screen.line(f"{place}  {one_line(fault.what)}; {fault.do} ({fault.rule})")

    def remark(
        self, screen: "Screen", form: OutputForm, asked: Any, response: "Sequence[Fault]"
    ) -> None:
        from memory.texts.formatting import counted

        screen.note(f"{counted(len(response), 'fault')}." if response else "Nothing to mend.")
        if response and form.fail_on:
            screen.end_with(FOUND)


VERBS = (LintVerb(),)


@click.command()
@report_options
@click.option("--fail", is_flag=True, help=f"Exit code {FOUND} where something is found.")
@json_option
@pass_workspace
def lint(
    workspace: Workspace, *, sarif: Path | None, junit: Path | None, fail: bool, as_json: bool
) -> None:
    """Name what does not add up in the records.

    Numbers that two records of a folder share, successors and other records that are named and
    not there, links to files that are gone, records that are superseded by none or by one that
    nobody accepted, circles. Each has its file, its line, and what to do. Nothing is changed.

    \b
    Examples:
        archmem lint
        archmem lint --fail --sarif archmem.sarif
    """
    report, file = wanted_report(as_json=as_json, sarif=sarif, junit=junit)
    form = OutputForm(json=as_json, report=report, fail_on="any" if fail else "")
    if file is None:
        workspace.ask(VERBS[0], {}, form)
    else:
        workspace.write(file, VERBS[0], {}, form)
