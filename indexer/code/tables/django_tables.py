"""Which tables Django's models come to: inheritance, keys, options of `Meta`, lists of others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from memory.code.codebase import CodePlace, Column, ForeignKey, Table, Unresolved
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.project_code import CodeProject

NAME = "django models"  # of the reader
RELATIONS = frozenset({"ForeignKey", "OneToOneField", "TreeForeignKey", "ParentalKey"})
_LISTS = frozenset(
    {"ManyToManyField", "TreeManyToManyField", "ParentalManyToManyField", "SortedManyToManyField"}
)
_NO_COLUMNS = frozenset({"GenericRelation", "GenericForeignKey"})
_MODEL = re.compile(r"django\.(?:[\w.]+\.)?Model$")
_CONTRIB = re.compile(r"django\.contrib\.(?P<app>\w+)(?:\.[\w.]*)?\.(?P<model>[A-Z]\w*)$")
_USER = re.compile(r"(?:\w+\.)*(?:AUTH_USER_MODEL|get_user_model\(\))$")
_LITERAL = re.compile(r"['\"](.+)['\"]")
_DEEPEST = 8  # bases
#: Fields of the abstract models that Django itself has, as `django.contrib.auth` declares them.
_BASE_USER = [("password", "CharField", False), ("last_login", "DateTimeField", True)]
_PERMISSIONS = [("is_superuser", "BooleanField", False)]
_FULL_USER = [
    ("username", "CharField", False), ("first_name", "CharField", False),
    ("last_name", "CharField", False), ("email", "EmailField", False),
    ("is_staff", "BooleanField", False), ("is_active", "BooleanField", False),
    ("date_joined", "DateTimeField", False),
]  # fmt: skip
_OWN_ABSTRACT = {
    "AbstractBaseUser": _BASE_USER,
    "PermissionsMixin": _PERMISSIONS,
    "AbstractUser": [*_BASE_USER, *_PERMISSIONS, *_FULL_USER],
}
_OF_USERS = {"groups": "auth.Group", "user_permissions": "auth.Permission"}
#: Tables of Django's own that are not called after their app.
_OWN_TABLES = {
    "contenttypes.contenttype": "django_content_type",
    "sessions.session": "django_session",
    "sites.site": "django_site",
    "admin.logentry": "django_admin_log",
}


class _Field(NamedTuple):
    path: str  # of the file that it is written in
    mark: Mark


class _Target(NamedTuple):
    table: str
    model: str  # in lower case
    place: CodePlace | None  # None for a model of Django's own


class DjangoModelTables:
    """All models of a project."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._fields: dict[CodePlace, list[Mark]] = {}
        self._meta: dict[CodePlace, dict[str, Mark]] = {}
        self._labels: dict[str, str] = {}  # of apps, by their folders
        self._user = "auth.User"
        for path, mark in project.marks(NAME):
            if mark.kind == "user":
                self._user = mark.name
            elif mark.kind == "label":
                self._labels[path.rpartition("/")[0]] = mark.name
            else:
                place = CodePlace(path, mark.data["class"])
                if mark.kind == "field":
                    self._fields.setdefault(place, []).append(mark)
                else:
                    self._meta.setdefault(place, {})[mark.name] = mark
        self._strangers: dict[CodePlace, str] = {}  # models of which a base is not in the project
        self._known: dict[CodePlace, bool] = {}

    def tables(self) -> Iterator[Table | Unresolved]:
        """Every concrete model, in the order of files and lines, each with its lists after it."""
        places = [
            CodePlace(path, one.name)
            for path, facts in self._project.files.items()
            if facts.language == "python" and "/migrations/" not in f"/{path}"
            for one in facts.definitions
            if one.kind == "class"
        ]
        concrete = [
            place
            for place in places
            if self._is_model(place) and not self._is_set(place, "abstract", "proxy")
        ]
        self._names = {place: self._table_name(place) for place in concrete}
        for place in concrete:
            yield from self._table(place)

    # -- which classes are models

    def _is_model(self, place: CodePlace, depth: int = 0) -> bool:
        if place not in self._known:
            self._known[place] = False  # of a class that is its own base
            self._known[place] = self._find_model(place, depth)
        return self._known[place]

    def _find_model(self, place: CodePlace, depth: int) -> bool:
        one = self._project.definition(place)
        if one is None or depth > _DEEPEST:
            return False
        is_model, stranger = False, ""
        for base in one.bases:
            above = self._project.locate(place.path, base)
            if above and above.symbol and above != place:
                is_model = self._is_model(above, depth + 1) or is_model
            elif above is None:
                origin = self._project.origin(place.path, base)
                own = origin.rpartition(".")[2]
                is_own = origin.startswith("django.contrib.") and own in _OWN_ABSTRACT
                is_model = bool(_MODEL.match(origin)) or is_own or is_model
                if "." in origin and not origin.startswith("django."):
                    stranger = stranger or origin
        has_fields = any(one.data["is_plain"] for one in self._fields.get(place, ()))
        if stranger and (is_model or (has_fields and stranger.endswith(("Model", "Page")))):
            self._strangers[place] = stranger
            return True
        return is_model

    def _is_set(self, place: CodePlace, *names: str) -> bool:
        meta = self._meta.get(place, {})
        return any(meta[name].data["value"] == "True" for name in names if name in meta)

    def _above(self, place: CodePlace) -> Iterator[tuple[str, CodePlace | None]]:
        """The bases as they are written, and where each is in the project."""
        one = self._project.definition(place)
        for base in one.bases if one else ():
            above = self._project.locate(place.path, base)
            yield base, above if above and above.symbol and above != place else None

    # -- names

    def _option(self, place: CodePlace, name: str, depth: int = 0) -> Mark | None:
        """An option of a model's `Meta`, or that of an abstract base where it has none itself."""
        own = self._meta.get(place)
        if own is not None and (name in own or name in {"db_table", "abstract", "proxy"}):
            return own.get(name)
        if own is not None and not self._inherits_meta(place):
            return None
        for _, above in self._above(place) if depth < _DEEPEST else ():
            if (
                above
                and self._is_set(above, "abstract")
                and (found := self._option(above, name, depth + 1))
            ):
                return found
        return None

    def _inherits_meta(self, place: CodePlace) -> bool:
        inner = self._project.definition(CodePlace(place.path, f"{place.symbol}.Meta"))
        return bool(inner and inner.bases)

    def _table_name(self, place: CodePlace) -> str:
        said = self._option(place, "db_table")
        if said and (literal := _LITERAL.fullmatch(said.data["value"])):
            return literal[1].strip('"')
        return f"{self._app(place)}_{place.symbol.rpartition('.')[2].lower()}"

    def _app(self, place: CodePlace) -> str:
        """The label of the app: what is said, else the package that holds `models`."""
        said = self._option(place, "app_label")
        if said and (literal := _LITERAL.fullmatch(said.data["value"])):
            return literal[1]
        folders = place.path.split("/")[:-1]
        for end in range(len(folders), 0, -1):
            if label := self._labels.get("/".join(folders[:end])):
                return label
        parts = self._project.name(place.path).split(".")
        index = parts.index("models") if "models" in parts else len(parts) - 1
        return parts[index - 1] if index else parts[0]

    # -- one table

    def _all_fields(self, place: CodePlace, depth: int = 0) -> dict[str, _Field]:
        """Own fields and those of abstract bases, with the file that each is written in."""
        found: dict[str, _Field] = {}
        for base, above in reversed([*self._above(place)]) if depth < _DEEPEST else ():
            if above and above not in self._names:
                found |= self._all_fields(above, depth + 1)
            elif above is None:
                found |= self._own_abstract(place.path, base)
        for mark in self._fields.get(place, ()):
            found.pop(mark.name, None)
            found[mark.name] = _Field(place.path, mark)
        return found

    def _own_abstract(self, path: str, base: str) -> dict[str, _Field]:
        """What an abstract model of Django's own has."""
        own = self._project.origin(path, base).rpartition(".")[2]
        found = {
            name: _Field(path, Mark(NAME, "field", name, 0, {"type": kind, "null": str(is_null)}))
            for name, kind, is_null in _OWN_ABSTRACT.get(own, ())
        }
        if "username" in found:
            found["username"].mark.data["unique"] = "True"
        if "is_superuser" in found:
            for name, to in _OF_USERS.items():
                data = {"type": "ManyToManyField", "to": f"'{to}'"}
                found[name] = _Field(path, Mark(NAME, "field", name, 0, data))
        return found

    def _table(self, place: CodePlace) -> Iterator[Table | Unresolved]:
        made = _Made(self._names[place])
        between: list[Table] = []
        for name, (path, mark) in self._all_fields(place).items():
            kind = mark.data["type"]
            if kind in _LISTS:
                if "through" not in mark.data:
                    one = self._between(place, path, mark)
                    if isinstance(one, Table):
                        between.append(one)
                    else:
                        yield one
            elif kind not in _NO_COLUMNS and not made.add(name, mark, kind in RELATIONS):
                target = self._target(path, place, mark.data.get("to", ""))
                if target is None:
                    made.is_whole = False
                    reason = "what it refers to is not in the project"
                    yield Unresolved(path, mark.line, "table", mark.data.get("to", ""), reason)
                    continue
                line = mark.line if path == place.path else 0
                on_delete = mark.data.get("on_delete", "").rpartition(".")[2]
                to = _LITERAL.fullmatch(mark.data.get("to_field", ""))
                referenced = (to[1],) if to else self._primary(target)
                column = (made.by_field[name],)
                made.keys.append(ForeignKey(column, target.table, referenced, on_delete, line))
        self._add_parent(made, place)
        for line, missed in self._add_options(made, place):
            made.is_whole = False
            yield Unresolved(place.path, line, "table", missed, "it is not wholly understood")
        if stranger := self._stranger(place):
            made.is_whole = False
            said = self._project.definition(place)
            reason = f"what it has of {stranger} is not in the project"
            yield Unresolved(place.path, said.line if said else 1, "table", made.table, reason)
        yield made.result(self._project, place)
        yield from between

    def _stranger(self, place: CodePlace, depth: int = 0) -> str:
        if place in self._strangers:
            return self._strangers[place]
        above = [one for _, one in self._above(place) if one] if depth < _DEEPEST else []
        return next(filter(None, (self._stranger(one, depth + 1) for one in above)), "")

    def _concrete_above(self, place: CodePlace, depth: int = 0) -> CodePlace | None:
        for _, above in self._above(place) if depth < _DEEPEST else ():
            if above in self._names:
                return above
            if above and (found := self._concrete_above(above, depth + 1)):
                return found
        return None

    def _add_parent(self, made: _Made, place: CodePlace) -> None:
        """The key of a model that is kept beside that of a concrete base; or one of its own."""
        if made.primary:
            return
        parent = self._concrete_above(place)
        if parent is None:
            made.columns = {"id": Column("id", "AutoField", nullable=False), **made.columns}
            made.primary = ("id",)
            return
        model = parent.symbol.rpartition(".")[2].lower()
        column = f"{model}_ptr_id"
        made.columns = {column: Column(column, "OneToOneField", nullable=False), **made.columns}
        made.primary = (column,)
        target = _Target(self._names[parent], model, parent)
        made.keys.append(ForeignKey((column,), target.table, self._primary(target), "CASCADE"))

    def _add_options(self, made: _Made, place: CodePlace) -> Iterator[tuple[int, str]]:
        """Indexes and constraints of `Meta`; gives what is not understood."""
        for name in ("unique_together", "index_together", "indexes", "constraints"):
            said = self._option(place, name)
            for one in said.data["listed"] if said else ():
                fields, is_unique = one, name == "unique_together"
                if isinstance(one, dict):
                    kind = one["is"].rpartition(".")[2]
                    if kind in {"CheckConstraint", "ExclusionConstraint"}:
                        continue
                    fields = one.get("fields") if "an expression" not in one["options"] else None
                    is_unique = kind == "UniqueConstraint" and "condition" not in one["options"]
                columns = [made.by_field.get(each) for each in fields or ()]
                if not columns or None in columns:
                    yield (said.line if said else 1), f"{made.table} {name}"
                else:
                    kept = tuple(each for each in columns if each)
                    (made.unique if is_unique else made.indexes).append(kept)

    # -- relations

    def _primary(self, target: _Target) -> tuple[str, ...]:
        """The column that others refer to."""
        if target.place is None:
            return ("id",)
        for name, (_, mark) in self._all_fields(target.place).items():
            if mark.data.get("primary_key") == "True":
                return (column_of(name, mark),)
        parent = self._concrete_above(target.place)
        return (f"{parent.symbol.rpartition('.')[2].lower()}_ptr_id",) if parent else ("id",)

    def _target(self, path: str, owner: CodePlace, said: str) -> _Target | None:
        """The table that a relation names: a class, "self", "Model", "app.Model", the user's."""
        if _USER.fullmatch(said):
            said = f"'{self._user}'"
        literal = _LITERAL.fullmatch(said)
        if literal is None:
            place = self._project.locate(path, said) if said else None
            if place in self._names:
                return self._known_target(place)
            contrib = _CONTRIB.match(self._project.origin(path, said)) if said else None
            return _of_django(contrib["app"], contrib["model"]) if contrib else None
        if literal[1] in {"self", owner.symbol}:
            return self._known_target(owner)
        app, _, model = literal[1].rpartition(".")
        app = app or self._app(owner)
        named = [
            place
            for place in self._names
            if place.symbol.lower() == model.lower() and self._app(place) == app
        ]
        if len(named) == 1:
            return self._known_target(named[0])
        is_own = app in {"auth", "contenttypes", "sessions", "sites", "admin"}
        return _of_django(app, model) if is_own and not named else None

    def _known_target(self, place: CodePlace) -> _Target:
        return _Target(self._names[place], place.symbol.rpartition(".")[2].lower(), place)

    def _between(self, place: CodePlace, path: str, field: Mark) -> Table | Unresolved:
        """The table of a list of others, which no class names."""
        target = self._target(path, place, field.data.get("to", ""))
        if target is None:
            reason = "what it refers to is not in the project"
            return Unresolved(path, field.line, "table", field.data.get("to", ""), reason)
        own = self._known_target(place)
        near, far = own.model, target.model
        if near == far:
            near, far = f"from_{near}", f"to_{far}"
        columns = (
            Column("id", "AutoField", nullable=False),
            Column(f"{near}_id", "ForeignKey", nullable=False),
            Column(f"{far}_id", "ForeignKey", nullable=False),
        )
        keys = (
            ForeignKey((f"{near}_id",), own.table, self._primary(own), "CASCADE", field.line),
            ForeignKey((f"{far}_id",), target.table, self._primary(target), "CASCADE", field.line),
        )
        name = field.data.get("db_table") or f"{own.table}_{field.name}"
        each = ((f"{near}_id",), (f"{far}_id",))
        both = ((f"{near}_id", f"{far}_id"),)
        line = field.line or 1
        return Table(name, columns, ("id",), keys, each, both, "", path, line)


