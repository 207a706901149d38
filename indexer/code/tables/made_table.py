"""Tables as what the members of entities come to: the part that all mappers of objects share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from memory.code.codebase import CodePlace, Column, ForeignKey, Table, Unresolved

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.project_code import CodeProject
    from memory.code.facts import Mark

COMPUTED = "its name is computed"
Member = tuple[str, str, dict[str, Any], int]  # name, type, what annotations say, line


class Computed(Exception):
    """A name that only running would tell."""


class MadeTable:
    """What is known of a table while its entity is read."""

    def __init__(self) -> None:
        self.columns: dict[str, Column] = {}
        self.primary: list[str] = []
        self.keys: list[ForeignKey] = []
        self.unique: list[tuple[str, ...]] = []
        self.indexes: list[tuple[str, ...]] = []
        self.between: list[Table] = []  # tables that join it to others
        self.missed: list[Unresolved] = []
        self.by_property: dict[str, str] = {}  # the column of each property

    def table(
        self, name: str, model: str, file: str, line: int, symbol: str, *, is_whole: bool = True
    ) -> Table:
        """The table; it is whole where nothing of it was missed."""
        return Table(
            name,
            tuple(self.columns.values()),
            tuple(self.primary),
            tuple(self.keys),
            tuple(dict.fromkeys(self.indexes)),
            tuple(dict.fromkeys(self.unique)),
            model,
            file,
            line,
            symbol,
            is_whole and not self.missed,
        )


class MappedClasses(ABC):
    """Classes of a project that say themselves how they are kept in tables.

    What only running would tell is raised as `Computed`, of a table's name as of a column's.
    """

    whole = True  # whether the names that nobody says are known

    def __init__(self, project: CodeProject, marks: dict[CodePlace, Mark]) -> None:
        self._project = project
        self._marks = marks

    def tables(self) -> Iterator[Table | Unresolved]:
        """A table for each entity that has one of its own, and those between, once each."""
        between: dict[str, Table] = {}
        for place, mark in self._marks.items():
            if not self._is_entity(place) or self._keeper(place) != place:
                continue
            if not self._has_table(place):
                continue
            try:
                name = self._table_name(place)
                if self._is_view(name):
                    continue
                made = self._made(place, name)
            except Computed:
                yield Unresolved(place.path, mark.line, "table", place.symbol, COMPUTED)
                continue
            yield from made.missed
            for one in made.between:
                between.setdefault(one.table, one)
            called = self._project.called(place)
            at = place.path, mark.line, place.symbol
            yield made.table(name, called, *at, is_whole=self.whole)
        yield from between.values()

    @abstractmethod
    def _is_entity(self, place: CodePlace) -> bool:
        """Whether it has rows, in a table of its own or of one above it."""

    def _has_table(self, place: CodePlace) -> bool:  # noqa: ARG002
        """Whether an entity that is not kept in another's table has one."""
        return True

    @abstractmethod
    def _above(self, place: CodePlace) -> CodePlace | None:
        """The class that one extends, as far as it is of tables."""

    def _strategy(self, place: CodePlace) -> str:  # noqa: ARG002
        """How a class and those below it are parted into tables: "SINGLE_TABLE", "JOINED"."""
        return ""

    @abstractmethod
    def _table_name(self, place: CodePlace) -> str:
        """What the table of an entity is called, its schema in front."""

    @abstractmethod
    def _made(self, place: CodePlace, table: str) -> MadeTable:
        """What the members of an entity come to, and those of the classes that it extends."""

    def _is_view(self, table: str) -> bool:  # noqa: ARG002
        """Whether statements make a view of that name, and no table: an entity may read one."""
        return False

    def _line(self, place: CodePlace) -> list[CodePlace]:
        """The class itself and those above it, from the top."""
        found: list[CodePlace] = []
        at: CodePlace | None = place
        while at is not None and at not in found:
            found.append(at)
            at = self._above(at)
        return found[::-1]

    def _entities_above(self, place: CodePlace) -> list[CodePlace]:
        """The entities that one extends, from the top; with itself."""
        return [one for one in self._line(place) if self._is_entity(one)]

    def _keeper(self, place: CodePlace) -> CodePlace:
        """The entity in whose table one is kept: the uppermost, if there is a single table."""
        above = self._entities_above(place)
        return above[0] if above and self._strategy(place) == "SINGLE_TABLE" else place
