"""Which tables Django's models come to: inheritance, keys, options of `Meta`, lists of others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from indexer.code.tables.django_columns import (
    LISTS,
    LITERAL,
    NAME,
    ORDER,
    OWN_APPS,
    USER,
    Apps,
    DjangoTable,
    ReferredModel,
    between,
    column_of,
    has_column,
    is_relation,
    of_django,
)
from memory.code.codebase import CodePlace, ForeignKey, Table, Unresolved
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.project_code import CodeProject

_MODEL = re.compile(r"django\.(?:[\w.]+\.)?Model$")
_CONTRIB = re.compile(r"django\.contrib\.(?P<app>\w+)(?:\.[\w.]*)?\.(?P<model>[A-Z]\w*)$")
_DEEPEST = 8  # bases
_NOT_HERE = "what it refers to is not in the project"
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


class _Field(NamedTuple):
    path: str  # of the file that it is written in
    mark: Mark


class DjangoModelTables:
    """All models of a project."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._fields: dict[CodePlace, list[Mark]] = {}
        self._meta: dict[CodePlace, dict[str, Mark]] = {}
        self._apps = Apps(project)
        for path, mark in project.marks(NAME):
            if mark.kind in {"field", "meta"}:
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
        if said and (literal := LITERAL.fullmatch(said.data["value"])):
            return literal[1].strip('"')
        return f"{self._app(place)}_{place.symbol.rpartition('.')[2].lower()}"

    def _app(self, place: CodePlace) -> str:
        """The label of the app: what is said, else the package that holds `models`."""
        said = self._option(place, "app_label")
        if said and (literal := LITERAL.fullmatch(said.data["value"])):
            return literal[1]
        return self._apps.label(place.path, "models")

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

    def _order(self, place: CodePlace) -> dict[str, _Field]:
        """The field that an option of `Meta` adds."""
        added = ORDER if self._option(place, "order_with_respect_to") else {}
        return {
            name: _Field(place.path, Mark(NAME, "field", name, 0, data))
            for name, data in added.items()
        }

    def _table(self, place: CodePlace) -> Iterator[Table | Unresolved]:
        made = DjangoTable(self._names[place])
        lists: list[Table] = []
        for name, (path, mark) in (self._all_fields(place) | self._order(place)).items():
            data = mark.data
            is_list = data["type"] in LISTS
            if has_column(data["type"]):
                made.add(name, data)
            if not is_relation(data["type"]) and (not is_list or "through" in data):
                continue
            line = mark.line if path == place.path else 0
            target = self._target(path, place, data.get("to", ""))
            if target is None:
                made.is_whole = made.is_whole and is_list
                told = f"{made.table} {data.get('to', '')}"
                yield Unresolved(path, mark.line, "table", told, _NOT_HERE)
            elif is_list:
                said = data.get("db_table") or f"{made.table}_{name}"
                lists.append(between(said, self._known_target(place), target, path, mark.line))
            else:
                made.refer(name, data, target, line)
        self._add_parent(made, place)
        said = self._project.definition(place)
        line = said.line if said else 1
        for name in ("unique_together", "index_together", "indexes", "constraints"):
            option = self._option(place, name)
            if option and not made.constrain(name, option.data["listed"]):
                made.is_whole = False
                reason = "it is not wholly understood"
                yield Unresolved(place.path, option.line, "table", f"{made.table} {name}", reason)
        if stranger := self._stranger(place):
            made.is_whole = False
            reason = f"what it has of {stranger} is not in the project"
            yield Unresolved(place.path, line, "table", made.table, reason)
        yield made.result(self._project.called(place), place.path, line, place.symbol)
        yield from lists

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

    def _add_parent(self, made: DjangoTable, place: CodePlace) -> None:
        """The key of a model that is kept beside that of a concrete base; or one of its own."""
        if made.primary:
            return
        parent = self._concrete_above(place)
        if parent is None:
            made.put_first("id", "AutoField")
            return
        target = self._known_target(parent)
        column = f"{target.model}_ptr_id"
        made.put_first(column, "OneToOneField")
        made.keys.append(ForeignKey((column,), target.table, target.primary, "CASCADE"))

    # -- relations

    def _primary(self, place: CodePlace) -> tuple[str, ...]:
        """The column that others refer to."""
        for name, (_, mark) in self._all_fields(place).items():
            if mark.data.get("primary_key") == "True":
                return (column_of(name, mark.data),)
        parent = self._concrete_above(place)
        return (f"{parent.symbol.rpartition('.')[2].lower()}_ptr_id",) if parent else ("id",)

    def _target(self, path: str, owner: CodePlace, said: str) -> ReferredModel | None:
        """The table that a relation names: a class, "self", "Model", "app.Model", the user's."""
        if USER.fullmatch(said):
            said = f"'{self._apps.user}'"
        literal = LITERAL.fullmatch(said)
        if literal is None:
            place = self._project.locate(path, said) if said else None
            if place in self._names:
                return self._known_target(place)
            contrib = _CONTRIB.match(self._project.origin(path, said)) if said else None
            return of_django(contrib["app"], contrib["model"]) if contrib else None
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
        is_own = app in OWN_APPS
        return of_django(app, model) if is_own and not named else None

    def _known_target(self, place: CodePlace) -> ReferredModel:
        return ReferredModel(
            self._names[place], place.symbol.rpartition(".")[2].lower(), self._primary(place)
        )
