"""Loops of a file: over what they go, what each of it is called, and what is done for each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from indexer.code.queries.caching import FUNCTIONS
from indexer.code.queries.chains import chain, unwrap
from indexer.code.syntax import line_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.syntax import Node, SourceFile

_QUERIES = {
    "python": """
[(for_statement) (list_comprehension) (set_comprehension) (dictionary_comprehension)
 (generator_expression)] @loop
""",
    "php": """
(foreach_statement) @loop
(argument [(anonymous_function) (arrow_function)] @closure)
""",
    "typescript": """
(for_in_statement) @loop
(arguments . [(arrow_function) (function_expression)] @closure)
""",
    "java": """
(enhanced_for_statement) @loop
(argument_list . (lambda_expression) @closure)
""",
}
#: Functions that call what they are given for each of something.
_EACH = frozenset(
    """map forEach each filter flatMap reduce some every transform mapWithKeys flatmap sum sortBy
    groupBy keyBy reject partition peek anyMatch allMatch noneMatch mapToInt mapToLong mapToObj
    array_map array_filter array_walk eachById tap_each mapInto contains first_where""".split()
)
_BY_FUNCTION = frozenset({"array_map", "array_filter", "array_walk"})
#: Over these one goes batch by batch, or once for each of a few that are written down.
_BATCHES = re.compile(
    r"[Cc]hunk|[Bb]atch|page|paginat|partition|split\w{0,99}\(|range\(|islice|Enum|cases\(\)"
    r"|^\$?(?:days|weeks|months|hours|years|quarters|weekdays)$"
)
#: Over what is in one batch one goes thing by thing, and pages may be what somebody wrote.
_OF_ONE = re.compile(r"\$?(?:chunk|batch|pages)")
#: A class, whose values are written down, or a constant or setting.
_WRITTEN_DOWN = re.compile(
    r"[A-Z]\w*|Object\.(?:keys|values|entries)\([A-Z]\w*\)"
    r"|(?:[\w$]+(?:\.|::|->))*[A-Z][A-Z\d_]{2,}(?:\.(?:items|values|keys)\(\))?"
)
_FEW = frozenset(
    {"list", "tuple", "set", "array", "array_creation_expression", "dictionary", "string"}
)
_PASSED_ON = frozenset({"enumerate", "list", "sorted", "reversed", "iter", "tqdm", "zip", "set"})
_NAME = re.compile(r"\$?\w+")
BRANCHES = frozenset({"if_statement", "elif_clause", "else_if_clause", "ternary_expression"})
#: What is done for each by itself: a change, a message, a job. Calls by their last names.
_DONE_FOR_EACH = re.compile(
    r"(?:\.|->|::|(?<![\w$]))(?:save|persist|insert|create|store|delete|destroy|remove|update|upsert"
    r"|force_?delete|get_or_create|update_or_create|first_?or_?create|update_?or_?create|bulk_create"
    r"|dispatch|delay|apply_async|enqueue|queue|publish|notify|send)(?:_\w*+|[A-Z]\w*+)?\("
)
_LEAVES = frozenset({"return_statement", "raise_statement", "throw_statement", "throw_expression"})
_STATEMENTS = frozenset(
    {"for_statement", "foreach_statement", "for_in_statement", "enhanced_for_statement"}
)
#: A name that equals a text or a constant, and nothing else.
_EQUALS = re.compile(
    r"""\(*\s*(?:(?P<left>\$?\w+)\s*={2,3}\s*(?:"[^"]*"|'[^']*'|(?:\w+(?:\.|::))?[A-Z][A-Z_\d]+)"""
    r"""|(?:"[^"]*"|'[^']*')\s*={2,3}\s*(?P<right>\$?\w+))\s*\)*$"""
)


class Loop(NamedTuple):
    """A loop."""

    node: Node
    over: Node | None  # the expression that it goes over; not a part of what is repeated
    names: frozenset[str]  # what each of it is called
    type: str  # of each of it, where the language says so
    line: int

    def holds(self, node: Node) -> bool:
        """Whether something is done for each."""
        if not (self.node.start_byte <= node.start_byte and node.end_byte <= self.node.end_byte):
            return False
        over = self.over
        return over is None or not (
            over.start_byte <= node.start_byte and node.end_byte <= over.end_byte
        )


def find_loops(source: SourceFile) -> list[Loop]:
    """All of them that go over many, in the order of the text."""
    found: list[Loop] = []
    captured = source.captures(_QUERIES[source.facts.language])
    for node in captured.get("loop", ()):
        found += _loops(source, node)
    for node in captured.get("closure", ()):
        found += _by_call(source, node)
    return sorted(found, key=lambda one: (one.node.start_byte, -one.node.end_byte))


def is_for_one(source: SourceFile, node: Node, loop: Loop) -> bool:
    """Whether something is done for one of it only: where its name equals what is written down."""
    outer = node.parent
    while outer is not None and outer.id != loop.node.id:
        if outer.type in BRANCHES:
            said = _EQUALS.match(source.text(outer.child_by_field_name("condition")))
            if said and {said["left"], said["right"]} & loop.names:
                return True
        outer = outer.parent
    return False


def changes_each(source: SourceFile, loop: Loop) -> bool:
    """Whether a loop does something for each that nobody does for all at once."""
    return bool(_DONE_FOR_EACH.search(source.text(loop.node)))


def is_left_with(node: Node, loop: Loop) -> bool:
    """Whether a loop ends with something: it is in what is returned, or raised."""
    outer: Node | None = node
    while outer is not None and outer.id != loop.node.id:
        if outer.type in FUNCTIONS or "lambda" in outer.type or "arrow" in outer.type:
            return False
        if outer.type in _LEAVES:
            return loop.node.type in _STATEMENTS
        outer = outer.parent
    return False


def _loops(source: SourceFile, node: Node) -> Iterator[Loop]:
    if node.type == "foreach_statement":
        parts = [one for one in node.named_children if one.type != "comment"]
        each = parts[1].named_children[-1] if parts[1].type == "pair" else parts[1]
        yield from _loop(source, node, parts[0], each)
        return
    over, each_ = ("value", "name") if node.type == "enhanced_for_statement" else ("right", "left")
    type_ = source.text(node.child_by_field_name("type"))
    clauses = [one for one in node.named_children if one.type == "for_in_clause"]
    for one in clauses or [node]:  # those of a comprehension, or the statement itself
        yield from _loop(
            source, node, one.child_by_field_name(over), one.child_by_field_name(each_), type_
        )


def _by_call(source: SourceFile, closure: Node) -> Iterator[Loop]:
    call = closure.parent
    while call is not None and call.type in {"argument", "arguments", "argument_list"}:
        call = call.parent
    if call is None:
        return
    said = chain(source, call)
    if not said.steps or said.steps[-1].name not in _EACH:
        return
    parameters = closure.child_by_field_name("parameters") or closure.child_by_field_name(
        "parameter"
    )
    first = None
    if parameters is not None:
        first = parameters.named_children[0] if parameters.named_children else parameters
    type_ = source.text(first.child_by_field_name("type")) if first is not None else ""
    if first is not None:
        first = first.child_by_field_name("name") or first.child_by_field_name("pattern") or first
    names = [step.name for step in said.steps]
    if source.facts.language == "java" and "stream" not in names and names[-1] != "forEach":
        return  # of an Optional, which is one at most
    if names[-1] in _BY_FUNCTION:
        arguments = [one for one in said.steps[-1].arguments or () if one.id != closure.id]
        over = next((one for one in arguments if closure not in one.named_children), None)
    else:
        over = call.child_by_field_name("object") or call.child_by_field_name("scope")
        function = call.child_by_field_name("function")
        over = over or (function.child_by_field_name("object") if function is not None else None)
    yield from _loop(source, closure, over, first, type_)


def _loop(
    source: SourceFile, node: Node, over: Node | None, each: Node | None, type_: str = ""
) -> Iterator[Loop]:
    over = _gone_over(source, unwrap(over)) if over is not None else None
    if over is not None and (over.type in _FEW or _is_short(source.text(over))):
        return
    names = frozenset(_NAME.findall(source.text(each))) - {"const", "let", "var"}
    yield Loop(node, over, names, type_, line_of(node))


def _is_short(over: str) -> bool:
    if _OF_ONE.fullmatch(over):
        return False
    return bool(_BATCHES.search(over) or _WRITTEN_DOWN.fullmatch(over))


def _gone_over(source: SourceFile, node: Node) -> Node:
    """What is inside of `enumerate`, `sorted` and their like."""
    function, given = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if function is None or given is None or source.text(function) not in _PASSED_ON:
        return node
    plain = [one for one in given.named_children if one.type != "keyword_argument"]
    return _gone_over(source, unwrap(plain[0])) if plain else node
