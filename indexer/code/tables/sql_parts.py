"""What the parts of a statement of SQL say: columns, keys, indexes and names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from indexer.code.tables.replay import CHECK, FOREIGN, INDEX, PRIMARY, UNIQUE, change

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memory.code.facts import Mark

_HOME = frozenset({"public", "dbo", "main"})  # the schema that a name without one is in
_COUNTING = frozenset({"SERIAL", "BIGSERIAL", "SMALLSERIAL"})  # types without null
_ON_DELETE = re.compile(r"ON DELETE (CASCADE|SET NULL|SET DEFAULT|RESTRICT|NO ACTION)", re.I)
_OF_COLUMNS: dict[type, str] = {
    exp.PrimaryKeyColumnConstraint: PRIMARY,
    exp.UniqueColumnConstraint: UNIQUE,
}


class Unclear(Exception):
    """A part that says something which is not understood."""

    def __init__(self, said: str) -> None:
        super().__init__(f"a part of it is not understood: {shortened(said)}")


class Parts:
    """Translates parts of one statement."""

    def __init__(self, dialect: str, line: int) -> None:
        self.dialect = dialect or "postgres"
        self._folds = dialect == "postgres"  # names without quotes to lower case
        self.line = line  # of the statement

    def column(self, table: str, one: exp.ColumnDef, **more: Any) -> Iterator[Mark]:
        """A column, and the keys that it carries itself."""
        name, line = self.name(one.this), self._line_of(one.this)
        type_ = one.args.get("kind")
        said = type_.sql(dialect=self.dialect) if type_ is not None else ""
        nullable = said.upper() not in _COUNTING
        if self.dialect == "clickhouse":
            nullable = "Nullable(" in said
        keys: list[Mark] = []
        for each in one.args.get("constraints") or ():
            kind = each.kind if isinstance(each, exp.ColumnConstraint) else each
            given = each.this.name if isinstance(each, exp.ColumnConstraint) and each.this else ""
            if isinstance(kind, exp.NotNullColumnConstraint):
                nullable = bool(kind.args.get("allow_null"))
            elif isinstance(kind, exp.GeneratedAsIdentityColumnConstraint):
                nullable = False
            elif isinstance(kind, exp.Reference):
                keys.append(self._foreign(table, line, [name], kind, given))
            elif isinstance(kind, exp.CheckColumnConstraint):
                keys.append(change(CHECK, table, line, columns=[name], name=given))
            elif type(kind) in _OF_COLUMNS:
                key = _OF_COLUMNS[type(kind)]
                keys.append(change(key, table, line, columns=[name], name=given))
        if one.args.get("exists"):
            more["if_absent"] = True
        yield change("column", table, line, column=[name, said, nullable], **more)
        yield from keys

    def constraint(self, table: str, one: exp.Expression, name: str = "") -> Iterator[Mark]:
        """A key, an index or a check of a table.

        Raises:
            Unclear: it is something else.
        """
        if isinstance(one, exp.Constraint):
            for each in one.expressions:
                yield from self.constraint(table, each, one.name)
        elif isinstance(one, exp.PrimaryKey):
            columns = self.columns(one.expressions)
            yield change(PRIMARY, table, self.line, columns=columns, name=name)
        elif isinstance(one, exp.UniqueColumnConstraint):
            schema = one.this if isinstance(one.this, exp.Schema) else None
            columns = self.columns(schema.expressions if schema else [one.this])
            name = name or (schema.this.name if schema and schema.this else "")
            yield change(UNIQUE, table, self.line, columns=columns, name=name)
        elif isinstance(one, exp.IndexColumnConstraint):
            columns = self.columns(one.expressions)
            yield change(INDEX, table, self.line, columns=columns, name=one.name or name)
        elif isinstance(one, exp.ForeignKey) and one.args.get("reference"):
            columns = self.columns(one.expressions)
            yield self._foreign(table, self.line, columns, one.args["reference"], name)
        elif isinstance(one, exp.CheckColumnConstraint | exp.ExcludeColumnConstraint):
            yield change(CHECK, table, self.line, columns=[], name=name)
        else:
            raise Unclear(one.sql(dialect=self.dialect))

    def index(self, tree: exp.Create) -> Iterator[Mark]:
        """An index that a statement of its own makes; one of some rows only is not unique."""
        index, params = tree.this, tree.this.args.get("params")
        said = params.args.get("columns") if params else None
        if not said or index.args.get("table") is None:
            raise Unclear(tree.sql(dialect=self.dialect))
        is_unique = tree.args.get("unique") and params.args.get("where") is None
        more: dict[str, Any] = {"if_absent": True} if tree.args.get("exists") else {}
        table, columns = self.table(index.args["table"]), self.columns(said)
        kind = UNIQUE if is_unique else INDEX
        yield change(kind, table, self.line, columns=columns, name=index.name, **more)

    def _foreign(
        self, table: str, line: int, columns: list[str], reference: exp.Expression, name: str
    ) -> Mark:
        to = reference.this
        is_said = isinstance(to, exp.Schema)
        options = " ".join(str(one) for one in reference.args.get("options") or ())
        found = _ON_DELETE.search(options)
        return change(
            FOREIGN,
            table,
            line,
            columns=columns,
            name=name,
            references=self.table(to.this if is_said else to),
            referenced=self.columns(to.expressions) if is_said else [],
            on_delete=found[1].upper() if found else "",
        )

    def table(self, one: exp.Expression) -> str:
        """A table with its schema, unless that is the one that is meant without."""
        schema = self._folded(one.args.get("db"))
        own = self._folded(one.this) if isinstance(one, exp.Table) else one.name
        return f"{schema}.{own}" if schema and schema.lower() not in _HOME else own

    def name(self, one: exp.Expression) -> str:
        """A column by its name."""
        return self._folded(one.this if isinstance(one, exp.Column) else one)

    def columns(self, said: list[Any]) -> list[str]:
        """The names of columns; an expression as it is written."""
        return [self._indexed(one) for one in said]

    def _indexed(self, one: exp.Expression) -> str:
        while isinstance(
            one, exp.Paren | exp.Ordered | exp.WithOperator | exp.ColumnPrefix | exp.Opclass
        ):
            one = one.this
        if isinstance(one, exp.Anonymous) and self.dialect == "mysql":
            return str(one.this)  # a column, and how many letters of it
        if isinstance(one, exp.Column | exp.Identifier):
            return self.name(one)
        plain = one.transform(lambda each: each.this if isinstance(each, exp.Cast) else each)
        return str(plain.sql(dialect=self.dialect)).lower()

    def _folded(self, one: Any) -> str:
        if one is None:
            return ""
        is_folded = self._folds and not one.args.get("quoted")
        return str(one.name.lower() if is_folded else one.name)

    def _line_of(self, one: exp.Expression) -> int:
        leaf = one.find(exp.Identifier)
        return self.line + int(leaf.meta.get("line", 1)) - 1 if leaf else self.line


def shortened(text: str) -> str:
    """The beginning of a statement, on one line."""
    said = " ".join(text.split())
    return said if len(said) <= 60 else f"{said[:57]}..."
