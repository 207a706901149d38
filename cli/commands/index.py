"""`archmem index`: files into memory."""

from __future__ import annotations

import click

from cli.json_lines import print_line, report_line
from cli.options import json_option
from cli.printing.lines import print_problems
from cli.printing.progress import watching
from cli.printing.report import print_report
from cli.workspace import Workspace, pass_workspace
from memory.errors import RemovalsWithheld


@click.command()
@click.option(
    "--accept-removals",
    is_flag=True,
    help="Believe it when more than a third of all memories are gone from the files.",
)
@json_option
@pass_workspace
def index(workspace: Workspace, *, accept_removals: bool, as_json: bool) -> None:
    """Bring the memory up to date with the files.

    Only what changed is read. A run that is interrupted loses nothing, the next one finishes
    the rest. The first run of all compiles the embedding model, which takes half a minute.

    \b
    Example:
        archmem --project ~/shop index
    """
    workspace.ensure_memory()
    with watching() as watcher:
        report = workspace.memory.index(
            accept_removals=accept_removals,
            on_progress=watcher.progress,
            on_stage=watcher.compiling,
        )
    print_problems(report.problems)
    if as_json:
        print_line(report_line(report))
    else:
        print_report(report)
    if report.withheld:
        known = report.unchanged + report.revised + report.moved
        raise RemovalsWithheld(report.withheld, known)
