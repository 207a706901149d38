"""Fields in whatever form a page states them, brought to `name: value` lines and pipe tables."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache
from html import unescape
from itertools import zip_longest
from typing import TYPE_CHECKING
from urllib.parse import unquote

from indexer.markup.elements import fold_label
from memory.texts.patterns import BLANK_BEFORE, lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

_OPENING = lazy(r"(`{3,}+|~{3,}+)[^`]*$")
_PAIRS = lazy(
    r"(?>[ \t]*+(?:[\w(][\w ()/.-]{0,40}[ \t]*:(?:[ \t].*)?|(?<=[ \t])\S.*|#.*|)(?:\n|$))+"
)
_HTML = lazy(r"<(?:table|dl|pre|br|b|strong|details|p|div)\b", re.IGNORECASE)
#: A tag is searched for up to the last one that closes it: there is none from which one would
#: look for an end in vain, as far as the text goes.
_TABLE = lazy(r"<table\b.*?</table>", re.IGNORECASE | re.DOTALL)
_NO_ROW = "| . |"  # between rows: a blank line would end the table, a rule begin another
_ROW = lazy(r"<tr\b[^>]{0,2000}>(.*?)</tr>", re.IGNORECASE | re.DOTALL)
_CELL = lazy(r"<t[hd]\b[^>]{0,2000}>(.*?)</t[hd]>", re.IGNORECASE | re.DOTALL)
_TERM = lazy(r"<dt\b[^>]{0,2000}>", re.IGNORECASE)
_DETAIL = lazy(rf"(?:</dt>)?{BLANK_BEFORE}<dd\b[^>]{{0,2000}}>", re.IGNORECASE)
_END_OF_DETAIL = lazy(r"</dd>|$", re.IGNORECASE)
_BOLD = lazy(r"</?(?:b|strong)>", re.IGNORECASE)
_DROPPED = lazy(
    r"</?(?:table|thead|tbody|dl|pre|details|p|div|center|code|span)\b[^>]{0,2000}>"
    r"|<summary\b(?:(?!</?summary\b).){0,2000}+</summary>",
    re.IGNORECASE,
)
_BETWEEN_ROWS = lazy(r"(?<=\|)[^\S\n]*+\n\s*+(?=\|)")
_HARD_BREAK = lazy(r"\\$", re.MULTILINE)
_BREAK = lazy(r"<br\s*/?>[ \t]*\n?", re.IGNORECASE)
_LISTED_CELL = lazy(r"[ \t]+(?P<first>\*[ \t]+)?-[ \t]+(?P<cell>.*)$")
#: A badge says a field in its address: `![x](https://img.shields.io/badge/status-accepted-green)`.
_BADGE = lazy(
    r"\[?!\[[^\[\]\n]{0,200}\]\([^()\s]{0,300}/badge/(?P<name>[\w%]{2,40})-"
    r"(?P<value>(?:[\w.%]|--){2,60})-\w+[^()\n]{0,300}\)(?:\]\([^()\n]{0,300}\))?"
)
#: `![Status][st]` or `![st]`, whose address stands elsewhere.
_IMAGE = lazy(r"!\[(?P<words>[^\[\]\n]{0,200})\](?:\[(?P<label>[^\[\]\n]{0,200})\])?(?!\()")
_DEFINITION = lazy(r"[ \t]{0,3}:[ \t]+")
_ITEM = lazy(r"[ \t]*(?:[-*+][ \t]|[\[(☐☑☒])")
_BULLET = lazy(r"[ \t]*[-*+][ \t]")
_OTHER = lazy(r"[ \t]*(?:[-*+>][ \t]+)?[*_]{0,3}[^\W\d_][\w ]{0,30}[*_]{0,3}:|[ \t]*[#|]")
_GRID_RULE = lazy(r"[ \t]*\+(?:[-=]+\+)+[ \t]*$")
_SIMPLE_RULE = lazy(r"={2,}(?:[ \t]+={2,})+[ \t]*$")
_RULES = lazy(rf"^(?:{_GRID_RULE.pattern}|{_SIMPLE_RULE.pattern})", re.MULTILINE)
_COLUMNS = lazy(r"cols=\"([^\"]*)\"|cols=(\d+)")


def field_lines(
    text: str, names: Iterable[str], says: Callable[[str, str], bool] = lambda *_: False
) -> str:
    """A text with its fields as `name: value` lines or pipe tables.

    Read are HTML tables and definition lists, tables of reStructuredText and of AsciiDoc,
    code that is nothing but fields, definition lists of Markdown, and lines such as
    `**Status** Rejected`, `Status :: Rejected` and `Status - Rejected` of the fields in `names`.
    A field's name alone on its line has the next paragraph or list for its value. Of a name and a
    value with nothing but a blank between, `Date 2024-05-14`, `says` tells whether they are that.
    """
    text = _HARD_BREAK.sub("", _unfenced(text))
    if "/badge/" in text:
        text = _BADGE.sub(_badge, text)
    if _HTML.search(text):
        text = _without_html(text)
    if ".. list-table::" in text:
        text = "\n".join(_list_table(text.split("\n")))
    if _RULES.search(text):
        text = "\n".join(_ruled_tables(text.split("\n")))
    if "|===" in text:
        text = "\n".join(_asciidoc_table(text.split("\n")))
    return "\n".join(_joined(text.split("\n"), _line_of(frozenset(names)), says))


def _badge(image: re.Match[str]) -> str:
    said = f"{image['name']}: {image['value']}"
    return f"\n{unquote(said).replace('--', '-').replace('_', ' ')}\n"


def inlined_badges(text: str, definitions: Mapping[str, str]) -> str:
    """A text whose badges have their address beside them, as the page's `definitions` give it."""

    def inlined(image: re.Match[str]) -> str:
        target = definitions.get(fold_label(image["label"] or image["words"]), "")
        return f"![]({target})" if "/badge/" in target else image[0]

    is_asked = "![" in text and any("/badge/" in target for target in definitions.values())
    return _IMAGE.sub(inlined, text) if is_asked else text


