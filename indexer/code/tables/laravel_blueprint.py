"""What one line of a Laravel migration says of its table: `$table->string('name')->nullable()`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.code.php_values import UNKNOWN, class_named
from indexer.code.syntax import line_of
from indexer.code.tables.replay import FOREIGN, INDEX, PRIMARY, UNIQUE, change
from indexer.code.tables.table_names import of_laravel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.php_calls import ChainCall, Values
    from memory.code.facts import Mark

_TYPES = frozenset(
    """bigInteger binary boolean char computed date dateTime dateTimeTz decimal double enum float
    foreignId foreignUlid foreignUuid geography geometry geometryCollection integer ipAddress json
    jsonb lineString longText macAddress mediumInteger mediumText multiLineString multiPoint
    multiPolygon point polygon set smallInteger string text time timeTz timestamp timestampTz
    tinyInteger tinyText ulid unsignedBigInteger unsignedDecimal unsignedDouble unsignedFloat
    unsignedInteger unsignedMediumInteger unsignedSmallInteger unsignedTinyInteger uuid vector
    year datetime""".split()
)
_COUNTERS = frozenset(
    """id increments bigIncrements integerIncrements mediumIncrements smallIncrements
    tinyIncrements""".split()
)
_MORPHS = re.compile(r"(nullable)?(?:numeric|uuid|ulid)?morphs$", re.IGNORECASE)
_BY_DEFAULT = {"ipAddress": "ip_address", "macAddress": "mac_address", "uuid": "uuid"}
_BY_DEFAULT |= {"ulid": "ulid", "id": "id"}
_PAIRS = {  # columns that one call makes, all of them nullable
    "timestamps": ("timestamp", ("created_at", "updated_at")),
    "timestampsTz": ("timestampTz", ("created_at", "updated_at")),
    "nullableTimestamps": ("timestamp", ("created_at", "updated_at")),
    "nullableTimestampsTz": ("timestampTz", ("created_at", "updated_at")),
    "datetimes": ("dateTime", ("created_at", "updated_at")),
    "rememberToken": ("string", ("remember_token",)),
}
_SOFT = {
    "softDeletes": "timestamp",
    "softDeletesTz": "timestampTz",
    "softDeletesDatetime": "dateTime",
}
_KEYS = {"primary": PRIMARY, "unique": UNIQUE, "index": INDEX, "fullText": INDEX, "fulltext": INDEX}
_KEYS |= {"spatialIndex": INDEX, "rawIndex": INDEX}
_DROPS = {"dropPrimary": PRIMARY, "dropUnique": UNIQUE, "dropIndex": INDEX, "dropForeign": FOREIGN}
_DROPS |= {"dropFullText": INDEX, "dropSpatialIndex": INDEX}
_DROPS_OF_PAIRS = {
    "dropTimestamps": ("created_at", "updated_at"),
    "dropTimestampsTz": ("created_at", "updated_at"),
    "dropSoftDeletes": ("deleted_at",),
    "dropSoftDeletesTz": ("deleted_at",),
    "dropRememberToken": ("remember_token",),
}
_ACTIONS = {
    "cascadeOnDelete": "CASCADE",
    "nullOnDelete": "SET NULL",
    "restrictOnDelete": "RESTRICT",
    "noActionOnDelete": "NO ACTION",
}
_NO_MATTER = frozenset(
    "engine charset collation comment temporary innoDb dropForeignIfExists getTable".split()
)
OF_MODEL = "model "  # of a key: the table is that of this class; what follows is its name
OF_COLUMN = "column "  # of a key: the table is what this column is called after


class NotSaid(Exception):
    """A name that is computed, or a call that is not known."""


class Blueprint:
    """Translates the calls on one table."""

    def __init__(self, values: Values, table: str) -> None:
        self._values = values
        self._table = table

    def changes(self, calls: list[ChainCall]) -> Iterator[Mark]:
        """What one statement changes.

        Raises:
            NotSaid: it does not say it.
        """
        first, rest = calls[0], {one.name: one for one in calls[1:]}
        name, line = first.name, line_of(first.node)
        if name in _TYPES or name in _COUNTERS or name in {"foreignIdFor", "addColumn"}:
            yield from self._column(first, rest, line)
        elif name in _PAIRS or name in _SOFT:
            type_, made = _PAIRS.get(name) or (
                _SOFT[name],
                (self._name(first, 0, "deleted_at"),),
            )
            for column in made:
                yield change("column", self._table, line, column=[column, type_, True])
        elif found := _MORPHS.match(name):
            stem = self._name(first, 0)
            for column, type_ in ((f"{stem}_type", "string"), (f"{stem}_id", name)):
                yield change("column", self._table, line, column=[column, type_, bool(found[1])])
            yield self._key(INDEX, [f"{stem}_type", f"{stem}_id"], self._own_name(first), line)
        elif name in _KEYS:
            columns = self._names(first, 0)
            yield self._key(_KEYS[name], columns, self._own_name(first), line)
        elif name == "foreign":
            columns = self._names(first, 0)
            yield self._foreign(columns, rest, line, self._own_name(first))
        elif name.startswith(("drop", "rename", "remove")):
            yield from self._drop(first, line)
        elif name not in _NO_MATTER:
            raise NotSaid(f"{name} is not known")

    def _column(self, first: ChainCall, rest: dict[str, ChainCall], line: int) -> Iterator[Mark]:
        type_, at = first.name, 0
        model = ""
        if type_ == "addColumn":
            type_, at = self._name(first, 0), 1
        if type_ == "foreignIdFor":
            model = self._model(first)
            name = self._name(first, 1, f"{of_laravel(model)}_id")
        else:
            name = self._name(first, at, _BY_DEFAULT.get(type_))
        nullable: bool | None = False
        if "nullable" in rest:
            nullable = self._truth(rest["nullable"])
        if "change" in rest:
            said = {"type": type_}
            if "nullable" in rest:
                said["nullable"] = nullable  # type: ignore[assignment]
            yield change("alter", self._table, line, column=name, keeps_null=True, **said)
        else:
            yield change("column", self._table, line, column=[name, type_, nullable])
        if type_ in _COUNTERS and "change" not in rest:
            yield self._key(PRIMARY, [name], "", line)
        for key in ("primary", "unique", "index", "fullText", "fulltext", "spatialIndex"):
            given = self._values.argument(rest[key], 0) if key in rest else False
            if given is not False:
                name_of_key = given if isinstance(given, str) and given != UNKNOWN else ""
                yield self._key(_KEYS[key], [name], name_of_key, line)
        if "constrained" in rest or "references" in rest or "on" in rest:
            yield self._foreign([name], rest, line, "", model)

    def _foreign(
        self, columns: list[str], rest: dict[str, ChainCall], line: int, name: str, model: str = ""
    ) -> Mark:
        referenced = ["id"]
        if call := rest.get("constrained"):
            table = self._name(call, 0, "", "table")
            referenced = [self._name(call, 1, "id", "column")]
            name = self._name(call, 2, "", "indexName")
            if not table:
                table = f"{OF_MODEL}{model}" if model else f"{OF_COLUMN}{columns[0]}"
        elif "on" in rest:
            table = self._name(rest["on"], 0)
        else:
            raise NotSaid("a key does not say its table")
        if "references" in rest:
            referenced = self._names(rest["references"], 0)
        action = next((_ACTIONS[one] for one in rest if one in _ACTIONS), "")
        if "onDelete" in rest:
            action = self._name(rest["onDelete"], 0).upper()
        data = {"references": table, "referenced": referenced, "on_delete": action}
        return change(FOREIGN, self._table, line, columns=columns, name=name, **data)

    def _drop(self, first: ChainCall, line: int) -> Iterator[Mark]:
        name = first.name
        if name in {"dropColumn", "removeColumn", "dropColumns"}:
            names = self._names(first, 0)
            names += [self._name(first, at) for at in range(1, len(first.arguments))]
            yield from self._gone(names, line)
        elif name in _DROPS_OF_PAIRS:
            yield from self._gone(_DROPS_OF_PAIRS[name], line)
        elif name in {
            "dropConstrainedForeignId",
            "dropForeignIdFor",
            "dropConstrainedForeignIdFor",
        }:
            is_of_model = name.endswith("For")
            default = f"{of_laravel(self._model(first))}_id" if is_of_model else None
            column = self._name(first, 1 if is_of_model else 0, default)
            if name != "dropForeignIdFor":
                yield from self._gone([column], line)
            else:
                yield change("remove", self._table, line, kinds=[FOREIGN], columns=[column])
        elif name in {"dropMorphs", "dropNullableMorphs"}:
            stem = self._name(first, 0)
            yield from self._gone([f"{stem}_type", f"{stem}_id"], line)
        elif name in _DROPS:
            yield change("remove", self._table, line, kinds=[_DROPS[name]], **self._which(first))
        else:
            yield self._renamed(first, line)

    def _which(self, call: ChainCall) -> dict[str, Any]:
        """The name or the columns of what goes; nothing for the one that there is."""
        said = self._values.argument(call, 0)
        if said is None:
            return {}
        if said == UNKNOWN:
            raise NotSaid("a name is computed")
        return {"columns" if isinstance(said, list) else "name": said}

    def _renamed(self, first: ChainCall, line: int) -> Mark:
        before = self._name(first, 0)
        if first.name == "renameColumn":
            to = self._name(first, 1)
            return change("rename_column", self._table, line, column=before, to=to)
        if first.name == "renameIndex":
            return change("rename_named", self._table, line, named=before, to=self._name(first, 1))
        if first.name == "rename":
            return change("rename", self._table, line, to=before)
        raise NotSaid(f"{first.name} is not known")

    def _gone(self, names: Any, line: int) -> Iterator[Mark]:
        for one in names:
            yield change("drop_column", self._table, line, column=one, shrinks=True)

    def _key(self, kind: str, columns: list[str], name: str, line: int) -> Mark:
        return change(kind, self._table, line, columns=columns, name=name)

    def _name(self, call: ChainCall, at: int, default: str | None = None, name: str = "") -> str:
        said = self._values.argument(call, at, name)
        said = default if said is None else said
        if not isinstance(said, str) or said == UNKNOWN:
            raise NotSaid("a name is computed")
        return said

    def _own_name(self, call: ChainCall) -> str:
        """The name of a key or index; "" where it has none or it is computed."""
        said = self._values.argument(call, 1)
        return said if isinstance(said, str) and said != UNKNOWN else ""

    def _names(self, call: ChainCall, at: int) -> list[str]:
        said = self._values.argument(call, at)
        said = [said] if isinstance(said, str) else said
        if (
            said == [UNKNOWN]
            or not isinstance(said, list)
            or not all(isinstance(one, str) for one in said)
        ):
            raise NotSaid("a name is computed")
        return list(said)

    def _model(self, call: ChainCall) -> str:
        said = self._values.argument(call, 0)
        if not (name := class_named(said)):
            raise NotSaid("a model is computed")
        return name

    def _truth(self, call: ChainCall) -> bool | None:
        said = self._values.argument(call, 0)
        return True if said is None else said if isinstance(said, bool) else None
