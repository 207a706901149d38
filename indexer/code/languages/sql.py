"""SQL: its files name nothing of each other; what they define is read by `indexer.code.schema`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.code.languages import Language, Resolver
from indexer.code.syntax import Source
from memory.code.facts import FileFacts

if TYPE_CHECKING:
    from collections.abc import Mapping


class Sql(Language):
    """Statements of any database."""

    name = "sql"
    endings = (".sql",)

    def read(self, content: bytes) -> Source:
        """How long it is."""
        lines = content.count(b"\n") + (content[-1:] not in {b"", b"\n"})
        return Source(content, None, FileFacts(self.name, lines=lines))

    def resolver(
        self,
        files: Mapping[str, FileFacts],  # noqa: ARG002
        configs: Mapping[str, str],  # noqa: ARG002
    ) -> Resolver:
        """None of them is known to another."""
        return Resolver()
