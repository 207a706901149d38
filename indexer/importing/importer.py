"""Writes what another tool remembers into a file of notes, each marked as what that tool said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from indexer.importing.basic_memory import BasicMemory
from indexer.importing.claude_mem import ClaudeMem
from indexer.importing.mcp_memory_service import McpMemoryService
from indexer.importing.source import UnreadableDatabase
from indexer.writers.atomic_file import write_file
from indexer.writers.markdown_entry import rendered_entry
from memory.errors import InvalidRequest
from memory.kinds.vocabulary import Kind
from memory.models.details import Note
from memory.models.memory import Draft, uid_for
from memory.texts.shortening import shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from indexer.importing.source import ForeignMemory, MemorySource

SOURCES: tuple[MemorySource, ...] = (ClaudeMem(), McpMemoryService(), BasicMemory())
FOLDER = ".claude/memory/imported"
_TITLE = 120  # characters
_MARK = re.compile(r"<!-- archmem: (\S+)")


class ImportedNotes(NamedTuple):
    """What was written."""

    path: str  # of the file, from the project's root
    added: int  # notes that were added to it
    known: int  # that it, or the memory, had before


def import_notes(
    root: Path, source: Path, known_among: Callable[[Sequence[str]], Collection[str]]
) -> ImportedNotes:
    """Write what another tool remembers of a project as notes; what is known already is not.

    Args:
        root: Of the project, whose folder's name is that of the project.
        source: A file or folder of the tool.
        known_among: Which of some uids the memory has, or had.

    Raises:
        InvalidRequest: it is of no tool that is known, or cannot be read; nothing was written.
    """
    try:
        source.stat()
        tool = next((one for one in SOURCES if one.accepts(source)), None)
        if tool is None:
            names = ", ".join(one.name for one in SOURCES)
            what = f"{source} is no export, and nothing of {names}"
            hint = "records of adr-tools and log4brains are read in the project, by `archmem index`"
            raise InvalidRequest("import", f"{what}; {hint}")
        told = [one for one in tool.read(source, root.name) if one.text.strip()]
    except (OSError, UnreadableDatabase) as error:
        raise InvalidRequest("import", f"{source} cannot be read: {error}") from error
    drafts = {uid_for(Kind.NOTE, "imported", tool.name, one.id): _draft(tool, one) for one in told}
    path, known = f"{FOLDER}/{tool.name}.md", known_among(list(drafts))
    added = 0

    def extended(text: str | None) -> str:
        nonlocal added
        there = {*known, *_MARK.findall(text or "")}
        new = [rendered_entry(one, uid) for uid, one in drafts.items() if uid not in there]
        added = len(new)
        head = text.rstrip("\n") if text else f"# What {tool.name} remembered"
        return "\n\n".join([head, *new]) + "\n" if new else text or ""

    if drafts:
        write_file(root, path, extended)
    return ImportedNotes(path, added, len(drafts) - added)


def _draft(tool: MemorySource, told: ForeignMemory) -> Draft:
    title = shortened(" ".join(told.title.split()), _TITLE)
    return Draft(
        title=title or "Without a title",
        body=told.text,
        details=Note(topic=told.topic),
        tags=told.tags,
        valid_from=told.at and told.at.replace(microsecond=0),
        said_by=f"agent:{tool.name}",
    )
