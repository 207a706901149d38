"""Syntax trees, by tree-sitter: the one place that knows it."""

from __future__ import annotations

from functools import cache
from itertools import count
from operator import attrgetter
from time import thread_time
from typing import TYPE_CHECKING

from tree_sitter import Language as Grammar
from tree_sitter import Node, Parser, Query, QueryCursor

from indexer.apart import TooHeavy

if TYPE_CHECKING:
    from collections.abc import Callable

    from indexer.code.spans import Spans
    from memory.code.facts import FileFacts

__all__ = ["Grammar", "Node", "SourceFile", "Syntax", "is_conditional", "line_of"]


_CONDITIONS = frozenset(
    {"if_statement", "conditional_expression", "ternary_expression", "switch_statement"}
)
#: A query takes time by the square of them: 0.1 s for so many.
MOST_IN_ERROR = 8_000
MOST_SECONDS = 5.0  # of computing for one text; the largest that people wrote take two
ASKED = 50  # times that a parser asks on before the clock is read, which takes 0.1 ms
PIECE = 1_000_000  # bytes that a parser is handed at once
_span = attrgetter("start_byte", "end_byte")


class Syntax:
    """A grammar, and the queries that were asked of it."""

    def __init__(self, grammar: Callable[[], object]) -> None:
        self._grammar = cache(lambda: Grammar(grammar()))
        self._query = cache(lambda text: Query(self._grammar(), text))

    def parse(self, content: bytes) -> Node:
        """The tree of a text; what the grammar does not understand is an ERROR node in it.

        Raises:
            TooHeavy: it takes too long, or so much of it is in one such node that a query would.
        """
        ends = thread_time() + MOST_SECONDS
        asked = count()
        try:
            tree = Parser(self._grammar()).parse(
                lambda at, _: content[at : at + PIECE],  # what is no function is parsed to the end
                progress_callback=lambda *_: next(asked) % ASKED == 0 and thread_time() > ends,
            )
        except ValueError as error:  # a few wrong letters may take for ever
            raise TooHeavy("takes the grammar of its language too long") from error
        root = tree.root_node
        if root.has_error and _widest_error(root) > MOST_IN_ERROR:
            raise TooHeavy("is not understood by the grammar of its language")
        return root

    def captures(self, node: Node, query: str) -> dict[str, list[Node]]:
        """What a query's names capture below a node, each in the order of the text."""
        found = QueryCursor(self._query(query)).captures(node)
        for nodes in found.values():  # which come in an order of their addresses
            nodes.sort(key=_span)
        return found

    def matches(self, node: Node, query: str) -> list[dict[str, list[Node]]]:
        """The matches of a query below a node, in the order of the text."""
        return [found for _, found in QueryCursor(self._query(query)).matches(node)]


def _widest_error(root: Node) -> int:
    """How many children an ERROR node has at most."""
    widest, waiting = 0, [root]
    while waiting:
        node = waiting.pop()
        if node.type == "ERROR":
            widest = max(widest, node.child_count)
        if node.child_count <= MOST_IN_ERROR:
            waiting += [one for one in node.children if one.has_error]
    return widest


class SourceFile:
    """A file that is being read: its bytes, its tree, and what its language says of it."""

    def __init__(self, content: bytes, syntax: Syntax | None, facts: FileFacts) -> None:
        self.content = content
        self.syntax = syntax  # None for a language that is read without a grammar
        self.facts = facts  # without marks
        self.spans: Spans | None = None  # of its definitions, where its language tells them
        self._root: Node | None = None
        self._within: dict[int, int] = {}  # by line

    @property
    def root(self) -> Node:
        """Its tree, parsed once."""
        if self._root is None:
            self._root = self._grammar().parse(self.content)
        return self._root

    def _grammar(self) -> Syntax:
        if self.syntax is None:
            raise ValueError(f"{self.facts.language} is read without a grammar")
        return self.syntax

    def text(self, node: Node | None) -> str:
        """What stands at a node; "" for none."""
        if node is None:
            return ""
        return self.content[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def captures(self, query: str, node: Node | None = None) -> dict[str, list[Node]]:
        """As `Syntax.captures`, below the root if no node is given."""
        return self._grammar().captures(node or self.root, query)

    def matches(self, query: str, node: Node | None = None) -> list[dict[str, list[Node]]]:
        """As `Syntax.matches`, below the root if no node is given."""
        return self._grammar().matches(node or self.root, query)

    def symbol(self, node: Node) -> str:
        """The name of the definition that a node is, as the facts have it; "" for none."""
        own, line = self.text(node.child_by_field_name("name")), line_of(node)
        for one in self.facts.definitions:
            if one.line == line and one.name.rpartition(".")[2] == own:
                return one.name
        return ""

    def within(self, node: Node) -> int:
        """The innermost definition that a node stands in, as an index of the facts; -1 for none.

        By lines, so of two on one line the last, where the language tells no spans.
        """
        if self.spans is not None:
            return self.spans.within(node.start_byte)
        line = line_of(node)
        if line not in self._within:
            self._within[line] = self._within_line(line)
        return self._within[line]

    def _within_line(self, line: int) -> int:
        found = -1
        for index, one in enumerate(self.facts.definitions):
            if one.line > line:
                break
            if one.kind != "constant" and one.last_line >= line:
                found = index
        return found

    def owner(self, node: Node) -> str:
        """The name of the innermost definition that a node stands in; "" for none."""
        index = self.within(node)
        return self.facts.definitions[index].name if index >= 0 else ""


def line_of(node: Node) -> int:
    """Its first line, from 1."""
    return node.start_point[0] + 1


def is_conditional(node: Node) -> bool:
    """Whether something stands under a condition, within its function or file."""
    outer = node.parent
    while outer is not None and "function" not in outer.type and outer.type != "method_definition":
        if outer.type in _CONDITIONS:
            return True
        outer = outer.parent
    return False
