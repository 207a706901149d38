"""Takes a Prisma schema apart into its blocks and their lines."""

from __future__ import annotations

import re
from typing import NamedTuple

_COMMENT = re.compile(r'("(?:[^"\\\n]|\\.)*")|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)
_HEAD = re.compile(r"^[ \t]*(datasource|generator|model|view|type|enum)[ \t]+(\w+)[ \t]*\{", re.M)


class Block(NamedTuple):
    """A model or the like; each of its lines with its number."""

    kind: str  # datasource, generator, model, view, type, enum
    name: str
    line: int
    last_line: int
    lines: tuple[tuple[int, str], ...]  # without comments; what goes on below is one line


def blocks(text: str) -> list[Block]:
    """Every block, in the order of the text."""
    text = _COMMENT.sub(lambda found: found[1] or "\n" * found[0].count("\n"), text)
    found = []
    for head in _HEAD.finditer(text):
        end = text.find("\n}", head.end())
        end = len(text) if end < 0 else end
        first = text.count("\n", 0, head.start()) + 1
        lines: list[tuple[int, str]] = []
        depth = 0
        for number, line in enumerate(text[head.end() : end].split("\n"), first):
            said = line.strip()
            if depth > 0:
                lines[-1] = (lines[-1][0], f"{lines[-1][1]} {said}")
            elif said:
                lines.append((number, said))
            depth += said.count("(") - said.count(")")
        last = text.count("\n", 0, end) + 2
        found.append(Block(head[1], head[2], first, last, tuple(lines)))
    return found
