"""Which tables models of SQLAlchemy come to: mixins, heirs, keys, tables without a class."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from memory.code.apart import is_migration
from memory.code.codebase import CodePlace, Column, ForeignKey, Table, Unresolved
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from indexer.code.project_code import CodeProject

NAME = "sqlalchemy models"  # of the reader
NOTHING: dict[str, Any] = {
    "name": "", "type": "", "foreign": "", "is_named": False, "on_delete": "",
    "options": {}, "texts": [], "odd": [], "names": [],
}  # fmt: skip
_OPTIONAL = re.compile(r"(?:\|\s*None\b|\bNone\s*\||^(?:\w+\.)?Optional\[)")
_FOREIGN = re.compile(r"(?:\w+\.)*ForeignKey\(")
_LITERAL = re.compile(r"['\"](.*)['\"]")
_WORDS = re.compile(r"((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))")  # of Flask-SQLAlchemy
_DEEPEST = 8  # bases
_HALF = "it is not wholly understood"

Referred = tuple[str, str]  # a table and a column of it


class SqlAlchemyModelTables:
    """All models of a project."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._marks: dict[CodePlace, list[Mark]] = {}
        self._core: dict[CodePlace, tuple[str, Mark]] = {}
        for path, mark in project.marks(NAME):
            if mark.kind == "core":
                self._core[CodePlace(path, mark.data["variable"])] = (path, mark)
            else:
                self._marks.setdefault(CodePlace(path, mark.data["class"]), []).append(mark)
        bases = ((place, project.definition(place)) for place in self._marks)
        self._bases = {
            project.locate(place.path, base)
            for place, one in bases
            for base in (one.bases if one else ())
        }
        self._is_flask = any(
            one.target == "flask_sqlalchemy"
            for facts in project.files.values()
            for one in facts.imports
        )
        self._heirs: dict[CodePlace, list[CodePlace]] = {}
        for place in self._marks:
            above = self._mapped_above(place)
            if above is not None and self._named(place) is None:
                self._heirs.setdefault(above, []).append(place)

    def tables(self) -> Iterator[Table | Unresolved]:
        """Every model with a table, in the order of files and lines; then those without a class."""
        for place, marks in self._marks.items():
            named = self._named(place)
            if named is None:
                yield from self._nameless(place, marks)
            elif named[0]:
                yield from self._table(place, named[0])
            else:
                reason = "its name is not a literal"
                yield Unresolved(place.path, named[1], "table", place.symbol, reason)
        for path, mark in self._core.values():
            if is_migration(path):
                continue  # it has a table for itself, as that was then
            if mark.name:
                yield from self._core_table(path, mark)
            else:
                reason = "its name is not a literal"
                yield Unresolved(path, mark.line, "table", mark.data["said"], reason)

    def _nameless(self, place: CodePlace, marks: list[Mark]) -> Iterator[Unresolved]:
        """A class with a key of its own that no table takes over: somebody else names its table."""
        keys = [one for one in marks if one.kind == "column" and is_key(one.data)]
        is_abstract = any(one.kind == "abstract" for one in marks)
        if keys and not is_abstract and place not in self._bases and not self._mapped_above(place):
            reason = "its class does not say how it is called"
            yield Unresolved(place.path, keys[0].line, "table", place.symbol, reason)

    def _table(self, place: CodePlace, name: str) -> Iterator[Table | Unresolved]:
        is_sqlmodel = self._is_sqlmodel(place)
        found, schema = _Found(self._referred), ""
        missed = False
        inherited = [*self._inherited(place)]
        for heir in self._heirs.get(place, ()):
            inherited += [(heir, mark) for mark in self._marks[heir] if mark.kind != "schema"]
        for at, mark in inherited:
            if mark.kind == "schema":
                schema = f"{mark.name}."
                continue
            told: Mark | None = mark
            if mark.kind == "field":
                told = _as_column(mark) if is_sqlmodel else None
            if told is None or told.kind not in {"column", "args"} or found.add(at.path, told):
                continue
            missed = True
            said = f"{name}.{mark.name}" if told.kind == "column" else f"{name} {mark.name}"
            yield Unresolved(at.path, mark.line, "table", said, _HALF)
        one = self._project.definition(place)
        at_line = (place.path, one.line if one else 1)
        made = found.table(schema + name, self._project.called(place), *at_line)
        yield made._replace(symbol=place.symbol, whole=not missed)

    def _core_table(self, path: str, mark: Mark) -> Iterator[Table | Unresolved]:
        found = _Found(self._referred)
        name = f"{mark.data['schema']}.{mark.name}".lstrip(".")
        missed = [(mark.line, f"{name} {one}") for one in mark.data["odd"]]
        for kind, line, data in mark.data["members"]:
            is_column = kind == "Column"
            own = data["name"] if is_column else kind
            one = Mark(NAME, "column" if is_column else "args", own, line, {"hint": "", **data})
            if not own or not found.add(path, one):
                missed.append((line, f"{name}.{own}" if is_column else f"{name} {kind}"))
        for line, said in missed:
            yield Unresolved(path, line, "table", said, _HALF)
        yield found.table(name, "", path, mark.line)._replace(whole=not missed)

    # -- which class has which table

    def _above(self, place: CodePlace) -> Iterator[CodePlace]:
        one = self._project.definition(place)
        for base in reversed(one.bases) if one else ():
            above = self._project.locate(place.path, base)
            if above and above != place:
                yield above

    def _inherited(self, place: CodePlace, depth: int = 0) -> Iterator[tuple[CodePlace, Mark]]:
        """What a model says, after what its bases without a table say."""
        for above in self._above(place) if depth < _DEEPEST else ():
            if self._named(above) is None:
                yield from self._inherited(above, depth + 1)
        yield from ((place, mark) for mark in self._marks.get(place, ()))

    def _mapped_above(self, place: CodePlace, depth: int = 0) -> CodePlace | None:
        """The nearest class above with a table, which is that of one without its own."""
        for above in self._above(place) if depth < _DEEPEST else ():
            found = above if self._named(above) else self._mapped_above(above, depth + 1)
            if found is not None:
                return found
        return None

    def _named(self, place: CodePlace) -> tuple[str, int] | None:
        """The table of a class, "" where it is computed, and the line; None for a class without."""
        marks = self._marks.get(place, ())
        if any(one.kind == "abstract" and one.name == "True" for one in marks):
            return None
        own = next((one for one in marks if one.kind == "table"), None)
        has_key = any(is_key(one.data) for one in marks if one.kind == "column")
        if own is not None:
            is_mixin = own.name.startswith("\0") and place in self._bases
            if not has_key and (is_mixin or self._mapped_above(place)):
                return None
            return own.name.lstrip("\0").lower() if "\0" in own.name else own.name, own.line
        sqlmodel = next((one for one in marks if one.kind == "sqlmodel"), None)
        if sqlmodel is not None:
            is_table = sqlmodel.name == "True"
            return (place.symbol.rpartition(".")[2].lower(), sqlmodel.line) if is_table else None
        return self._by_convention(place)

    def _by_convention(self, place: CodePlace) -> tuple[str, int] | None:
        """As a mixin computes it of the class, or as Flask-SQLAlchemy does."""
        one = self._project.definition(place)
        own = place.symbol.rpartition(".")[2]
        marks = self._marks.get(place, ())
        has_key = any(each.kind == "column" and is_key(each.data) for each in marks)
        if one is None or (place in self._bases and not has_key):
            return None
        for above in self._above(place):
            for mark in self._marks.get(above, ()):
                if mark.kind == "table" and mark.name.startswith("\0"):
                    return own.lower(), one.line
        is_model = any(base.endswith("db.Model") for base in one.bases)
        if self._is_flask and has_key and (is_model or self._mapped_above(place)):
            return _WORDS.sub(r"_\1", own).lower(), one.line
        return None

    def _is_sqlmodel(self, place: CodePlace) -> bool:
        return any(one.kind == "sqlmodel" for one in self._marks.get(place, ()))

    # -- what a key refers to

    def _referred(self, path: str, said: str) -> Referred | None:
        """The table and column of `User.id`, `users.c.id`."""
        stem, _, attribute = said.rpartition(".")
        if not stem:
            return None
        place = self._project.locate(path, stem.removesuffix(".c"))
        if place is not None and place in self._core:
            _, mark = self._core[place]
            return f"{mark.data['schema']}.{mark.name}".lstrip("."), attribute
        core = self._core.get(CodePlace(path, stem.removesuffix(".c")))
        if core is not None:
            return f"{core[1].data['schema']}.{core[1].name}".lstrip("."), attribute
        named = self._named(place) if place is not None and place in self._marks else None
        if place is None or not named or not named[0]:
            return None
        schema, column = "", ""
        for _, mark in self._inherited(place):
            if mark.kind == "schema":
                schema = f"{mark.name}."
            elif mark.kind in {"column", "field"} and mark.name == attribute:
                column = mark.data["name"] or attribute
        return (schema + named[0], column) if column else None


