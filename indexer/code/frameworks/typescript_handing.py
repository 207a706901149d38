"""Checks of TypeScript that hand who asks to another function, which refuses in their place."""

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
