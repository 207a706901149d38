"""The state of a store: what is to be known of it, and a table of what it holds."""

from __future__ import annotations

import textwrap
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cli.printing.runs import open_words
from memory.texts.formatting import ago, counted, minute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.forms.screen import Screen
    from memory.models.answer import StoreStatus

_REMOVED = "removed"
_UNSTATED = "unstated"  # as it is with all of some kinds, which is no news


def print_status(screen: Screen, status: StoreStatus) -> None:
    """Print the state of a store."""
    width = screen.terminal.width
    screen.facts(_facts(status))
    if status.memories:
        screen.line("")
        screen.line(screen.styled(_row("Kind", "Count", "States", width), bold=True))
    for kind, states in status.memories.items():
        live = sum(count for state, count in states.items() if state != _REMOVED)
        known = {state: count for state, count in states.items() if state != _UNSTATED}
        said = ", ".join(f"{count:,} {state}" for state, count in known.items())
        if known and _UNSTATED in states:
            said += f", {states[_UNSTATED]:,} without a status"
        screen.line(_row(kind, f"{live:,}", said, width))


def _row(kind: str, count: str, states: str, width: int) -> str:
    begin = f"{kind:<11}  {count:>7}  "
    if not states:  # textwrap makes nothing of nothing, whatever it is to begin with
        return begin.rstrip()
    return textwrap.fill(
        states, max(width, 2 * len(begin)), initial_indent=begin, subsequent_indent=" " * len(begin)
    )


def _facts(status: StoreStatus) -> Iterator[tuple[str, str]]:
    yield "Memory", status.folder
    yield "Last index", _last_index(status.last_index)
    yield "Model", status.model or "none yet: nothing has been embedded"
    waiting = status.pending_embeddings
    words = f"{waiting:,} to be embedded: run `archmem index`" if waiting else "all embedded"
    yield "Passages", f"{status.passages:,}, {words}"
    if status.pending_files:
        pending = counted(status.pending_files, "record")
        yield "Pending", f"{pending} not yet in the project's files: run `archmem index`"
    if words := open_words(status.open_runs):
        yield "Runs", words


def _last_index(moment: datetime | None) -> str:
    return f"{minute(moment)}, {ago(moment, datetime.now(UTC))}" if moment else "never"
