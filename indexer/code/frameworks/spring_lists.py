"""Lists of paths that a method puts together before it hands them to a filter chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.code.java_values import UNKNOWN, value

if TYPE_CHECKING:
    from indexer.code.syntax import Node, SourceFile

BRANCHES = frozenset({"for_statement", "if_statement", "ternary_expression", "while_statement"})
LOOPS = frozenset({"enhanced_for_statement"})
_LOCALS = """
(local_variable_declaration
    declarator: (variable_declarator name: (identifier) @name value: (_) @value))
"""
_USES = "(identifier) @use"
_ARRAYS = frozenset({"array_initializer", "array_creation_expression"})
_OF = frozenset({"asList", "of", "copyOf"})  # of what they are given
_COPIES = frozenset({"ArrayList", "LinkedList", "HashSet", "LinkedHashSet"})
_READS = frozenset({"toArray", "size", "isEmpty", "contains"})


class MadeList(NamedTuple):
    """What a list holds."""

    surely: list[Any]  # values
    maybe: list[Any]  # what is added only under a condition


def is_within(kinds: frozenset[str], node: Node, method: Node) -> bool:
    """Whether something stands in one of some kinds of statements of a method."""
    outer = node.parent
    while outer is not None and outer != method:
        if outer.type in kinds:
            return True
        outer = outer.parent
    return False


def made_list(source: SourceFile, node: Node, method: Node) -> MadeList | None:
    """What the variable holds that a matcher is given, `open.toArray(new String[0])` too.

    None for what is no variable of the method, or is done with more than is understood.
    """
    name = _name(source, node)
    found = [
        one
        for one in source.matches(_LOCALS, method)
        if name and source.text(one["name"][0]) == name
    ]
    if len(found) != 1:
        return None
    surely, maybe = list(_elements(source, found[0]["value"][0])), list[Any]()
    for one in source.captures(_USES, method).get("use", ()):
        if source.text(one) != name or one == found[0]["name"][0]:
            continue
        call = one.parent
        done = source.text(call.child_by_field_name("name")) if call is not None else ""
        is_read = done in _READS or (call is not None and call.type == "argument_list")
        if call is None or call.child_by_field_name("object") != one or done == name:
            if is_read and call is not None and _is_of_a_matcher(source, call):
                continue
            return None
        given = call.child_by_field_name("arguments")
        if done in {"add", "addAll"} and given is not None:
            into = maybe if is_within(BRANCHES | LOOPS, call, method) else surely
            for each in given.named_children:
                into += _elements(source, each) if done == "addAll" else [value(source, each)]
        elif not is_read:
            return None
    return MadeList(surely, maybe) if surely or maybe else None


def _name(source: SourceFile, node: Node) -> str:
    if node.type == "method_invocation" and source.text(node.child_by_field_name("name")) in _READS:
        node = node.child_by_field_name("object") or node
    return source.text(node) if node.type == "identifier" else ""


def _is_of_a_matcher(source: SourceFile, arguments: Node) -> bool:
    call = arguments.parent
    called = source.text(call.child_by_field_name("name")) if call is not None else ""
    return called.endswith("atchers")


def _elements(source: SourceFile, node: Node) -> list[Any]:
    """The elements of a list as it is made: `new ArrayList<>(Arrays.asList(OPEN))`."""
    given = node.child_by_field_name("arguments")
    inside = [one for one in (given.named_children if given else ()) if "comment" not in one.type]
    if node.type == "object_creation_expression":
        type_ = source.text(node.child_by_field_name("type")).partition("<")[0]
        if type_ not in _COPIES or len(inside) > 1:
            return [UNKNOWN]
        return _elements(source, inside[0]) if inside else []
    if node.type == "method_invocation":
        if source.text(node.child_by_field_name("name")) not in _OF:
            return [UNKNOWN]
        return [each for one in inside for each in _elements(source, one)]
    said = value(source, node)
    return said if isinstance(said, list) else [said]
