"""Translates statements of SQL into changes of a schema, by sqlglot.

Nothing is guessed: a statement, or the part of one, that sqlglot takes for a mere command is
`unclear`, unless it is of those that change neither columns nor keys.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

import sqlglot
from sqlglot import exp

from indexer.code.tables.replay import CHECK, FOREIGN, INDEX, PRIMARY, UNIQUE, change, create
from indexer.code.tables.sql_parts import Parts, Unclear, shortened
from indexer.code.tables.sql_statements import statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from memory.code.facts import Mark

logging.getLogger("sqlglot").setLevel(logging.ERROR)  # it warns of each command

_SIGNS = {  # of a dialect, in the order in which they are looked for
    "clickhouse": r"\bENGINE\s*=\s*\w*MergeTree",
    "mysql": r"`|\bENGINE\s*=|\bAUTO_INCREMENT\b|\bint(?:\(\d+\))?\s+unsigned\b",
    "sqlite": r"\bAUTOINCREMENT\b|\bWITHOUT\s+ROWID\b|^\s*PRAGMA\b",
    "tsql": r"\[dbo\]|\bIDENTITY\s*\(\d|\bNVARCHAR\s*\(MAX\)|^GO\s*$",
    "oracle": r"\bVARCHAR2\b|\bNUMBER\s*\(",
    "postgres": r"\b(?:BIG|SMALL)?SERIAL\b|\bTIMESTAMPTZ\b|\bJSONB\b|::|\$\$"
    r"|\bUSING\s+(?:btree|gin|gist)|\bplpgsql\b|\bBYTEA\b|\bEXTENSION\b|\w\[\]|\bTIME\s+ZONE\b|\bAS\s+IDENTITY\b",
}
_COMMENTS = re.compile(r"--[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_OTHERS = ("postgres", "mysql", "sqlite", "tsql", "oracle")
_KEYWORDS = frozenset("add drop alter check constraint modify rename".split())
_ABOUT = re.compile(
    r"(?:CREATE|DROP|ALTER|RENAME)\s+(?:(?:UNIQUE|GLOBAL|LOCAL|TEMP|TEMPORARY|UNLOGGED|FOREIGN|"
    r"VIRTUAL|ONLINE|CLUSTERED|NONCLUSTERED|FULLTEXT|SPATIAL|OR\s+REPLACE)\s+)*(?:TABLE|INDEX)\b",
    re.IGNORECASE,
)
_NOT_KEPT = re.compile(r"CREATE\s+(?:(?:GLOBAL|LOCAL)\s+)?TEMP(?:ORARY)?\b", re.IGNORECASE)
_HIDDEN = re.compile(r"\b(?:CREATE|DROP|ALTER)\s+TABLE\s++(?!.{0,199}\bpg_temp\b)", re.IGNORECASE)
_NO_MATTER = re.compile(
    r"(?:OWNER\s+TO|(?:ENABLE|DISABLE|FORCE|NO\s+FORCE)\b|SET\s*\(|RESET\s*\(|SET\s+TABLESPACE|"
    r"VALIDATE|REPLICA|CLUSTER|(?:CONVERT\s+TO|DEFAULT)?\s*(?:CHARACTER\s+SET|CHARSET|COLLATE)|"
    r"ENGINE|AUTO_INCREMENT|COMMENT|ROW_FORMAT|ATTACH|DETACH|SET\s+(?:LOGGED|UNLOGGED)|"
    r"ALTER\s+(?:COLUMN\s+)?\S+\s+(?:SET\s+(?:STATISTICS|STORAGE|DEFAULT|GENERATED|INCREMENT)|"
    r"DROP\s+(?:DEFAULT|IDENTITY|EXPRESSION)|ADD\s+GENERATED|RESTART)|ALTER\s+CONSTRAINT|"
    r"(?:ALTER|DROP)\s+CHECK|ADD\s+(?:CONSTRAINT\s+\S+\s+)?(?:CHECK|EXCLUDE)\b)",
    re.IGNORECASE,
)
_ALTER = re.compile(r"ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?(\S+)\s+(.*)", re.I | re.S)
_NAME = r"[`\"\[]?([\w.]+)[`\"\]]?"
_RENAMED = re.compile(rf"RENAME\s+CONSTRAINT\s+{_NAME}\s+TO\s+{_NAME}", re.IGNORECASE)
_MOVED = re.compile(rf"SET\s+SCHEMA\s+{_NAME}", re.IGNORECASE)
_BY_INDEX = re.compile(
    rf"ADD\s+CONSTRAINT\s+{_NAME}\s+UNIQUE\s+USING\s+INDEX\s+{_NAME}", re.IGNORECASE
)
_RENAME_TABLE = re.compile(rf"(?<![\w.]){_NAME}\s++TO\s+{_NAME}", re.IGNORECASE)
_FORMS = (  # that sqlglot does not know, and what says the same
    (re.compile(r"^(DROP\s+TABLE)\s+(\S+)\s+IF\s+EXISTS\b", re.I), r"\1 IF EXISTS \2"),
    (re.compile(r"\)\s*+(?:(?:WITHOUT\s+ROWID|STRICT)\s*+,?\s*+)+$", re.I), ")"),
    (
        re.compile(r"(\bRENAME)\s+(?!(?:TO|AS|COLUMN|INDEX|KEY|CONSTRAINT)\b)(\S+\s+TO\b)", re.I),
        r"\1 COLUMN \2",
    ),
)
_ANY_KIND = [INDEX, UNIQUE, FOREIGN, PRIMARY, CHECK]
_DROPPED = {
    "CONSTRAINT": _ANY_KIND,
    "INDEX": _ANY_KIND,
    "KEY": _ANY_KIND,
    "CHECK": [CHECK],
    "FOREIGN KEY": [FOREIGN],
}
_VIEW = re.compile(
    rf"CREATE\s+(?:OR\s+REPLACE\s+)?(?:(?:MATERIALIZED|RECURSIVE|TEMP|TEMPORARY)\s+)*VIEW\s+"
    rf"(?:IF\s+NOT\s+EXISTS\s+)?{_NAME}",
    re.IGNORECASE,
)
_UNREADABLE = "the statement is not understood"
_HIDES = "tables are changed by code that is not followed"
_DROP_INDEXES = re.compile(
    r"DROP\s+INDEX\s++(?:IF\s+EXISTS\s++)?((?:(?!CASCADE$)[\w`\"\s,])++)(?:CASCADE)?$", re.I
)
_ALL_TALK = re.compile(r"(?:INSERT|COMMENT|UPDATE|SELECT)\b", re.IGNORECASE)


def changes_of(text: str, first_line: int = 1) -> Iterator[Mark]:
    """The changes that a text makes, in order.

    Args:
        text: Statements of any database.
        first_line: Of the text, in its file.
    """
    dialect = _dialect(_COMMENTS.sub("", text))
    for line, statement in statements(text, is_mysql=dialect == "mysql"):
        at = first_line + line - 1
        if _NOT_KEPT.match(statement):
            continue
        if _ABOUT.match(statement):
            yield from _Statement(dialect, at).read(statement)
        elif view := _VIEW.match(statement):
            yield change("view", view[1].lower().removeprefix("public."), at)
        elif _HIDDEN.search(statement) and not _ALL_TALK.match(statement):
            yield change("unclear", "", at, reason=_HIDES, said=shortened(statement))


def _dialect(text: str) -> str:
    for name, signs in _SIGNS.items():
        if re.search(signs, text, re.IGNORECASE | re.MULTILINE):
            return name
    return ""


class _Statement(Parts):
    """One statement."""

    def read(self, text: str) -> Iterator[Mark]:
        """The changes that it makes: all, or that it is not understood."""
        for form, other in _FORMS:
            text = form.sub(other, text)
        try:
            is_altered = bool(_ALTER.match(text))  # each part by itself may be of another dialect
            if (tree := self._parse(text, tries_others=not is_altered)) is not None:
                yield from [*self._translated(tree)]
            elif re.match(r"RENAME\s+TABLE\b", text, re.IGNORECASE):
                for before, after in _RENAME_TABLE.findall(text):
                    yield change("rename", before, self.line, to=after)
            elif found := _ALTER.match(text):
                for part in _split(found[2]):
                    yield from [*self._part(found[1], part)]
            elif found := _DROP_INDEXES.match(text):
                for name in found[1].split(","):
                    said = {"kinds": [INDEX, UNIQUE], "name": name.strip(' `"')}
                    yield change("remove", "", self.line, **said)
            else:
                yield change("unclear", "", self.line, reason=_UNREADABLE, said=shortened(text))
        except Unclear as error:
            table = tree.find(exp.Table) if tree is not None else None
            name = self.table(table) if table else ""
            yield change("unclear", name, self.line, reason=str(error), said=name)

    def _parse(self, text: str, *, tries_others: bool = True) -> exp.Expr | None:
        others = _OTHERS if tries_others else ()
        for dialect in dict.fromkeys((self.dialect, *others)):
            try:
                tree = sqlglot.parse_one(text, dialect=dialect)
            except (sqlglot.errors.SqlglotError, RecursionError):
                continue
            names = {one.name.lower() for one in tree.find_all(exp.ColumnDef)}
            is_foreign = dialect != self.dialect  # and may take a keyword for a name
            if not isinstance(tree, exp.Command) and not (is_foreign and names & _KEYWORDS):
                self.dialect = dialect
                return tree
        return None

    def _part(self, said: str, part: str) -> Iterator[Mark]:
        """One action of an ALTER that is no whole for sqlglot."""
        table = self.table(exp.to_table(said.strip('`"[]'), dialect=self.dialect))
        if named := _RENAMED.match(part):
            yield change("rename_named", table, self.line, named=named[1], to=named[2])
        elif moved := _MOVED.match(part):
            to = f"{moved[1]}.{table.rpartition('.')[2]}"
            yield change("rename", table, self.line, to=to)
        elif made := _BY_INDEX.match(part):
            yield change("rename_named", table, self.line, named=made[2], to=made[1])
        elif not _NO_MATTER.match(part):
            tree = self._parse(f"ALTER TABLE {said} {part}")
            if tree is None:
                yield change("unclear", table, self.line, reason=_UNREADABLE, said=table)
            else:
                yield from self._translated(tree)

    def _translated(self, tree: exp.Expr) -> Iterator[Mark]:
        kind = str(tree.args.get("kind") or "").upper()
        translate = _TRANSLATORS.get((type(tree), kind))
        if translate is None:
            raise Unclear(tree.sql(dialect=self.dialect))
        yield from translate(self, tree)

    def _create_table(self, tree: exp.Create) -> Iterator[Mark]:
        is_listed = isinstance(tree.this, exp.Schema)
        members = tree.this.expressions if is_listed else []
        name = self.table(tree.this.this if is_listed else tree.this)
        properties = tree.args.get("properties")
        said = [*(properties.expressions if properties else ()), *members]
        if any(isinstance(one, exp.VirtualProperty | exp.TemporaryProperty) for one in said):
            return  # an index of texts or another program's data; or gone after a while
        made: dict[str, Any] = {"if_absent": True} if tree.args.get("exists") else {}
        for one in said:
            if isinstance(one, exp.PartitionedOfProperty | exp.LikeProperty):
                made["like"] = self.table(one.this)
        parts = [each for one in members for each in self._member(name, one)]
        yield create(name, self.line, parts, **made)
        if tree.expression is not None:
            reason = "its columns are those of a query"
            yield change("unclear", name, self.line, reason=reason, said=name, is_open=True)
        if any(isinstance(one, exp.InheritsProperty) for one in said):
            reason = "what it inherits is not told"
            yield change("unclear", name, self.line, reason=reason, said=name, is_open=True)

    def _member(self, table: str, one: exp.Expression) -> Iterator[Mark]:
        if isinstance(one, exp.ColumnDef):
            yield from self.column(table, one)
        elif isinstance(one, exp.Identifier | exp.Column):  # a column without a type, in SQLite
            yield change("column", table, self.line, column=[self.name(one), "", True])
        elif not isinstance(one, exp.LikeProperty):
            yield from self.constraint(table, one)

    def _drop_table(self, tree: exp.Drop) -> Iterator[Mark]:
        for one in tree.args.get("tables") or [tree.this]:
            yield change("drop", self.table(one), self.line)

    def _drop_index(self, tree: exp.Drop) -> Iterator[Mark]:
        on = tree.args.get("cluster")
        table = self.table(on.this) if on is not None else ""
        for one in tree.args.get("tables") or [tree.this]:
            said = {"kinds": [INDEX, UNIQUE], "name": one.name, "if_present": True}
            yield change("remove", table, self.line, **said)

    def _alter_index(self, tree: exp.Alter) -> Iterator[Mark]:
        for one in tree.args["actions"]:
            if isinstance(one, exp.AlterRename):
                named = {"named": tree.this.name, "to": one.this.name}
                yield change("rename_named", "", self.line, **named)

    def _alter_table(self, tree: exp.Alter) -> Iterator[Mark]:
        for one in tree.args["actions"]:
            act = _ACTIONS.get(type(one))
            if act is not None:
                yield from act(self, self.table(tree.this), one)
            elif not _NO_MATTER.match(one.sql(dialect=self.dialect)):
                raise Unclear(one.sql(dialect=self.dialect))

    def _modify(self, table: str, one: exp.ModifyColumn) -> Iterator[Mark]:
        instead = self.name(one.args.get("rename_from") or one.this.this)
        yield from self.column(table, one.this, instead=instead)

    def _alter_column(self, table: str, one: exp.AlterColumn) -> Iterator[Mark]:
        said: dict[str, Any] = {}
        if (type_ := one.args.get("dtype")) is not None:
            said["type"] = type_.sql(dialect=self.dialect)
        if (nullable := one.args.get("allow_null")) is not None:
            said["nullable"] = bool(nullable)
        if said:
            yield change("alter", table, self.line, column=self.name(one.this), **said)

    def _rename_column(self, table: str, one: exp.RenameColumn) -> Iterator[Mark]:
        before, to = self.name(one.this), self.name(one.args["to"])
        yield change("rename_column", table, self.line, column=before, to=to)

    def _rename(self, table: str, one: exp.AlterRename) -> Iterator[Mark]:
        schema, to = table.rpartition(".")[0], self.table(one.this)
        to = f"{schema}.{to}" if schema and "." not in to else to
        yield change("rename", table, self.line, to=to)

    def _rename_index(self, table: str, one: exp.RenameIndex) -> Iterator[Mark]:
        yield change("rename_named", table, self.line, named=one.name, to=one.args["to"].name)

    def _add(self, table: str, one: exp.AddConstraint) -> Iterator[Mark]:
        for each in one.expressions:
            yield from self.constraint(table, each)

    def _drop_primary(self, table: str, _one: exp.DropPrimaryKey) -> Iterator[Mark]:
        yield change("remove", table, self.line, kinds=[PRIMARY])

    def _drop(self, table: str, one: exp.Drop) -> Iterator[Mark]:
        kind = str(one.args.get("kind") or "COLUMN").upper()
        maybe = {"if_present": True} if one.args.get("exists") else {}
        for each in one.args.get("tables") or [one.this]:
            if kind == "COLUMN":
                yield change("drop_column", table, self.line, column=self.name(each), **maybe)
            elif kind in _DROPPED:
                said = {"kinds": _DROPPED[kind], "name": each.name}
                yield change("remove", table, self.line, **said, **maybe)
            else:
                raise Unclear(one.sql(dialect=self.dialect))


_TRANSLATORS: dict[tuple[type, str], Callable[[_Statement, Any], Iterator[Mark]]] = {
    (exp.Create, "TABLE"): _Statement._create_table,
    (exp.Create, "INDEX"): _Statement.index,
    (exp.Drop, "TABLE"): _Statement._drop_table,
    (exp.Drop, "INDEX"): _Statement._drop_index,
    (exp.Alter, "TABLE"): _Statement._alter_table,
    (exp.Alter, "INDEX"): _Statement._alter_index,
}
_ACTIONS: dict[type, Callable[[_Statement, str, Any], Iterator[Mark]]] = {
    exp.ColumnDef: _Statement.column,
    exp.ModifyColumn: _Statement._modify,
    exp.AlterColumn: _Statement._alter_column,
    exp.RenameColumn: _Statement._rename_column,
    exp.AlterRename: _Statement._rename,
    exp.RenameIndex: _Statement._rename_index,
    exp.AddConstraint: _Statement._add,
    exp.DropPrimaryKey: _Statement._drop_primary,
    exp.Drop: _Statement._drop,
}


def _split(text: str) -> list[str]:
    """The parts between commas that stand in no bracket and no string."""
    parts, depth = [""], 0
    for piece in re.findall(r"'(?:[^']|'')*'|[^'(),]+|.", text, re.DOTALL):
        depth += (piece == "(") - (piece == ")")
        if piece == "," and not depth:
            parts.append("")
        else:
            parts[-1] += piece
    return [part.strip() for part in parts if part.strip()]
