"""claude-mem: observations and summaries of sessions, in SQLite.

Its tables: https://github.com/thedotmack/claude-mem, `src/services/sqlite/SessionStore.ts`
and `scripts/export-memories.ts`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from indexer.importing.source import ForeignMemory, MemorySource, moment, rows_of, tables_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

_SUMMARY = ("learned", "completed", "investigated", "next_steps", "notes")


class ClaudeMem(MemorySource):
    """`~/.claude-mem/claude-mem.db`, which holds all projects, or what its scripts export."""

    name = "claude-mem"

    def accepts(self, path: Path) -> bool:
        """Whether it has the tables of observations and of sessions, in SQLite or in JSON."""
        tables = tables_of(path)
        if {"type", "project"} <= tables.get("observations", set()) and "sdk_sessions" in tables:
            return True
        return {"observations", "sessions", "summaries"} <= tables.keys()

    def read(self, path: Path, project: str) -> Iterator[ForeignMemory]:
        """The observations of a project, then what was said of its sessions."""
        for names, read in _TABLES:
            for row in rows_of(path, *names):
                if row.get("project") == project:
                    yield read(row)


def _observation(said: Mapping[str, Any]) -> ForeignMemory:
    facts = _listed(said.get("facts"))
    text = [said.get("subtitle"), said.get("narrative") or said.get("text")]
    text += ["\n".join(f"- {one}" for one in facts)]
    whole = "\n\n".join(words for one in text if one and (words := str(one).strip()))
    return ForeignMemory(
        id=f"observation {said.get('id')} {said.get('created_at_epoch')}",
        title=str(said.get("title") or whole),
        text=whole,
        at=_moment(said.get("created_at_epoch")),
        topic=str(said.get("type") or ""),
        tags=tuple(_listed(said.get("concepts"))),
    )


def _summary(said: Mapping[str, Any]) -> ForeignMemory:
    told = [
        (name.replace("_", " ").capitalize(), words)
        for name in _SUMMARY
        if (words := said.get(name))
    ]
    return ForeignMemory(
        id=f"session {said.get('id')} {said.get('created_at_epoch')}",
        title=str(said.get("request") or "A session"),
        text="\n\n".join(f"{name}: {words}" for name, words in told),
        at=_moment(said.get("created_at_epoch")),
        topic="session",
    )


def _listed(said: object) -> list[str]:
    """A list that is kept as JSON; nothing where it is none."""
    try:
        found = json.loads(said or "[]") if isinstance(said, str | None) else said
    except (ValueError, RecursionError):
        return []
    return [str(one) for one in found] if isinstance(found, list) else []


def _moment(milliseconds: object) -> datetime | None:
    return moment(milliseconds / 1000) if isinstance(milliseconds, int | float) else None


_TABLES = (
    (("observations",), _observation),
    (("session_summaries", "summaries"), _summary),
)
