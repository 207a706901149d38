"""What of the code a text names: definitions, files, tables, routes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from memory.code.targets import find_target, named_symbols
from memory.errors import InvalidRequest

if TYPE_CHECKING:
    from memory.code.codebase import CodeBase, CodePlace, Table

#: What people write as the name of something in code: User, OrderLine, line_total, users.models.
_NAME = re.compile(r"\b[A-Z]\w+(?:\.\w+)*|\b[a-z]\w*(?:[._/]\w+)+")
_TYPES = frozenset({"class", "interface", "trait", "enum", "type", "struct"})


def named_places(code: CodeBase, text: str) -> list[tuple[str, CodePlace]]:
    """The definitions that a text names, each once, with the name: types, dotted names, files.

    Of `Order.total` that is `Order` where the code has no such member.
    """
    found: dict[CodePlace, str] = {}
    for said in dict.fromkeys(_NAME.findall(text)):
        name = said
        while not (places := named_symbols(code, name)) and "." in name:
            name = name.rpartition(".")[0]
        for place in places[:1]:
            if not name.isalpha() or code.symbols[place].kind in _TYPES:
                found.setdefault(place, name)
        if "/" in said:
            for place in _of_path(code, said):
                found.setdefault(place, said)
    return [(name, place) for place, name in found.items()]


def named_tables(code: CodeBase, text: str) -> list[Table]:
    """The tables whose names stand in a text, in letters of that case and as a whole word."""
    words = set(re.findall(r"\w+", text))
    return [one for one in code.tables if "_" in one.table and one.table in words]


def _of_path(code: CodeBase, said: str) -> tuple[CodePlace, ...]:
    try:
        return find_target(code, said).starts[:1]
    except InvalidRequest:
        return ()
