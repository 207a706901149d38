"""Tables of SQLAlchemy: its declarative models as they are now, mixins included."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.code.readers import Reader
from indexer.code.syntax import line_of
from memory.code.codebase import Column, ForeignKey, Place, Table, Unresolved
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.project import CodeProject
    from indexer.code.syntax import Node, Source

_BODIES = "(class_definition name: (identifier) @class body: (block) @body)"
_COLUMN = re.compile(r"(?:^|\.)(?:mapped_column|Column)$")
_MAPPED = re.compile(r"^(?:\w+\.)?Mapped\[(?P<type>.*)\]$", re.DOTALL)
_OPTIONAL = re.compile(r"(?:\|\s*None\b|\bNone\s*\||^Optional\[)")
_LITERAL = re.compile(r"[rRuU]?(['\"])(.*)\1", re.DOTALL)
_DEEPEST = 8  # bases


class SqlAlchemyModels(Reader):
    """Classes with `__tablename__`, their columns and `__table_args__`."""

    name = "sqlalchemy models"
    languages = frozenset({"python"})
    hint = re.compile(rb"mapped_column|\bColumn\s*\(|__tablename__|Mapped\[")

    def read(self, source: Source) -> Iterable[Mark]:
        """`table`: the name of one; `column`: one of a class; `args`: of `__table_args__`."""
        for found in source.matches(_BODIES):
            owner = found["class"][0]
            for statement in found["body"][0].named_children:
                one = statement.named_children[0] if statement.named_children else None
                if statement.type == "expression_statement" and one is not None:
                    yield from self._statement(source, source.text(owner), one)

    def _statement(self, source: Source, owner: str, node: Node) -> Iterator[Mark]:
        if node.type != "assignment":
            return
        name = source.text(node.child_by_field_name("left"))
        value, type_ = node.child_by_field_name("right"), node.child_by_field_name("type")
        mapped = _MAPPED.match(source.text(type_))
        is_call = value is not None and value.type == "call"
        called = source.text(value.child_by_field_name("function")) if value and is_call else ""
        data: dict[str, Any] = {"class": owner}
        if name == "__tablename__":
            found = _LITERAL.fullmatch(source.text(value))
            yield Mark(self.name, "table", found[2] if found else "", line_of(node), data)
        elif name == "__abstract__":
            yield Mark(self.name, "abstract", source.text(value), line_of(node), data)
        elif name == "__table_args__" and value is not None:
            for one in _within(value):
                if one.type == "call":
                    kind = source.text(one.child_by_field_name("function")).rpartition(".")[2]
                    said = data | _arguments(source, one)
                    yield Mark(self.name, "args", kind, line_of(one), said)
        elif _COLUMN.search(called) or (mapped and not called):
            said = _arguments(source, value) if called and value is not None else _NOTHING
            hint = mapped["type"].strip() if mapped else ""
            yield Mark(self.name, "column", name, line_of(node), data | said | {"hint": hint})

    def assemble(self, project: CodeProject) -> Iterable[Table | Unresolved]:
        """A table for each model that names one."""
        return _Models(project).tables()


class _Models:
    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._marks: dict[Place, list[Mark]] = {}
        for path, mark in project.marks("sqlalchemy models"):
            self._marks.setdefault(Place(path, mark.data["class"]), []).append(mark)

    def tables(self) -> Iterator[Table | Unresolved]:
        """Every model with a table, in the order of files and lines."""
        for place, marks in self._marks.items():
            named = next((one for one in marks if one.kind == "table"), None)
            if named is None:
                continue
            if named.name:
                yield from self._table(place, named.name)
            else:
                reason = "its name is not a literal"
                yield Unresolved(place.path, named.line, "table", place.symbol, reason)

    def _table(self, place: Place, name: str) -> Iterator[Table | Unresolved]:
        found = _Found()
        for mark in self._inherited(place):
            if mark.kind == "column":
                found.add_column(mark)
            elif mark.kind == "args" and not found.add_constraint(mark):
                reason = "its columns are not read"
                yield Unresolved(place.path, mark.line, "table", f"{name} {mark.name}", reason)
        one = self._project.definition(place)
        yield Table(
            name,
            tuple(found.columns.values()),
            tuple(found.primary),
            tuple(found.foreign),
            tuple(found.indexes),
            tuple(found.unique),
            self._project.called(place),
            place.path,
            one.line if one else 1,
            place.symbol,
        )

    def _inherited(self, place: Place, depth: int = 0) -> Iterator[Mark]:
        """What a model says, after what its bases without a table say."""
        one = self._project.definition(place)
        for base in reversed(one.bases) if one and depth < _DEEPEST else ():
            above = self._project.locate(place.path, base)
            if above and above != place and not self._has_table(above):
                yield from self._inherited(above, depth + 1)
        yield from self._marks.get(place, ())

    def _has_table(self, place: Place) -> bool:
        return any(one.kind == "table" for one in self._marks.get(place, ()))


class _Found:
    """What the columns and constraints of one table come to."""

    def __init__(self) -> None:
        self.columns: dict[str, Column] = {}
        self.primary: list[str] = []
        self.foreign: list[ForeignKey] = []
        self.indexes: list[tuple[str, ...]] = []
        self.unique: list[tuple[str, ...]] = []

    def add_column(self, mark: Mark) -> None:
        data, options = mark.data, mark.data["options"]
        own = data["name"] or mark.name
        self.columns[own] = Column(own, _type(data), _nullable(data))
        if options.get("primary_key") == "True":
            self.primary.append(own)
        if options.get("unique") == "True":  # an index that is unique is one of these
            self.unique.append((own,))
        elif options.get("index") == "True":
            self.indexes.append((own,))
        if data["foreign"]:
            table, _, column = data["foreign"].rpartition(".")
            key = ForeignKey((own,), table, (column,), data["on_delete"], mark.line)
            self.foreign.append(key)

    def add_constraint(self, mark: Mark) -> bool:
        """Whether it was understood; one that is about no columns is."""
        said = tuple(mark.data["texts"])
        columns = said[1:] if mark.name == "Index" else said
        if mark.name in {"CheckConstraint", "ExcludeConstraint"}:
            return True
        if mark.name == "PrimaryKeyConstraint":
            self.primary += columns
        elif mark.name == "UniqueConstraint" or mark.data["options"].get("unique") == "True":
            self.unique.append(columns)
        elif mark.name == "Index":
            self.indexes.append(columns)
        else:
            return False
        return bool(columns)


_NOTHING: dict[str, Any] = {
    "name": "", "type": "", "foreign": "", "on_delete": "", "options": {}, "texts": []
}  # fmt: skip


def _arguments(source: Source, call: Node) -> dict[str, Any]:
    """The arguments of a column or constraint."""
    said: dict[str, Any] = {**_NOTHING, "options": {}, "texts": []}
    arguments = call.child_by_field_name("arguments")
    for one in arguments.named_children if arguments is not None else ():
        text = source.text(one)
        if one.type == "keyword_argument":
            value = source.text(one.child_by_field_name("value"))
            said["options"][source.text(one.child_by_field_name("name"))] = value
        elif found := _LITERAL.fullmatch(text):
            said["name"] = said["name"] or found[2]
            said["texts"].append(found[2])
        elif re.match(r"(?:\w+\.)*ForeignKey\(", text):
            inner = _arguments(source, one)
            said["foreign"] = inner["name"]
            said["on_delete"] = inner["options"].get("ondelete", "").strip("\"'")
        elif not said["type"] and not re.match(r"(?:\w+\.)*(?:Identity|Sequence|Computed)\(", text):
            said["type"] = " ".join(text.split())
    return said


def _type(data: dict[str, Any]) -> str:
    """The type that a column names, or else that of its annotation; "" where neither says."""
    bare = _OPTIONAL.sub("", data["hint"]).strip(" []|")
    return str(data["type"] or data["options"].get("type_", "") or bare)


def _nullable(data: dict[str, Any]) -> bool | None:
    """As SQLAlchemy decides: by the option, the key, the annotation, in this order."""
    options = data["options"]
    if options.get("nullable") in {"True", "False"}:
        return bool(options["nullable"] == "True")
    if options.get("primary_key") == "True":
        return False
    if "nullable" in options:
        return None
    return bool(_OPTIONAL.search(data["hint"])) if data["hint"] else True


def _within(node: Node) -> list[Node]:
    """The members of a tuple, or the one value that there is."""
    return node.named_children if node.type in {"tuple", "list"} else [node]