def piped_tables(text: str) -> tuple[str, dict[int, int]]:
    """A text whose HTML tables are pipe tables, with each row on the line where it began.

    The header goes one line up, to make room for a rule; a table with its first row on its first
    line stays as it is.

    Returns:
        The text, and the last line of each such row by its first, 1-based.
    """
    ends: dict[int, int] = {}

    def piped(table: re.Match[str]) -> str:
        inside, above = table[0], text.count("\n", 0, table.start())
        found = _ROW.finditer(inside, 0, _after_last(inside, "</tr>"))
        rows = {inside.count("\n", 0, row.start()): row for row in found}
        first = min(rows, default=0)
        if not first:
            return inside
        lines = [""] * (inside.count("\n") + 1)
        lines[first - 1 : max(rows)] = [_NO_ROW] * (max(rows) - first + 1)
        for at, row in rows.items():
            lines[at] = f"| {' | '.join(_cells(row[1]))} |"
            ends[above + at + 1] = above + inside.count("\n", 0, row.end()) + 1
        header = lines[first]
        lines[first - 1 : first + 1] = header, "|---" * (header.count(" | ") + 1) + "|"
        return "\n".join(lines)

    if "<table" not in text.lower():
        return text, ends
    end = _after_last(text, "</table>")
    return _TABLE.sub(piped, text[:end]) + text[end:], ends


def _unfenced(text: str) -> str:
    """A text with what stands in fences that are nothing but fields outside of them."""
    if "```" not in text and "~~~" not in text:
        return text
    lines = text.split("\n")
    fences: dict[str, list[int]] = {}  # the lines that are nothing else
    for number, line in enumerate(lines):
        if line[:3] in ("```", "~~~"):
            fences.setdefault(line.rstrip(" \t"), []).append(number)
    said: list[str] = []
    at = 0
    while at < len(lines):
        opening = _OPENING.match(lines[at])
        closing = fences.get(opening[1], []) if opening else []
        place = bisect_left(closing, at + 2)
        inside = "\n".join(lines[at + 1 : closing[place]]) if place < len(closing) else None
        if inside is None:
            said.append(lines[at])
            at += 1
            continue
        whole = lines[at : closing[place] + 1]
        said += [inside] if _PAIRS.fullmatch(inside) else whole
        at = closing[place] + 1
    return "\n".join(said)


def _after_last(text: str, tag: str) -> int:
    """Where the last of these tags ends; 0 where there is none."""
    return max((match.end() for match in re.finditer(tag, text, re.IGNORECASE)), default=0)


def _terms(text: str) -> str:
    """A text with each term of its definition lists as a field."""
    last = max((match.start() for match in _DETAIL.finditer(text)), default=0)
    said: list[str] = []
    at = 0
    while (
        (term := _TERM.search(text, at, last))
        and (detail := _DETAIL.search(text, term.end()))
        and (end := _END_OF_DETAIL.search(text, detail.end()))
    ):
        name, value = text[term.end() : detail.start()], text[detail.end() : end.start()]
        said += text[at : term.start()], f"\n{_inner(name)}: {_inner(value)}\n"
        at = end.end()
    return "".join(said) + text[at:]


def _without_html(text: str) -> str:
    end = _after_last(text, "</tr>")
    text = _ROW.sub(lambda row: f"\n| {' | '.join(_cells(row[1]))} |\n", text[:end]) + text[end:]
    text = _terms(text)
    text = _BREAK.sub("\n", _BOLD.sub("**", text))
    return unescape(_BETWEEN_ROWS.sub("\n", _DROPPED.sub("", text)))


def _cells(row: str) -> Iterator[str]:
    end = _after_last(row, "</t[hd]>")
    for cell in _CELL.findall(row, 0, end):
        yield _inner(cell).replace("|", "\\|")


def _inner(text: str) -> str:
    return " ".join(_BOLD.sub("**", text).split())


