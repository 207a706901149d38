"""mcp-memory-service: memories with tags, in SQLite or as it exports them in JSON.

Its tables: https://github.com/doobidoo/mcp-memory-service, `storage/sqlite_vec.py` and
`sync/exporter.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.importing.source import ForeignMemory, MemorySource, moment, rows_of, tables_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_COLUMNS = {"content_hash", "content", "tags"}


class McpMemoryService(MemorySource):
    """What it keeps, which knows no projects: all of it is read."""

    name = "mcp-memory-service"

    def accepts(self, path: Path) -> bool:
        """Whether it has the table of memories."""
        return tables_of(path).get("memories", set()) >= _COLUMNS

    def read(self, path: Path, project: str) -> Iterator[ForeignMemory]:  # noqa: ARG002
        """All that was not deleted."""
        for said in rows_of(path, "memories"):
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
