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
_CORE = """
(call function: (_) @called arguments: (argument_list . (string) @first)) @call
"""
_COLUMN = re.compile(r"(?:^|\.)(?:mapped_column|Column)$")
_MAPPED = re.compile(r"^(?:\w+\.)?Mapped\[(?P<type>.*)\]$", re.DOTALL)
_OPTIONAL = re.compile(r"(?:\|\s*None\b|\bNone\s*\||^Optional\[)")
_SCHEMA = re.compile(r"['\"]schema['\"]\s*:\s*['\"]([^'\"]+)['\"]")
_LITERAL = re.compile(r"[rRuU]?(['\"])(.*)\1", re.DOTALL)
_DEEPEST = 8  # bases


class SqlAlchemyModels(Reader):
    """Classes with `__tablename__`, their columns and `__table_args__`."""

    name = "sqlalchemy models"
    languages = frozenset({"python"})
    hint = re.compile(rb"mapped_column|\bColumn\s*\(|__tablename__|Mapped\[|\bTable\s*\(")

    def read(self, source: Source) -> Iterable[Mark]:
        """`table`: the name of one; `column`: one of a class; `args`: of `__table_args__`."""
        for found in source.matches(_BODIES):
            owner = found["class"][0]
            for statement in found["body"][0].named_children:
                one = statement.named_children[0] if statement.named_children else None
                if statement.type == "expression_statement" and one is not None:
                    yield from self._statement(source, source.text(owner), one)

        for found in source.matches(_CORE):
            if source.text(found["called"][0]).rpartition(".")[2] == "Table":
                first = source.text(found["first"][0])
                yield Mark(self.name, "core", first, line_of(found["call"][0]), {"class": ""})

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
                if one.type == "dictionary" and (found := _SCHEMA.search(source.text(one))):
                    yield Mark(self.name, "schema", found[1], line_of(one), data)
                elif one.type == "call":
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
            if mark.kind == "core":
                continue
            self._marks.setdefault(Place(path, mark.data["class"]), []).append(mark)
        bases = ((place, project.definition(place)) for place in self._marks)
        self._bases = {
            project.locate(place.path, base)
            for place, one in bases
            for base in (one.bases if one else ())
        }

    def tables(self) -> Iterator[Table | Unresolved]:
        """Every model with a table, in the order of files and lines."""
        for path, mark in self._project.marks("sqlalchemy models", "core"):
            reason = "tables without a class are not read"
            yield Unresolved(path, mark.line, "table", mark.name.strip("\"'"), reason)
        for place, marks in self._marks.items():
            named = self._named(place)
            if named is None:
                yield from self._nameless(place, marks)
                continue
            if named.name:
                yield from self._table(place, named.name)
            else:
                reason = "its name is not a literal"
                yield Unresolved(place.path, named.line, "table", place.symbol, reason)

    def _nameless(self, place: Place, marks: list[Mark]) -> Iterator[Unresolved]:
        """A class with a key of its own that no table takes over: somebody else names its table."""
        keys = [one for one in marks if one.kind == "column" and _is_key(one)]
        if keys and not any(one.kind == "abstract" for one in marks) and place not in self._bases:
            reason = "its class does not say how it is called"
            yield Unresolved(place.path, keys[0].line, "table", place.symbol, reason)

    def _table(self, place: Place, name: str) -> Iterator[Table | Unresolved]:
        found, schema = _Found(), ""
        for mark in self._inherited(place):
            if mark.kind == "schema":
                schema = f"{mark.name}."
            elif mark.kind in {"column", "args"} and not found.add(mark):
                reason = "it is not wholly understood"
                said = f"{name}.{mark.name}" if mark.kind == "column" else f"{name} {mark.name}"
                yield Unresolved(place.path, mark.line, "table", said, reason)
        one = self._project.definition(place)
        yield Table(
            schema + name,
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
            if above and above != place and self._named(above) is None:
                yield from self._inherited(above, depth + 1)
        yield from self._marks.get(place, ())

    def _named(self, place: Place) -> Mark | None:
        """What names the table of a class, unless it is abstract."""
        marks = self._marks.get(place, ())
        if any(one.kind == "abstract" and one.name == "True" for one in marks):
            return None
        return next((one for one in marks if one.kind == "table"), None)


class _Found:
    """What the columns and constraints of one table come to."""

    def __init__(self) -> None:
        self.columns: dict[str, Column] = {}
        self.primary: list[str] = []
        self.foreign: list[ForeignKey] = []
        self.indexes: list[tuple[str, ...]] = []
        self.unique: list[tuple[str, ...]] = []

    def add(self, mark: Mark) -> bool:
        """Whether a column or constraint was understood; what was not is left out."""
        return self._add_column(mark) if mark.kind == "column" else self._add_constraint(mark)

    def _add_column(self, mark: Mark) -> bool:
        data, options = mark.data, mark.data["options"]
        odd = [one for one in data["odd"] if not _FOREIGN.match(one)]
        if odd:  # its name or its type may be among them
            return False
        own = data["name"] or mark.name
        self.columns[own] = Column(own, _type(data), _nullable(data))
        if _is_key(mark):
            self.primary.append(own)
        is_index, is_unique = (options.get(name, "False") for name in ("index", "unique"))
        if is_unique == "True":  # an index that is unique is one of these
            self.unique.append((own,))
        elif is_index == "True" and is_unique in {"False", "None"}:
            self.indexes.append((own,))
        if data["foreign"]:
            table, _, column = data["foreign"].rpartition(".")
            key = ForeignKey((own,), table, (column,), data["on_delete"], mark.line)
            self.foreign.append(key)
        plain = {"True", "False", "None"}
        return not data["odd"] and {is_index, is_unique} <= plain

    def _add_constraint(self, mark: Mark) -> bool:
        if mark.name in {"CheckConstraint", "ExcludeConstraint"}:
            return True  # they are about no columns that are told here
        said = tuple(mark.data["texts"])
        columns = said[1:] if mark.name == "Index" else said
        named = {"Index", "UniqueConstraint", "PrimaryKeyConstraint"}
        if mark.name not in named or mark.data["odd"] or mark.data["type"] or not columns:
            return False
        if mark.name == "PrimaryKeyConstraint":
            self.primary += columns
        elif mark.name == "UniqueConstraint" or mark.data["options"].get("unique") == "True":
            self.unique.append(columns)
        else:
            self.indexes.append(columns)
        return True


_NOTHING: dict[str, Any] = {
    "name": "", "type": "", "foreign": "", "on_delete": "", "options": {}, "texts": [], "odd": []
}  # fmt: skip
_FOREIGN = re.compile(r"(?:\w+\.)*ForeignKey\(")
_COMPUTED = re.compile(r"(?:\w+\.)*(?:Identity|Sequence|Computed)\(")
_TYPE = re.compile(r"(?:\w+\.)*[A-Z]\w*(?:\(.*\))?", re.DOTALL)


def _arguments(source: Source, call: Node) -> dict[str, Any]:
    """The arguments of a column or constraint; what is no literal, type or key is `odd`."""
    said: dict[str, Any] = {**_NOTHING, "options": {}, "texts": [], "odd": []}
    arguments = call.child_by_field_name("arguments")
    for one in arguments.named_children if arguments is not None else ():
        text = " ".join(source.text(one).split())
        if one.type == "keyword_argument":
            value = source.text(one.child_by_field_name("value"))
            said["options"][source.text(one.child_by_field_name("name"))] = value
        elif found := _LITERAL.fullmatch(text):
            said["name"] = said["name"] or found[2]
            said["texts"].append(found[2])
        elif _FOREIGN.match(text):
            inner = _arguments(source, one)
            said["foreign"] = inner["name"]
            said["on_delete"] = inner["options"].get("ondelete", "").strip("\"'")
            said["odd"] += [] if inner["name"] else [text]
        elif not said["type"] and _TYPE.fullmatch(text):
            said["type"] = text
        elif one.type != "comment" and not _COMPUTED.match(text):
            said["odd"].append(text)
    return said


def _is_key(mark: Mark) -> bool:
    return bool(mark.data["options"].get("primary_key") == "True")


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
