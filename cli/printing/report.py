"""An index run in a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.printing.console import counted
from cli.safe_text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from memory.models.report import IndexReport

_CHANGES = ("added", "revised", "moved", "removed", "withheld", "written")


def print_report(console: Console, report: IndexReport) -> None:
    """Say what a run changed and what it left to be done."""
    changes = [f"{n:,} {what}" for what in _CHANGES if (n := getattr(report, what))]
    known = report.unchanged + report.added + report.revised + report.moved
    console.print(f"{counted(known, 'memory', 'memories')}: {', '.join(changes) or 'none changed'}")
    console.print(
        f"{counted(report.files_read, 'file')} read, {report.files_unchanged:,} unchanged"
    )
    console.print(_embedding(report))


def _embedding(report: IndexReport) -> str:
    words = [f"{counted(report.embedded, 'text')} embedded"] if report.embedded else []
    words += [f"{counted(report.pending, 'text')} still to be embedded"] if report.pending else []
    return f"{', '.join(words) or 'nothing to embed'} ({report.seconds:.1f} s)"


def print_problems(problems: Iterable[str]) -> None:
    """Name on stderr, a line each, what could not be read as it should."""
    for problem in problems:
        for text in problem.splitlines():
            click.echo(f"Problem: {one_line(text)}", err=True)