class _Found:
    """What the columns and constraints of one table come to."""

    def __init__(self, referred: Callable[[str, str], Referred | None]) -> None:
        self._referred = referred
        self.columns: dict[str, Column] = {}
        self._by_attribute: dict[str, str] = {}
        self.primary: list[str] = []
        self.foreign: list[ForeignKey] = []
        self.indexes: list[tuple[str, ...]] = []
        self.unique: list[tuple[str, ...]] = []

    def table(self, name: str, model: str, path: str, line: int) -> Table:
        """The table that it is."""
        return Table(
            name,
            tuple(self.columns.values()),
            tuple(self.primary),
            tuple(self.foreign),
            tuple(self.indexes),
            tuple(self.unique),
            model,
            path,
            line,
        )

    def add(self, path: str, mark: Mark) -> bool:
        """Whether a column or constraint was understood; what was not is left out."""
        if mark.kind == "column":
            return self._add_column(path, mark)
        return self._add_constraint(mark)

    def _add_column(self, path: str, mark: Mark) -> bool:
        data, options = mark.data, mark.data["options"]
        odd = [one for one in data["odd"] if not _FOREIGN.match(one)]
        if odd:  # its name or its type may be among them
            return False
        given = options.get("name", "")
        literal = _LITERAL.fullmatch(given)
        if given and not literal:
            return False
        own = data["name"] or (literal[1] if literal else "") or mark.name
        self.columns[own] = Column(own, *column_said(data))
        self._by_attribute[mark.name] = own
        if is_key(data):
            self.primary.append(own)
        is_index, is_unique = (options.get(name, "False") for name in ("index", "unique"))
        if is_unique == "True":  # an index that is unique is one of these
            self.unique.append((own,))
        elif is_index == "True" and is_unique in {"False", "None"}:
            self.indexes.append((own,))
        is_told = True
        if data["foreign"]:
            table, _, column = data["foreign"].rpartition(".")
            referred = (
                self._referred(path, data["foreign"]) if data["is_named"] else (table, column)
            )
            if referred is None:
                is_told = False
            else:
                key = ForeignKey((own,), referred[0], (referred[1],), data["on_delete"], mark.line)
                self.foreign.append(key)
        plain = {"True", "False", "None"}
        return is_told and not data["odd"] and {is_index, is_unique} <= plain

    def _add_constraint(self, mark: Mark) -> bool:
        if mark.name in {"CheckConstraint", "ExcludeConstraint"}:
            return True  # they are about no columns that are told here
        data = mark.data
        if mark.name == "ForeignKeyConstraint":
            return self._add_foreign(mark)
        said = list(data["texts"])
        if mark.name == "Index":
            said = said[1:]
        named = {"Index", "UniqueConstraint", "PrimaryKeyConstraint"}
        attributes = [self._by_attribute.get(one.rpartition(".")[2], "") for one in data["names"]]
        is_plain = len(data["odd"]) == len(data["names"]) and all(attributes)
        columns = (*said, *attributes)
        if mark.name not in named or not is_plain or data["type"] or not columns:
            return False
        if said and attributes:
            return False  # in which order they stand is not known
        if mark.name == "PrimaryKeyConstraint":
            self.primary += columns
        elif mark.name == "UniqueConstraint" or self._is_unique(data):
            self.unique.append(columns)
        else:
            self.indexes.append(columns)
        return True

    def _is_unique(self, data: dict[str, Any]) -> bool:
        """An index of some rows only is not unique."""
        options = data["options"]
        return options.get("unique") == "True" and not any(
            one.endswith("_where") for one in options
        )

    def _add_foreign(self, mark: Mark) -> bool:
        lists = mark.data.get("lists", ())
        texts = [[found[1] for one in each if (found := _LITERAL.fullmatch(one))] for each in lists]
        if len(texts) != 2 or not texts[0] or [*map(len, texts)] != [*map(len, lists)]:
            return False
        tables = {one.rpartition(".")[0] for one in texts[1]}
        if len(tables) != 1:
            return False
        on_delete = mark.data["options"].get("ondelete", "").strip("\"'")
        referenced = tuple(one.rpartition(".")[2] for one in texts[1])
        key = ForeignKey(tuple(texts[0]), tables.pop(), referenced, on_delete, mark.line)
        self.foreign.append(key)
        return True


