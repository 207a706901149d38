"""Values that stand in code of Python as they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indexer.code.syntax import Node, SourceFile

_TEXT = re.compile(r"[rRuUbB]?(\"\"\"|'''|['\"])(.*?)\1", re.DOTALL)
_PIECES = frozenset({"concatenated_string", "parenthesized_expression"})


def text_of(source: SourceFile, node: Node | None) -> str | None:
    """A text, in one piece or several; None for anything else."""
    if node is not None and node.type in _PIECES:
        parts = [text_of(source, one) for one in node.named_children if one.type != "comment"]
        return "".join(one for one in parts if one) if None not in parts else None
    found = _TEXT.fullmatch(source.text(node)) if node is not None else None
    return found[2] if found and node is not None and node.type == "string" else None
