"""Prisma's schema language: what it defines is read by `indexer.code.schema.prisma`."""

from __future__ import annotations

from indexer.code.languages import Language
from indexer.code.syntax import SourceFile
from indexer.code.tables.prisma_blocks import blocks
from memory.code.facts import Definition

_KINDS = {"model": "class", "view": "class", "type": "type", "enum": "enum"}


class Prisma(Language):
    """Models and enums of a `schema.prisma`, or of one of its parts."""

    name = "prisma"
    endings = (".prisma",)

    def read(self, content: bytes) -> SourceFile:
        """Its models, views, types and enums, as definitions."""
        found = blocks(content.decode("utf-8", "replace"))
        definitions = tuple(
            Definition(one.name, _KINDS[one.kind], one.line, one.last_line)
            for one in found
            if one.kind in _KINDS
        )
        return SourceFile(content, None, self.facts(content, definitions))