def is_key(data: dict[str, Any]) -> bool:
    """Whether a column says that it is the key."""
    return bool(data["options"].get("primary_key") == "True")


def _as_column(field: Mark) -> Mark | None:
    """A field of SQLModel as the column that it makes; None for what makes none."""
    data = field.data
    if re.match(r"(?:\w+\.)?ClassVar\b", data["hint"]) or field.name.startswith(
        ("__", "model_config")
    ):
        return None
    if inner := data.get("column"):
        data = {**inner, "class": data["class"], "hint": data["hint"]}
        return field._replace(kind="column", data=data)
    options = data["options"]
    foreign = _LITERAL.fullmatch(options.get("foreign_key", ""))
    on_delete = options.get("ondelete", "").strip("\"'")
    odd = ["foreign_key"] if "foreign_key" in options and not foreign else []
    odd += ["sa_column"] if "sa_column" in options else []
    kept = {name: said for name, said in options.items() if name != "name"}
    own = {"foreign": foreign[1] if foreign else "", "on_delete": on_delete, "odd": odd}
    return field._replace(
        kind="column", data={**NOTHING, **own, "options": kept, "hint": data["hint"]}
    )


def column_said(data: dict[str, Any]) -> tuple[str, bool | None]:
    """The type of a column, and whether it may be null."""
    return _type(data), _nullable(data)


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
