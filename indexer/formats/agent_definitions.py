"""Agents' definitions: `.claude/agents/*.md`, and those that archmem ships."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from indexer.formats.document import Format, Parsed, agent_name
from indexer.formats.entries.json_fields import Fields
from indexer.markup.page import read_page
from indexer.wording.entry_names import as_title, first_sentence
from indexer.wording.mentions import TextPlace
from indexer.wording.references import find_references
from memory.kinds.vocabulary import Trust
from memory.models.details import Note
from memory.models.memory import Draft

if TYPE_CHECKING:
    from indexer.formats.document import Document

_OWNS = re.compile(
    r"\bowns\s+(?:the\s+)?(?:`(?P<code>/?[\w./-]+)`|(?P<path>/?(?:[\w.-]+/)+[\w-]+)"
    r"|(?P<name>[\w-]+)\s+module\b)",
    re.IGNORECASE,
)


class AgentDefinitions(Format):
    """One note for each definition: who the agent is, what it is for, what it owns.

    The front matter of such files is often not YAML; what can be read of it is.
    """

    name = "agent definitions"
    trust = Trust.TEAM
    below = (".claude", "agents")
    endings = frozenset({".md"})

    def parse(self, document: Document) -> Parsed:
        """The note of a definition.

        An empty file yields nothing, nor does what archmem ships: it says nothing of this project.
        """
        body = document.text.strip("\ufeff\n")
        if not body.strip() or is_as_shipped(document.text.removeprefix("\ufeff")):
            return Parsed()
        page = read_page(document.text.removeprefix("\ufeff"))
        front = Fields(page.front.data)
        agent = agent_name(front.text("name") or document.name.rpartition(".")[0])
        description = front.text("description")
        heading = next((section.title for section in page.sections[1:]), "")
        said = first_sentence(description) or heading
        last = max(n for n, line in enumerate(page.lines, 1) if line.strip("\ufeff \t"))
        draft = Draft(
            title=as_title(f"{agent}: {said}" if said else agent),
            body=page.slice((1, last)),
            details=Note(topic="definition"),
            modules=front.words("modules", "module", "owns") or _owned(description, page.lines),
            agent=agent,
            references=find_references(
                document.text, TextPlace(document.path, page.definitions), typed=False
            ),
            extra={"description": description, **front.rest()} if description else front.rest(),
            key="definition",
            lines=(1, last),
        )
        return Parsed((draft,))


def _owned(description: str, lines: tuple[str, ...]) -> tuple[str, ...]:
    """The modules that the description, or else the text, says the agent owns."""
    for text in (description, "\n".join(lines[:60])):
        found = [match[match.lastgroup or 0] for match in _OWNS.finditer(text)]
        if found:
            return tuple(dict.fromkeys(path.rstrip("/").rpartition("/")[2] for path in found))
    return ()


#: A comment in the front matter, so that no model reads it, with a digest of all the rest.
_MARK = re.compile(r"^# written by archmem ([0-9a-f]{16}); edited, it is yours\r?\n", re.MULTILINE)


def marked(text: str) -> str:
    """A definition with the mark that makes it known."""
    fence, rest = text.split("\n", 1)
    return f"{fence}\n# written by archmem {_digest(text)}; edited, it is yours\n{rest}"


def is_marked(text: str) -> bool:
    """Whether archmem wrote it; somebody may have edited it since."""
    return _MARK.search(text) is not None


def is_as_shipped(text: str) -> bool:
    """Whether archmem wrote it and nobody has edited it."""
    mark = _MARK.search(text)
    return mark is not None and mark[1] == _digest(text)


def _digest(text: str) -> str:
    said = _MARK.sub("", text, count=1).replace("\r\n", "\n")  # which git may change
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()
