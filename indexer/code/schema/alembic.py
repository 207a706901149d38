"""Tables of Alembic: its revisions, replayed in their order."""

from __future__ import annotations

import re
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any

from indexer.code.python_values import text_of
from indexer.code.readers import Reader
from indexer.code.schema.sqlalchemy_models import column_arguments
from indexer.code.syntax import line_of
from indexer.code.tables.replay import (
    CHECK,
    FOREIGN,
    INDEX,
    PRIMARY,
    UNIQUE,
    Replay,
    change,
    create,
)
from indexer.code.tables.sqlalchemy_tables import column_said, is_key
from memory.code.facts import Mark
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile
    from memory.code.codebase import Table, Unresolved

_REVISIONS = """
(module (expression_statement (assignment left: (identifier) @name right: (_) @value)))
"""
_FUNCTIONS = """
(module (function_definition name: (identifier) @name body: (block) @body))
"""
_CHANGES = re.compile(r"\b(?:create|alter|drop|rename)\s+(?:table|index)\b", re.IGNORECASE)
_KINDS = {"foreignkey": [FOREIGN], "unique": [UNIQUE], "primary": [PRIMARY], "check": [CHECK]}
_ANY_KIND = [FOREIGN, UNIQUE, PRIMARY, INDEX, CHECK]
_CHOICES = frozenset("if_statement for_statement while_statement match_statement".split())
_NO_MATTER = frozenset(
    """execute get_bind bulk_insert get_context f inline_literal create_check_constraint
    create_table_comment drop_table_comment invoke run_async
    create_exclude_constraint sync_enum_values""".split()
)
_NAMED_FIRST = frozenset(
    """create_index drop_index create_unique_constraint create_foreign_key create_primary_key
    drop_constraint""".split()
)
_ORDER = re.compile(r"(?<!\s)\s++(?:ASC|DESC)(?:\s+NULLS\s+\w+)?$", re.IGNORECASE)
_COMPUTED = "a name is computed"


class _NotSaid(Exception):
    """A name that only running would tell."""


class Alembic(Reader):
    """The function `upgrade` of revisions."""

    name = "alembic"
    languages = frozenset({"python"})
    hint = re.compile(rb"\bdown_revision\b")
    states = True

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """`revision`: what it is called and follows; and the changes."""
        said = {
            source.text(one["name"][0]): source.text(one["value"][0])
            for one in source.matches(_REVISIONS)
        }
        functions = {
            source.text(one["name"][0]): one["body"][0] for one in source.matches(_FUNCTIONS)
        }
        if "revision" not in said or "upgrade" not in functions:
            return
        after = [
            found[1] for found in re.finditer(r"['\"]([^'\"]+)['\"]", said.get("down_revision", ""))
        ]
        name = said["revision"].strip("'\"")
        yield Mark(self.name, "revision", name, 1, {"after": after})
        for one in _Revision(source, functions).walk(functions["upgrade"]):
            yield one._replace(reader=self.name)

    def assemble(self, project: CodeProject) -> Iterable[Table | Unresolved]:
        """The tables of each folder of revisions."""
        folders: dict[str, dict[str, str]] = {}  # the path of each revision
        after: dict[str, list[str]] = {}
        changes: dict[str, list[Mark]] = {}
        for path, mark in project.marks(self.name):
            if is_test(path):
                continue
            if mark.kind == "revision":
                folders.setdefault(path.rpartition("/")[0], {})[mark.name] = path
                after[path] = mark.data["after"]
            else:
                changes.setdefault(path, []).append(mark)
        for paths in folders.values():
            graph = {
                path: [paths[one] for one in after[path] if one in paths]
                for path in sorted(paths.values())
            }
            try:
                ordered = [*TopologicalSorter(graph).static_order()]
            except CycleError:
                ordered = sorted(graph)
            replay = Replay()
            yield from replay.run((path, one) for path in ordered for one in changes.get(path, ()))
            yield from replay.tables()


