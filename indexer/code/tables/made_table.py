"""A table as what an entity's members come to."""

from __future__ import annotations

from memory.code.codebase import Column, ForeignKey, Table, Unresolved


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
