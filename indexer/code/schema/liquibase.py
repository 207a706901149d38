"""Tables of Liquibase: changelogs in the order in which they include each other, replayed."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from indexer.code.readers import Reader
from indexer.code.schema.sql import defined
from indexer.code.tables.changelog import changes_in, read_changelog, statement
from indexer.code.tables.migration_order import best_known
from indexer.code.tables.replay import Replay
from memory.code.facts import Mark
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import SourceFile
    from memory.code.codebase import Table, Unresolved

_FOR_TESTS = re.compile(r"\s*(?:test|faker)\s*")


class LiquibaseChangelogs(Reader):
    """Changesets; those of several databases as for the best known one that is named."""

    name = "liquibase"
    languages = frozenset({"liquibase"})
    states = True
    hint = re.compile(rb"databaseChangeLog")

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """`include` of others, and changes; see `indexer.code.tables.replay`."""
        from indexer.code.tables.sql_changes import changes_of

        parts = read_changelog(source.content)
        for one in parts:
            if one.tag in {"include", "includeAll"}:
                said = one.said.get("file", one.said.get("path", ""))
                near = one.said.get("relativeToChangelogFile") == "true"
                yield Mark(self.name, one.tag, said, one.line, {"near": near})
        for of, one in changes_in(parts):
            context = of.said.get("context", of.said.get("contextFilter", ""))
            sql = "" if _FOR_TESTS.fullmatch(context) else statement(one)
            for each in changes_of(sql) if sql else ():
                dbms = one.said.get("dbms", of.said.get("dbms", ""))
                data = each.data | ({"dbms": dbms} if dbms else {})
                yield each._replace(reader=self.name, line=one.line, data=data)

    def assemble(self, project: CodeProject) -> Iterable[Table | Unresolved]:
        """The tables of each changelog that no other includes."""
        marks: dict[str, list[Mark]] = {}
        for path, mark in project.marks(self.name):
            if not is_test(path):
                marks.setdefault(path, []).append(mark)
        kind = best_known(
            name
            for found in marks.values()
            for one in found
            for name in re.findall(r"(?<!!)\b\w+", one.data.get("dbms", ""))
        )
        inside = {
            each for path in marks for one in marks[path] for each in _included(path, one, marks)
        }
        told: set[str] = set()
        for path in sorted(marks):
            if path in inside:
                continue
            replay = Replay()
            yield from replay.run(_in_order(path, marks, kind, set()))
            for one in replay.tables():
                if one.table.lower() not in told:
                    told.add(one.table.lower())
                    is_strange = one.table.lower() in replay.strangers
                    symbol = defined(project, one)
                    yield one._replace(whole=one.whole and not is_strange, symbol=symbol)


def _in_order(
    path: str, marks: dict[str, list[Mark]], kind: str, seen: set[str]
) -> Iterator[tuple[str, Mark]]:
    """The changes of a changelog, and of those that it includes where it does."""
    seen.add(path)
    for one in sorted(marks[path], key=lambda one: one.line):
        for other in _included(path, one, marks):
            if other not in seen:
                yield from _in_order(other, marks, kind, seen)
        if not one.kind.startswith("include") and _is_for(one.data.get("dbms", ""), kind):
            yield path, one


def _included(path: str, one: Mark, marks: dict[str, list[Mark]]) -> list[str]:
    """The changelogs that a mark includes, by a path from the folder of resources."""
    if not one.kind.startswith("include"):
        return []
    said = one.name.removeprefix("classpath:").lstrip("*:/")
    near = posixpath.normpath(posixpath.join(posixpath.dirname(path), said))
    wanted = near if one.data["near"] else posixpath.normpath(said)
    if one.kind == "includeAll":
        return sorted(each for each in marks if f"/{wanted}/" in f"/{posixpath.dirname(each)}/")
    found = [each for each in marks if f"/{each}".endswith(f"/{wanted}")]
    return found[:1]


def _is_for(dbms: str, kind: str) -> bool:
    names = [one.strip() for one in dbms.lower().split(",") if one.strip()]
    wanted = [one for one in names if not one.startswith("!")]
    return f"!{kind}" not in names and (not wanted or kind in wanted or "all" in wanted)
