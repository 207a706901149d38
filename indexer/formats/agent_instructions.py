"""What a project tells coding agents: `AGENTS.md`, `CLAUDE.md`, rules of Cursor and Copilot."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.formats.document import Document, Format, Parsed
from indexer.formats.notes import page_notes
from memory.kinds.vocabulary import Trust

if TYPE_CHECKING:
    from pathlib import PurePosixPath

#: Those of agents.md, Claude Code, Gemini CLI and Cursor, in any folder.
_NAMES = frozenset({"agents.md", "claude.md", "gemini.md", ".cursorrules"})
_COPILOT = re.compile(r"\.github/(?:copilot-instructions\.md|instructions/.+\.instructions\.md)")
_RULES = re.compile(r"(?:.+/)?(?:\.cursor/rules/.+\.mdc?|\.agents/.+\.md)")
#: Claude Code's way to read another file in this place; that file is read by itself.
_INCLUDED = re.compile(r"^@\S+[ \t]*$", re.MULTILINE)


class AgentInstructions(Format):
    """Notes by section, as people wrote them for every agent that works in the project."""

    name = "agent instructions"
    trust = Trust.TEAM
    order = 0

    def accepts(self, path: PurePosixPath) -> bool:
        """Whether agents are told to read the file, wherever in the project it stands."""
        said = str(path)
        return (
            path.name.lower() in _NAMES
            or _COPILOT.fullmatch(said) is not None
            or _RULES.fullmatch(said) is not None
        )

    def parse(self, document: Document) -> Parsed:
        """A note for each section; a page that only includes another says nothing itself."""
        text = _INCLUDED.sub("", document.text)
        return Parsed(page_notes(Document(document.path, text)))
