"""Liquibase: changelogs; what they come to is read by `indexer.code.schema.liquibase`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.code.languages import Language, Resolver
from indexer.code.syntax import SourceFile
from indexer.code.tables.changelog import changes_in, read_changelog
from memory.code.facts import Definition, FileFacts

if TYPE_CHECKING:
    from collections.abc import Mapping


class Liquibase(Language):
    """Changelogs in XML, YAML and JSON; those in SQL are of its own language."""

    name = "liquibase"
    endings = ()
    files = re.compile(
        r"(?:(?:^|/)liquibase/.*|(?:^|/)(?:db|database|resources|migrations?)/changelogs?/.*"
        r"|(?:^|[/.-])db[.-]?changelog[^/]*|(?:^|/)changelog-?master[^/]*)"
        r"\.(?:xml|ya?ml|json)$",
        re.IGNORECASE,
    )

    def read(self, content: bytes) -> SourceFile:
        """The tables that it creates, as definitions."""
        definitions = tuple(
            Definition(one.said.get("tableName", ""), "table", one.line, one.line)
            for _, one in changes_in(read_changelog(content))
            if one.tag == "createTable"
        )
        lines = content.count(b"\n") + (content[-1:] not in {b"", b"\n"})
        return SourceFile(content, None, FileFacts(self.name, lines, definitions=definitions))

    def resolver(
        self,
        files: Mapping[str, FileFacts],  # noqa: ARG002
        configs: Mapping[str, str],  # noqa: ARG002
    ) -> Resolver:
        """What they include is followed where the tables are put together."""
        return Resolver()
