"""What a project tells coding agents: `AGENTS.md`, `CLAUDE.md`, the rules of editors and agents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.formats.document import Document, Format, Parsed
from indexer.formats.entries.json_fields import Fields
from indexer.formats.notes import page_notes
from indexer.markup.page import read_page
from indexer.source_paths import module_of, module_of_pattern
from memory.kinds.vocabulary import Trust

if TYPE_CHECKING:
    from pathlib import PurePosixPath

#: Folders of what others wrote for their projects.
_OF_OTHERS = frozenset({"vendor", "third_party", "third-party", "thirdparty", "node_modules"})
#: Those of agents.md, Claude Code, Gemini CLI, Cursor, Windsurf, Cline, Roo Code and Augment, in
#: any folder.
_NAMES = frozenset(
    {"agents.md", "claude.md", "claude.local.md", "gemini.md", ".cursorrules", ".windsurfrules"}
    | {".clinerules", ".roorules", ".augment-guidelines"}
)
_COPILOT = re.compile(
    r"\.github/(?:copilot-instructions\.md|instructions/.+\.instructions\.md|agents/.+\.md)"
)
#: Folders of rules: Cursor, Claude Code, Windsurf, Cline, Roo Code, Augment, Amazon Q, Continue,
#: Trae, Kiro, Junie, and `.agents`, which several of them read.
_RULES = re.compile(
    r"(?:.+/)?(?:\.(?:cursor|claude|windsurf|roo|augment|amazonq|continue|trae)/rules(?:-[\w-]+)?/.+"
    r"|\.(?:clinerules|agents)/.+|\.kiro/steering/.+|\.junie/guidelines)\.mdc?"
)
#: Claude Code's way to read another file in this place; that file is read by itself.
_INCLUDED = re.compile(r"^@\S+[ \t]*$", re.MULTILINE)
#: Around what archmem itself says in such a file, which is no news to it.
KEPT_BEGINS = "<!-- archmem: kept by `archmem install agents-md`, what is changed here is lost -->"
KEPT_ENDS = "<!-- archmem: end -->"
_KEPT = re.compile(rf"{re.escape(KEPT_BEGINS)}.*?(?:{re.escape(KEPT_ENDS)}|\Z)", re.DOTALL)
#: Where a rule says for which files it is: Cursor, Copilot, Claude Code, Kiro.
_FOR_FILES = ("globs", "apply_to", "paths", "file_match_pattern")


class AgentInstructions(Format):
    """Notes by section, as people wrote them for every agent that works in the project."""

    name = "agent instructions"
    trust = Trust.TEAM
    order = 0
    endings = frozenset({".md", ".mdc", ""})

    def accepts(self, path: PurePosixPath) -> bool:
        """Whether agents are told to read the file, wherever in the project itself it stands."""
        if not _OF_OTHERS.isdisjoint(path.parts[:-1]):
            return False
        if path.name.lower() in _NAMES:
            return True
        said = str(path)
        in_hidden = said.startswith(".") or "/." in said  # as all such folders are
        return in_hidden and bool(_COPILOT.fullmatch(said) or _RULES.fullmatch(said))

    def parse(self, document: Document) -> Parsed:
        """A note for each section; a page that only includes another says nothing itself.

        They are of the module for whose files the page is meant, or in whose folder it stands.
        """
        kept = _KEPT.sub(lambda found: "\n" * found[0].count("\n"), document.text)
        text = _INCLUDED.sub("", kept)
        modules = _modules(document)
        drafts = page_notes(Document(document.path, text))
        return Parsed(
            tuple(
                draft.model_copy(update={"modules": draft.modules or modules}) for draft in drafts
            )
        )


def _modules(document: Document) -> tuple[str, ...]:
    patterns = Fields(read_page(document.text).front.data).words(*_FOR_FILES)
    named = [module for pattern in patterns if (module := module_of_pattern(pattern))]
    around = module_of(document.path, {})
    return tuple(dict.fromkeys(named or ([around] if around else [])))
