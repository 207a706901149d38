"""`archmem audit`: what is wrong in the code, and what came of it since a commit."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.code_verb import CodeVerb
from cli.form import OutputForm
from cli.options import json_option, report_options, wanted_report
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from cli.forms.screen import Screen
    from memory.models.findings import Audit

AREAS = ("security", "performance", "duplication", "consistency", "architecture")
SEVERITIES = ("minor", "major", "critical")
FOUND = 3  # the exit code that `--fail-on` asks for


class AuditVerb(CodeVerb):
    """Tell what is wrong in the code."""

    name = "audit"
    fails_on = SEVERITIES

    def show(self, screen: "Screen", form: OutputForm, asked: Any, response: "Audit") -> None:
        from cli.printing.findings import print_audit
        from cli.printing.reports import print_report, report_of_audit

        if form.report:
            print_report(screen, form.report, report_of_audit(response))
        else:
            print_audit(screen, response)

    def remark(self, screen: "Screen", form: OutputForm, asked: Any, response: "Audit") -> None:
        from cli.printing.findings import audit_words

        for line in audit_words(response):
            screen.note(line)
        if form.fail_on:
            limit = SEVERITIES.index(form.fail_on)
            if any(SEVERITIES.index(one.severity) >= limit for one in response.findings):
                screen.end_with(FOUND)


VERBS = (AuditVerb(),)


@click.command()
@click.argument("area", type=click.Choice(AREAS), required=False)
@click.option("--since", default="", metavar="REV", help="What is new and fixed since a commit.")
@click.option(
    "--new",
    is_flag=True,
    help="Only what is new: since --since, or else since this branch left the main one.",
)
@click.option("--all", "everything", is_flag=True, help="What is less sure, too.")
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    help=f"Exit code {FOUND} where one so grave or graver is found.",
)
@report_options
@json_option
@pass_workspace
def audit(
    workspace: Workspace,
    *,
    area: str | None,
    since: str,
    new: bool,
    everything: bool,
    fail_on: str | None,
    sarif: Path | None,
    junit: Path | None,
    as_json: bool,
) -> None:
    """Tell what is wrong in the code.

    The gravest comes first. Each finding has its evidence, and an id that stays when lines move.
    What a rule cannot tell is counted; what is less sure is left out, unless with --all.

    \b
    Examples:
        archmem audit
        archmem audit architecture --since v2.0
        archmem audit --new --fail-on major
        archmem audit --new --junit archmem.xml
    """
    report, file = wanted_report(as_json=as_json, sarif=sarif, junit=junit)
    form = OutputForm(json=as_json, report=report, fail_on=fail_on or "")
    asked = {"area": area, "since": since, "new": new, "everything": everything}
    if file is None:
        workspace.ask(VERBS[0], asked, form)
    else:
        workspace.write(file, VERBS[0], asked, form)
