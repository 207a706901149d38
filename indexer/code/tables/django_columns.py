"""What fields and options of Django's models come to, whether models or migrations say them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from memory.code.codebase import Column, ForeignKey, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.code.project_code import CodeProject

NAME = "django models"  # of the reader
MIGRATIONS = "django migrations"  # likewise
#: The field that `order_with_respect_to` adds, by its name.
ORDER = {"_order": {"type": "OrderWrt", "db_index": "False"}}
_RELATION = re.compile(r"(?!\w*Generic)\w*(?:ForeignKey|OneToOneField|ParentalKey)$")
LISTS = frozenset(
    {"ManyToManyField", "TreeManyToManyField", "ParentalManyToManyField", "SortedManyToManyField"}
)
_NO_COLUMN = re.compile(r"\w*Generic(?:Relation|ForeignKey)$|\w*Manager(?:Field)?$")
LITERAL = re.compile(r"['\"](.+)['\"]")
USER = re.compile(r"(?:\w+\.)*(?:AUTH_USER_MODEL|get_user_model\(\))$")
OWN_APPS = frozenset({"auth", "contenttypes", "sessions", "sites", "admin"})
#: Tables of Django's own that are not called after their app.
_OWN_TABLES = {
    "contenttypes.contenttype": "django_content_type",
    "sessions.session": "django_session",
    "sites.site": "django_site",
    "admin.logentry": "django_admin_log",
}


class ReferredModel(NamedTuple):
    """What a relation refers to."""

    table: str
    model: str  # in lower case
    primary: tuple[str, ...]  # the columns that it is known by


def of_django(app: str, model: str) -> ReferredModel:
    """A model of Django's own."""
    name = f"{app}.{model}".lower()
    return ReferredModel(_OWN_TABLES.get(name, name.replace(".", "_")), model.lower(), ("id",))


def is_relation(kind: str) -> bool:
    """Whether a field of this class points at a row: `ForeignKey`, and what is called after it."""
    return _RELATION.match(kind) is not None


def has_column(kind: str) -> bool:
    """Whether a field of this class is kept in the table of its model."""
    return kind not in LISTS and not _NO_COLUMN.match(kind)


def column_of(name: str, data: dict[str, Any]) -> str:
    """The column of a field."""
    own = f"{name}_id" if is_relation(data["type"]) else name
    return str(data.get("db_column") or own)


class Apps:
    """Which app a file is of, by its folder, and which model users are of."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self.user = "auth.User"
        self._labels: dict[str, str] = {}  # by folder
        for path, _ in project.marks(MIGRATIONS):  # what has migrations is an app
            folder = path.rpartition("/")[0].rpartition("/")[0]
            self._labels[folder] = folder.rpartition("/")[2]
        for path, mark in project.marks(NAME):
            if mark.kind == "user":
                self.user = mark.name
            elif mark.kind == "label":
                self._labels[path.rpartition("/")[0]] = mark.name

    def label(self, path: str, within: str) -> str:
        """That of the nearest app, else the package that holds what is named so: `models`."""
        folders = path.split("/")[:-1]
        for end in range(len(folders), 0, -1):
            if label := self._labels.get("/".join(folders[:end])):
                return label
        parts = self._project.name(path).split(".")
        index = parts.index(within) if within in parts else len(parts) - 1
        return parts[index - 1] if index else parts[0]


class DjangoTable:
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

    def add(self, name: str, data: dict[str, Any]) -> None:
        """Add the column of a field, with what is kept of it alone; its key is for `refer`."""
        column = column_of(name, data)
        is_null = {"True": True, "False": False}.get(data.get("null", "False"))
        self.columns[column] = Column(column, data["type"], is_null)
        self.by_field[name] = column
        points = is_relation(data["type"])
        if points:  # which may be named by its attribute, too
            self.by_field[f"{name}_id"] = column
        if data.get("primary_key") == "True":
            self.primary = (column,)
            return
        is_indexed = points or data["type"] == "SlugField"
        if data.get("unique") == "True" or data["type"].endswith("OneToOneField"):
            self.unique.append((column,))
        elif data.get("db_index") == "True" or (is_indexed and data.get("db_index") != "False"):
            self.indexes.append((column,))

    def refer(self, name: str, data: dict[str, Any], target: ReferredModel, line: int) -> None:
        """Add the key of a field that points at a row."""
        if data.get("db_constraint") == "False":
            return
        on_delete = data.get("on_delete", "").rpartition(".")[2]
        to = LITERAL.fullmatch(data.get("to_field", ""))
        referenced = (to[1],) if to else target.primary
        column = (self.by_field[name],)
        self.keys.append(ForeignKey(column, target.table, referenced, on_delete, line))

    def put_first(self, name: str, kind: str) -> None:
        """Add the key that Django adds by itself."""
        self.columns = {name: Column(name, kind, nullable=False), **self.columns}
        self.primary = (name,)

    def constrain(self, option: str, listed: Sequence[Any]) -> bool:
        """Add what an option of `Meta` lists; whether all of it was understood."""
        understood = True
        for one in listed:
            fields, is_unique = one, option == "unique_together"
            if isinstance(one, dict):
                kind = one["is"].rpartition(".")[2]
                if kind in {"CheckConstraint", "ExclusionConstraint"}:
                    continue
                fields = one.get("fields") if "an expression" not in one["options"] else None
                is_unique = kind == "UniqueConstraint" and "condition" not in one["options"]
            columns = [self.by_field.get(each) for each in fields or ()]
            if not columns or None in columns:
                understood = False
            else:
                kept = tuple(each for each in columns if each)
                (self.unique if is_unique else self.indexes).append(kept)
        return understood

    def result(self, model: str, path: str, line: int, symbol: str) -> Table:
        """The table."""
        return Table(
            self.table,
            tuple(self.columns.values()),
            self.primary,
            tuple(self.keys),
            tuple(dict.fromkeys(self.indexes)),
            tuple(dict.fromkeys(self.unique)),
            model,
            path,
            line,
            symbol,
            self.is_whole,
        )


def between(name: str, own: ReferredModel, other: ReferredModel, path: str, line: int) -> Table:
    """The table of a list of others, which no class names."""
    near, far = own.model, other.model
    if near == far:
        near, far = f"from_{near}", f"to_{far}"
    columns = (
        Column("id", "AutoField", nullable=False),
        Column(f"{near}_id", "ForeignKey", nullable=False),
        Column(f"{far}_id", "ForeignKey", nullable=False),
    )
    keys = (
        ForeignKey((f"{near}_id",), own.table, own.primary, "CASCADE", line),
        ForeignKey((f"{far}_id",), other.table, other.primary, "CASCADE", line),
    )
    each = ((f"{near}_id",), (f"{far}_id",))
    both = ((f"{near}_id", f"{far}_id"),)
    return Table(name, columns, ("id",), keys, each, both, "", path, line or 1)
