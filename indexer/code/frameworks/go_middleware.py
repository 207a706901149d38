"""What functions of Go that see a request first do with who shows nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.code.syntax import line_of
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.syntax import Node, SourceFile

_FUNCTIONS = "[(function_declaration) (method_declaration)] @function"
_BRANCHES = frozenset({"if_statement", "for_statement", "expression_switch_statement"})
_LITERALS = "(func_literal) @literal"
_REQUEST = re.compile(r"\*gin\.Context|\becho\.Context|\*http\.Request\b|\*echo\.Context")
_SEES = re.compile(rb"(?:gin|echo)\.Context|http\.Request\b")
_NEXT = re.compile(r"\b(?:\w+\.)?(?:ServeHTTP|Next)\(|\bnext\w*\(|\bhandler\w*\(")
_REFUSED = re.compile(r"401|Unauthori[sz]ed|(?i:redirect\(.{0,80}(?:login|sign_?in))", re.DOTALL)
_ENDS = re.compile(r"\breturn\b|(?i:abort)|\bpanic\(")
#: A condition that holds for who shows nothing, by itself: of several, one is enough.
_MISSING = re.compile(
    r"^\(*(?:(?!err)\w[\w.]*\s*==\s*(?:nil|\"\"|0)|len\([\w.]+\)\s*==\s*0|!\s*(?:ok|found|exists|valid|known"
    r"|has\w*|is\w*|auth\w*|logged\w*)|!\s*[\w.]+\(.*\))\)*$"
)
#: A condition that holds only for who is known already.
_KNOWN = re.compile(
    r"^(?:[\w.]{0,199}(?i:is_?(?:authenticated|logged_?in))\w{0,99}\([^()]*\)"
    r"|(?i:\w{0,99}(?:user|session|claims|principal|account)) != nil)$"
)
_FAILED = re.compile(r"^\(*err\w*\s*!=\s*nil\)*$")
#: What fails where nothing is shown.
_FAILS = re.compile(
    r"\.Cookie\(|(?i:parse|verify|validate|authenticate|decode|extract)\w{0,99}\(|ParseFromRequest"
)
#: What depends on more than on who asks.
DOUBTED = re.compile(rb"(?i)disabl|enabl|optional|anonymous|allow_?public|is_?public|no_?auth")


def guards(source: SourceFile, reader: str) -> Iterator[Mark]:
    """A mark for each function that sees requests: by what it refuses nobody, and what it asks."""
    if not _SEES.search(source.content):
        return
    for node in source.captures(_FUNCTIONS).get("function", ()):
        inside = _innermost(source, node)
        if inside is None:
            continue
        data = _refuses(source, inside)
        data["doubted"] = bool(DOUBTED.search(source.text(node).encode()))
        yield Mark(reader, "guard", source.symbol(node), line_of(node), data)


def _innermost(source: SourceFile, node: Node) -> Node | None:
    """The body of the function that is given the request; None if that is not clear.

    It is the function itself, or the one that it returns, if it returns no other in some case.
    """
    if _REQUEST.search(source.text(node.child_by_field_name("parameters"))):
        return node.child_by_field_name("body")
    literals = source.captures(_LITERALS, node).get("literal", ())
    for one in sorted(literals, key=lambda each: each.start_byte):
        is_given = _REQUEST.search(source.text(one.child_by_field_name("parameters")))
        if is_given and _is_always_returned(source, one, node):
            return one.child_by_field_name("body")
    return None


def _is_always_returned(source: SourceFile, literal: Node, function: Node) -> bool:
    is_returned = False
    inner, outer = literal, literal.parent
    while outer is not None and inner != function:
        is_returned = is_returned or outer.type == "return_statement"
        if outer.type in _BRANCHES:
            return False
        before = (one for one in outer.named_children if one.start_byte < inner.start_byte)
        if any(one.type in _BRANCHES and "return" in source.text(one) for one in before):
            return False
        inner, outer = outer, outer.parent
    return is_returned


def _refuses(source: SourceFile, body: Node) -> dict[str, Any]:
    """By what a body refuses nobody; what its answer depends on; what it hands the request to."""
    statements = body.named_children
    if len(statements) == 1 and statements[0].type == "statement_list":
        statements = statements[0].named_children
    data: dict[str, Any] = {"by": "", "asks": [], "hands": "", "line": line_of(body)}
    before = ""
    for one in statements:
        text = source.text(one)
        if one.type in {"if_statement", "expression_switch_statement"}:
            condition, inside, made = _branch(source, one, before)
            if one.type == "if_statement" and _NEXT.search(inside):
                if _KNOWN.match(condition):
                    continue
                return data
            refused = _REFUSED.search(inside)
            is_sure = refused and not re.search(r"\bif\b", inside[: refused.start()])
            if is_sure and _ENDS.search(inside) and _holds(condition, made):
                data |= {"by": condition, "line": line_of(one)}
                data["asks"] = re.findall(r"(?<![\w.])([\w.]++)\(", f"{condition} {made}")
                return data
        elif one.type == "expression_statement" and not _NEXT.search(text):
            handed = re.match(r"^([\w.]+)\(\s*(?:c|ctx|w, r|w, req)\b", text)
            data["hands"] = handed[1] if handed else data["hands"]
        if _NEXT.search(text):
            return data
        before = text
    return data


def _branch(source: SourceFile, node: Node, before: str) -> tuple[str, str, str]:
    """The condition of an `if` or of the first case of a `switch`, what it does, what is asked."""
    if node.type == "if_statement":
        condition = " ".join(source.text(node.child_by_field_name("condition")).split())
        made = source.text(node.child_by_field_name("initializer")) or before
        return condition, source.text(node.child_by_field_name("consequence")), made
    for case in node.named_children:
        if case.type == "expression_case":
            said = source.text(case.child_by_field_name("value"))
            value = source.text(node.child_by_field_name("value"))
            condition = f"{value} == {said}" if value else said
            return " ".join(condition.split()), source.text(case), before
    return "", "", before


def _holds(condition: str, before: str) -> bool:
    """Whether a condition holds for who shows nothing."""
    if "&&" in condition:
        return False
    return any(
        _MISSING.match(one.strip()) or (_FAILED.match(one.strip()) and _FAILS.search(before))
        for one in condition.split("||")
    )
