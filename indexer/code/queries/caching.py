"""Whether what a query gives is kept for the next time, going by what stands around it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.code.queries.chains import CALLS, chain

if TYPE_CHECKING:
    from indexer.code.queries.loops import Loop
    from indexer.code.syntax import Node, SourceFile

#: Asked before a query: whether it was asked already.
_WITHIN = re.compile(r"\bnot in\b|cache|isset|\bhas\(|\.get\(|memo|=== undefined|== null|empty\(")
#: Where one goes on without it: what is kept, and no word that turns it around.
_BEFORE = re.compile(r"cache|memo|seen|known|visited|already|isset\(|\.has\(", re.IGNORECASE)
_NEGATED = re.compile(
    r"\bnot\b|!|\bNone\b|\bnull\b|undefined|=\s*false|\bempty\b|is_null", re.IGNORECASE
)
_TAKEN = re.compile(
    r"\b(?:[Rr]edis|[Cc]ache)(?:::|->|\.)\w*(?:get|score|fetch|[Mm]ember|has)", re.IGNORECASE
)
#: Functions that call what they are given only if they do not know its answer.
_KEEPING = frozenset(
    """remember rememberForever sear flexible get_or_set getOrSet computeIfAbsent memoize memo once
    cached""".split()
)
_OF_CACHES = frozenset({"wrap", "get", "fetch"})
_GIVES = frozenset({"assignment", "assignment_expression"})
_LEAVES = frozenset({"return_statement", "continue_statement"})
_BLOCKS = frozenset({"block", "statement_block", "compound_statement"})
FUNCTIONS = frozenset(
    "function_definition function_declaration method_declaration method_definition".split()
)


def is_kept(source: SourceFile, node: Node, loop: Loop | None) -> bool:
    """Whether a query is asked only where its answer is not known; in a loop, by what is in it."""
    inner, outer = node, node.parent
    filled = ""  # what is given the answer
    while outer is not None and (loop is None or outer.id != loop.node.id):
        if outer.type in _GIVES:
            filled = source.text(outer.child_by_field_name("left"))
        if outer.type == "if_statement" and filled and _is_for_lack_of(source, outer, filled):
            return True
        if outer.type == "if_statement" and loop is not None and _asks(source, outer, _WITHIN):
            return True
        if outer.type == "if_statement" and _is_beside_a_cache(source, outer, inner):
            return True
        if outer.type in CALLS and inner.type in {"arguments", "argument_list"}:
            said = chain(source, outer)
            last = said.steps[-1].name if said.steps else ""
            way = " ".join([said.root, *(step.name for step in said.steps[:-1])])
            if last in _KEEPING or (last in _OF_CACHES and "cache" in way.lower()):
                return True
        if outer.type in _BLOCKS:
            before = [one for one in outer.named_children if one.end_byte <= inner.start_byte]
            if any(_goes_on_without(source, one) for one in before):
                return True
        inner, outer = outer, None if outer.type in FUNCTIONS else outer.parent
    return False


def _is_for_lack_of(source: SourceFile, node: Node, name: str) -> bool:
    """Whether a condition is that something is not there yet: `if self._all is None`."""
    said = source.text(node.child_by_field_name("condition"))
    is_named = re.search(rf"(?<![\w$.]){re.escape(name)}(?![\w.])", said)
    return bool(is_named and _NEGATED.search(said))


def _is_beside_a_cache(source: SourceFile, node: Node, inner: Node) -> bool:
    """Whether the other branch of a condition takes its answer from a cache."""
    first = node.child_by_field_name("consequence") or node.child_by_field_name("body")
    return first is not None and first.id != inner.id and bool(_TAKEN.search(source.text(first)))


def _asks(source: SourceFile, node: Node, what: re.Pattern[str]) -> bool:
    return bool(what.search(source.text(node.child_by_field_name("condition"))))


def _goes_on_without(source: SourceFile, node: Node) -> bool:
    """Whether a statement leaves, where something is known already."""
    if node.type != "if_statement" or not _asks(source, node, _BEFORE):
        return False
    condition = source.text(node.child_by_field_name("condition"))
    if _NEGATED.search(condition) and not re.search(r"is not None|!==? ?null", condition):
        return False
    does = node.child_by_field_name("consequence") or node.child_by_field_name("body")
    inside = (does, *does.named_children) if does is not None else ()
    return any(one.type in _LEAVES for one in inside)
