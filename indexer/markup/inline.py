"""The words and the links of Markdown text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
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
    r"(?:\((?P<target><[^<>\n]{0,1000}>|[^\s()<>]{0,1000}(?:\([^\s()]{0,200}\)[^\s()]{0,500})?)"
    r"(?:\s+(?:\"[^\"\n]{0,300}\"|'[^'\n]{0,300}'))?\s{0,3}\)"
    r"|\[(?P<label>[^\[\]]{0,300})\])?"
)
_CODE = re.compile(r"(`{1,8})(?!`)[^`\n]{0,400}\1")
_FENCE = re.compile(r"\s{0,3}(?:[-*+>]\s{1,3}|\d{1,3}[.)]\s{1,3})*(`{3,}|~{3,})(.*)$")


@dataclass(frozen=True)
class Link:
    """A link of a text and where in it the link stands."""

    text: str  # as written, markup included
    target: str  # as written in the link or in its definition
    span: tuple[int, int]  # start and end in the text that was searched


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


def links(text: str, definitions: Mapping[str, str] | None = None) -> tuple[Link, ...]:
    """The links of a text in its order: inline ones, and those that `definitions` resolve.

    Args:
        text: Markdown, without fenced code; links inside code spans are not links.
        definitions: `Page.definitions`.
    """
    return tuple(_links(text, definitions or {}))


def fold_label(label: str) -> str:
    """The label of a reference link in the form that `Page.definitions` is keyed by."""
    return " ".join(label.split()).casefold()


def _links(text: str, definitions: Mapping[str, str]) -> Iterator[Link]:
    code = [match.span() for match in _CODE.finditer(text)] if "`" in text else []
    for match in _LINK.finditer(text) if "[" in text else ():
        target = match["target"]
        if target is None:
            target = definitions.get(fold_label(match["label"] or match["text"]))
        inside_code = any(start <= match.start() < end for start, end in code)
        if target and not inside_code:
            yield Link(match["text"], target.strip("<>"), match.span())


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
