"""Puts one table into a TOML text, last, so that taking it out gives the text that was there.

What stands before it stays as it is, byte for byte. A text that did not end its last line does not
end it with the table either: by that it is known again.
"""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from cli.agents.json_places import LeftAlone
from cli.agents.json_settings import is_our_server
from memory.texts.toml_text import read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Strings and comments, whose brackets say nothing, and the brackets that do; https://toml.io.
_MARK = re.compile(
    r'''"""(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}|"(?:[^"\\\n]|\\.)*"'''
    r"""|'{3}(?:[^']|'{1,2}(?!'))*'{3,5}|'[^'\n]*'"""
    r"|\#[^\n]*|(?P<opens>[\[{])|(?P<closes>[\]}])",
    re.DOTALL,
)
Values = dict[str, str | list[str]]  # of a table


def with_table(text: str | None, path: Sequence[str], values: Mapping[str, Any]) -> str:
    """The text with the table of this path, and these values in it.

    Args:
        text: A TOML file; None for no file.
        path: The names of the table, each a plain word.
        values: What it says; what else stands in it stays.

    Raises:
        LeftAlone: The text is no TOML, or has something else in this place.
    """
    said = _read(text)
    lines = {
        name: f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items()
    }
    table = _find(said, path)
    if table is None:
        ends = "\r\n" if "\r\n" in (text or "") else "\n"
        block = ends.join([f"[{'.'.join(path)}]", *lines.values()])
        if text is None:
            changed = block + ends
        elif not text or text.endswith("\n"):
            changed = text + ends + block + ends
        else:
            changed = text + ends * 2 + block
    else:
        if not is_our_server(table):
            raise LeftAlone(f"it has a table {'.'.join(path)} that archmem did not write")
        changed = text or ""
        for name, line in lines.items():
            if table.get(name) != values[name]:
                changed = _with_line(changed, path, name, line)
    _ensure(changed, _put(said, path, {**(table or {}), **values}))
    return changed


def without_table(text: str | None, path: Sequence[str]) -> str | None:
    """The text without our table and what belongs to it; None if there was nothing else.

    Raises:
        LeftAlone: The text is no TOML, or the table is written in another way.
    """
    said = _read(text)
    table = _find(said, path)
    if text is None or table is None or not is_our_server(table):
        return text
    rest: list[str] = []
    taken = False
    for block in _blocks(text):
        if _is_of(block, path):
            taken = True
            if not block.endswith("\n") and rest:  # as the text ended before
                rest[-1] = re.sub(r"(?:\r?\n){2}\Z", "", rest[-1])
            elif rest:
                rest[-1] = re.sub(r"\r?\n\Z", "", rest[-1], count=1)
        else:
            rest.append(block)
    changed = "".join(rest)
    left = _put(said, path, None)
    if not taken or _put(_read(changed), path, None) != left:
        raise LeftAlone(f"the table {'.'.join(path)} is written in a way that is not archmem's")
    return changed or (None if text.startswith("[") else "")


def _blocks(text: str) -> list[str]:
    """A text by its tables: what begins with a bracket within a value begins no table."""
    starts, depth = [0], 0
    for found in _MARK.finditer(text):
        if found["opens"]:
            line = text.rfind("\n", 0, found.start()) + 1
            if depth == 0 and line and not text[line : found.start()].strip():
                starts.append(line)
            depth += 1
        elif found["closes"]:
            depth -= 1
    return [text[start:end] for start, end in pairwise([*starts, len(text)])]


def _is_of(block: str, path: Sequence[str]) -> bool:
    """Whether a block is the table of this path or one within it."""
    head = re.match(r"[ \t]*\[([^\[\]\n]*)\]", block)
    names = [name.strip().strip("\"'") for name in head[1].split(".")] if head else []
    return names[: len(path)] == list(path)


def _with_line(text: str, path: Sequence[str], name: str, line: str) -> str:
    """The text in which one value of the table is another."""
    blocks = _blocks(text)
    own = next(at for at, block in enumerate(blocks) if _is_of(block, path))
    pattern = rf"(?m)^{re.escape(name)}[ \t]*=[^\r\n]*"
    blocks[own] = re.sub(pattern, lambda _: line, blocks[own], count=1)
    return "".join(blocks)


def _read(text: str | None) -> dict[str, Any]:
    try:
        return read_toml((text or "").replace("\r\n", "\n"))
    except ValueError as error:
        raise LeftAlone(f"it is not valid TOML: {error}") from None


def _find(said: Any, path: Sequence[str]) -> Any:
    for name in path:
        if not isinstance(said, dict) or name not in said:
            return None
        said = said[name]
    return said


def _put(said: dict[str, Any], path: Sequence[str], table: Any) -> dict[str, Any]:
    """The values with another table in this place, or with none."""
    name, *rest = path
    inner = said.get(name, {})
    if rest:
        if not isinstance(inner, dict):
            raise LeftAlone(f"{name!r} is no table")
        table = _put(inner, rest, table) or None
    return {
        **{each: said[each] for each in said if each != name},
        **({name: table} if table else {}),
    }


def _ensure(text: str, wanted: dict[str, Any]) -> None:
    """What was made says what it should, or is not written."""
    try:
        said = _read(text)
    except LeftAlone:  # an inline table, for one, can be said once only
        said = None
    if said != wanted:
        raise LeftAlone("its tables are written in a way that cannot be added to")
