"""An index run in a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.printing.words import counted

if TYPE_CHECKING:
    from cli.printing.screen import Screen
    from memory.models.report import IndexReport

_CHANGES = ("added", "revised", "moved", "removed", "withheld", "written")

_NOTHING_HERE = (
    "Nothing to remember was found. archmem reads folders of decision records such as docs/adr, "
    "the .claude/memory folder and memory-bank; archmem.toml may name others as record_folders."
)


def print_report(screen: Screen, report: IndexReport) -> None:
    """Say what a run changed and what it left to be done."""
    changes = [f"{n:,} {what}" for what in _CHANGES if (n := getattr(report, what))]
    known = report.unchanged + report.added + report.revised + report.moved
    if not known and not report.files_read and not report.files_unchanged:
        screen.line(_NOTHING_HERE)
        return
    screen.line(f"{counted(known, 'memory', 'memories')}: {', '.join(changes) or 'none changed'}")
    screen.line(f"{counted(report.files_read, 'file')} read, {report.files_unchanged:,} unchanged")
    screen.line(_embedding(report))


def _embedding(report: IndexReport) -> str:
    words = [f"{counted(report.embedded, 'text')} embedded"] if report.embedded else []
    words += [f"{counted(report.pending, 'text')} still to be embedded"] if report.pending else []
    return f"{', '.join(words) or 'nothing to embed'} ({report.seconds:.1f} s)"
