"""Tables of Liquibase: changelogs in the order in which they include each other, replayed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.code.readers import Reader
from indexer.code.schema.sql import defined
from indexer.code.tables.changelog import QUIET, changes_in, read_changelog, statement
from indexer.code.tables.changelog_order import NAME, Changelogs
from indexer.code.tables.migration_order import best_known
from indexer.code.tables.replay import Replay, change
from memory.code.codebase import Unresolved
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import SourceFile
    from indexer.code.tables.changelog import ChangelogPart
    from memory.code.codebase import Table

_FOR_TESTS = re.compile(r"\s*(?:test|faker)\s*")


class LiquibaseChangelogs(Reader):
    """Changesets; those of several databases as for the best known one that is named."""

    name = NAME
    version = 3
    languages = frozenset({"liquibase"})
    states = True
    hint = re.compile(rb"databaseChangeLog")

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """`include` of others, and changes; see `indexer.code.tables.replay`."""
        from indexer.code.tables.sql_changes import changes_of

        for part in read_changelog(source.content):
            if part.tag in {"include", "includeAll"}:
                yield self._include(part, part.tag, "")
            for of, one in changes_in([part]):
                if _is_left_out(of):
                    continue
                dbms = one.said.get("dbms", of.said.get("dbms", ""))
                if one.tag == "sqlFile":
                    yield self._include(one, "include", dbms)
                    continue
                sql = statement(one)
                for each in changes_of(sql) if sql else _unclear(one):
                    data = each.data | ({"dbms": dbms} if dbms else {})
                    yield each._replace(reader=self.name, line=one.line, data=data)

    def _include(self, one: ChangelogPart, kind: str, dbms: str) -> Mark:
        said = one.said.get("file", one.said.get("path", ""))
        near = one.said.get("relativeToChangelogFile") == "true"
        data = {"near": near, "dbms": dbms, "left_out": _is_left_out(one)}
        return Mark(self.name, kind, said, one.line, data)

    def assemble(self, project: CodeProject) -> Iterable[Table | Unresolved]:
        """The tables of each changelog that no other includes."""
        logs = Changelogs(project)
        kind = best_known(
            name
            for found in logs.marks.values()
            for one in found
            for name in re.findall(r"(?<!!)\b\w+", one.data.get("dbms", ""))
        )
        told: set[str] = set()
        for path in sorted(logs.marks):
            if path in logs.inside:
                continue
            replay = Replay()
            yield from replay.run(logs.in_order(path, kind, set()))
            for one in replay.tables():
                if "${" in one.table:
                    reason = "its name has a part that a property says"
                    yield Unresolved(one.file, one.line, "table", one.table, reason)
                elif one.table.lower() not in told:
                    told.add(one.table.lower())
                    is_strange = one.table.lower() in replay.strangers
                    symbol = defined(project, one)
                    yield one._replace(whole=one.whole and not is_strange, symbol=symbol)


def _is_left_out(one: ChangelogPart) -> bool:
    """Whether a changeset, or what is included, is run in tests only, or never."""
    context = one.said.get("context", one.said.get("contextFilter", ""))
    return bool(_FOR_TESTS.fullmatch(context)) or one.said.get("ignore") == "true"


def _unclear(one: ChangelogPart) -> Iterator[Mark]:
    """That a change is not followed, where it may be one of tables."""
    if one.tag in QUIET or not (one.said or one.inside):
        return
    names = ("tableName", "existingTableName", "baseTableName")
    table = next((one.said[name] for name in names if name in one.said), "")
    reason = "a change of this kind is not followed"
    yield change(
        "unclear", table, one.line, reason=reason, said=one.tag, is_open=True, any_table=not table
    )
