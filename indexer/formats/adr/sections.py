"""What the sections of a decision record say, and whether they have been filled in."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from indexer.formats.adr.metadata import (
    has_placeholder,
    is_empty,
    is_placeholder,
    stated_in_heading,
)
from indexer.markup.elements import labels, list_items, plain, without_code, without_comments
from memory.texts.lexicon import any_of, read_lexicon

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from indexer.markup.page import Page, Section

_LEXICON = read_lexicon("sections")


def _heading(languages: Mapping[str, Iterable[str]]) -> re.Pattern[str]:
    """A pattern for any of these headings."""
    words = any_of(chain(*languages.values()))
    return re.compile(rf"(?:{words})(?:\s*\(.*\))?[:.]?", re.IGNORECASE)


#: Each part with the headings that begin it; the first pattern that matches a whole heading.
_PARTS = tuple((part, _heading(words)) for part, words in _LEXICON["parts"].items())
_SUMMARY = _heading(_LEXICON["summary"])
_KNOWN = tuple(_LEXICON["templates"]["en"])
_NUMBER = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*[.)]?|[A-Z][.)]|[IVX]{1,4}[.)])\s+")
#: Parts that describe what was not decided, or how such things are written.
NOT_ASSERTED = frozenset({"alternatives", "outlook"})


def part_of(heading: str) -> str:
    """The part that a heading begins; "" for one that belongs to what is around it."""
    said = _NUMBER.sub("", heading.strip().lstrip("\u2705\u274c\u26a0\ufe0f\U0001f914 "), count=1)
    stated = stated_in_heading(said)
    name = stated[0] if stated else said
    return next((part for part, pattern in _PARTS if pattern.fullmatch(name)), "")


def sections_by_part(page: Page) -> list[tuple[str, Section]]:
    """Each section with its part: that of its own heading, or of the nearest one around it."""
    found: list[tuple[str, Section]] = []
    around: list[tuple[int, str]] = []
    for section in page.sections:
        while around and around[-1][0] >= section.level:
            around.pop()
        part = part_of(section.title) or (around[-1][1] if around else "")
        around.append((section.level, part))
        found.append((part, section))
    return found


def read_parts(page: Page) -> dict[str, str]:
    """The text of each part, Markdown, with the headings inside it; comments left out.

    A record without a decision but with a summary has that for its decision: in the RFC
    tradition the summary says what is proposed.
    """
    texts: dict[str, list[str]] = {}
    summary = ""
    for part, section in sections_by_part(page):
        text = without_comments(section.text).strip()
        if not part:
            if not summary and _SUMMARY.fullmatch(section.title):
                summary = text
            continue
        heading = "" if part_of(section.title) == part else f"{'#' * section.level} {section.title}"
        texts.setdefault(part, []).extend(filter(None, (heading, text)))
    parts = {part: "\n\n".join(said) for part, said in texts.items() if said}
    if summary and not parts.get("decision"):
        parts["decision"] = summary
    return parts


def read_alternatives(page: Page, parts: Mapping[str, str]) -> tuple[str, ...]:
    """The options that were considered, one each: list items, or subsections, or one text."""
    sections = [section for part, section in sections_by_part(page) if part == "alternatives"]
    for section in sections:
        listed = _one_line_items(without_comments(section.text))
        if listed and part_of(section.title) == "alternatives":
            return listed
    named = [section.title for section in sections if not part_of(section.title)]
    if named:
        return tuple(dict.fromkeys(named))
    text = parts.get("alternatives", "")
    return (text,) if text else ()


def read_items(text: str) -> tuple[str, ...]:
    """A text as its list items, or as the one thing that it says."""
    return _one_line_items(text) or ((plain(text),) if text.strip() else ())


def _one_line_items(text: str) -> tuple[str, ...]:
    said = (plain(item.text) for item in list_items(text))
    return tuple(dict.fromkeys(each for each in said if each))


_PLACEHOLDER = re.compile(r"\{.*\}|\[[^\[\]]*\](?!\()|<[^<>]*>|[.\u2026\s-]*|tbd|todo", re.S | re.I)


def is_template(page: Page, heading: str) -> bool:
    """Whether a page is still to be filled in.

    It is when every paragraph of it is a template's or a placeholder, or half of them under a
    title that is a placeholder. A stub that has a title and nothing else is a record.

    Args:
        page: The whole file.
        heading: Its title as written.
    """
    untitled = is_placeholder(heading)
    blanks = [_is_blank(" ".join(paragraph.split())) for paragraph in _paragraphs(page)]
    if not blanks:
        return has_placeholder(heading)
    return sum(blanks) >= len(blanks) * (0.5 if untitled else 1.0)


def is_boilerplate(text: str) -> bool:
    """Whether a text is a template's instruction and not an answer to it."""
    return plain(text).lstrip("> ").lower().startswith(_KNOWN)


def _paragraphs(page: Page) -> Iterator[str]:
    for section in page.sections:
        text = without_code(without_comments(section.text))
        stated = {
            line for label in labels(text) for line in range(label.lines[0], label.lines[1] + 1)
        }
        kept = [
            "" if number in stated else line.strip().lstrip("-*+> ").strip()
            for number, line in enumerate(text.split("\n"), 1)
        ]
        yield from (part for part in "\n".join(kept).split("\n\n") if part.strip())


def _is_blank(paragraph: str) -> bool:
    return (
        is_empty(paragraph)
        or _PLACEHOLDER.fullmatch(paragraph) is not None
        or has_placeholder(paragraph)
        or is_boilerplate(paragraph)
    )
