"""Tables of plain SQL: migrations and schemas in files of their own, replayed to their end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.code.readers import Reader
from indexer.code.tables.changelog_order import Changelogs
from indexer.code.tables.migration_order import in_order, is_laravel_dump, outdated, same_for_others
from indexer.code.tables.replay import Replay
from memory.code.codebase import Unresolved
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import SourceFile
    from memory.code.codebase import Table
    from memory.code.facts import Mark


class SqlFiles(Reader):
    """Statements that create, alter or drop tables."""

    name = "sql"
    languages = frozenset({"sql"})
    states = True
    hint = re.compile(rb"(?i)\b(?:CREATE|ALTER|DROP|RENAME)\s")

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """The changes that the statements make; see `indexer.code.tables.replay`."""
        from indexer.code.tables.sql_changes import changes_of

        for one in changes_of(source.content.decode("utf-8", "replace")):
            yield one._replace(reader=self.name)

    def assemble(self, project: CodeProject) -> Iterable[Table | Unresolved]:
        """The tables of each folder of migrations, or of a file that stands alone.

        Of a schema that is kept as it was at several releases only the last is told. Those that
        Prisma writes are left out beside its schema, which they come from.
        """
        changes = self._changes(project)
        for path in [path for path in changes if "/." in f"/{path}"]:
            line = changes.pop(path)[0].line
            reason = "it lies in a hidden folder, where no schema of the project's is kept"
            yield Unresolved(path, line, "table", path, reason)
        groups = in_order(changes)
        made: dict[str, dict[str, Table]] = {}
        strangers: set[str] = set()
        for names in same_for_others(groups):
            own = made[names[0]] = {}
            for name in names:
                replay = Replay()
                yield from replay.run(
                    (path, mark) for path in groups[name] for mark in changes[path]
                )
                strangers |= replay.strangers
                for one in replay.tables():
                    own.setdefault(one.table.lower(), one)
        old = outdated(made)
        told: dict[str, list[Table]] = {}
        for own in (own for group, own in made.items() if group not in old):
            for name, one in own.items():
                same = told.setdefault(name, [])
                if not any(_columns(each) == _columns(one) for each in same):
                    same.append(one)
        for name, tables in told.items():
            for one in tables:
                symbol = defined(project, one)
                yield one._replace(whole=one.whole and name not in strangers, symbol=symbol)

    def _changes(self, project: CodeProject) -> dict[str, list[Mark]]:
        """What the statements of each file change that no changelog of Liquibase includes."""
        changes: dict[str, list[Mark]] = {}
        has_schema = any(project.marks("prisma", "model"))
        is_laravel = any(project.marks("laravel migrations"))
        told_elsewhere = Changelogs(project).inside
        for path, mark in project.marks(self.name):
            is_derived = has_schema and path.endswith("/migration.sql")
            is_derived = is_derived or (is_laravel and is_laravel_dump(path))
            if not is_test(path) and not is_derived and path not in told_elsewhere:
                changes.setdefault(path, []).append(mark)
        return changes


def defined(project: CodeProject, table: Table) -> str:
    """What the statement that creates a table is called in its file; "" if that is not known."""
    found = project.files[table.file].definitions
    named = [one.name for one in found if one.line == table.line]
    unique = [name for name in named if sum(one.name == name for one in found) == 1]
    return unique[0] if unique else ""


def _columns(table: Table) -> set[str]:
    return {one.name.lower() for one in table.columns}
