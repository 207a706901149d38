"""mcp-memory-service: memories with tags, in SQLite.

Its tables: https://github.com/doobidoo/mcp-memory-service, `storage/sqlite_vec.py`.
"""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from indexer.importing.source import ForeignMemory, MemorySource, open_readonly, tables_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class McpMemoryService(MemorySource):
    """Its database, which knows no projects: all of it is read."""

    name = "mcp-memory-service"

    def accepts(self, path: Path) -> bool:
        """Whether it has the table of memories."""
        return {"content_hash", "content", "tags"} <= tables_of(path).get("memories", set())

    def read(self, path: Path, project: str) -> Iterator[ForeignMemory]:  # noqa: ARG002
        """All that was not deleted."""
        has_deleted = "deleted_at" in tables_of(path)["memories"]
        where = "WHERE deleted_at IS NULL" if has_deleted else ""
        with closing(open_readonly(path)) as db:
            for row in db.execute(f"SELECT * FROM memories {where} ORDER BY id"):
                said = dict(row)
                at = said.get("created_at")
                tags = (one.strip() for one in (said["tags"] or "").split(","))
                yield ForeignMemory(
                    id=said["content_hash"],
                    title=said["content"],
                    text=said["content"],
                    at=datetime.fromtimestamp(at, UTC) if at else None,
                    topic=said.get("memory_type") or "",
                    tags=tuple(one for one in tags if one),
                )
