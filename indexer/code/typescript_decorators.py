"""Decorators of TypeScript and the values that they are given, in a form that JSON can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.syntax import Node, SourceFile

UNKNOWN = "\0"  # a value that only running would tell
NAMED = "\1"  # before a name, `User`, or the one that a function returns, `() => User`


def decorators(source: SourceFile, node: Node) -> Iterator[tuple[str, list[Any]]]:
    """Those of a class or a member: the name, and what each is given."""
    above = (
        node.parent if node.parent is not None and node.parent.type == "export_statement" else None
    )
    for one in (*(above.children if above else ()), *node.children):
        if one.type != "decorator" or not one.named_children:
            continue
        call = one.named_children[0]
        if call.type == "call_expression":
            name = source.text(call.child_by_field_name("function"))
            given = call.child_by_field_name("arguments")
            values = [value(source, each) for each in given.named_children] if given else []
            yield name.rpartition(".")[2], values
        else:
            yield source.text(call).rpartition(".")[2], []


def value(source: SourceFile, node: Node | None) -> Any:  # noqa: PLR0911  (a form of value each)
    """A literal, or the name that is meant after `NAMED`; `UNKNOWN` for others."""
    if node is None:
        return UNKNOWN
    text = source.text(node)
    match node.type:
        case "string":
            return text[1:-1]
        case "template_string":
            return UNKNOWN if "${" in text else text[1:-1]
        case "true" | "false":
            return node.type == "true"
        case "array":
            return [value(source, one) for one in node.named_children if one.type != "comment"]
        case "object":
            return dict(_pairs(source, node))
        case "identifier" | "member_expression":
            return f"{NAMED}{text}"
        case "arrow_function":
            body = node.child_by_field_name("body")
            while body is not None and body.type in {"parenthesized_expression", "as_expression"}:
                body = body.named_children[0] if body.named_children else None
            return value(source, body)
    return UNKNOWN


def _pairs(source: SourceFile, node: Node) -> Iterator[tuple[str, Any]]:
    for one in node.named_children:
        if one.type == "pair":
            key = source.text(one.child_by_field_name("key")).strip("'\"")
            yield key, value(source, one.child_by_field_name("value"))
        elif one.type == "spread_element":
            yield "...", UNKNOWN


def meant(said: Any) -> str:
    """The name that a value means; "" for none."""
    return said.removeprefix(NAMED) if isinstance(said, str) and said.startswith(NAMED) else ""
