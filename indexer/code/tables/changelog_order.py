"""In which order changelogs of Liquibase are taken: those that they include, where they do."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from memory.code.facts import Mark
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from indexer.code.project_code import CodeProject

NAME = "liquibase"
_NOT_READ = "what it includes was not read"


class Changelogs:
    """The changelogs of a project, and the files of SQL that they include."""

    def __init__(self, project: CodeProject) -> None:
        self.marks = _by_path(project, NAME)
        self._sql = _by_path(project, "sql") if self.marks else {}
        self._known = [path for path in project.files if path in self.marks or _is_sql(path)]
        #: What another includes.
        self.inside = {
            each
            for path, marks in self.marks.items()
            for one in marks
            for each in self._included(path, one)
        }

    def in_order(self, path: str, kind: str, seen: set[str]) -> Iterator[tuple[str, Mark]]:
        """The changes of a file for a kind of database, and of those that it includes."""
        seen.add(path)
        for one in self._of(path):
            if one.data.get("left_out") or not _is_for(one.data.get("dbms", ""), kind):
                continue
            if not one.kind.startswith("include"):
                yield path, one
                continue
            others = self._included(path, one)
            for other in others:
                if other not in seen:
                    yield from self.in_order(other, kind, seen)
            if not others:
                data = {"reason": _NOT_READ, "said": one.name, "any_table": True}
                yield path, Mark(NAME, "unclear", "", one.line, data)

    def _of(self, path: str) -> Sequence[Mark]:
        return self.marks.get(path, self._sql.get(path, ()))

    def _included(self, path: str, one: Mark) -> list[str]:
        """What a mark includes, by a path from the folder of resources; the nearest of several."""
        if not one.kind.startswith("include"):
            return []
        said = one.name.removeprefix("classpath:").lstrip("*:/")
        near = posixpath.normpath(posixpath.join(posixpath.dirname(path), said))
        wanted = near if one.data["near"] else posixpath.normpath(said)
        if one.kind == "includeAll":
            inside = f"/{wanted}/"
            return sorted(each for each in self._known if inside in f"/{posixpath.dirname(each)}/")
        found = [each for each in self._known if f"/{each}".endswith(f"/{wanted}")]
        return sorted(found, key=lambda each: -len(posixpath.commonprefix([each, path])))[:1]


def _by_path(project: CodeProject, reader: str) -> Mapping[str, list[Mark]]:
    found: dict[str, list[Mark]] = {}
    for path, mark in project.marks(reader):
        if not is_test(path):
            found.setdefault(path, []).append(mark)
    return found


def _is_sql(path: str) -> bool:
    return path.endswith(".sql") and not is_test(path)


def _is_for(dbms: str, kind: str) -> bool:
    names = [one.strip() for one in dbms.lower().split(",") if one.strip()]
    wanted = [one for one in names if not one.startswith("!")]
    return f"!{kind}" not in names and (not wanted or kind in wanted or "all" in wanted)
