"""The elements of Markdown text: words, links, list items, labels and pipe tables."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from markdown_it.token import Token

#: A longer run of inline text is not written by hand; it is cleaned by rule instead of parsed.
MAX_PARSED = 4_000

_MARKED = re.compile(r"[*_`<!\[\\&~]")
_TAG = re.compile(
    r"</?(?:a|abbr|b|big|br|center|code|del|details|div|em|font|h[1-6]|hr|i|img|ins|kbd|li|mark|ol"
    r"|p|pre|s|samp|small|span|strong|sub|summary|sup|table|tbody|td|th|thead|tr|tt|u|ul|var)"
    r"(?:\s[^<>]{0,500})?/?>",
    re.IGNORECASE,
)
_FOOTNOTE = re.compile(r"\[\^[^\[\]\n]{1,60}\]")
_LABELLED = re.compile(r"\[([^\[\]\n]{1,400})\]\[[^\[\]\n]{0,400}\]")
_EMPHASIS = re.compile(r"\*\*|__|~~|`")
_LINK = re.compile(
    r"(?<!\\)\[(?P<text>(?:[^\[\]\n]|\n(?!\n)|\[[^\[\]\n]{0,200}\]){1,400}?)\]"
    r"(?:\(\s{0,3}(?P<target><[^<>\n]{0,1000}>|[^\s()<>]{0,1000}(?:\([^\s()]{0,200}\)[^\s()]{0,500})?)"
    r"(?:\s+(?:\"[^\"\n]{0,300}\"|'[^'\n]{0,300}'))?\s{0,3}\)"
    r"|\[(?P<label>[^\[\]]{0,300})\])?"
)
_CODE = re.compile(r"(`{1,8})(?!`)[^`\n]{0,400}\1")
_FENCE = re.compile(r"\s{0,3}(?:[-*+>]\s{1,3}|\d{1,3}[.)]\s{1,3})*(`{3,}|~{3,})(.*)$")


@dataclass(frozen=True)
class MarkdownLink:
    """A link of a text and where in it the link stands."""

    text: str  # as written, markup included
    target: str  # as written in the link or in its definition
    span: tuple[int, int]  # start and end in the text that was searched


@lru_cache(maxsize=4096)  # a heading, a status or a cell is asked about by several readers
def plain(text: str) -> str:
    """The words of inline Markdown on one line, as a reader of the rendered page sees them."""
    if not _MARKED.search(text):
        return " ".join(text.split())
    if len(text) > MAX_PARSED:
        said = _EMPHASIS.sub("", _TAG.sub("", without_comments(text)))
    else:
        said = "".join(_words(_inline().parseInline(text)))
    return " ".join(_LABELLED.sub(r"\1", _FOOTNOTE.sub("", said)).split())


def without_comments(text: str) -> str:
    """The text without HTML comments, each line where it was; an unclosed comment stays."""
    kept: list[str] = []
    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start)) >= 0:
        kept += [text[at:start], "\n" * text.count("\n", start, end)]
        at = end + 3
    return "".join([*kept, text[at:]])


def without_code(text: str) -> str:
    """The text without fenced code, each line where it was; an unclosed fence runs to the end."""
    kept: list[str] = []
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line) if "`" in line or "~" in line else None
        if fence:
            kept.append("")
            if mark and mark[1].startswith(fence) and not mark[2].strip():
                fence = ""
        elif mark and not (mark[1][0] == "`" and "`" in mark[2]):
            fence = mark[1]
            kept.append("")
        else:
            kept.append(line)
    return "\n".join(kept)


def links(text: str, definitions: Mapping[str, str] | None = None) -> tuple[MarkdownLink, ...]:
    """The links of a text in its order: inline ones, and those that `definitions` resolve.

    Not in code spans; fenced code is to be blank.
    """
    return tuple(_links(text, definitions or {}))


def fold_label(label: str) -> str:
    """The label of a reference link in the form that `Page.definitions` is keyed by."""
    return " ".join(label.split()).casefold()


def _links(text: str, definitions: Mapping[str, str]) -> Iterator[MarkdownLink]:
    code = [match.span() for match in _CODE.finditer(text)] if "`" in text else []
    for match in _LINK.finditer(text) if "[" in text else ():
        target = match["target"]
        if target is None:
            target = definitions.get(fold_label(match["label"] or match["text"]))
        inside_code = any(start <= match.start() < end for start, end in code)
        if target and not inside_code:
            yield MarkdownLink(match["text"], target.strip("<>"), match.span())


@cache
def _inline() -> MarkdownIt:
    return MarkdownIt("commonmark", {"maxNesting": 20}).enable("strikethrough")


def _words(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in {"inline", "image"}:
            yield from _words(token.children or [])
        elif token.type in {"softbreak", "hardbreak"}:
            yield " "
        elif token.type == "html_inline":
            hidden = token.content.startswith("<!--") or _TAG.fullmatch(token.content)
            yield "" if hidden else token.content
        else:
            yield token.content


_ITEM = re.compile(r"(?P<indent>[ \t]{0,40})(?:[-*+•]|\d{1,9}[.)])(?P<gap>[ \t]+|$)(?P<text>.*)$")
_LABEL = re.compile(
    r"[ \t]{0,12}(?:>[ \t]?)?(?:(?:[-*+•]|\d{1,3}[.)])[ \t]+)?"
    r"(?P<mark>\*{1,3}|_{1,3})?"
    r"(?P<name>[^\W\d_][^:\uff1a*_`\[\]<>|()\n]{0,48}?(?:\([^()\n]{0,24}\))?)"
    r"(?:[ \t]*(?P<closed>\*{1,3}|_{1,3})[ \t]*)?(?::(?=[\s*_]|$)|\uff1a)"
    r"(?:[ \t]?(?P<late>\*{1,3}|_{1,3}))?(?P<value>.*)$"
)
_HEADING = re.compile(r" {0,3}#{1,6}(?:\s|$)")
_CELL_END = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"\|?[\s:|-]+\|?$")


@dataclass(frozen=True)
class ListItem:
    """An item of a list."""

    text: str  # without its marker; nested items and further paragraphs below, dedented
    lines: tuple[int, int]  # 1-based within the text that was read, both ends included


@dataclass(frozen=True)
class Label:
    """A fact written as `name: value`, in any of the ways in which people set a label off."""

    name: str  # without markup and without the colon
    value: str  # as written, with the lines that continue it; may be ""
    lines: tuple[int, int]  # 1-based within the text that was read, both ends included
    bold: bool  # whether the name is emphasised, as a heading of what follows it is


def list_items(text: str) -> tuple[ListItem, ...]:
    """The outermost list items of a text, in order, whatever lists they belong to."""
    found: list[tuple[int, int, list[str]]] = []  # first line, width of the marker, lines
    depth: int | None = None  # of the outermost markers of the list that we are in
    for number, line in enumerate(text.split("\n"), 1):
        match = _ITEM.match(line)
        indent = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
        if match and (depth is None or indent <= depth + 1):
            depth = indent
            found.append((number, match.start("text"), [match["text"]]))
        elif depth is not None and (indent > depth or not line.strip()):
            found[-1][2].append(_dedented(line, found[-1][1]))
        elif depth is not None and found[-1][2][-1].strip() and not _HEADING.match(line):
            found[-1][2].append(line.strip())  # a paragraph goes on without indentation
        else:
            depth = None
    return tuple(_item(number, lines) for number, _, lines in found)


def labels(text: str) -> tuple[Label, ...]:
    """The `name: value` lines of a text, each with the lines that continue its value.

    `**Status:** x`, `**Status**: x`, `- Status: x`, `* **Date**: x` and `Status: x` are labels;
    what follows on indented lines or in a nested list belongs to the value.
    """
    found: list[Label] = []
    for number, line in enumerate(text.split("\n"), 1):
        label = _label(line, number)
        if label is not None and not (found and _is_nested(line, found[-1], number)):
            found.append(label)
        elif found and found[-1].lines[1] == number - 1 and line.strip() and line[0] in " \t":
            found[-1] = _longer(found[-1], line.strip(), number)
    return tuple(found)


def tables(text: str) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """The pipe tables of a text, in order, each as its rows without the ruling lines.

    Cells are as written, without the blanks around them and with `\\|` as `|`; a row may have any
    number of them. Below a row and a rule without bars at their ends, rows need none either.
    """
    found: list[list[tuple[str, ...]]] = [[]]
    before, is_bare = "", False  # the line above; whether rows may begin without a bar
    for line in text.split("\n"):
        row = line.strip()
        is_rule = bool(_RULE.fullmatch(row)) and "-" in row and "|" in row
        if is_rule and "|" in before and not before.startswith("|"):
            found.append([table_cells(before)])
            is_bare = True
        is_row = row.count("|") > 1 if row.startswith("|") else is_bare and "|" in row
        if not is_row and not is_rule:
            found.append([])
            is_bare = False
        elif not _RULE.fullmatch(row):
            found[-1].append(table_cells(row))
        before = row
    return tuple(tuple(rows) for rows in found if rows)


def table_rows(text: str) -> tuple[tuple[str, ...], ...]:
    """The rows of all pipe tables of a text, in order."""
    return tuple(chain(*tables(text)))


def table_cells(row: str) -> tuple[str, ...]:
    """The cells of one row of a pipe table."""
    inner = row.strip().removeprefix("|")
    cells = _CELL_END.split(inner.removesuffix("|") if not inner.endswith("\\|") else inner)
    return tuple(cell.strip().replace("\\|", "|") for cell in cells)


def _item(number: int, lines: list[str]) -> ListItem:
    while len(lines) > 1 and not lines[-1].strip():
        lines.pop()
    return ListItem("\n".join(lines).strip(), (number, number + len(lines) - 1))


def _dedented(line: str, width: int) -> str:
    return line[width:].rstrip() if not line[:width].strip() else line.strip()


def _label(line: str, number: int) -> Label | None:
    match = _LABEL.match(line) if ":" in line or "\uff1a" in line else None
    if match is None:
        return None
    opened, closed = match["mark"] or "", match["closed"] or match["late"] or ""
    value = match["value"].strip()
    if match["late"] and not opened:  # it is the value that is emphasised
        value = match["late"] + value
    if opened and not closed:  # emphasis that goes on past the colon
        if not value.endswith(opened):
            return None
        value = value.removesuffix(opened).rstrip()
    return Label(plain(match["name"]).strip(), value, (number, number), bold=bool(opened))


def _is_nested(line: str, above: Label, number: int) -> bool:
    """Whether a label is an item inside the value of the label above it."""
    return not above.value.strip() and above.lines[1] == number - 1 and line[:2].isspace()


def _longer(label: Label, line: str, number: int) -> Label:
    value = f"{label.value}\n{line}" if label.value else line
    return replace(label, value=value, lines=(label.lines[0], number))
