"""Values that PHP states as literals, in a form that JSON can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indexer.code.syntax import Node, SourceFile

_METHOD = "METHOD_"
UNKNOWN = "\0"  # a value, or a part of a text, that only running would tell
CLOSURE = "\0closure"
_CLASS = "class "  # before the name of a class: `Name::class`
_CLOSURES = frozenset({"anonymous_function", "arrow_function"})
_NOTHING: Mapping[str, Any] = {}
_MOST_OF_A_CHAIN = 60
#: What is nothing but for requests that say otherwise: a locale that stands before their path.
_OF_REQUESTS = frozenset({"LaravelLocalization::setLocale()"})
_SIMPLE = {"true": True, "false": False, "null": None}


class Arguments(NamedTuple):
    """What a call is given."""

    plain: list[Any]
    named: dict[str, Any]


class PhpCall(NamedTuple):
    """A call of a chain."""

    name: str
    arguments: Node | None
    node: Node


def arguments(source: SourceFile, node: Node | None) -> Arguments:
    """The values of a list of arguments; of none, none."""
    found = Arguments([], {})
    for one in node.named_children if node is not None else ():
        if one.type != "argument" or not one.named_children:
            continue
        said = value(source, one.named_children[-1])
        name = one.child_by_field_name("name")
        if name is None:
            found.plain.append(said)
        else:
            found.named[source.text(name)] = said
    return found


def value(  # noqa: C901, PLR0911, PLR0912  (a kind of literal each)
    source: SourceFile, node: Node | None, known: Mapping[str, Any] = _NOTHING
) -> Any:
    """A literal: text, number, list, mapping; `class Name` for a class; `UNKNOWN` for others.

    Args:
        source: The file.
        node: The expression.
        known: Values of variables and constants, by how they are written: `$this->table`.
    """
    if node is None:
        return UNKNOWN
    text = source.text(node)
    if text in known:
        return known[text]
    match node.type:
        case "string" | "encapsed_string":
            return _text(source, node, known)
        case "heredoc" | "nowdoc":
            body = node.child_by_field_name("value")
            return _text(source, body, known) if body is not None else UNKNOWN
        case "integer":
            return int(text.replace("_", "")) if text.replace("_", "").isdigit() else UNKNOWN
        case "boolean" | "null":
            return _SIMPLE[text.casefold()]
        case "class_constant_access_expression":
            owner, _, constant = text.rpartition("::")
            if owner.rpartition("\\")[2] == "Request" and constant.startswith(_METHOD):
                return constant.removeprefix(_METHOD)  # as Symfony calls them
            return f"{_CLASS}{owner}" if constant == "class" else UNKNOWN
        case "binary_expression":
            both = (node.child_by_field_name(one) for one in ("left", "right"))
            sides = [value(source, one, known) for one in both]
            is_joined = source.text(node.child_by_field_name("operator")) == "."
            return "".join(map(str, sides)) if is_joined else UNKNOWN
        case "parenthesized_expression":
            inner = node.named_children[0] if node.named_children else None
            return value(source, inner, known)
        case "array_creation_expression":
            return _array(source, node, known)
        case "function_call_expression":
            return _formatted(source, node, known)
        case kind if kind in _CLOSURES:
            return CLOSURE
        case "scoped_call_expression" if text.rpartition("\\")[2] in _OF_REQUESTS:
            return ""
    return UNKNOWN


def _formatted(source: SourceFile, node: Node, known: Mapping[str, Any]) -> Any:
    """What `sprintf` makes of texts; `UNKNOWN` of any other function."""
    given = node.child_by_field_name("arguments")
    said = [
        value(source, one.named_children[-1], known)
        for one in (given.named_children if given is not None else ())
        if one.type == "argument" and one.named_children
    ]
    is_plain = all(isinstance(one, str) for one in said)
    if source.text(node.child_by_field_name("function")) != "sprintf" or not said or not is_plain:
        return UNKNOWN
    form, *parts = said
    return form % tuple(parts) if form.count("%") == form.count("%s") == len(parts) else UNKNOWN


def class_named(said: Any) -> str:
    """The class that a value names by `Name::class`; "" for none."""
    is_class = isinstance(said, str) and said.startswith(_CLASS)
    return said.removeprefix(_CLASS) if is_class else ""


def texts(said: Any) -> list[str]:
    """The texts of a value: itself, or those that a list of it holds; `UNKNOWN` for others."""
    if isinstance(said, dict):
        said = list(said.values())
    if isinstance(said, list):
        return [each for one in said for each in texts(one)]
    return [said if isinstance(said, str) else UNKNOWN]


def _text(source: SourceFile, node: Node, known: Mapping[str, Any]) -> str:
    if node.type == "string":
        return source.text(node)[1:-1].replace("\\\\", "\\").replace("\\'", "'")
    found = ""
    for one in node.named_children:
        said = source.text(one)
        if one.type == "escape_sequence":
            found += {"\\\\": "\\", "\\$": "$"}.get(said, UNKNOWN)
        elif one.type in {"string_content", "nowdoc_string"}:
            found += said
        else:
            found += str(known.get(said, UNKNOWN))
    return found


def _array(source: SourceFile, node: Node, known: Mapping[str, Any]) -> Any:
    plain: list[Any] = []
    keyed: dict[str, Any] = {}
    for one in node.named_children:
        if one.type != "array_element_initializer":
            continue
        inside = [each for each in one.named_children if each.type != "comment"]
        if len(inside) == 2:
            keyed[str(value(source, inside[0], known))] = value(source, inside[1], known)
        elif inside:
            plain.append(value(source, inside[0], known))
    if not keyed:
        return plain
    return keyed | {str(index): each for index, each in enumerate(plain)}


def goes_on(node: Node) -> bool:
    """Whether a call is an inner one of a chain."""
    outer = node.parent
    is_call = outer is not None and outer.type == "member_call_expression"
    return is_call and outer is not None and outer.child_by_field_name("object") == node


def chain(source: SourceFile, node: Node) -> tuple[str, list[PhpCall]]:
    """What a chain of calls begins with, and its calls in order."""
    steps: list[PhpCall] = []
    while len(steps) < _MOST_OF_A_CHAIN:
        name = source.text(node.child_by_field_name("name"))
        steps.append(PhpCall(name, node.child_by_field_name("arguments"), node))
        if node.type == "scoped_call_expression":
            root = source.text(node.child_by_field_name("scope"))
            return root, steps[::-1]
        below = node.child_by_field_name("object")
        if below is None or below.type not in {"member_call_expression", "scoped_call_expression"}:
            return source.text(below), steps[::-1]
        node = below
    return "", steps[::-1]
