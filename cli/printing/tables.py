"""Tables that fit a narrow terminal: memories, events, names and what is said of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table

from cli.forms.screen import line
from cli.forms.terminal import short_bearing, styled_status
from memory.texts.formatting import day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rich.console import RenderableType

    from memory.models.answer import Event, Listed

_WIDE = 100  # columns in which titles have room beside a column for the kind
_CELLS: dict[str, Callable[[Listed], RenderableType]] = {
    "Date": lambda listed: day(listed.memory.revision.draft.valid_from),
    "Uid": lambda listed: listed.memory.uid,
    "Kind": lambda listed: listed.memory.kind,
    "Status": styled_status,
    "Title": lambda listed: line(listed.memory.title),
}
_COLUMNS: dict[str, dict[str, Any]] = {
    "Uid": {"style": "dim", "no_wrap": True},
    "Title": {"ratio": 1, "no_wrap": True, "overflow": "ellipsis"},
}


def memories_table(memories: Iterable[Listed], *, width: int) -> Table:
    """Memories, a row each; in a narrow one only the uid, by how it begins, tells the kind.

    A wide one tells what bears on them, if there is something to tell.
    """
    memories = list(memories)
    cells = {name: cell for name, cell in _CELLS.items() if name != "Kind" or width >= _WIDE}
    if width >= _WIDE and any(short_bearing(listed).plain for listed in memories):
        cells["Today"] = short_bearing
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


def _table(*columns: str) -> Table:
    table = Table(box=None, expand=True, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in columns:
        table.add_column(name, **_COLUMNS.get(name, {}))
    return table
