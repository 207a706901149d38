"""Bundles of the Open Knowledge Format: a folder of typed pages, told by the index at its root."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.formats.decision_records import DecisionRecords
from indexer.formats.document import NOTHING_FOUND, Document, Format, FoundFolders, Parsed
from indexer.formats.entries.json_fields import Fields
from indexer.formats.notes import page_notes
from indexer.markup.page import read_page
from memory.kinds.vocabulary import Trust

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import PurePosixPath

#: Pages that the format reserves for lists of others and of changes.
_RESERVED = frozenset({"index.md", "log.md"})
_DECISIONS = frozenset(
    {"decision", "adr", "decision record", "architecture decision", "architecture decision record"}
)


class KnowledgeBundles(Format):
    """Notes of the pages that state their type, as the format wants it; decisions of that type."""

    name = "knowledge bundle"
    trust = Trust.TEAM
    order = 4
    endings = frozenset({".md"})

    def __init__(
        self, record_folders: Sequence[str] = (), found: FoundFolders = NOTHING_FOUND
    ) -> None:
        """Take note of the bundles that were found."""
        super().__init__(record_folders)
        self._bundles = found.bundles

    def knowing(self, found: FoundFolders) -> KnowledgeBundles:
        """The format with the bundles that were found."""
        return KnowledgeBundles(self.record_folders, found)

    def accepts(self, path: PurePosixPath) -> bool:
        """Whether a page lies in a bundle and may hold a concept."""
        if not self._bundles or path.suffix.lower() != ".md" or path.name.lower() in _RESERVED:
            return False
        return any(path.is_relative_to(bundle) for bundle in self._bundles)

    def parse(self, document: Document) -> Parsed:
        """What a page says; one without a type is no concept."""
        kind = Fields(read_page(document.text).front.data).text("type").strip().casefold()
        if not kind:
            return Parsed()
        if kind.replace("-", " ").replace("_", " ") in _DECISIONS:
            return DecisionRecords().parse(document)
        return Parsed(page_notes(document))
