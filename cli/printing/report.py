"""An index run in a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.texts.formatting import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.forms.screen import Screen
    from memory.models.report import HistoryReport, IndexReport

_CHANGES = ("added", "revised", "moved", "removed", "withheld", "written")

_NOTHING_HERE = (
    "Nothing to remember was found. archmem reads folders of decision records such as docs/adr, "
    "the .claude/memory folder and memory-bank; archmem.toml may name others as record_folders."
)


def print_report(screen: Screen, report: IndexReport) -> None:
    """Say what a run changed and what it left to be done."""
    changes = [f"{n:,} {what}" for what in _CHANGES if (n := getattr(report, what))]
    known = report.unchanged + report.added + report.revised + report.moved
    has_files = known or report.files_read or report.files_unchanged
    if not has_files:
        screen.line(_NOTHING_HERE)
        if not report.history:
            return
    else:
        count = counted(known, "memory", "memories")
        screen.line(f"{count}: {', '.join(changes) or 'none changed'}")
        files = counted(report.files_read, "file")
        screen.line(f"{files} read, {report.files_unchanged:,} unchanged")
    if report.history:
        for said in _history(report.history):
            screen.line(said)
    screen.line(_embedding(report))


def _history(history: HistoryReport) -> Iterator[str]:
    """What git's history told, and what of it was not looked at."""
    if not history.commits and history.problems:
        return
    changes = [f"{n:,} {what}" for what in _CHANGES[:4] if (n := getattr(history, what, 0))]
    known = counted(history.total, "refactoring")
    undone = f", {history.reverted:,} of them reverted" if history.reverted else ""
    read = counted(history.commits, "new commit")
    yield f"{read} read, {known} in git{undone}: {', '.join(changes) or 'none changed'}"
    if history.is_bounded:
        yield "  older commits were left out: `--most` reaches further back"
    if history.is_shallow:
        yield "  this clone is shallow, and has only the latest part of the history"
    if history.left_out:
        yield f"  {history.left_out:,} left out: recorded already, or beyond history_limit"


def _embedding(report: IndexReport) -> str:
    words = [f"{counted(report.embedded, 'text')} embedded"] if report.embedded else []
    words += [f"{counted(report.pending, 'text')} still to be embedded"] if report.pending else []
    return f"{', '.join(words) or 'nothing to embed'} ({report.seconds:.1f} s)"
