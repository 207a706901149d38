"""Markdown pages as sections with their lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt

from indexer.markup.front_matter import NO_FRONT_MATTER, FrontMatter, read_front_matter
from indexer.markup.inline import fold_label, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DEEP_QUOTE = re.compile(r"^(?: {0,3}> ?){8}", re.MULTILINE)
_ANCHOR = re.compile(r"\s*\{#[\w:.-]*\}\s*$")


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it; section 0 of a page is what stands before any."""

    level: int  # 1 to 6; 0 for the part before the first heading
    title: str  # without inline markup; "" for the part before the first heading
    lines: tuple[int, int]  # 1-based, both included: the heading and all its subsections
    text: str  # below the heading, up to the next heading of any level; no blank ends
    start: int  # 1-based line on which `text` begins
    path: tuple[str, ...]  # the titles of the sections around it, outermost first


@dataclass(frozen=True)
class Page:
    """A Markdown file, its front matter set apart."""

    lines: tuple[str, ...]
    front: FrontMatter
    sections: tuple[Section, ...]  # in document order, subsections after their parent
    definitions: Mapping[str, str]  # reference links: label, folded -> target

    @property
    def preamble(self) -> Section:
        """What stands before the first heading."""
        return self.sections[0]

    def slice(self, lines: tuple[int, int]) -> str:
        """These lines, verbatim; 1-based, both ends included."""
        return "\n".join(self.lines[lines[0] - 1 : lines[1]])

    def whole(self, section: Section) -> str:
        """The text of a section with all its subsections, without its own heading."""
        return self.slice((min(section.start, section.lines[1] + 1), section.lines[1])).strip("\n")


@dataclass(frozen=True)
class Heading:
    """Where a heading stands; its lines count from 0."""

    level: int
    title: str
    first: int  # the line on which the heading begins
    below: int  # the line after the heading


def read_page(text: str) -> Page:
    """A page as sections; takes time linear in its length, whatever it holds."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    front = read_front_matter(lines)
    headings, definitions = _headings(lines, front.end)
    return page_of(lines, headings, front=front, definitions=definitions)


def page_of(
    lines: list[str],
    headings: list[Heading],
    *,
    front: FrontMatter = NO_FRONT_MATTER,
    definitions: Mapping[str, str] | None = None,
) -> Page:
    """A page whose headings have been found, in whatever markup it is written."""
    sections = tuple(_sections(lines, front.end, headings))
    return Page(tuple(lines), front, sections, definitions or {})


def heading_title(text: str) -> str:
    """What a heading says, without markup and without an explicit `{#anchor}`."""
    return plain(_ANCHOR.sub("", text))


def _headings(lines: list[str], skip: int) -> tuple[list[Heading], dict[str, str]]:
    """The headings below the first `skip` lines, and the targets of reference links."""
    env: dict[str, Any] = {}
    text = "\n".join(lines[skip:])
    tokens = _blocks(quotes=not _DEEP_QUOTE.search(text)).parse(text, env)
    found = [
        Heading(
            level=int(token.tag[1]),
            title=heading_title(inline.content),
            first=token.map[0] + skip,
            below=token.map[1] + skip,
        )
        for token, inline in pairwise(tokens)
        if token.type == "heading_open" and token.level == 0 and token.map
    ]
    targets = {
        fold_label(label): str(reference["href"])
        for label, reference in env.get("references", {}).items()
    }
    return found, targets


@cache
def _blocks(*, quotes: bool) -> MarkdownIt:
    """A parser of blocks only: inline text stays as it is written, which is all we need.

    Without `quotes` it reads block quotes as paragraphs: each of their levels costs it another
    pass over the rest of the page.
    """
    parser = MarkdownIt("commonmark").disable(["inline", "text_join"])
    return parser if quotes else parser.disable("blockquote")


def _sections(lines: list[str], skip: int, headings: list[Heading]) -> Iterator[Section]:
    total = len(lines)
    followers = [heading.first for heading in headings] + [total]
    preamble = Heading(0, "", skip, skip)
    yield _section(lines, preamble, following=followers[0], end=followers[0], path=())
    around: list[Heading] = []
    for heading, following, end in zip(
        headings, followers[1:], _ends(headings, total), strict=True
    ):
        while around and around[-1].level >= heading.level:
            around.pop()
        path = tuple(each.title for each in around)
        yield _section(lines, heading, following=following, end=end, path=path)
        around.append(heading)


def _ends(headings: list[Heading], total: int) -> list[int]:
    """For each heading the 0-based line on which the next of its level or above stands."""
    ends = [total] * len(headings)
    unfinished: list[int] = []
    for number, heading in enumerate(headings):
        while unfinished and headings[unfinished[-1]].level >= heading.level:
            ends[unfinished.pop()] = heading.first
        unfinished.append(number)
    return ends


def _section(
    lines: list[str], heading: Heading, *, following: int, end: int, path: tuple[str, ...]
) -> Section:
    """A section whose text ends before line `following` and whose subsections before `end`.

    Line numbers are 0-based here; blank lines at the end of a section belong to nobody.
    """
    start, stop = _trim(lines, heading.below, following)
    last = _trim(lines, heading.first, end)[1]
    return Section(
        level=heading.level,
        title=heading.title,
        # Below front matter that ends the page there is no line that could be the first.
        lines=(heading.first + 1, min(max(last, heading.first + 1), len(lines))),
        text="\n".join(lines[start:stop]),
        start=start + 1,
        path=path,
    )


def _trim(lines: list[str], start: int, stop: int) -> tuple[int, int]:
    while stop > start and not lines[stop - 1].strip():
        stop -= 1
    while start < stop and not lines[start].strip():
        start += 1
    return start, stop
