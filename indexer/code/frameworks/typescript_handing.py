"""Checks of TypeScript that hand on who asks: to what follows, or to a function that refuses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.code.access import IDENTITY, asks_who

if TYPE_CHECKING:
    from indexer.code.syntax import Node, SourceFile

ENDS_PLAINLY = re.compile(r"return(?: null| undefined)?[\s;]*")
#: `const session = await check(req, res)`, which answers itself where nothing comes of it.
_CHECKED = re.compile(
    r"(?:const|let|var) (\w+) = (?:await )?([\w$.]+)\((?:req|request), (?:res|response)\b[^()]*\);?"
)
#: A condition that is more than one thing, or no plain one.
_MIXED = re.compile(r"&&|\|\||[!=<>?]|[oO]ptional|[cC]onfig|[sS]etting|noAuth|[aA]llow")
_BARE = re.compile(r"^(?:else)?\s*\{|\}\s*$|^else\b")
_CALLS_ONE = re.compile(r"(?:return )?([\w$.]++)\((?:[^()]|\([^()]*+\))*+\);?")
#: What ends a request, or may: an answer, an error, or the function left before its end.
_LEAVES = re.compile(
    r"\bres\w*\.(?:json\w*|send\w*|end|redirect|render|status|writeHead)\b|\bthrow\b|\breject\b"
    r"|\bnext\((?!\))|\breturn\b(?!\s*next\(\))"
)
_COMMENTS = re.compile(r"(?<!:)//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_VERIFIED = "(call_expression function: (member_expression) @called) @call"
_BY_LIBRARY = re.compile(r"(?:jwt\w*|jsonwebtoken|jose\w*)\.\w+|passport\.\w+|[^\n]*\.verify\w*")


def goes_on(source: SourceFile, function: Node) -> bool:
    """Whether a check lets everybody pass, on each of its ways, whatever it finds of who asks."""
    body = function.child_by_field_name("body")
    if body is None or _LEAVES.search(_COMMENTS.sub("", source.text(body))):
        return False
    for found in source.matches(_VERIFIED, body):
        if _BY_LIBRARY.fullmatch(source.text(found["called"][0])):
            outer = found["call"][0]
            while outer != body and not (
                outer.type == "try_statement" and outer.child_by_field_name("handler")
            ):
                outer = outer.parent or body
            if outer == body:  # it throws
                return False
    return _passes_on(source, body)


def _passes_on(source: SourceFile, node: Node | None) -> bool:
    """Whether what is done ends in `next()` on each way."""
    if node is not None and node.type in {"statement_block", "else_clause"}:
        plain = [one for one in node.named_children if one.type != "comment"]
        return bool(plain) and _passes_on(source, plain[-1])
    if node is not None and node.type == "if_statement":
        ways = (node.child_by_field_name(one) for one in ("consequence", "alternative"))
        return all(_passes_on(source, one) for one in ways)
    return node is not None and source.text(node).rstrip("; ") in {"next()", "return next()"}


def checked_first(source: SourceFile, function: Node) -> str:
    """What a function hands the request to at once, and ends if nothing comes of it."""
    body = function.child_by_field_name("body")
    plain = [one for one in (body.named_children if body else ()) if one.type != "comment"]
    if len(plain) < 2 or plain[1].type != "if_statement":
        return ""
    checked = _CHECKED.fullmatch(" ".join(source.text(plain[0]).split()))
    condition = source.text(plain[1].child_by_field_name("condition"))
    inside = source.text(plain[1].child_by_field_name("consequence")).strip("{} \n\t")
    is_end = checked and condition == f"(!{checked[1]})" and ENDS_PLAINLY.fullmatch(inside)
    return checked[2] if checked and is_end else ""


def or_else(source: SourceFile, function: Node) -> str:
    """What a check calls for nobody, `no` of `if (known) next(); else no(res)`; "" for none."""
    body = function.child_by_field_name("body")
    plain = [one for one in (body.named_children if body else ()) if one.type != "comment"]
    if len(plain) != 1 or plain[0].type != "if_statement":
        return ""
    condition = source.text(plain[0].child_by_field_name("condition")).strip("() ")
    ways = [
        source.text(plain[0].child_by_field_name(one)) for one in ("consequence", "alternative")
    ]
    passed, other = (_BARE.sub("", one).strip() for one in ways)
    if condition.startswith("!"):
        condition, passed, other = condition[1:], other, passed
    found = _CALLS_ONE.fullmatch(" ".join(other.split()))
    is_about = asks_who(condition, IDENTITY) and not _MIXED.search(condition)
    return found[1] if found and is_about and passed.rstrip(";") == "next()" else ""


_RETURNS = "(return_statement) @returned"
_OF_GUARD = re.compile(
    r"return \(?(?:await )?this\.(\w+)\.canActivate\(\s*\w+\s*\)\)?(?: as [\w<>]+)?;?"
)


def hands_to(source: SourceFile, method: Node) -> list[str]:
    """The classes of the guards of NestJS that one asks on each of its ways; none where others."""
    found = [source.text(one) for one in source.captures(_RETURNS, method).get("returned", ())]
    asked = [_OF_GUARD.fullmatch(one) for one in found]
    of_class = source.text(method.parent)
    if "catch" in source.text(method):
        return []
    types = [
        re.search(rf"\b{one[1]}\??\s*:\s*([A-Z]\w*)", of_class) if one else None for one in asked
    ]
    return sorted({one[1] for one in types if one}) if all(types) else []


#: What a guard's base answers, and nothing beside it: no `|| isOpen`, no `.catch(() => true)`.
_SUPER = (
    r"\(?(?:await\s+)?super\.canActivate\(\s*\w+\s*\)\)?"
    r"(?:\s+as\s+(?:boolean|any|(?:Promise|Observable)<\w+>))?\)?\s*;?"
)


def gives_super(source: SourceFile, method: Node, said: str) -> bool:
    """Whether what a guard gives back is what its base answers, by a method of its own too."""
    if re.fullmatch(rf"(?:await\s+)?{_SUPER}", said):
        return True
    own = re.fullmatch(r"(?:await\s+)?this\.(\w+)\(\w+\)", said)
    if own is None:
        return False
    head = rf"(?<![\w.]){own[1]}\s*\([^()]{{0,400}}\)[^(){{}};]{{0,200}}"
    body = rf"\{{\s*return {_SUPER}\s*\}}"
    return re.search(head + body, source.text(method.parent)) is not None
