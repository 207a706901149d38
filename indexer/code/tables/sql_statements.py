"""Takes the text of SQL apart into its statements, with the line of each."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Sections of a migration that take it back: goose, sql-migrate, dbmate, MyBatis, Play.
_SECTION = re.compile(
    r"^[ \t]*(?:--|#)[ \t]*(?:\+goose|\+migrate|migrate:|//@|---[ \t]*!)[ \t]*"
    r"(?:(?P<down>down|downs|undo)|up|ups)\b.*$",
    re.IGNORECASE | re.MULTILINE,
)
_STRING, _OF_MYSQL = r"'(?:[^']|'')*'", r"'(?:[^'\\]|''|\\.)*'"
_DOLLARS = r"| \$(?P<tag>\w*)\$.*?\$(?P=tag)\$"
_TOKENS = r"""
    (?P<skip>--[^\n]* | ^[ \t]*\#[^\n]* | /\*.*?(?:\*/|\Z)
    | ^COPY\b[^;]{{0,999}}\bFROM[ ]stdin\b[^;]{{0,999}};.*?(?:^\\\.$|\Z)
    | ^\\[^\n]* )
  | (?P<quoted>{string} | "(?:[^"]|"")*" | `[^`]*` {dollars} )
  | ^[ \t]*+DELIMITER[ \t]++(?P<delimiter>\S++)[ \t]*+$
  | (?P<go>^[ \t]*+GO[ \t]*+;?[ \t]*+$)
  | (?P<end>;+ | \$\$ | //)
"""
_FLAGS = re.VERBOSE | re.MULTILINE | re.DOTALL | re.IGNORECASE
_PLAIN = re.compile(_TOKENS.format(string=_STRING, dollars=_DOLLARS), _FLAGS)
_MYSQL = re.compile(_TOKENS.format(string=_OF_MYSQL, dollars=""), _FLAGS)


def statements(text: str, *, is_mysql: bool = False) -> Iterator[tuple[int, str]]:
    """The line of each statement, from 1, and its text without comments around it.

    Left out are data between statements (`COPY`), commands of a shell, and the sections of a
    migration that take it back.
    """
    text = _without_ways_back(text)
    lines = [match.end() for match in re.finditer("\n", text)]
    delimiter, parts, begin, at = ";", [], -1, 0  # `at`: what was taken until now

    def take(until: int) -> None:
        nonlocal begin
        piece = text[at:until]
        if begin < 0 and piece.strip():
            begin = at + len(piece) - len(piece.lstrip())
        parts.append(piece)

    def finish() -> Iterator[tuple[int, str]]:
        nonlocal begin, parts
        if said := "".join(parts).strip():
            yield bisect_right(lines, begin) + 1, said
        begin, parts = -1, []

    for token in (_MYSQL if is_mysql else _PLAIN).finditer(text):
        ended = token["end"] or delimiter
        if ended != delimiter and not (delimiter == ";" and ended.startswith(";")):
            continue
        take(token.end() if token["quoted"] else token.start())
        at = token.end()
        if token["skip"]:
            parts.append("\n" * token[0].count("\n") or " ")
        elif token["delimiter"]:
            delimiter = token["delimiter"]
        if token["end"] or token["go"] or token["delimiter"]:
            yield from finish()
    take(len(text))
    yield from finish()


def _without_ways_back(text: str) -> str:
    parts, at, is_back = [], 0, False
    for mark in _SECTION.finditer(text):
        parts.append(_blank(text[at : mark.start()]) if is_back else text[at : mark.start()])
        at, is_back = mark.start(), bool(mark["down"])
    parts.append(_blank(text[at:]) if is_back else text[at:])
    return "".join(parts)


def _blank(text: str) -> str:
    return "\n" * text.count("\n")
