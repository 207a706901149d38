"""reStructuredText and AsciiDoc as pages: their headings found, their links written as Markdown."""

from __future__ import annotations

import re

from indexer.markup.markdown import Heading, Page, heading_title, page_of

_UNDERLINE = re.compile(r"([=\-`:'\"~^_*+#<>.])\1{2,}\s*$")
_LINK = re.compile(r"`([^`<>\n]{1,300}?)\s*<([^<>`\n]{1,500})>`_{1,2}")
_ROLE = re.compile(r":(pep|rfc):`(\d{1,5})`", re.IGNORECASE)
_DOC = re.compile(r":(?:doc|ref):`(?:([^`<>\n]{1,300}?)\s*<)?([^<>`\n]{1,300})>?`")
_FIELD = re.compile(r"^:([A-Za-z][\w -]{0,40}):(?=\s|$)", re.MULTILINE)
_ADOC_HEADING = re.compile(r"(={1,6})\s+(\S.*)$")
_ADOC_LINK = re.compile(r"(?:xref|link):([^\s\[\]]{1,500})\[([^\[\]\n]{0,300})\]")


def read_restructuredtext(text: str) -> Page:
    """A page of underlined headings, whose ranks are given by the order they first appear in.

    Links become `[words](target)`, `:pep:` and `:rfc:` roles `PEP 8`, field lists `Name: value`;
    the lines stay where they are.
    """
    text = _LINK.sub(r"[\1](\2)", text)
    text = _ROLE.sub(lambda role: f"{role[1].upper()} {role[2]}", text)
    text = _DOC.sub(lambda doc: f"[{doc[1] or doc[2]}]({doc[2]}.rst)", text)
    lines = _FIELD.sub(r"\1:", text).split("\n")
    return page_of(lines, _underlined(lines))


def read_asciidoc(text: str) -> Page:
    """A page of `= Title` headings; attributes and links become those of Markdown."""
    text = _FIELD.sub(r"\1:", _ADOC_LINK.sub(r"[\2](\1)", text))
    lines = text.split("\n")
    found = ((number, _ADOC_HEADING.match(line)) for number, line in enumerate(lines))
    headings = [
        Heading(len(match[1]), heading_title(match[2]), number, number + 1)
        for number, match in found
        if match
    ]
    return page_of(lines, headings)


def _underlined(lines: list[str]) -> list[Heading]:
    ranks: dict[tuple[str, bool], int] = {}
    headings: list[Heading] = []
    for number in range(1, len(lines)):
        rule = _UNDERLINE.match(lines[number])
        title = lines[number - 1].strip()
        if not rule or not title or _UNDERLINE.match(title):
            continue
        if len(lines[number].rstrip()) + 2 < len(title):
            continue
        above = lines[number - 2].rstrip() if number >= 2 else ""
        overlined = above == lines[number].rstrip()
        if above and not overlined:
            continue  # the end of a paragraph, or a table
        level = ranks.setdefault((rule[1], overlined), len(ranks) + 1)
        first = number - 2 if overlined else number - 1
        headings.append(Heading(min(level, 6), heading_title(title), first, number + 1))
    return headings
