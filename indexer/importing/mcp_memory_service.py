"""mcp-memory-service: memories with tags, in SQLite or as it exports them in JSON.

Its tables: https://github.com/doobidoo/mcp-memory-service, `storage/sqlite_vec.py` and
`sync/exporter.py`.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from indexer.importing.source import (
    ForeignMemory,
    MemorySource,
    export_of,
    moment,
    open_readonly,
    tables_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_COLUMNS = {"content_hash", "content", "tags"}


class McpMemoryService(MemorySource):
    """What it keeps, which knows no projects: all of it is read."""

    name = "mcp-memory-service"

    def accepts(self, path: Path) -> bool:
        """Whether it has the table of memories."""
        exported = export_of(path).get("memories", [])
        return tables_of(path).get("memories", set()) >= _COLUMNS or any(
            one.keys() >= _COLUMNS for one in exported
        )

    def read(self, path: Path, project: str) -> Iterator[ForeignMemory]:  # noqa: ARG002
        """All that was not deleted."""
        for said in export_of(path).get("memories") or _rows(path):
            if not said.get("deleted_at") and said.get("content_hash"):
                tags = said.get("tags") or ""
                listed = tags if isinstance(tags, list) else str(tags).split(",")
                yield ForeignMemory(
                    id=str(said["content_hash"]),
                    title=str(said.get("content") or ""),
                    text=str(said.get("content") or ""),
                    at=moment(said.get("created_at")),
                    topic=str(said.get("memory_type") or ""),
                    tags=tuple(words for one in listed if (words := str(one).strip())),
                )


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with closing(open_readonly(path)) as db:
        for row in db.execute("SELECT * FROM memories ORDER BY id"):
            yield dict(row)
