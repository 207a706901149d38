"""Calls of PHP: chains of them, what they are given, and the functions among it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.code.php_values import UNKNOWN, value

if TYPE_CHECKING:
    from indexer.code.syntax import Node, SourceFile

_CALLS = frozenset(
    {"member_call_expression", "nullsafe_member_call_expression", "scoped_call_expression"}
)
_CLOSURES = frozenset({"anonymous_function", "arrow_function"})


class ChainCall(NamedTuple):
    """One call of a chain."""

    name: str
    arguments: list[Node]
    node: Node


class Values(NamedTuple):
    """What the expressions of a file come to, some of its variables and constants being known."""

    source: SourceFile
    known: dict[str, Any]

    def of(self, node: Node | None) -> Any:
        """The value of an expression or argument; `UNKNOWN` where only a part of it is."""
        if node is not None and node.type == "argument":
            node = node.named_children[-1] if node.named_children else None
        said = value(self.source, node, self.known)
        return said if _is_said(said) else UNKNOWN

    def argument(self, call: ChainCall, at: int, name: str = "") -> Any:
        """What a call is given at a place or by a name; None for nothing."""
        plain = []
        for one in call.arguments:
            given = one.child_by_field_name("name")
            if given is None:
                plain.append(one)
            elif self.source.text(given) == name:
                return self.of(one)
        return self.of(plain[at]) if at < len(plain) else None


def _is_said(said: Any) -> bool:
    if isinstance(said, list | dict):
        return all(map(_is_said, said.values() if isinstance(said, dict) else said))
    return not isinstance(said, str) or UNKNOWN not in said


def chain(source: SourceFile, node: Node) -> tuple[str, list[ChainCall]]:
    """What a chain of calls begins with, `$table` or `Schema`, and the calls in their order."""
    calls: list[ChainCall] = []
    while node.type in _CALLS:
        given = node.child_by_field_name("arguments")
        arguments = [one for one in given.named_children if one.type == "argument"] if given else []
        name = source.text(node.child_by_field_name("name"))
        calls.append(ChainCall(name, arguments, node))
        inner = node.child_by_field_name("object") or node.child_by_field_name("scope")
        if inner is None:
            break
        node = inner
    return source.text(node), calls[::-1]


def is_closure(node: Node) -> bool:
    """Whether an expression is a function."""
    return node.type in _CLOSURES


def first_parameter(source: SourceFile, closure: Node) -> str:
    """The variable that a function is given first; "" for none."""
    parameters = closure.child_by_field_name("parameters")
    for one in parameters.named_children if parameters else ():
        if (name := one.child_by_field_name("name")) is not None:
            return source.text(name)
    return ""
