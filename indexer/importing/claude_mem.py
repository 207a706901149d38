"""claude-mem: observations and summaries of sessions, in SQLite.

Its tables: https://github.com/thedotmack/claude-mem, `src/services/sqlite/SessionStore.ts`.
"""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from indexer.importing.source import ForeignMemory, MemorySource, open_readonly, tables_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_SUMMARY = ("learned", "completed", "investigated", "next_steps", "notes")


class ClaudeMem(MemorySource):
    """`~/.claude-mem/claude-mem.db`, which holds all projects."""

    name = "claude-mem"

    def accepts(self, path: Path) -> bool:
        """Whether it has the tables of observations and of sessions."""
        tables = tables_of(path)
        return {"type", "project"} <= tables.get("observations", set()) and "sdk_sessions" in tables

    def read(self, path: Path, project: str) -> Iterator[ForeignMemory]:
        """The observations of a project, then what was said of its sessions."""
        with closing(open_readonly(path)) as db:
            for table, read in (("observations", _observation), ("session_summaries", _summary)):
                if "project" in tables_of(path).get(table, set()):
                    sql = f"SELECT * FROM {table} WHERE project = ? ORDER BY id"
                    for row in db.execute(sql, [project]):
                        yield read(dict(row))


def _observation(said: Mapping[str, Any]) -> ForeignMemory:
    facts = _listed(said.get("facts"))
    text = [said.get("subtitle"), said.get("narrative") or said.get("text")]
    text += ["\n".join(f"- {one}" for one in facts)]
    whole = "\n\n".join(one.strip() for one in text if one and one.strip())
    return ForeignMemory(
        id=f"observation {said['id']} {said.get('created_at_epoch')}",
        title=said.get("title") or whole,
        text=whole,
        at=_moment(said.get("created_at_epoch")),
        topic=said["type"],
        tags=tuple(_listed(said.get("concepts"))),
    )


def _summary(said: Mapping[str, Any]) -> ForeignMemory:
    told = [(name.replace("_", " ").capitalize(), said[name]) for name in _SUMMARY if said[name]]
    return ForeignMemory(
        id=f"session {said['id']} {said.get('created_at_epoch')}",
        title=said["request"] or "A session",
        text="\n\n".join(f"{name}: {words}" for name, words in told),
        at=_moment(said.get("created_at_epoch")),
        topic="session",
    )


def _listed(said: str | None) -> list[str]:
    """A list that is kept as JSON; nothing where it is none."""
    try:
        found = json.loads(said or "[]")
    except ValueError:
        return []
    return [str(one) for one in found] if isinstance(found, list) else []


def _moment(milliseconds: float | None) -> datetime | None:
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds else None
