"""Tables of Django: its models as they are now; migrations only add what no model says."""

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

_FIELDS = """
(class_definition name: (identifier) @class body: (block
    (expression_statement (assignment left: (identifier) @field
        right: (call function: (_) @type arguments: (argument_list) @arguments)))))
"""
_META = """
(class_definition name: (identifier) @class body: (block
    (class_definition name: (identifier) @meta body: (block
        (expression_statement (assignment left: (identifier) @option right: (_) @value))))))
"""
_RELATIONS = frozenset({"ForeignKey", "OneToOneField", "TreeForeignKey", "ParentalKey"})
_OPTIONS = frozenset("null unique primary_key db_index db_column to on_delete".split())
_DJANGOS = re.compile(r"django\.(?:[\w.]+\.)?Model$")
_DEEPEST = 8  # bases


class DjangoModels(Reader):
    """Classes that derive from `django.db.models.Model`, their fields and `Meta`."""

    name = "django models"
    languages = frozenset({"python"})
    hint = re.compile(rb"\bmodels\b|Field\s*\(|ForeignKey")

    def read(self, source: Source) -> Iterable[Mark]:
        """`field`: one of a class; `meta`: an option of one."""
        for found in source.matches(_FIELDS):
            kind = source.text(found["type"][0]).rpartition(".")[2]
            if kind in _RELATIONS or kind.endswith("Field"):
                data = {
                    "class": _qualified(source, found["class"][0]),
                    "type": kind,
                    **_options(source, found["arguments"][0]),
                }
                field = found["field"][0]
                yield Mark(self.name, "field", source.text(field), line_of(field), data)
        for found in source.matches(_META):
            if source.text(found["meta"][0]) == "Meta":
                data = {
                    "class": _qualified(source, found["class"][0]),
                    "value": source.text(found["value"][0]),
                }
                option = found["option"][0]
                yield Mark(self.name, "meta", source.text(option), line_of(option), data)

    def assemble(self, project: CodeProject) -> Iterable[Table | Unresolved]:
        """A table for each concrete model."""
        yield from _Models(project).tables()


