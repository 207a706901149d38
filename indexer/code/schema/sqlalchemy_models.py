"""Models of SQLAlchemy, SQLModel and Flask-SQLAlchemy as their files say them.

What tables they come to is in `indexer.code.tables.sqlalchemy_tables`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.code.readers import Reader
from indexer.code.syntax import line_of
from indexer.code.tables.sqlalchemy_tables import NAME, NOTHING, SqlAlchemyModelTables
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile
    from memory.code.codebase import Table, Unresolved

_BODIES = "(class_definition name: (identifier) @class body: (block) @body) @whole"
_CORE = """
(call function: (_) @called arguments: (argument_list . (_) @first)) @call
"""
_COLUMN = re.compile(r"(?:^|\.)(?:mapped_column|Column)$")
_FIELD = re.compile(r"(?:^|\.)Field$")
_MAPPED = re.compile(r"^(?:\w+\.)?Mapped\[(?P<type>.*)\]$", re.DOTALL)
_SCHEMA = re.compile(r"['\"]schema['\"]\s*:\s*['\"]([^'\"]+)['\"]")
_LITERAL = re.compile(r"[rRuU]?(['\"])(.*)\1", re.DOTALL)
_DECLARED = re.compile(r"@(?:\w+\.)*declared_attr\b")
_KINDS = frozenset("UniqueConstraint Index ForeignKeyConstraint PrimaryKeyConstraint".split())
_FOREIGN = re.compile(r"(?:\w+\.)*ForeignKey\(")
_COMPUTED = re.compile(r"(?:\w+\.)*(?:Identity|Sequence|Computed|FetchedValue)\(")
_TYPE = re.compile(r"(?:\w+\.)*[A-Z]\w*(?:\(.*\))?", re.DOTALL)
_CHAIN = re.compile(r"[A-Za-z_][\w.]*")


class SqlAlchemyModels(Reader):
    """Classes with columns, their `__table_args__`, and tables without a class."""

    name = NAME
    version = 2
    languages = frozenset({"python"})
    hint = re.compile(
        rb"mapped_column|\bColumn\s*\(|__tablename__|Mapped\[|\bTable\s*\(|table\s*=\s*True|SQLModel"
    )

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """`table`, `schema`, `abstract`, `sqlmodel`, `column`, `args` of a class; `core` tables."""
        for found in source.matches(_BODIES):
            owner, whole = source.text(found["class"][0]), found["whole"][0]
            above = source.text(whole.child_by_field_name("superclasses"))
            is_table = bool(re.search(r"\btable\s*=\s*True\b", above))
            if is_table or "SQLModel" in above:
                data = {"class": owner}
                yield Mark(self.name, "sqlmodel", str(is_table), line_of(whole), data)
            for statement in found["body"][0].named_children:
                one = statement.named_children[0] if statement.named_children else None
                if statement.type == "expression_statement" and one is not None:
                    yield from self._statement(source, owner, one)
                elif statement.type == "decorated_definition":
                    yield from self._declared(source, owner, statement)

        for found in source.matches(_CORE):
            if source.text(found["called"][0]).rpartition(".")[2] == "Table":
                yield from self._core(source, found["call"][0])

    def _statement(self, source: SourceFile, owner: str, node: Node) -> Iterator[Mark]:
        if node.type != "assignment":
            return
        name = source.text(node.child_by_field_name("left"))
        value, type_ = node.child_by_field_name("right"), node.child_by_field_name("type")
        yield from self._given(source, owner, (name, line_of(node)), value, source.text(type_))

    def _declared(self, source: SourceFile, owner: str, node: Node) -> Iterator[Mark]:
        """What a method that is called for each class returns, where it is one thing."""
        function = node.child_by_field_name("definition")
        is_declared = any(
            _DECLARED.match(source.text(one)) for one in node.children if one.type == "decorator"
        )
        body = function.child_by_field_name("body") if function is not None else None
        if not is_declared or function is None or body is None:
            return
        name = source.text(function.child_by_field_name("name"))
        returned = [one for one in body.named_children if one.type == "return_statement"]
        plain = {"return_statement", "comment", "expression_statement"}
        value = returned[0].named_children[0] if returned and returned[0].named_children else None
        if len(returned) != 1 or any(one.type not in plain for one in body.named_children):
            value = None
        yield from self._given(
            source, owner, (name, line_of(node)), value, "", is_sure=value is not None
        )

    def _given(
        self,
        source: SourceFile,
        owner: str,
        at: tuple[str, int],
        value: Node | None,
        said: str,
        *,
        is_sure: bool = True,
    ) -> Iterator[Mark]:
        """What a class gives a name, with the annotation that it has."""
        name, line = at
        mapped = _MAPPED.match(said)
        is_call = value is not None and value.type == "call"
        called = source.text(value.child_by_field_name("function")) if value and is_call else ""
        if value is not None and called.rpartition(".")[2] == "column_property":
            inner = value.child_by_field_name("arguments")
            first = inner.named_children[0] if inner is not None and inner.named_children else None
            yield from self._given(source, owner, at, first, said, is_sure=is_sure)
            return
        data: dict[str, Any] = {"class": owner}
        if name == "__tablename__":
            yield Mark(self.name, "table", _table_name(source, owner, value), line, data)
        elif name == "__abstract__":
            yield Mark(self.name, "abstract", source.text(value), line, data)
        elif name == "__table_args__":
            yield from self._table_args(source, data, value, line, is_sure=is_sure)
        elif _COLUMN.search(called) or (mapped and not called):
            found = column_arguments(source, value) if called and value is not None else NOTHING
            hint = mapped["type"].strip() if mapped else ""
            yield Mark(self.name, "column", name, line, data | found | {"hint": hint})
        elif said and not mapped and name.isidentifier() and (_FIELD.search(called) or not called):
            found = column_arguments(source, value) if called and value is not None else NOTHING
            yield Mark(self.name, "field", name, line, data | found | {"hint": said})
        elif not is_sure and name.isidentifier():
            missed = data | NOTHING | {"odd": ["what it returns"], "hint": ""}
            yield Mark(self.name, "column", name, line, missed)

    def _table_args(
        self,
        source: SourceFile,
        data: dict[str, Any],
        value: Node | None,
        line: int,
        *,
        is_sure: bool,
    ) -> Iterator[Mark]:
        if value is None or not is_sure:
            missed = data | NOTHING | {"odd": ["what it returns"]}
            yield Mark(self.name, "args", "__table_args__", line, missed)
            return
        members = value.named_children if value.type in {"tuple", "list"} else [value]
        for one in members:
            if one.type == "dictionary" and (found := _SCHEMA.search(source.text(one))):
                yield Mark(self.name, "schema", found[1], line_of(one), data)
            elif one.type == "call":
                kind = source.text(one.child_by_field_name("function")).rpartition(".")[2]
                yield Mark(
                    self.name, "args", kind, line_of(one), data | column_arguments(source, one)
                )

    def _core(self, source: SourceFile, call: Node) -> Iterator[Mark]:
        """`users = Table("users", metadata, Column(...))`."""
        given = call.child_by_field_name("arguments")
        members, odd, schema = [], [], ""
        for one in given.named_children[1:] if given is not None else ():
            text = source.text(one)
            if one.type == "call":
                kind = source.text(one.child_by_field_name("function")).rpartition(".")[2]
                if kind == "Column" or kind.endswith("Constraint") or kind == "Index":
                    members.append([kind, line_of(one), column_arguments(source, one)])
                elif one is not given.named_children[1]:  # type: ignore[union-attr]
                    odd.append(text)
            elif one.type == "keyword_argument":
                if source.text(one.child_by_field_name("name")) == "schema":
                    found = _LITERAL.fullmatch(source.text(one.child_by_field_name("value")))
                    schema = found[2] if found else ""
                    odd += [] if found else [text]
            elif one.type in {"list_splat", "dictionary_splat"}:
                odd.append(text)
        first = given.named_children[0] if given is not None else None
        name = _LITERAL.fullmatch(source.text(first))
        left = call.parent.child_by_field_name("left") if call.parent is not None else None
        variable = source.text(left) if left is not None else ""
        data = {"class": "", "variable": variable, "members": members, "odd": odd}
        data |= {"schema": schema, "said": source.text(first)}
        if members or odd:
            yield Mark(self.name, "core", name[2] if name else "", line_of(call), data)

    def assemble(self, project: CodeProject) -> Iterable[Table | Unresolved]:
        """A table for each model that has one, and those without a class."""
        return SqlAlchemyModelTables(project).tables()


def _table_name(source: SourceFile, owner: str, value: Node | None) -> str:
    """A literal, or the name of the class in lower case; "" where it is computed."""
    text = source.text(value)
    if found := _LITERAL.fullmatch(text):
        return found[2]
    return f"\0{owner}" if re.fullmatch(r"cls\.__name__\.lower\(\)", text) else ""


def column_arguments(source: SourceFile, call: Node) -> dict[str, Any]:
    """The arguments of a column or constraint; what is no literal, type or key is `odd`."""
    said: dict[str, Any] = {**NOTHING, "options": {}, "texts": [], "odd": [], "names": []}
    arguments = call.child_by_field_name("arguments")
    for one in arguments.named_children if arguments is not None else ():
        text = " ".join(source.text(one).split())
        if one.type == "keyword_argument":
            value = one.child_by_field_name("value")
            name = source.text(one.child_by_field_name("name"))
            said["options"][name] = source.text(value)
            if name == "sa_column" and value is not None and value.type == "call":
                said["column"] = column_arguments(source, value)
        elif found := _LITERAL.fullmatch(text):
            said["name"] = said["name"] or found[2]
            said["texts"].append(found[2])
        elif one.type == "list":
            said["lists"] = [
                *said.get("lists", ()),
                [source.text(each) for each in one.named_children],
            ]
        elif _FOREIGN.match(text):
            inner = column_arguments(source, one)
            said["foreign"] = inner["name"] or next(iter(inner["names"]), "")
            said["is_named"] = not inner["name"]
            said["on_delete"] = inner["options"].get("ondelete", "").strip("\"'")
            said["odd"] += [] if said["foreign"] else [text]
        elif not said["type"] and _TYPE.fullmatch(text) and not _is_of_class(text):
            said["type"] = text
        elif _CHAIN.fullmatch(text):
            said["names"].append(text)
            said["odd"].append(text)
        elif one.type != "comment" and not _COMPUTED.match(text):
            said["odd"].append(text)
    return said


def _is_of_class(text: str) -> bool:
    """Whether it is an attribute, `User.id`, and no type."""
    return bool(re.fullmatch(r"(?:\w+\.)*[A-Z]\w*\.[a-z_]\w*", text))
