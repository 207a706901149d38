"""What is known of a module or by an agent: the folders of both in `.claude/memory/`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.sources.document import Parsed
from indexer.sources.entries.json_notes import json_notes
from indexer.sources.entries.page_notes import page_notes
from memory.models.kinds import Trust

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from indexer.sources.document import Document


class FolderNotes:
    """Markdown and JSON below one folder of owners; a file may stand for an owner's folder."""

    def __init__(self, folder: str, trust: Trust) -> None:
        """Read `.claude/memory/FOLDER/OWNER/…` and `.claude/memory/FOLDER/OWNER.md`."""
        self.name = f"{folder} notes"
        self.trust = trust
        self._folder = (".claude", "memory", folder)

    def accepts(self, path: PurePosixPath) -> bool:
        """Whether the file is Markdown or JSON below the folder."""
        inside = path.parts[:3] == self._folder and len(path.parts) > 3
        return inside and path.suffix.lower() in {".md", ".json"}

    def parse(self, document: Document) -> Parsed:
        """All notes of a file."""
        if document.name.lower().endswith(".json"):
            return json_notes(document)
        return Parsed(page_notes(document))


def module_notes() -> FolderNotes:
    """What a team knows of its modules."""
    return FolderNotes("modules", Trust.TEAM)


def agent_notes() -> FolderNotes:
    """What agents wrote down for themselves."""
    return FolderNotes("agents", Trust.AGENT)
