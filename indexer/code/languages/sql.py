"""SQL: its files name nothing of each other; what they define is read by `indexer.code.schema`."""

from __future__ import annotations

import re

from indexer.code.languages import Language
from indexer.code.syntax import SourceFile
from memory.code.facts import Definition

_TABLE = re.compile(
    r"^[ \t]*CREATE\s+(?:\w+\s+){0,2}?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<name>[\w.`\"\[\]]+)",
    re.IGNORECASE | re.MULTILINE,
)


class Sql(Language):
    """Statements of any database."""

    name = "sql"
    endings = (".sql",)
    version = 2

    def read(self, content: bytes) -> SourceFile:
        """How long it is, and where the tables are that it creates."""
        text = content.decode("utf-8", "replace")
        definitions = []
        for found in _TABLE.finditer(text):
            line = text.count("\n", 0, found.start("name")) + 1
            end = text.find(";", found.end())
            last = text.count("\n", 0, end if end >= 0 else len(text)) + 1
            name = re.sub(r"[`\"\[\]]", "", found["name"])
            definitions.append(Definition(name, "table", line, last))
        return SourceFile(content, None, self.facts(content, tuple(definitions)))
