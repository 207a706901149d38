"""Migrations of Django as their files say them; `django_states` replays them in their order."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from indexer.code.python_values import text_of
from indexer.code.readers import Reader
from indexer.code.schema.django_values import call, listed, options
from indexer.code.syntax import line_of
from indexer.code.tables.django_columns import MIGRATIONS
from indexer.code.tables.django_states import tables_of
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile
    from memory.code.codebase import Table, Unresolved

_MIGRATION = """
(module (class_definition name: (identifier) @class body: (block
    (expression_statement (assignment left: (identifier) @name right: (_) @value)))))
"""
_CONSTANTS = """
(module (expression_statement (assignment left: (identifier) @name right: (string) @value)))
"""
_GIVEN_NAMES = """
(module (expression_statement (assignment left: (identifier) @name right: (_) @value)))
(module (class_definition body: (block
    (expression_statement (assignment left: (identifier) @name right: (_) @value)))))
"""
_NAMES = "(identifier) @name"
_KEYWORDS = "(keyword_argument name: (identifier) @name)"
_MORE = re.compile(rb"\boperations\s*(?:\+=|\.\w+\(|\[)")
#: What an operation is given without a name, in this order.
_GIVEN = {
    "CreateModel": ("name", "fields", "options", "bases"),
    "DeleteModel": ("name",),
    "RenameModel": ("old_name", "new_name"),
    "AlterModelTable": ("name", "table"),
    "AlterUniqueTogether": ("name", "unique_together"),
    "AlterIndexTogether": ("name", "index_together"),
    "AlterOrderWithRespectTo": ("name", "order_with_respect_to"),
    "AddField": ("model_name", "name", "field"),
    "AlterField": ("model_name", "name", "field"),
    "RemoveField": ("model_name", "name"),
    "RenameField": ("model_name", "old_name", "new_name"),
    "AddIndex": ("model_name", "index"),
    "RemoveIndex": ("model_name", "name"),
    "RenameIndex": ("model_name", "new_name", "old_name", "old_fields"),
    "AddConstraint": ("model_name", "constraint"),
    "RemoveConstraint": ("model_name", "name"),
    "RunSQL": ("sql", "reverse_sql", "state_operations"),
    "SeparateDatabaseAndState": ("database_operations", "state_operations"),
}
_SAME = {
    "AddIndexConcurrently": "AddIndex",
    "RemoveIndexConcurrently": "RemoveIndex",
    "AddConstraintNotValid": "AddConstraint",
}
_NO_MATTER = re.compile(
    r"RunPython|AlterModel(?:Options|Managers|TableComment)|AlterConstraint|ValidateConstraint"
    r"|\w*(?:Extension|Collation)"
)
#: Without these nothing can be done, whatever else is left out.
_NEEDED = frozenset({"name", "model_name", "old_name", "new_name", "field", "index", "constraint"})
_IN_DATABASE = frozenset(
    "statements unclear AddIndex RemoveIndex AddConstraint RemoveConstraint".split()
)
_COMPUTED = "a part of it is computed or left out"


class _NotSaid(Exception):
    """What only running would tell."""


class DjangoMigrations(Reader):
    """The operations of classes that are called `Migration`."""

    name = MIGRATIONS
    version = 8
    languages = frozenset({"python"})
    hint = re.compile(rb"class Migration\b")
    states = True

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """`follows`: the migrations before and after it and those that it replaces; operations."""
        said = {
            source.text(one["name"][0]): one["value"][0]
            for one in source.matches(_MIGRATION)
            if source.text(one["class"][0]) == "Migration"
        }
        if "operations" not in said and "dependencies" not in said:
            return
        order = {
            name: _pairs(source, said[name]) if name in said else []
            for name in ("dependencies", "run_before", "replaces")
        }
        yield Mark(self.name, "follows", "", 1, order)
        if "operations" in said:
            operations = _Operations(source)
            yield from operations.of(said["operations"])
            if _MORE.search(source.content):
                yield operations.unclear("", said["operations"], _COMPUTED)

    def assemble(self, project: CodeProject) -> Iterable[Table | Unresolved]:
        """The tables that the migrations of all apps come to."""
        yield from tables_of(project)


class _Operations:
    def __init__(self, source: SourceFile) -> None:
        self._source = source
        self._lists = _named_lists(source)
        self._constants = {
            source.text(one["name"][0]): one["value"][0] for one in source.matches(_CONSTANTS)
        }
        self._readers: dict[str, Callable[[Node], Any]] = {
            "field": self._field,
            "fields": lambda node: [self._named_field(one) for one in _members(node)],
            "bases": lambda node: [text_of(source, one) for one in _members(node)],
            "options": self._options,
            "index": self._named,
            "constraint": self._named,
            "unique_together": self._listed,
            "index_together": self._listed,
            "old_fields": self._listed,
        }

    def of(self, node: Node) -> Iterator[Mark]:
        """The operations of a list, also of one that has a name or is put together of several."""
        name = self._source.text(node) if node.type == "identifier" else ""
        if (held := self._lists.pop(name, None)) is not None:  # not of itself once more
            yield from self.of(held)
            self._lists[name] = held
            return
        is_list = node.type in {"list", "tuple"}
        is_sum = node.type == "binary_operator" and any(one.type == "+" for one in node.children)
        if not (is_list or is_sum or node.type in {"list_splat", "parenthesized_expression"}):
            yield self.unclear("", node, _COMPUTED)
            return
        for one in node.named_children:
            if one.type == "call" and is_list:
                yield from self._operation(one)
            elif one.type == "comment":
                continue
            elif one.type == "list_splat" or not is_list:
                yield from self.of(one)
            else:
                yield self.unclear("", one, _COMPUTED)

    def _operation(self, node: Node) -> Iterator[Mark]:
        written = self._source.text(node.child_by_field_name("function"))
        called = written.rpartition(".")[2]
        called = _SAME.get(called, called)
        if called not in _GIVEN:
            if not _NO_MATTER.fullmatch(called):
                model = self._given(node, ("model_name",)).get("model_name")
                said = text_of(self._source, model) or ""
                mark = self.unclear(said, node, f"{called} is not known")
                yield mark._replace(data=mark.data | {"called": written})
            return
        given = self._given(node, _GIVEN[called])
        if called in {"RunSQL", "SeparateDatabaseAndState"}:
            state = given.get("state_operations")
            if state is not None and state.type != "none" and self._source.text(state) != "[]":
                yield from self.of(state)
            elif called == "RunSQL":
                yield from self._statements(given.get("sql"), node)
            elif "database_operations" in given:
                yield from self._in_database(given["database_operations"])
            return
        try:
            data = self._data(_GIVEN[called], given)
        except _NotSaid:
            name = given.get("model_name") or given.get("name")
            yield self.unclear(text_of(self._source, name) or "", node, _COMPUTED)
            return
        yield Mark(MIGRATIONS, called, "", line_of(node), data)

    def _data(self, order: tuple[str, ...], given: dict[str, Node]) -> dict[str, Any]:
        """What an operation is given, with all that it needs."""
        data = {name: self._value(name, value) for name, value in given.items()}
        needed = _NEEDED.intersection(order) - ({"old_name"} if "old_fields" in data else set())
        if any(data.get(name) is None for name in needed):
            raise _NotSaid
        return data

    def _in_database(self, node: Node) -> Iterator[Mark]:
        """Statements, indexes and constraints count of what the models do not hear of."""
        for mark in self.of(node):
            if mark.kind in _IN_DATABASE:
                yield mark

    def _statements(self, node: Node | None, whole: Node) -> Iterator[Mark]:
        parts = [node] if node is not None else []
        if node is not None and node.type in {"list", "tuple"}:
            parts = [one for one in node.named_children if one.type != "comment"]
        for one in parts:
            said = text_of(self._source, self._constants.get(self._source.text(one), one))
            if said is not None:
                yield Mark(MIGRATIONS, "statements", "", line_of(one), {"sql": said})
            elif not self._source.text(one).endswith("noop"):
                yield self.unclear("", whole, "a statement is put together")

    def _given(self, node: Node, order: tuple[str, ...]) -> dict[str, Node]:
        found, places = {}, iter(order)
        arguments = node.child_by_field_name("arguments")
        for one in arguments.named_children if arguments is not None else ():
            if one.type == "keyword_argument":
                name, value = (one.child_by_field_name(each) for each in ("name", "value"))
                if value is not None:
                    found[self._source.text(name)] = value
            elif one.type != "comment":
                found[next(places, "")] = one
        return {name: value for name, value in found.items() if name in order}

    def _value(self, name: str, node: Node) -> Any:
        if read := self._readers.get(name):
            return read(node)
        said = text_of(self._source, node)
        if said is None and node.type != "none":
            raise _NotSaid
        return said

    def _named(self, node: Node) -> dict[str, Any]:
        if node.type != "call":
            raise _NotSaid
        return call(self._source, node)

    def _listed(self, node: Node) -> list[Any]:
        return listed(self._source, node)

    def _field(self, node: Node) -> dict[str, Any]:
        arguments = node.child_by_field_name("arguments")
        if node.type != "call" or arguments is None:
            raise _NotSaid
        called = self._source.text(node.child_by_field_name("function"))
        said = options(self._source, arguments)
        if not called.startswith(("models.", "django.")):
            said.setdefault("null", "as its class has it")
        return {"type": called.rpartition(".")[2], **said}

    def _named_field(self, node: Node) -> list[Any]:
        parts = _members(node)
        said = text_of(self._source, parts[0]) if len(parts) == 2 else None
        if said is None:
            raise _NotSaid
        return [said, self._field(parts[1])]

    def _options(self, node: Node) -> dict[str, Any]:
        """Those of `Meta`; True and False as words."""
        if node.type != "dictionary":
            raise _NotSaid
        found: dict[str, Any] = {}
        for one in node.named_children:
            if one.type == "pair":
                key, value = (one.child_by_field_name(each) for each in ("key", "value"))
                name = text_of(self._source, key)
                if name in {"unique_together", "index_together", "indexes", "constraints"}:
                    found[name] = listed(self._source, value) if value is not None else [None]
                elif name in {"db_table", "order_with_respect_to"} and value is not None:
                    found[name] = self._value(name, value)
                elif name in {"proxy", "managed"}:
                    found[name] = self._source.text(value)
        return found

    def unclear(self, model: str, node: Node, reason: str) -> Mark:
        """A mark for what is not understood of a model, "" for any."""
        said = " ".join(self._source.text(node).split())[:60]
        return Mark(MIGRATIONS, "unclear", model, line_of(node), {"reason": reason, "said": said})


def _named_lists(source: SourceFile) -> dict[str, Node]:
    """The lists of the file and of its classes that are met once beside where they get a name."""
    given = [(source.text(one["name"][0]), one["value"][0]) for one in source.matches(_GIVEN_NAMES)]
    met = Counter(map(source.text, source.captures(_NAMES).get("name", ())))
    met.subtract(map(source.text, source.captures(_KEYWORDS).get("name", ())))
    return {name: node for name, node in given if node.type in {"list", "tuple"} and met[name] == 2}


def _members(node: Node) -> list[Node]:
    if node.type not in {"list", "tuple"}:
        raise _NotSaid
    return [one for one in node.named_children if one.type != "comment"]


def _pairs(source: SourceFile, node: Node) -> list[list[str]]:
    """Each app with a migration of it; others are of settings, and of no app here."""
    pairs = [
        [text_of(source, one) or "" for one in each.named_children]
        for each in node.named_children
        if each.type == "tuple"
    ]
    return [pair for pair in pairs if len(pair) == 2 and all(pair)]
