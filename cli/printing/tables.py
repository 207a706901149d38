"""Tables that fit a narrow terminal: memories, events, the state of a store."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from cli.printing.console import counted, day, line, minute, print_whole
from cli.printing.standing import status_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rich.console import Console, RenderableType

    from memory.models.answer import Event, Listed, StoreStatus

_WIDE = 100  # columns in which titles have room beside a column for the kind
_CELLS: dict[str, Callable[[Listed], RenderableType]] = {
    "Date": lambda listed: day(listed.memory.revision.draft.valid_from),
    "Uid": lambda listed: listed.memory.uid,
    "Kind": lambda listed: listed.memory.kind,
    "Status": lambda listed: status_words(listed.memory.kind, listed.standing),
    "Title": lambda listed: line(listed.memory.title),
}
_COLUMNS: dict[str, dict[str, Any]] = {
    "Uid": {"style": "dim", "no_wrap": True},
    "Title": {"ratio": 1, "no_wrap": True, "overflow": "ellipsis"},
    "States": {"ratio": 1},
    "Count": {"justify": "right"},
}


def memories_table(memories: Iterable[Listed], *, width: int) -> Table:
    """Memories, a row each; in a narrow one only the uid, by how it begins, tells the kind."""
    cells = {name: cell for name, cell in _CELLS.items() if name != "Kind" or width >= _WIDE}
    table = _table(*cells)
    for listed in memories:
        table.add_row(*(cell(listed) for cell in cells.values()))
    return table


def events_table(events: Iterable[Event]) -> Table:
    """Events, a row each."""
    table = _table("Date", "Uid", "Event", "Title")
    for event in events:
        table.add_row(day(event.at), event.memory.uid, event.what, line(event.memory.title))
    return table


def counts_table(status: StoreStatus) -> Table:
    """How many memories there are of each kind, and in which states."""
    table = _table("Kind", "Count", "States")
    for kind, states in status.memories.items():
        live = sum(count for state, count in states.items() if state != "removed")
        said = ", ".join(f"{count:,} {state}" for state, count in states.items())
        table.add_row(kind, f"{live:,}", said)
    return table


def print_facts(console: Console, facts: Iterable[tuple[str, Text]]) -> None:
    """Print names and what is to be said of each, a line each; paths in it are not broken."""
    rows = list(facts)
    width = max(len(name) for name, _ in rows)
    for name, words in rows:
        print_whole(console, Text.assemble((name.ljust(width + 2), "dim"), words))


def facts_grid(facts: Iterable[tuple[str, Text]]) -> Table:
    """Names and what is to be said under each."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, words in facts:
        grid.add_row(name, words)
    return grid


def status_facts(status: StoreStatus) -> Iterator[tuple[str, Text]]:
    """What is to be known of a store beside its counts."""
    yield "Memory", line(status.folder)
    yield "Last index", Text(_last_index(status.last_index))
    yield "Model", line(status.model or "none yet: nothing has been embedded")
    waiting = status.pending_embeddings
    words = f"{waiting:,} to be embedded: run `archmem index`" if waiting else "all embedded"
    yield "Passages", Text(f"{status.passages:,}, {words}", "yellow" if waiting else "")
    if status.pending_files:
        pending = counted(status.pending_files, "record")
        yield "Pending", Text(f"{pending} not yet in the project's files", "yellow")


def _last_index(moment: datetime | None) -> str:
    if moment is None:
        return "never"
    return f"{minute(moment)}, {_ago((datetime.now(UTC) - moment).total_seconds())}"


def _ago(seconds: float) -> str:
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            return f"{counted(int(seconds // size), unit)} ago"
    return "just now"


def _table(*columns: str) -> Table:
    table = Table(box=None, expand=True, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in columns:
        table.add_column(name, **_COLUMNS.get(name, {}))
    return table