class _Revision:
    def __init__(self, source: SourceFile, functions: dict[str, Node]) -> None:
        self._source = source
        self._functions = functions
        self._entered: list[str] = []

    def walk(self, node: Node, of: str = "op", table: str = "") -> Iterator[Mark]:
        """The changes of a block: calls of `of`, on `table` where that is one of a batch."""
        for one in node.named_children:
            if one.type in _CHOICES:
                for mark in self._within(one, of, table):
                    if mark.kind == "unclear":
                        yield mark
                    else:
                        reason = "it is changed under a condition that is not known"
                        yield change("unclear", mark.name, mark.line, reason=reason, said=mark.name)
            elif one.type == "with_statement":
                yield from self._batch(one, of, table)
            elif one.type == "try_statement":
                yield from self._within(one, of, table)
            elif one.type == "expression_statement" and one.named_children:
                inner = one.named_children[0]
                if inner.type == "assignment":
                    inner = inner.child_by_field_name("right") or inner
                if inner.type == "call":
                    yield from self._call(inner, of, table)

    def _within(self, node: Node, of: str, table: str) -> Iterator[Mark]:
        for one in node.named_children:
            if one.type == "block":
                yield from self.walk(one, of, table)
            elif one.type in {"else_clause", "elif_clause", "finally_clause", "case_clause"}:
                yield from self._within(one, of, table)

    def _batch(self, node: Node, of: str, table: str) -> Iterator[Mark]:
        """`with op.batch_alter_table("t") as batch:`; any other is looked through."""
        head = self._source.text(node).split("\n", 1)[0]
        found = re.search(
            r"\.batch_alter_table\(\s*['\"]([^'\"]{1,199})['\"].{0,499}\bas\s+(\w+)\s*:", head
        )
        body = node.child_by_field_name("body")
        if body is None:
            return
        if found is None and "batch_alter_table" in self._source.text(node).split(":", 1)[0]:
            whole = self._source.text(node).partition("as ")[0]
            found = re.search(r"batch_alter_table\(\s*['\"]([^'\"]+)['\"]()", whole)
            alias = re.search(r"\)\s*as\s+(\w+)\s*:", self._source.text(node))
            if found is None or alias is None:
                yield self._unclear("", node, _COMPUTED)
                return
            yield from self.walk(body, alias[1], found[1])
        elif found is not None:
            yield from self.walk(body, found[2], found[1])
        else:
            yield from self.walk(body, of, table)

    def _call(self, node: Node, of: str, table: str) -> Iterator[Mark]:
        owner, _, name = self._source.text(node.child_by_field_name("function")).rpartition(".")
        if not owner and name in self._functions and name not in self._entered:
            self._entered.append(name)
            yield from self.walk(self._functions[name])
            self._entered.pop()
        elif owner not in {of, "op"}:
            return
        elif name == "execute":
            yield from self._execute(node)
        else:
            try:
                yield from [*self._operation(name, _Given(self._source, node), table)]
            except _NotSaid as error:
                yield self._unclear(table, node, str(error))

    def _operation(  # noqa: C901  (an operation each)
        self, name: str, given: _Given, batch: str
    ) -> Iterator[Mark]:
        plain = [batch, *given.plain] if batch else given.plain
        line = given.line
        if name == "create_table":
            yield self._create_table(given)
        elif name == "drop_table":
            yield change("drop", given.table(plain, 0), line)
        elif name == "rename_table":
            yield change("rename", given.table(plain, 0), line, to=given.table(plain, 1))
        elif name == "add_column":
            yield from self._column(given.table(plain, 0), given.node_at(0 if batch else 1))
        elif name == "drop_column":
            yield change("drop_column", given.table(plain, 0), line, column=given.name(plain, 1))
        elif name == "alter_column":
            yield from self._alter(given, plain)
        elif name in {"create_index", "create_unique_constraint", "create_primary_key"}:
            is_unique = given.options.get("unique") == "True" and not given.has_suffix("_where")
            kind = UNIQUE if is_unique or name == "create_unique_constraint" else INDEX
            kind = PRIMARY if name == "create_primary_key" else kind
            own, owner, columns = given.indexed(batch)
            yield change(kind, owner, line, columns=columns, name=own)
        elif name == "create_foreign_key":
            yield self._foreign(given, batch)
        elif name in {"drop_index", "drop_constraint"}:
            owner = batch or given.option("table_name") or given.option("source_table")
            owner = owner or (given.name(given.plain, 1) if len(given.plain) > 1 else "")
            kinds = [INDEX, UNIQUE] if name == "drop_index" else _ANY_KIND
            kinds = _KINDS.get(given.option("type_"), kinds)
            yield change("remove", owner, line, kinds=kinds, name=given.name(given.plain, 0))
        elif name not in _NO_MATTER:
            raise _NotSaid(f"{name} is not known")

    def _create_table(self, given: _Given) -> Mark:
        table = given.table(given.plain, 0)
        parts: list[Mark] = []
        for one in given.nodes[1:]:
            parts += self._member(table, one)
        return create(table, given.line, parts)

    def _member(self, table: str, node: Node) -> Iterator[Mark]:
        if node.type == "list_splat":
            yield from self._splat(table, node)
            return
        if node.type != "call":
            raise _NotSaid("a part of it is computed")
        kind = self._source.text(node.child_by_field_name("function")).rpartition(".")[2]
        if kind == "Column":
            yield from self._column(table, node)
        elif kind in {"CheckConstraint", "ExcludeConstraint"}:
            yield change(CHECK, table, line_of(node), columns=[], name="")
        elif kind == "ForeignKeyConstraint":
            yield self._foreign_in_table(table, node)
        elif kind in {"PrimaryKeyConstraint", "UniqueConstraint", "Index"}:
            said = column_arguments(self._source, node)
            columns = said["texts"][1:] if kind == "Index" else said["texts"]
            is_unique = kind == "UniqueConstraint" or said["options"].get("unique") == "True"
            own = INDEX if not is_unique else UNIQUE
            own = PRIMARY if kind == "PrimaryKeyConstraint" else own
            if said["odd"] or said["type"] or not columns:
                raise _NotSaid("a part of it is computed")
            name = said["texts"][0] if kind == "Index" else _text(said["options"].get("name", ""))
            yield change(own, table, line_of(node), columns=columns, name=name)
        else:
            raise _NotSaid("a part of it is computed")

    def _splat(self, table: str, node: Node) -> Iterator[Mark]:
        """`*timestamps()`: what a function of the file returns, where it only does that."""
        call = node.named_children[0] if node.named_children else None
        name = self._source.text(call.child_by_field_name("function")) if call is not None else ""
        body = self._functions.get(name)
        returned = body.named_children[-1] if body is not None else None
        if returned is None or returned.type != "return_statement" or not returned.named_children:
            raise _NotSaid("a part of it is computed")
        listed = returned.named_children[0]
        for one in listed.named_children:
            yield from self._member(table, one)

    def _column(self, table: str, node: Node | None) -> Iterator[Mark]:
        said = column_arguments(self._source, node) if node is not None else {}
        if not said or not said["name"] or said["odd"] or said["is_named"]:
            raise _NotSaid("a column of it is computed")
        name, options, line = said["name"], said["options"], line_of(node)  # type: ignore[arg-type]
        type_, nullable = column_said({**said, "hint": ""})
        yield change("column", table, line, column=[name, type_, nullable])
        if is_key(said):
            yield change(PRIMARY, table, line, columns=[name], name="")
        if options.get("unique") == "True":
            yield change(UNIQUE, table, line, columns=[name], name="")
        elif options.get("index") == "True":
            yield change(INDEX, table, line, columns=[name], name=f"ix_{table}_{name}")
        if said["foreign"]:
            to, _, column = said["foreign"].rpartition(".")
            data = {"references": to, "referenced": [column], "on_delete": said["on_delete"]}
            yield change(FOREIGN, table, line, columns=[name], name="", **data)

    def _foreign_in_table(self, table: str, node: Node) -> Mark:
        given = _Given(self._source, node)
        columns, referenced = given.names(0), given.names(1)
        tables = {one.rpartition(".")[0] for one in referenced}
        if len(tables) != 1:
            raise _NotSaid(_COMPUTED)
        data = {
            "references": tables.pop(),
            "referenced": [one.rpartition(".")[2] for one in referenced],
            "on_delete": given.option("ondelete"),
        }
        name = given.option("name")
        return change(FOREIGN, table, given.line, columns=columns, name=name, **data)

    def _foreign(self, given: _Given, batch: str) -> Mark:
        shift = 0 if batch else 1
        source = batch or given.option("source_table") or given.name(given.plain, 1)
        target = given.option("referent_table") or given.name(given.plain, 1 + shift)
        columns = given.names(2 + shift, "local_cols")
        data = {
            "references": target,
            "referenced": given.names(3 + shift, "remote_cols"),
            "on_delete": given.option("ondelete"),
        }
        name = given.name(given.plain, 0, "")
        return change(FOREIGN, source, given.line, columns=columns, name=name, **data)

    def _alter(self, given: _Given, plain: list[str | None]) -> Iterator[Mark]:
        table, column = given.table(plain, 0), given.name(plain, 1)
        said: dict[str, Any] = {}
        if given.options.get("nullable") in {"True", "False"}:
            said["nullable"] = given.options["nullable"] == "True"
        elif "nullable" in given.options:
            said["nullable"] = None
        if "type_" in given.options:
            said["type"] = " ".join(given.options["type_"].split())
        if said:
            yield change("alter", table, given.line, column=column, **said)
        if "new_column_name" in given.options:
            to = given.option("new_column_name")
            yield change("rename_column", table, given.line, column=column, to=to)

    def _execute(self, node: Node) -> Iterator[Mark]:
        from indexer.code.tables.sql_changes import changes_of

        arguments = node.child_by_field_name("arguments")
        given = arguments.named_children if arguments is not None else []
        first = given[0] if given else None
        if first is not None and first.type == "call":  # sa.text("...")
            inner = first.child_by_field_name("arguments")
            first = inner.named_children[0] if inner is not None and inner.named_children else None
        said = text_of(self._source, first)
        if said is not None and first is not None:
            yield from changes_of(said, line_of(first))
        elif _CHANGES.search(self._source.text(node)):
            yield self._unclear("", node, "a statement is put together")

    def _unclear(self, table: str, node: Node, reason: str) -> Mark:
        """What an operation on a table does not say; of most the table stands first."""
        given = _Given(self._source, node)
        called = self._source.text(node.child_by_field_name("function")).rpartition(".")[2]
        at = 1 if called in _NAMED_FIRST else 0
        said = text_of(self._source, given.value("table_name") or given.node_at(at))
        name = table or (said if called != "execute" else "") or ""
        told = name or " ".join(self._source.text(node).split())[:60]
        return change("unclear", name, line_of(node), reason=reason, said=told)