class _Made:
    """What the fields of one model come to."""

    def __init__(self, table: str) -> None:
        self.table = table
        self.columns: dict[str, Column] = {}
        self.primary: tuple[str, ...] = ()
        self.keys: list[ForeignKey] = []
        self.indexes: list[tuple[str, ...]] = []
        self.unique: list[tuple[str, ...]] = []
        self.by_field: dict[str, str] = {}
        self.is_whole = True

    def add(self, name: str, mark: Mark, is_relation: bool) -> bool:
        """Add the column of a field; whether that was all, as a relation has a key, too."""
        data = mark.data
        column = column_of(name, mark)
        is_null = {"True": True, "False": False}.get(data.get("null", "False"))
        self.columns[column] = Column(column, data["type"], is_null)
        self.by_field[name] = column
        if is_relation:  # which may be named by its attribute, too
            self.by_field[f"{name}_id"] = column
        if data.get("primary_key") == "True":
            self.primary = (column,)
            return not is_relation
        is_indexed = is_relation or data["type"] == "SlugField"
        if data.get("unique") == "True" or data["type"] == "OneToOneField":
            self.unique.append((column,))
        elif data.get("db_index") == "True" or (is_indexed and data.get("db_index") != "False"):
            self.indexes.append((column,))
        return not is_relation

    def result(self, project: CodeProject, place: CodePlace) -> Table:
        """The table."""
        one = project.definition(place)
        return Table(
            self.table,
            tuple(self.columns.values()),
            self.primary,
            tuple(self.keys),
            tuple(dict.fromkeys(self.indexes)),
            tuple(dict.fromkeys(self.unique)),
            project.called(place),
            place.path,
            one.line if one else 1,
            place.symbol,
            self.is_whole,
        )


def column_of(name: str, mark: Mark) -> str:
    """The column of a field."""
    own = f"{name}_id" if mark.data["type"] in RELATIONS else name
    return str(mark.data.get("db_column") or own)


def _of_django(app: str, model: str) -> _Target:
    name = f"{app}.{model}".lower()
    return _Target(_OWN_TABLES.get(name, name.replace(".", "_")), model.lower(), None)