def _list_table(lines: list[str]) -> Iterator[str]:
    """`* - a` begins a row, `  - b` goes on with it."""
    row: list[str] = []
    for line in lines:
        match = _LISTED_CELL.match(line)
        if match is None or match["first"]:
            if row:
                yield f"| {' | '.join(row)} |"
            row = []
        if match is None:
            if line.strip() or not row:
                yield line
        else:
            row.append(match["cell"].strip())
    if row:
        yield f"| {' | '.join(row)} |"


def _ruled_tables(lines: list[str]) -> Iterator[str]:
    """Grid tables, `+---+` between rows, and simple ones, `=== ===` around them, as pipe tables."""
    cells: list[str] = []  # of the row of a grid
    columns: list[int] = []  # where those of a simple table begin
    for line in lines:
        if _GRID_RULE.match(line):
            if any(cells):
                yield f"| {' | '.join(cells)} |"
            cells = [""] * (line.count("+") - 1)
        elif cells and line.strip().startswith("|"):
            said = line.strip().strip("|").split("|")
            cells = [
                " ".join(f"{a} {b}".split()) for a, b in zip_longest(cells, said, fillvalue="")
            ]
        elif _SIMPLE_RULE.match(line):
            columns = [match.start() for match in re.finditer("=+", line)]
        elif columns and line.strip():
            ends = [*columns[1:], len(line)]
            row = [line[at:end].strip() for at, end in zip(columns, ends, strict=True)]
            yield f"| {' | '.join(row)} |"
        else:
            cells, columns = [], []
            yield line


def _asciidoc_table(lines: list[str]) -> Iterator[str]:
    """The cells of `|===` tables, as many in a row as the first line or `cols` has."""
    cells: list[str] | None = None
    columns = 0
    for line in lines:
        if line.strip() == "|===":
            if cells:
                for start in range(0, len(cells), columns or 1):
                    yield f"| {' | '.join(cells[start : start + (columns or 1)])} |"
            cells, columns = ([], columns) if cells is None else (None, 0)
        elif cells is None:
            said = _COLUMNS.search(line)
            if said:
                columns = int(said[2]) if said[2] else said[1].count(",") + 1
            else:
                yield line
        else:
            found = [cell.strip() for cell in line.split("|")[1:]]
            columns = columns or len(found)
            cells += found


@cache
def _line_of(names: frozenset[str]) -> re.Pattern[str]:
    known = "|".join(
        re.escape(name).replace(r"\ ", "[ _-]") for name in sorted(names, key=len, reverse=True)
    )
    return re.compile(
        rf"(?P<lead>[ \t]{{0,3}}(?:>[ \t]?)*(?:[-*+•][ \t]+)?)(?P<mark>\*{{1,3}}|_{{1,3}}|`|\[)?:?"
        rf"(?P<name>{known})(?P<closed>\*{{1,3}}|_{{1,3}}|`|\](?:\([^)\n]*\))?)?"
        r"(?:[ \t]*(?P<colon>:{1,2}|=|\uff1a)(?P<late>\*{1,3}|_{1,3})?(?=[ \t*_`]|$)"
        r"|[ \t]+(?P<dash>[\u2013\u2014-])(?=[ \t])|(?P<blank>[ \t]+|$))(?P<value>.*)$",
        re.IGNORECASE,
    )


def _joined(
    lines: list[str], known: re.Pattern[str], says: Callable[[str, str], bool]
) -> Iterator[str]:
    """The lines, those of known fields as `name: value`, with what stands below a bare name."""
    waits = False  # for the value of the name above
    below = ""  # how the value is indented
    for number, line in enumerate(lines):
        match = known.match(line)
        following = next((one for one in lines[number + 1 :] if one.strip()), "")
        value = match["value"].strip() if match else ""
        if match and says(match["name"], value.strip("*_ ")):
            yield f"{match['lead']}{match['name']}: {value.strip('*_ ')}"
            waits = False
        elif match and _is_field(match, is_defined=_is_of(following, line)):
            yield f"{match['lead']}{match['name']}: {value}"
            waits, below = not value, " " * (len(match["lead"]) + 4)
        elif waits and not line.strip():
            continue
        elif waits and not _OTHER.match(line):
            yield below + _DEFINITION.sub("", line).strip()
            waits = bool(_ITEM.match(line))
        else:
            waits = False
            yield line


def _is_of(following: str, line: str) -> bool:
    """Whether a line gives what the one above it names: a definition, or an item below an item."""
    is_below = len(following) - len(following.lstrip()) > len(line) - len(line.lstrip())
    is_item = bool(_BULLET.match(line) and _BULLET.match(following) and is_below)
    return is_item or bool(_DEFINITION.match(following))


def _is_field(match: re.Match[str], *, is_defined: bool) -> bool:
    """Whether a line that begins with a field's name states it and is no sentence."""
    is_open = bool(match["mark"]) and not (match["closed"] or match["late"])
    if match["colon"] or match["dash"]:
        return not is_open
    is_set_off = bool(match["mark"] and match["closed"])
    return is_set_off or (is_defined and not match["value"].strip())