class _Given:
    """What an operation is given."""

    def __init__(self, source: SourceFile, node: Node) -> None:
        self._source = source
        self.line = line_of(node)
        arguments = node.child_by_field_name("arguments")
        children = arguments.named_children if arguments is not None else []
        self.nodes = [one for one in children if one.type not in {"keyword_argument", "comment"}]
        self.plain = [self._literal(one) for one in self.nodes]
        self.options: dict[str, str] = {}
        self._values: dict[str, Node] = {}
        for one in children:
            if one.type == "keyword_argument":
                name, value = (one.child_by_field_name(each) for each in ("name", "value"))
                self.options[source.text(name)] = source.text(value)
                if value is not None:
                    self._values[source.text(name)] = value

    def _literal(self, node: Node) -> str | None:
        """A text, or what `op.f` is given; "" for None."""
        if node.type == "none":
            return ""
        if node.type == "call":
            called = self._source.text(node.child_by_field_name("function")).rpartition(".")[2]
            inner = node.child_by_field_name("arguments")
            first = inner.named_children[0] if inner is not None and inner.named_children else None
            said = (
                text_of(self._source, first) if called in {"f", "text", "literal_column"} else None
            )
            return _ORDER.sub("", said) if said is not None else None
        return text_of(self._source, node)

    def value(self, name: str) -> Node | None:
        """What is given by a name, itself."""
        return self._values.get(name)

    def name(self, plain: list[str | None], at: int, default: str | None = None) -> str:
        """A name; it must be said."""
        said = plain[at] if at < len(plain) else default
        if said is None:
            raise _NotSaid(_COMPUTED)
        return said

    def table(self, plain: list[str | None], at: int) -> str:
        """A table, with its schema where it has one."""
        schema, own = self.option("schema"), self.name(plain, at)
        return f"{schema}.{own}" if schema and schema != "public" else own

    def option(self, name: str) -> str:
        """A text given by name; "" for none."""
        if name not in self._values:
            return ""
        said = self._literal(self._values[name])
        if said is None:
            raise _NotSaid(_COMPUTED)
        return said

    def has_suffix(self, ending: str) -> bool:
        """Whether an option ends so: `postgresql_where`."""
        return any(one.endswith(ending) for one in self.options)

    def node_at(self, at: int) -> Node | None:
        """An argument itself."""
        return self.nodes[at] if at < len(self.nodes) else None

    def names(self, at: int, name: str = "") -> list[str]:
        """A list of names; they must be said."""
        node = self._values.get(name) or self.node_at(at)
        if node is None or node.type not in {"list", "tuple"}:
            raise _NotSaid(_COMPUTED)
        found = [self._literal(one) for one in node.named_children if one.type != "comment"]
        if not found or None in found:
            raise _NotSaid(_COMPUTED)
        return [one for one in found if one is not None]

    def indexed(self, batch: str) -> tuple[str, str, list[str]]:
        """The name of an index, its table and its columns."""
        own = self.name(self.plain, 0, "")
        if batch:
            return own, batch, self.names(1, "columns")
        table = self.option("table_name") or self.table(self.plain, 1)
        return own, table, self.names(2, "columns")


def _text(said: str) -> str:
    found = re.search(r"['\"]([^'\"]+)['\"]", said)
    return found[1] if found else ""
