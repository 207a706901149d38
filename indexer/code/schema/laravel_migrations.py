"""Tables of Laravel: its migrations replayed, with the Eloquent model of each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.code.php_calls import ChainCall, Values, chain, first_parameter, is_closure
from indexer.code.php_values import UNKNOWN
from indexer.code.readers import Reader
from indexer.code.schema.eloquent import EloquentModels, with_models
from indexer.code.syntax import line_of
from indexer.code.tables.laravel_blueprint import OF_COLUMN, OF_MODEL, Blueprint, NotSaid
from indexer.code.tables.migration_order import is_laravel_dump
from indexer.code.tables.replay import Replay, change, create
from indexer.code.tables.table_names import plurals
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile
    from memory.code.codebase import Table, Unresolved
    from memory.code.facts import Mark

_UP = """
(method_declaration name: (name) @name body: (compound_statement) @body)
"""
_GIVEN = """
(property_element name: (variable_name) @name default_value: (_) @value)
(const_element (name) @name (_) @value)
"""
_ASSIGNED = "(assignment_expression left: (_) @left right: (_) @value)"
_CHANGES = re.compile(r"\b(?:create|alter|drop|rename)\s+(?:table|index)\b", re.IGNORECASE)
_MADE = ("create", "table", "createIfNotExists")
_DRIVER = re.compile(r"getDriverName|database\.default|DB_CONNECTION|->driver\b")
_LITE = re.compile(r"(?P<op>[!=]==?)\s*['\"]sqlite['\"]|['\"]sqlite['\"]\s*(?P<other>[!=]==?)")
_RAW = frozenset({"statement", "unprepared"})
_ASKED = {"hasTable": "table", "hasColumn": "column", "hasColumns": "column", "hasIndex": "index"}
_WHERE_IT_HAS = {"whenTableHasColumn": True, "whenTableDoesntHaveColumn": False}
_SIMPLE = frozenset(
    {
        "compound_statement",
        "try_statement",
        "expression_statement",
        "else_clause",
        "return_statement",
    }
)
_CHOICES = frozenset(
    "switch_statement match_expression while_statement for_statement do_statement".split()
)
_IN_A_CHOICE = "it is changed under a condition that is not known"


class LaravelMigrations(Reader):
    """`Schema::create` and the like in the method `up` of migrations."""

    name = "laravel migrations"
    languages = frozenset({"php"})
    hint = re.compile(rb"\bSchema\b|\bBlueprint\b|extends\s+\\?[\w\\]*Migration\b")

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """The changes that a migration makes; see `indexer.code.tables.replay`."""
        methods = {source.text(one["name"][0]): one["body"][0] for one in source.matches(_UP)}
        if "up" in methods:
            given: dict[str, Any] = {}
            for one in source.matches(_GIVEN):
                name, value = source.text(one["name"][0]), Values(source, {}).of(one["value"][0])
                for form in (f"$this->{name.lstrip('$')}", f"self::{name}", f"static::{name}"):
                    given[form] = value
            for one in source.matches(_ASSIGNED, methods.get("__construct", methods["up"])):
                left = source.text(one["left"][0])
                if left.startswith("$this->"):
                    given[left] = Values(source, {}).of(one["value"][0])
            made = _Migration(source, methods).walk(methods["up"], Values(source, given))
            yield from (mark._replace(reader=self.name) for mark in made)

    def assemble(self, project: CodeProject) -> Iterable[Table | Unresolved]:
        """The tables of each folder of migrations, and of the dump that stands for older ones."""
        changes: dict[str, list[Mark]] = {}
        for path, mark in project.marks(self.name):
            if not is_test(path):
                changes.setdefault(path, []).append(mark)
        dumped: dict[str, list[Mark]] = {}
        for path, mark in project.marks("sql") if changes else ():
            if is_laravel_dump(path):
                dumped.setdefault(path, []).append(mark)
        first = min(dumped, default="")  # one is kept for each kind of database
        changes |= {first: dumped[first]} if first else {}
        models = EloquentModels(project)
        names = {
            mark.name.lower(): mark.name
            for marks in changes.values()
            for mark in marks
            if mark.kind == "create"
        }
        replay = Replay()  # packages have folders of their own, all for one database
        paths = sorted(changes, key=lambda path: (path != first, path.rpartition("/")[2], path))
        made = (
            (path, _resolved(mark, path, names, models)) for path in paths for mark in changes[path]
        )
        yield from replay.run(made)
        yield from with_models(replay.tables(), models)


def _resolved(mark: Mark, path: str, names: dict[str, str], models: EloquentModels) -> Mark:
    """A change whose keys name tables, where they said models or nothing."""
    if mark.kind == "create":
        parts = [
            [kind, line, _with_table(data, path, names, models)]
            for kind, line, data in mark.data["parts"]
        ]
        return mark._replace(data=mark.data | {"parts": parts})
    return mark._replace(data=_with_table(mark.data, path, names, models))


def _with_table(
    data: dict[str, Any], path: str, names: dict[str, str], models: EloquentModels
) -> dict[str, Any]:
    said = data.get("references", "")
    if said.startswith(OF_MODEL):
        return data | {"references": models.table(path, said.removeprefix(OF_MODEL), names)}
    if said.startswith(OF_COLUMN):
        stem = said.removeprefix(OF_COLUMN).removesuffix("_id")
        found = next((names[one] for one in plurals(stem) if one in names), plurals(stem)[0])
        return data | {"references": found}
    return data


class _Migration:
    def __init__(self, source: SourceFile, methods: dict[str, Node]) -> None:
        self._source = source
        self._methods = methods
        self._entered: list[str] = []
        self._functions: dict[str, Node] = {}  # by the variable that holds each

    def walk(self, node: Node, values: Values, table: str = "", of: str = "") -> Iterator[Mark]:
        """The changes of a statement and all in it; within `table`, of the variable `of`."""
        known = Values(self._source, dict(values.known))
        conditions: list[list[Any]] = []
        is_unsure = False
        for one in node.named_children:
            for mark in self._statement(one, known, table, of):
                yield _under(mark, conditions, is_unsure=is_unsure)
            if one.type == "if_statement" and _returns(one):
                found = self._conditions(one, known)
                if found is None or len(found) != 1:
                    is_unsure = is_unsure or found != []
                else:
                    conditions.append([*found[0][:-1], not found[0][-1]])

    def _statement(  # noqa: C901  (a kind of statement each)
        self, node: Node, values: Values, table: str, of: str
    ) -> Iterator[Mark]:
        if node.type == "if_statement":
            yield from self._if(node, values, table, of)
        elif node.type == "foreach_statement":
            yield from self._foreach(node, values, table, of)
        elif node.type in _CHOICES:
            for mark in self.walk(node, values, table, of):
                yield _under(mark, [], is_unsure=True)
        elif node.type in {"expression_statement", "return_statement"}:
            inner = node.named_children[0] if node.named_children else None
            if inner is not None and inner.type == "assignment_expression":
                left, right = inner.child_by_field_name("left"), inner.child_by_field_name("right")
                values.known[self._source.text(left)] = values.of(right)
                if right is not None and is_closure(right):
                    self._functions[self._source.text(left)] = right
                inner = right
            if inner is not None:
                yield from self._call(inner, values, table, of)
        elif node.type in _SIMPLE or node.type in {"finally_clause", "catch_clause"}:
            yield from self.walk(node, values, table, of) if node.type != "catch_clause" else ()
        elif node.type in {"member_call_expression", "scoped_call_expression"}:
            yield from self._call(node, values, table, of)

    def _if(self, node: Node, values: Values, table: str, of: str) -> Iterator[Mark]:
        conditions = self._conditions(node, values)
        body = node.child_by_field_name("body")
        if body is not None:
            for mark in self._block(body, values, table, of):
                yield _under(mark, conditions or [], is_unsure=conditions is None)
        others = [
            one for one in node.named_children if one.type in {"else_clause", "else_if_clause"}
        ]
        single = conditions is not None and len(conditions) == 1 and len(others) == 1
        for other in others:
            inner = other.child_by_field_name("body")
            if inner is None or conditions == []:
                continue
            against = (
                [[*conditions[0][:-1], not conditions[0][-1]]] if single and conditions else []
            )
            for mark in self._block(inner, values, table, of):
                yield _under(mark, against, is_unsure=not against or other.type != "else_clause")

    def _block(self, node: Node, values: Values, table: str, of: str) -> Iterator[Mark]:
        is_block = node.type in {"compound_statement", "colon_block"}
        yield from (self.walk if is_block else self._statement)(node, values, table, of)

    def _foreach(self, node: Node, values: Values, table: str, of: str) -> Iterator[Mark]:
        parts, body = node.named_children, node.child_by_field_name("body")
        if body is None:
            return
        named = [self._source.text(one) for one in parts[1].named_children]
        names = named if parts[1].type == "pair" else [self._source.text(parts[1])]
        for each in _rounds(values.of(parts[0]), len(names)):
            known = each if each is not None else [UNKNOWN] * len(names)
            own = Values(self._source, {**values.known, **dict(zip(names, known, strict=True))})
            for mark in self._block(body, own, table, of):
                yield _under(mark, [], is_unsure=each is None)

    def _conditions(self, node: Node, values: Values) -> list[list[Any]] | None:
        """What must hold for the body of an `if`; none if nothing, None if it is not known."""
        condition = node.child_by_field_name("condition")
        return self._asked(condition, values, expected=True) if condition is not None else None

    def _asked(self, node: Node, values: Values, *, expected: bool) -> list[list[Any]] | None:
        text = self._source.text(node)
        if node.type == "parenthesized_expression":
            return self._asked(node.named_children[0], values, expected=expected)
        if node.type == "unary_op_expression" and text.startswith("!"):
            return self._asked(node.named_children[-1], values, expected=not expected)
        if node.type == "binary_expression" and expected:
            operator = self._source.text(node.child_by_field_name("operator"))
            if operator in {"&&", "and"}:
                sides = (node.child_by_field_name(one) for one in ("left", "right"))
                found = [
                    self._asked(one, values, expected=True) for one in sides if one is not None
                ]
                return None if None in found else [each for one in found for each in one or ()]
        if _DRIVER.search(text) and (lite := _LITE.search(text)):
            is_lite = (lite["op"] or lite["other"]).startswith("=")
            never = [node.start_byte, "table", "", "", True]  # there is none without a name
            return [] if is_lite != expected else [never]
        return self._asked_of_schema(node, values, expected=expected)

    def _asked_of_schema(
        self, node: Node, values: Values, *, expected: bool
    ) -> list[list[Any]] | None:
        calls = chain(self._source, node)[1]
        if not calls or calls[-1].name not in _ASKED:
            return None
        table, name = (values.argument(calls[-1], at) for at in (0, 1))
        if not isinstance(table, str) or UNKNOWN in {table, str(name)}:
            return None
        kind = _ASKED[calls[-1].name]
        if kind == "column":
            name = name if isinstance(name, list) else [name]
        return [[node.start_byte, kind, table, name, expected]]

    def _call(  # noqa: C901  (a way of changing tables each)
        self, node: Node, values: Values, table: str, of: str
    ) -> Iterator[Mark]:
        root, calls = chain(self._source, node)
        if not calls:
            return
        last = calls[-1]
        closure = self._closure(last)
        if of and root == of:
            yield from self._on_table(calls, values, table, of)
        elif closure is not None and last.name in _MADE and len(last.arguments) > 1:
            yield from self._made(last, closure, values)
        elif closure is not None and last.name in _WHERE_IT_HAS:
            yield from self._where_it_has(last, closure, values)
        elif "schema" in root.lower():
            yield from self._on_schema(last, values)
        elif last.name in _RAW and root.rpartition("\\")[2] == "DB":
            yield from self._raw(last, values)
        elif root == "$this" and len(calls) == 1 and last.name in self._methods:
            if last.name not in self._entered:
                self._entered.append(last.name)
                yield from self.walk(self._methods[last.name], values)
                self._entered.pop()
        else:
            for call in calls:
                inner = self._closure(call)
                if inner is not None:
                    yield from self._in_closure(inner, values, "")

    def _where_it_has(self, call: ChainCall, closure: Node, values: Values) -> Iterator[Mark]:
        name, column = (values.argument(call, at) for at in (0, 1))
        if UNKNOWN in {name, column}:
            yield self._unclear("", call.node, "its name is computed")
            return
        asked = [call.node.start_byte, "column", name, [column], _WHERE_IT_HAS[call.name]]
        for mark in self._in_closure(closure, values, name):
            yield _under(mark, [asked], is_unsure=False)

    def _closure(self, call: ChainCall) -> Node | None:
        """The function that a call is given, itself or in a variable."""
        for one in (each for argument in call.arguments for each in argument.named_children):
            if is_closure(one):
                return one
            if one.type == "variable_name" and self._source.text(one) in self._functions:
                return self._functions[self._source.text(one)]
        return None

    def _made(self, call: ChainCall, closure: Node, values: Values) -> Iterator[Mark]:
        name, line = values.of(call.arguments[0]), line_of(call.node)
        if not isinstance(name, str) or name == UNKNOWN:
            said = self._source.text(call.arguments[0])
            yield change("unclear", "", line, reason="its name is computed", said=said)
            return
        changes = [*self._in_closure(closure, values, name)]
        if call.name == "table":
            yield from changes
        else:
            more = {"if_absent": True} if call.name != "create" else {}
            yield create(name, line, [one for one in changes if one.name == name], **more)
            yield from (one for one in changes if one.name != name)

    def _in_closure(self, closure: Node, values: Values, table: str) -> Iterator[Mark]:
        body = closure.child_by_field_name("body")
        of = first_parameter(self._source, closure) if table else ""
        if body is not None and body.type == "compound_statement":
            yield from self.walk(body, values, table, of)
        elif body is not None:
            yield from self._call(body, values, table, of)

    def _on_table(
        self, calls: list[ChainCall], values: Values, table: str, of: str
    ) -> Iterator[Mark]:
        closure = self._closure(calls[0])
        if closure is not None and calls[0].name == "after":
            own = first_parameter(self._source, closure) or of
            body = closure.child_by_field_name("body")
            yield from self.walk(body, values, table, own) if body is not None else ()
            return
        try:
            yield from [*Blueprint(values, table).changes(calls)]
        except NotSaid as error:
            yield self._unclear(table, calls[0].node, str(error))

    def _on_schema(self, call: ChainCall, values: Values) -> Iterator[Mark]:
        line = line_of(call.node)
        said = [values.of(one) for one in call.arguments]
        names = [one for one in said if isinstance(one, str) and one != UNKNOWN]
        if call.name in {"drop", "dropIfExists"}:
            if len(names) == 1:
                yield change("drop", names[0], line)
            else:
                yield self._unclear("", call.node, "its name is computed")
        elif call.name == "rename":
            if len(names) == 2:
                yield change("rename", names[0], line, to=names[1])
            else:
                yield self._unclear("", call.node, "its name is computed")
        elif call.name == "dropColumns" and names and UNKNOWN not in said:
            columns = said[1] if isinstance(said[1], list) else said[1:]
            for one in columns:
                yield change("drop_column", names[0], line, column=one, shrinks=True)
        elif call.name in {*_MADE, "dropColumns"}:
            yield self._unclear(names[0] if names else "", call.node, "it is not understood")
        elif closure := self._closure(call):
            yield from self._in_closure(closure, values, "")

    def _raw(self, call: ChainCall, values: Values) -> Iterator[Mark]:
        from indexer.code.tables.sql_changes import changes_of

        text = values.of(call.arguments[0]) if call.arguments else UNKNOWN
        line = line_of(call.node)
        if isinstance(text, str) and text != UNKNOWN:
            yield from changes_of(text, line)
        elif _CHANGES.search(self._source.text(call.node)):
            yield self._unclear("", call.node, "a statement is put together")

    def _unclear(self, table: str, node: Node, reason: str) -> Mark:
        said = table or " ".join(self._source.text(node).split())[:60]
        return change("unclear", table, line_of(node), reason=reason, said=said)


def _rounds(said: Any, count: int) -> list[list[Any] | None]:
    """What the variables of a loop are in each of its rounds; one of None if it is not known."""
    if isinstance(said, dict):
        return [[*pair][-count:] for pair in said.items()]
    if isinstance(said, list):
        return [[at, one][-count:] for at, one in enumerate(said)]
    return [None]


def _under(mark: Mark, conditions: list[list[Any]], *, is_unsure: bool) -> Mark:
    """A change that is made under conditions; one that are not known makes it unclear."""
    if is_unsure and mark.kind != "unclear":
        return change("unclear", mark.name, mark.line, reason=_IN_A_CHOICE, said=mark.name)
    if not conditions:
        return mark
    return mark._replace(data=mark.data | {"if": [*conditions, *mark.data.get("if", ())]})


def _returns(node: Node) -> bool:
    body = node.child_by_field_name("body")
    return body is not None and any(
        one.type == "return_statement" for one in (body, *body.named_children)
    )
