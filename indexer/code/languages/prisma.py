"""Prisma's schema language: what it defines is read by `indexer.code.schema.prisma`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.code.languages import Language, Resolver
from indexer.code.syntax import SourceFile
from indexer.code.tables.prisma_blocks import blocks
from memory.code.facts import Definition, FileFacts

if TYPE_CHECKING:
    from collections.abc import Mapping

_KINDS = {"model": "class", "view": "class", "type": "type", "enum": "enum"}


class Prisma(Language):
    """Models and enums of a `schema.prisma`, or of one of its parts."""

    name = "prisma"
    endings = (".prisma",)

    def read(self, content: bytes) -> SourceFile:
        """Its models, views, types and enums, as definitions."""
        found = blocks(content.decode("utf-8", "replace"))
        lines = content.count(b"\n") + (content[-1:] not in {b"", b"\n"})
        definitions = tuple(
            Definition(one.name, _KINDS[one.kind], one.line, one.last_line)
            for one in found
            if one.kind in _KINDS
        )
        return SourceFile(content, None, FileFacts(self.name, lines, definitions=definitions))

    def resolver(
        self,
        files: Mapping[str, FileFacts],  # noqa: ARG002
        configs: Mapping[str, str],  # noqa: ARG002
    ) -> Resolver:
        """The parts of a schema do not import each other."""
        return Resolver()