class _Models:
    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._fields: dict[Place, list[Mark]] = {}
        self._meta: dict[Place, dict[str, str]] = {}
        for path, mark in project.marks("django models"):
            place = Place(path, mark.data["class"])
            if mark.kind == "field":
                self._fields.setdefault(place, []).append(mark)
            else:
                self._meta.setdefault(place, {})[mark.name] = mark.data["value"]

    def tables(self) -> Iterator[Table | Unresolved]:
        """Every concrete model, in the order of files and lines."""
        places = [
            Place(path, one.name)
            for path, facts in self._project.files.items()
            if facts.language in DjangoModels.languages and "/migrations/" not in f"/{path}"
            for one in facts.definitions
            if one.kind == "class"
        ]
        models = {place for place in places if self._is_model(place)}
        concrete = [
            place
            for place in places
            if place in models
            and self._meta.get(place, {}).get("abstract") != "True"
            and self._meta.get(place, {}).get("proxy") != "True"
        ]
        self._names = {place: self._table_name(place) for place in concrete}
        for place in concrete:
            yield from self._table(place)

    def _is_model(self, place: Place, depth: int = 0) -> bool:
        one = self._project.definition(place)
        if one is None or depth > _DEEPEST:
            return False
        for base in one.bases:
            above = self._project.locate(place.path, base)
            if above and above.symbol and above != place:
                if self._is_model(above, depth + 1):
                    return True
            elif above is None and self._is_djangos(place.path, base):
                return True
        return False

    def _is_djangos(self, path: str, base: str) -> bool:
        """Whether a base is Django's own `Model`, and not that of a library that has one too."""
        return bool(_DJANGOS.match(self._project.origin(path, base)))

    def _table_name(self, place: Place) -> str:
        said = self._meta.get(place, {}).get("db_table", "")
        if literal := re.fullmatch(r"['\"](.+)['\"]", said):
            return literal[1]
        return f"{self._app(place)}_{place.symbol.rpartition('.')[2].lower()}"

    def _app(self, place: Place) -> str:
        """The label of the app: the package that holds `models`."""
        parts = self._project.name(place.path).split(".")
        index = parts.index("models") if "models" in parts else len(parts) - 1
        return parts[index - 1] if index else parts[0]

    def _all_fields(self, place: Place, depth: int = 0) -> list[tuple[str, Mark]]:
        """Own fields and those of abstract bases, with the file that each is written in."""
        one = self._project.definition(place)
        found: dict[str, tuple[str, Mark]] = {}
        for base in one.bases if one and depth < _DEEPEST else ():
            above = self._project.locate(place.path, base)
            if above and above.symbol and above != place and above not in self._names:
                for path, mark in self._all_fields(above, depth + 1):
                    found.setdefault(mark.name, (path, mark))
        for mark in self._fields.get(place, ()):
            found[mark.name] = (place.path, mark)
        return list(found.values())

    def _table(self, place: Place) -> Iterator[Table | Unresolved]:
        columns: list[Column] = []
        keys: list[ForeignKey] = []
        indexes: list[tuple[str, ...]] = []
        unique: list[tuple[str, ...]] = []
        primary: tuple[str, ...] = ()
        for path, mark in self._all_fields(place):
            data = mark.data
            if data["type"] in {"ManyToManyField", "GenericRelation"}:
                continue
            is_relation = data["type"] in _RELATIONS
            column = data.get("db_column") or (f"{mark.name}_id" if is_relation else mark.name)
            columns.append(Column(column, data["type"], data.get("null") == "True"))
            if data.get("primary_key") == "True":
                primary = (column,)
            if data.get("unique") == "True" or data["type"] == "OneToOneField":
                unique.append((column,))
            if data.get("db_index") == "True" or (is_relation and data.get("db_index") != "False"):
                indexes.append((column,))
            if is_relation:
                target = self._target(path, place, data.get("to", ""))
                if target:
                    at = mark.line if path == place.path else 0
                    on_delete = data.get("on_delete", "").rpartition(".")[2]
                    keys.append(ForeignKey((column,), target, (), on_delete, at))
                else:
                    reason = "what it refers to is not in the project"
                    yield Unresolved(path, mark.line, "table", data.get("to", ""), reason)
        if not primary:
            columns.insert(0, Column("id", "AutoField", nullable=False))
            primary = ("id",)
        one = self._project.definition(place)
        yield Table(
            self._names[place],
            tuple(columns),
            primary,
            tuple(keys),
            tuple(indexes),
            tuple(unique),
            self._project.called(place),
            place.path,
            one.line if one else 1,
            place.symbol,
        )

    def _target(self, path: str, owner: Place, said: str) -> str:
        """The table that a relation names: a class, "self", "Model" or "app.Model"."""
        if not (literal := re.fullmatch(r"['\"](.+)['\"]", said)):
            place = self._project.locate(path, said) if said else None
            return self._names.get(place, "") if place else ""
        if literal[1] == "self":
            return self._names[owner]
        app, _, model = literal[1].rpartition(".")
        app = app or self._app(owner)
        named = [
            name
            for place, name in self._names.items()
            if place.symbol == model and self._app(place) == app
        ]
        return named[0] if len(named) == 1 else ""


def _qualified(source: Source, name: Node) -> str:
    """The name of a class within its file."""
    index = source.within(name)
    return source.facts.definitions[index].name if index >= 0 else source.text(name)


def _options(source: Source, node: Node) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for child in node.named_children:
        if child.type == "keyword_argument":
            name = source.text(child.child_by_field_name("name"))
            if name in _OPTIONS:
                said = source.text(child.child_by_field_name("value"))
                found[name] = said.strip("'\"") if name == "db_column" else said
        elif "to" not in found and child.type != "comment":
            found["to"] = source.text(child)
    return found
