"""Liquibase: changelogs; what they come to is read by `indexer.code.schema.liquibase`."""

from __future__ import annotations

import re

from indexer.code.languages import Language
from indexer.code.syntax import SourceFile
from indexer.code.tables.changelog import changes_in, read_changelog
from memory.code.facts import Definition


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
        return SourceFile(content, None, self.facts(content, definitions))
