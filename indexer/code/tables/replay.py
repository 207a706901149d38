"""Replays changes of a schema, whoever wrote them, to the tables that they end in.

A way of writing changes only translates: each change is a `Mark` whose kind is one of those below,
whose name is the table and whose data is what `change` was given. What cannot be told is a change
too, `unclear`: it is counted, and the table that it may concern is no longer told as whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from memory.code.codebase import Column, ForeignKey, Table, Unresolved
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PRIMARY, UNIQUE, INDEX, FOREIGN, CHECK = "primary", "unique", "index", "foreign", "check"
_BY_ITSELF = {  # how the names end that databases and frameworks give
    PRIMARY: ("pkey", "primary"),
    UNIQUE: ("key", "unique", "idx"),
    INDEX: ("idx", "index"),
    FOREIGN: ("fkey", "foreign"),
    CHECK: ("check",),
}
_LACKS = "which the table does not have"


def change(kind: str, table: str, line: int, **data: Any) -> Mark:
    """One change, which `Replay` knows by its kind.

    `create` is made by its own function; `drop`, `rename` (`to`), `view`;
    `column` (`column`: name, type, nullable; `instead`: what it replaces; `if_absent`),
    `alter` (`column`, and `type` or `nullable`; `keeps_null`: in some versions only),
    `drop_column` (`column`; `if_present`; `shrinks`: an index of it goes on with the others),
    `rename_column` (`column`, `to`); `primary`, `unique`, `index`, `check` (`columns`, `name`) and
    `foreign` (with `references`, `referenced`, `on_delete`); `remove` (`kinds`, and the `name` or
    the `columns` of what goes; `if_present`), `rename_named` (`named`, `to`); `unclear` (`reason`,
    `said`; `is_open` if there may be columns that are not known; `any_table` if any may be
    concerned that there is). Where there may be no such
    table, `if_present`. `if` has conditions that are asked when they are reached: where each
    stands, `table`, `column` or `index`, the table, what is asked for, and the answer.
    """
    return Mark("", kind, table, line, data)


def create(table: str, line: int, parts: Iterable[Mark], **data: Any) -> Mark:
    """A table is made of these changes, all of it.

    Of it is said `if_absent`, or `like`: a table whose columns it gets before.
    """
    said = [[one.kind, one.line, one.data] for one in parts]
    return change("create", table, line, parts=said, **data)


@dataclass
class _Named:
    """A key, an index or a check, by the name that it was given or may have got by itself."""

    kind: str
    columns: tuple[str, ...]
    names: frozenset[str]  # in lower case
    key: ForeignKey | None = None


@dataclass
class _Building:
    table: str
    path: str
    line: int
    columns: dict[str, Column] = field(default_factory=dict)  # by name in lower case
    named: list[_Named] = field(default_factory=list)
    whole: bool = True
    is_open: bool = False  # whether it has columns that are not known

    def of(self, kind: str) -> tuple[tuple[str, ...], ...]:
        return tuple(dict.fromkeys(one.columns for one in self.named if one.kind == kind))


class Replay:
    """A database in which changes are made one after the other."""

    def __init__(self, tables: Iterable[Table] = ()) -> None:
        """Begin with tables, or without any."""
        self._tables = {one.table.lower(): _building(one) for one in tables}
        self._held: dict[tuple[str, int], bool] = {}  # what conditions came to
        self.strangers: set[str] = set()  # what is changed and not created, in lower case

    def run(self, changes: Iterable[tuple[str, Mark]]) -> Iterator[Unresolved]:
        """Make changes, each with the path of its file; gives those that could not be made."""
        for path, one in changes:
            if reason := self._make(path, one):
                if known := self._tables.get(one.name.lower()):
                    if known.is_open and reason.endswith(_LACKS):
                        continue
                    known.whole = False
                    known.is_open |= "is_open" in one.data
                for each in self._tables.values() if one.data.get("any_table") else ():
                    each.whole = False
                said = one.data.get("said") or one.name or "a statement"
                yield Unresolved(path, one.line, "table", said, reason)

    def tables(self) -> Iterator[Table]:
        """What there is now, in the order of creation."""
        for one in self._tables.values():
            primary = next(iter(one.of(PRIMARY)), ())
            columns = (
                column._replace(nullable=False) if column.name in primary else column
                for column in one.columns.values()
            )
            yield Table(
                one.table,
                tuple(columns),
                primary,
                tuple(dict.fromkeys(self._keys(one))),
                one.of(INDEX),
                one.of(UNIQUE),
                "",
                one.path,
                one.line,
                whole=one.whole,
            )

    def _keys(self, one: _Building) -> Iterator[ForeignKey]:
        for each in one.named:
            if each.key:
                other = self._tables.get(each.key.references.lower())
                primary = next(iter(other.of(PRIMARY)), ()) if other else ()
                to = other.table if other else each.key.references
                referenced = each.key.referenced or primary
                yield each.key._replace(columns=each.columns, references=to, referenced=referenced)

    def _make(self, path: str, one: Mark) -> str:
        """Make one change; why it could not be made, else ""."""
        name, reason = one.name.lower(), ""
        if not all(self._holds(path, each) for each in one.data.get("if", ())):
            return ""
        make = _MAKERS.get(one.kind)
        if one.kind == "unclear":
            reason = str(one.data["reason"])
        elif one.kind == "create":
            reason = self._create(path, one)
        elif one.kind == "drop":
            self._tables.pop(name, None)
        elif one.kind == "view":
            self.strangers.add(name)
        elif not name and make:  # an index that does not say of which table it is
            for each in self._tables.values():
                make(self, each, one.data)
        elif table := self._tables.get(name):
            reason = make(self, table, one.data) if make else self._add(table, one, path)
        elif name not in self.strangers and not one.data.get("if_present"):
            self.strangers.add(name)
            reason = "it is changed here, and none of these files creates it"
        return reason

    def _holds(self, path: str, condition: list[Any]) -> bool:
        """Whether a condition of a migration holds when it is reached."""
        at, kind, table, name, expected = condition
        if (path, at) not in self._held:
            known = self._tables.get(table.lower())
            if kind == "column":
                is_so = bool(known and all(each.lower() in known.columns for each in name))
            else:
                is_so = bool(known and (kind == "table" or _find(known, name)))
            self._held[path, at] = is_so == expected
        return self._held[path, at]

    def _create(self, path: str, one: Mark) -> str:
        name, like = one.name.lower(), one.data.get("like", "").lower()
        if one.data.get("if_absent") and name in self._tables:
            return ""
        made = self._tables[name] = _Building(one.name, path, one.line)
        if like and like not in self._tables:
            return f"it is made like {like}, which nothing that was read creates"
        if like:
            made.columns.update(self._tables[like].columns)
        reasons = [
            self._make(path, Mark("", kind, one.name, line, data))
            for kind, line, data in one.data["parts"]
        ]
        return "; ".join(dict.fromkeys(filter(None, reasons)))

    def _rename(self, table: _Building, data: dict[str, Any]) -> str:
        before, table.table = table.table.lower(), data["to"]
        after = table.table.lower()
        self._tables = {(after if key == before else key): one for key, one in self._tables.items()}
        for one in self._keys_to(before):
            one.key = one.key and one.key._replace(references=table.table)
        return ""

    def _column(self, table: _Building, data: dict[str, Any]) -> str:
        column, instead = Column(*data["column"]), data.get("instead", "")
        name = column.name.lower()
        if instead.lower() not in {"", name}:
            lacks = self._rename_column(table, {"column": instead, "to": column.name})
            if lacks:
                return lacks
        if not (data.get("if_absent") and name in table.columns):
            table.columns[name] = column
        return ""

    def _alter(self, table: _Building, data: dict[str, Any]) -> str:
        known = table.columns.get(data["column"].lower())
        if known is None:
            return f"it changes {data['column']}, {_LACKS}"
        said = {name: data[name] for name in ("type", "nullable") if name in data}
        if data.get("keeps_null") and known.nullable:
            said.setdefault("nullable", None)
        table.columns[data["column"].lower()] = known._replace(**said)
        return ""

    def _drop_column(self, table: _Building, data: dict[str, Any]) -> str:
        name = data["column"].lower()
        if table.columns.pop(name, None) is None:
            return "" if data.get("if_present") else f"it drops {data['column']}, {_LACKS}"
        word = re.compile(rf"(?<![\w.]){re.escape(name)}(?![\w(])", re.IGNORECASE)
        for one in table.named if data.get("shrinks") else ():
            if one.kind != FOREIGN and len(one.columns) > 1:
                one.columns = tuple(each for each in one.columns if each.lower() != name)
        table.named = [one for one in table.named if not any(map(word.search, one.columns))]
        return ""

    def _rename_column(self, table: _Building, data: dict[str, Any]) -> str:
        before, to = data["column"].lower(), data["to"]
        if before not in table.columns:
            return f"it renames {data['column']}, {_LACKS}"

        word = re.compile(rf"(?<![\w.]){re.escape(before)}(?![\w(])", re.IGNORECASE)

        def renamed(columns: tuple[str, ...]) -> tuple[str, ...]:  # expressions, too
            return tuple(word.sub(lambda _: to, each) for each in columns)

        table.columns = {
            (to.lower() if key == before else key): (
                one._replace(name=to) if key == before else one
            )
            for key, one in table.columns.items()
        }
        for one in table.named:
            one.columns = renamed(one.columns)
        for one in self._keys_to(table.table.lower()):
            one.key = one.key and one.key._replace(referenced=renamed(one.key.referenced))
        return ""

    def _keys_to(self, name: str) -> Iterator[_Named]:
        for table in self._tables.values():
            for one in table.named:
                if one.key and one.key.references.lower() == name:
                    yield one

    def _add(self, table: _Building, one: Mark, path: str) -> str:
        """A key, an index or a check."""
        data = one.data
        name = data.get("name", "").lower()
        if data.get("if_absent") and any(name in each.names for each in table.named):
            return ""
        known = (table.columns.get(each.lower()) for each in data["columns"])
        said = zip(data["columns"], known, strict=True)
        columns = tuple(column.name if column else each for each, column in said)
        names = frozenset([name]) if name else _own(table, one.kind, columns)
        key = None
        if one.kind == FOREIGN:
            line = one.line if path == table.path else 0
            referenced, on_delete = tuple(data.get("referenced", ())), data.get("on_delete", "")
            key = ForeignKey(columns, data["references"], referenced, on_delete, line)
        table.named.append(_Named(one.kind, columns, names, key))
        return ""

    def _remove(self, table: _Building, data: dict[str, Any]) -> str:
        said = data["columns"] if "columns" in data else data.get("name")
        gone = [one for one in _find(table, said) if one.kind in data["kinds"]]
        if not gone:
            said = data.get("name") or ", ".join(data.get("columns", ()))
            return "" if data.get("if_present") else f"it drops {said}, {_LACKS}"
        table.named = [one for one in table.named if not any(one is each for each in gone)]
        return ""

    def _rename_named(self, table: _Building, data: dict[str, Any]) -> str:
        for one in table.named:
            if data["named"].lower() in one.names:
                one.names = frozenset([data["to"].lower()])
        return ""


def _building(one: Table) -> _Building:
    """A table that is there before any change, what is named in it as databases name it."""
    made = _Building(one.table, one.file, one.line, whole=one.whole)
    made.columns = {column.name.lower(): column for column in one.columns}
    kinds = ((PRIMARY, [one.primary_key]), (UNIQUE, one.unique), (INDEX, one.indexes))
    for kind, each in kinds:
        for columns in filter(None, each):
            made.named.append(_Named(kind, columns, _own(made, kind, columns)))
    for key in one.foreign_keys:
        made.named.append(_Named(FOREIGN, key.columns, _own(made, FOREIGN, key.columns), key))
    return made


def _find(table: _Building, said: str | list[str] | None) -> list[_Named]:
    """What has this name, or is of these columns; all if neither is said."""
    if isinstance(said, list):
        columns = [each.lower() for each in said]
        return [one for one in table.named if [*map(str.lower, one.columns)] == columns]
    return [one for one in table.named if not said or said.lower() in one.names]


def _own(table: _Building, kind: str, columns: tuple[str, ...]) -> frozenset[str]:
    """The names that what has none may have got: MySQL calls an index by its first column."""
    stem = "_".join([table.table, *columns]).lower()
    names = {f"{stem}_{ending}" for ending in _BY_ITSELF[kind]}
    if kind == PRIMARY:
        names |= {f"{table.table.lower()}_pkey", "primary"}
    elif kind == FOREIGN:
        count = sum(one.kind == FOREIGN for one in table.named) + 1
        names.add(f"{table.table.lower()}_ibfk_{count}")
    elif kind != CHECK and columns:
        names.add(columns[0].lower())
    return frozenset(names)


_MAKERS = {
    "rename": Replay._rename,
    "column": Replay._column,
    "alter": Replay._alter,
    "drop_column": Replay._drop_column,
    "rename_column": Replay._rename_column,
    "remove": Replay._remove,
    "rename_named": Replay._rename_named,
}
