"""Pages in reStructuredText, AsciiDoc and Org, line by line as those of Markdown would say it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.markup.page import Heading, heading_title, page_of, read_page
from memory.texts.patterns import BLANK_BEFORE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from indexer.markup.page import Page


def reader_of(path: str) -> Callable[[str], Page]:
    """What reads a page, by the ending of its name; Markdown where that tells nothing else."""
    return _READERS.get(path.rpartition(".")[2].lower(), read_page)


_UNDERLINE = re.compile(r"([=\-`:'\"~^_*+#<>.])\1{2,}\s*$")
_LINK = re.compile(r"`([^`<>\n]{1,300}?)\s*<([^<>`\n]{1,500})>`_{1,2}")
_ROLE = re.compile(r":(pep|rfc):`(\d{1,5})`", re.IGNORECASE)
#: Labels of several words: they are titles.
_REF = re.compile(
    r":ref:`(?:([^`<>\n]{1,200}?)\s*<[^`<>\n]{1,200}\s[^`<>\n]{1,200}>"
    r"|~?([^\s`<>]{1,100}\s[^`<>\n]{1,200}))`"
)
_DOC = re.compile(r":(doc|ref):`(?:([^`<>\n]{1,300}?)\s*<)?([^<>`\n]{1,300})>?`")
_FIELD = re.compile(r"^:([A-Za-z][\w -]{0,40}):(?=\s|$)", re.MULTILINE)
_ADOC_HEADING = re.compile(r"(={1,6}|#{1,6})\s+(\S.*)$")
#: What AsciiDoc takes as it stands lies between two of these.
_ADOC_FENCE = re.compile(r"(-{4,}+|\.{4,}+|\+{4,}+|/{4,}+|`{3,}+)[\w,-]*+\s*$")
_ADOC_RANKS = "=-~^+"  # of underlined titles
_ADOC_LINK = re.compile(r"(?:xref|link):([^\s\[\]]{1,500})\[([^\[\]\n]{0,300})\]")


def read_restructuredtext(text: str) -> Page:
    """A page of underlined headings, whose ranks are given by the order they first appear in.

    Links become `[words](target)`, `:pep:` and `:rfc:` roles `PEP 8`, field lists `Name: value`;
    the lines stay where they are.
    """
    text = _LINK.sub(r"[\1](\2)", text)
    text = _ROLE.sub(lambda role: f"{role[1].upper()} {role[2]}", text)
    text = _REF.sub(lambda ref: ref[1] or ref[2], text)
    text = _DOC.sub(_as_link, text)
    lines = _FIELD.sub(r"\1:", text).split("\n")
    return page_of(lines, _underlined(lines))


def _as_link(role: re.Match[str]) -> str:
    """A role as a link: of a document to its file, of a label to what may be called so.

    What another project calls so, "openedx-events:ADRs", is only its words.
    """
    said = role[2] or role[3]
    if ":" in role[3]:
        return said
    return f"[{said}]({role[3]}{'.rst' if role[1] == 'doc' else ''})"


def read_asciidoc(text: str) -> Page:
    """A page of `= Title` headings or underlined ones; attributes and links as in Markdown."""
    lines = _FIELD.sub(r"\1:", _ADOC_LINK.sub(r"[\2](\1)", text)).split("\n")
    return page_of(lines, list(_asciidoc_headings(lines)))


def _asciidoc_headings(lines: list[str]) -> Iterator[Heading]:
    fence = ""
    for number, line in enumerate(lines):
        above = lines[number - 1].rstrip() if number else ""
        is_below_text = above and (number < 2 or not lines[number - 2].strip())
        opening = _ADOC_FENCE.match(line)
        if fence:
            fence = "" if line.rstrip() == fence else fence
        elif match := _ADOC_HEADING.match(line):
            yield Heading(len(match[1]), heading_title(match[2]), number, number + 1)
        elif is_below_text and _underlines(line.rstrip(), above):
            level = _ADOC_RANKS.index(line[0]) + 1
            yield Heading(level, heading_title(above), number - 1, number + 1)
        elif opening:
            fence = opening[1]


def _underlines(rule: str, title: str) -> bool:
    """Whether a line is the rule below a title of AsciiDoc: as long as that, give or take one."""
    is_rule = len(rule) > 2 and rule[0] in _ADOC_RANKS and not rule.strip(rule[0])
    return is_rule and abs(len(rule) - len(title)) < 2 and title[0].isalnum()


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


_ORG_HEADING = re.compile(r"(\*+)[ \t]++(?:(?:TODO|DONE)[ \t]++)?(?:\[#\w\][ \t]++)?(\S.*)$")
_ORG_TAGS = re.compile(BLANK_BEFORE + r"[ \t]:[\w@#%:]+:\s*+$")
_ORG_KEYWORD = re.compile(r"[ \t]*+#\+(?P<name>[\w-]{1,40}):(?P<value>(?:[ \t].*)?)$")
_ORG_BLOCK = re.compile(r"[ \t]*+#\+(?P<which>begin|end)_(?P<kind>\w{1,40})", re.IGNORECASE)
_ORG_VERBATIM = frozenset({"src", "example", "comment", "export"})
_ORG_DRAWER = re.compile(r"[ \t]*+:(?P<name>[\w-]{1,40}):(?P<value>(?:[ \t].*)?)$")
_ORG_COMMENT = re.compile(r"[ \t]*+#(?:[ \t]|$)")
_ORG_LINK = re.compile(r"\[\[(?:file:)?([^\[\]\n]{1,500})\](?:\[([^\[\]\n]{1,300})\])?\]")
_ORG_DAY = re.compile(r"[<\[](\d{4}-\d\d-\d\d)(?:[ \t][^<>\[\]\n]{0,40})?[>\]]")
_ORG_CODE = re.compile(r"(?<![^\s(|])([=~])([^\s=~](?:[^=~\n]{0,200}[^\s=~])?)\1(?![^\s.,;:!?)|])")
_ORG_RULE = re.compile(r"[ \t]*+\|[-+]++\|?[ \t]*$")


def read_org(text: str) -> Page:
    """A page of `* Title` headings; keywords, properties, links and blocks as in Markdown.

    `#+TITLE: x` and `:STATUS: x` are fields, a day `<2023-07-04 Tue>` is its date, comments and
    the bounds of drawers are blank; the lines stay where they are.
    """
    read = list(_org_lines(text.split("\n")))
    lines = [line for line, _ in read]
    headings = [
        Heading(min(level, 6), heading_title(line.lstrip("# ")), number, number + 1)
        for number, (line, level) in enumerate(read)
        if level
    ]
    return page_of(lines, headings)


def _org_lines(lines: list[str]) -> Iterator[tuple[str, int]]:
    """Each line with the level of the heading that it is; 0 for all others."""
    block = ""  # the kind of the one that we are in, where that is taken as it stands
    for line in lines:
        bound = _ORG_BLOCK.match(line)
        kind = bound["kind"].lower() if bound else ""
        if block:
            is_end = kind == block and bound is not None and bound["which"].lower() == "end"
            block = "" if is_end else block
            yield "```" if is_end else line, 0
        elif bound:
            block = kind if kind in _ORG_VERBATIM and bound["which"].lower() == "begin" else ""
            yield "```" if block else "", 0
        elif heading := _ORG_HEADING.match(line):
            title = _org_line(_ORG_TAGS.sub("", heading[2]))
            yield f"{'#' * len(heading[1])} {title}", len(heading[1])
        else:
            yield _org_line(line), 0


def _org_line(line: str) -> str:
    if _ORG_COMMENT.match(line):
        return ""
    if stated := _ORG_KEYWORD.match(line) or _ORG_DRAWER.match(line):
        is_bound = stated.re is _ORG_DRAWER and not stated["value"].strip()
        line = "" if is_bound else f"{stated['name']}:{stated['value']}"
    if _ORG_RULE.match(line):
        return line.replace("+", "|")
    line = _ORG_LINK.sub(lambda link: f"[{link[2] or link[1]}]({link[1]})", line)
    return _ORG_CODE.sub(r"`\2`", _ORG_DAY.sub(r"\1", line))


_READERS: dict[str, Callable[[str], Page]] = {
    "rst": read_restructuredtext,
    "adoc": read_asciidoc,
    "asciidoc": read_asciidoc,
    "org": read_org,
}
