"""Chains of calls and members: `Order.objects.filter(paid=True).first()`, in every language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.syntax import Node, SourceFile

#: Calls whose function is a member, and those that name their object and member themselves.
_BY_FUNCTION = frozenset({"call", "call_expression"})
_BY_MEMBER = {
    "member_call_expression": "object",
    "nullsafe_member_call_expression": "object",
    "scoped_call_expression": "scope",
    "method_invocation": "object",
}
CALLS = (*_BY_FUNCTION, *_BY_MEMBER, "function_call_expression", "object_creation_expression")
_MEMBERS = {  # the field of its object, that of its name
    "attribute": ("object", "attribute"),
    "member_expression": ("object", "property"),
    "member_access_expression": ("object", "name"),
    "nullsafe_member_access_expression": ("object", "name"),
    "field_access": ("object", "field"),
}
MEMBERS = tuple(_MEMBERS)
_WRAPPED = frozenset(
    {
        "await",
        "await_expression",
        "parenthesized_expression",
        "as_expression",
        "non_null_expression",
        "satisfies_expression",
        "cast_expression",
        "clone_expression",
        "subscript",
    }
)
_PLAIN = re.compile(r"[$\w\\]+")


class ChainMember(NamedTuple):
    """A member of a chain, and what it is called with."""

    name: str
    arguments: tuple[Node, ...] | None  # None where it is no call
    node: Node

    @property
    def is_call(self) -> bool:
        """Whether it is called."""
        return self.arguments is not None


class Chain(NamedTuple):
    """A chain from its root on."""

    root: str  # "Order", "$this", "self", "select"; "" for what is no name
    steps: tuple[ChainMember, ...]  # without the root; a root that is called is the first step
    node: Node
    inner: tuple[tuple[int, int], ...]  # bytes of the chains that it continues

    @property
    def dotted(self) -> str:
        """The names of it as far as nothing is called before its end; "" where there is more."""
        names = [step.name for step in self.steps]
        if any(step.is_call for step in self.steps[:-1]) or not self.root:
            return ""
        return ".".join(names if self.called_root else [self.root, *names])

    @property
    def called_root(self) -> bool:
        """Whether it is a function that is called by its name."""
        return bool(self.steps) and self.steps[0].name == self.root and self.steps[0].is_call


def chain(source: SourceFile, node: Node) -> Chain:  # noqa: C901  (a form each)
    """The chain that a call or member ends."""
    steps: list[ChainMember] = []
    inner: list[tuple[int, int]] = []
    last = node
    root = ""
    while True:
        node = unwrap(node)
        inner.append((node.start_byte, node.end_byte))
        if node.type in _BY_FUNCTION or node.type == "function_call_expression":
            function = node.child_by_field_name("function")
            arguments = _arguments(node)
            if function is None:
                break
            function = unwrap(function)
            if function.type in _MEMBERS:
                object_, name = _member(function)
                inner.append((function.start_byte, function.end_byte))
                steps.append(ChainMember(source.text(name), arguments, node))
                if object_ is None:
                    break
                node = object_
                continue
            root = _plain(source, function)
            steps.append(ChainMember(root, arguments, node))
            break
        if node.type in _BY_MEMBER:
            object_ = node.child_by_field_name(_BY_MEMBER[node.type])
            name = node.child_by_field_name("name")
            steps.append(ChainMember(source.text(name), _arguments(node), node))
            if object_ is None:
                root = source.text(name)
                break
            node = object_
            continue
        if node.type in _MEMBERS:
            object_, name = _member(node)
            steps.append(ChainMember(source.text(name), None, node))
            if object_ is None:
                break
            node = object_
            continue
        if node.type == "object_creation_expression" and source.facts.language == "php":
            root = _plain(source, node.named_children[0])
            steps.append(ChainMember(root, _arguments(node), node))
            break
        root = _plain(source, node)
        break
    return Chain(root, tuple(reversed(steps)), last, tuple(inner))


def unwrap(node: Node) -> Node:
    """What stands inside of brackets, `await` and casts."""
    while node.type in _WRAPPED and node.named_children:
        last = node.type == "cast_expression"
        node = node.child_by_field_name("value") or node.named_children[-1 if last else 0]
    return node


def keywords(source: SourceFile, step: ChainMember) -> Iterator[tuple[str, Node]]:
    """What a call of Python is given by name."""
    for one in step.arguments or ():
        name, value = one.child_by_field_name("name"), one.child_by_field_name("value")
        if one.type == "keyword_argument" and name is not None and value is not None:
            yield source.text(name), value


def plain(step: ChainMember) -> list[Node]:
    """What a call is given by place."""
    found = []
    for one in step.arguments or ():
        if one.type == "argument":  # of PHP
            if one.child_by_field_name("name") is None and one.named_children:
                found.append(one.named_children[-1])
        elif one.type not in {"keyword_argument", "comment"}:
            found.append(one)
    return found


def literal(source: SourceFile, node: Node | None) -> str:
    """The text of a string; "" for anything else, also where a value is put into it."""
    kinds = {"string", "encapsed_string", "string_literal", "template_string"}
    if node is None or node.type not in kinds:
        return ""
    inside = [one for one in node.named_children if "content" in one.type or "fragment" in one.type]
    others = [one for one in node.named_children if one.type in {"interpolation", "variable_name"}]
    return "" if others else "".join(map(source.text, inside))


def literals(source: SourceFile, nodes: list[Node]) -> list[str]:
    """The strings among some values, and in the lists among them."""
    found = []
    for node in nodes:
        if said := literal(source, node):
            found.append(said)
        elif node.type in {"array_creation_expression", "list", "tuple", "array"}:
            for one in node.named_children:
                inner = one.named_children[0] if one.type.startswith("array_el") else one
                if said := literal(source, inner):
                    found.append(said)
    return found


def _member(node: Node) -> tuple[Node | None, Node | None]:
    of, name = _MEMBERS[node.type]
    return node.child_by_field_name(of), node.child_by_field_name(name)


def _plain(source: SourceFile, node: Node) -> str:
    said = source.text(node)
    return said if _PLAIN.fullmatch(said) else ""


def _arguments(node: Node) -> tuple[Node, ...]:
    given = node.child_by_field_name("arguments")
    if given is None:  # PHP's `new` has them without a name
        given = next((one for one in node.named_children if one.type == "arguments"), None)
    if given is None:
        return ()
    return tuple(given.named_children) if given.type != "generator_expression" else (given,)
