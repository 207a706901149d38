"""Lists of patterns of Django, as they stand in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.syntax import Node, SourceFile


def listed_in(arguments: Node) -> Node | None:
    """The list that `include` is given as it stands, or as one of a pair with a name."""
    first = arguments.named_children[0] if arguments.named_children else None
    if first is not None and first.type in {"tuple", "parenthesized_expression"}:
        first = first.named_children[0] if first.named_children else None
    return first if first is not None and first.type == "list" else None


def appended_to(source: SourceFile, node: Node) -> str:
    """The list that `urlpatterns.append(path(...))` names, or `extend` of a list; "" for none."""
    outer = node.parent
    is_listed = outer is not None and outer.type in {"list", "tuple"}
    outer = outer.parent if outer is not None and is_listed else outer
    call = outer.parent if outer is not None else None
    function = call.child_by_field_name("function") if call is not None else None
    owner, _, called = source.text(function).rpartition(".")
    return owner if called == ("extend" if is_listed else "append") else ""


def unnamed(node: Node) -> str:
    """What a list is called that stands in an `include` itself."""
    return f"<{node.start_point[0] + 1}:{node.start_point[1]}>"


def taken_in(value: Node) -> Iterator[Node]:
    """The lists that one takes in as a whole: `[*a]`, `a.urlpatterns + b`, `router.urls`."""
    if value.type in {"identifier", "attribute"}:
        yield value
    elif value.type == "binary_operator":
        for part in value.named_children:
            yield from taken_in(part)
    elif value.type == "list":
        for part in value.named_children:
            if part.type == "list_splat":
                yield from taken_in(part.named_children[0])


def holds(outer: Node, inner: Node) -> bool:
    """Whether a node stands within another."""
    return outer.start_byte <= inner.start_byte and inner.end_byte <= outer.end_byte


def arguments(source: SourceFile, node: Node) -> Iterator[tuple[str, str]]:
    """The arguments of a call: the name, "" for one by position, and the text."""
    for child in node.named_children:
        if child.type == "keyword_argument":
            yield (
                source.text(child.child_by_field_name("name")),
                source.text(child.child_by_field_name("value")),
            )
        elif child.type != "comment":
            yield "", source.text(child)
