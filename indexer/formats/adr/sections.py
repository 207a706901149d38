"""What the sections of a decision record say, and whether they have been filled in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.formats.adr.metadata import has_placeholder, is_empty, is_placeholder
from indexer.markup.elements import labels, list_items, plain, without_code, without_comments

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indexer.markup.page import Page, Section

#: Heading, folded, to the part that it begins; the first pattern that matches the whole heading.
_PARTS = tuple(
    (part, re.compile(rf"(?:{pattern})(?:\s*\(.*\))?[:.]?", re.IGNORECASE))
    for part, pattern in (
        ("status", r"(?:current\s)?status|state|decision\sstatus|estado|statut|状态|ステータス"),
        ("date", r"(?:decision\s)?date|decided(?:\son)?"),
        ("changelog", r"change\s?log|revision\shistory|history|revisions"),
        ("deciders", r"deciders?|decision[\s-]makers?(?:\(s\))?|approvers?|stakeholders"),
        (
            "context",
            r"context|(?:(?:business|technical)\s)?context(?:\s(?:and|&)\s\w+(?:\s\w+)?)?|problems?"
            r"|(?:the\s)?problem(?:\sstatement)?|issue|motivations?|background|introduction|why"
            r"|decision\sdrivers|forces|current\s(?:state|situation)|kontext|contexte|contexto"
            r"|背景|上下文|コンテキスト",
        ),
        (
            "decision",
            r"decisions?|(?:our\s)?decision(?:\soutcome)?|outcome|resolution|(?:detailed\s)?design"
            r"|proposal|proposed\s(?:solution|design|change|approach)|solution|chosen\soption"
            r"|specification|reference-level\sexplanation|guide-level\sexplanation|explanation"
            r"|internal\sdetails|what|how|entscheidung|décision|decisión|decisão|决策|决定|決定",
        ),
        (
            "alternatives",
            r"(?:considered\s|other\s|the\s)?(?:options|alternatives)(?:\sconsidered)?"
            r"|(?:alternative|rejected)\s(?:approach(?:es)?|options?|ideas|solutions|designs?|proposals?)"
            r"|rationale(?:\sand\salternatives)?|alternatives\sand\srationale"
            r"|(?:pros\sand\scons|comparison|evaluation)\sof\s(?:the\s)?(?:options|alternatives)"
            r"|trade-?offs\sand\smitigations|prior\sart(?:\sand\salternatives)?|alternativen|alternativas",
        ),
        (
            "consequences",
            r"consequences?|drawbacks|(?:positive|negative|neutral)(?:\sconsequences)?|trade-?offs"
            r"|implications|impacts?|risks?|pros|cons|results?|benefits|konsequenzen|folgen"
            r"|conséquences|consecuencias|consequências|后果|影响|結果",
        ),
        (
            "review_triggers",
            r"review(?:\s(?:date|triggers?|by|on))?|revisit(?:\s(?:when|if|on))?|re-?evaluat\w+.*"
            r"|when\sto\s(?:revisit|review)|review\swhen|reconsider(?:\s(?:when|if))?|expir\w+",
        ),
        ("confirmation", r"confirmation|validation|compliance|fitness\sfunctions?"),
        ("more information", r"more\sinformation|notes?|additional\sinformation"),
        ("references", r"references?|links|related.*|see\salso"),
        (
            "outlook",
            r"future\s(?:possibilities|work|directions?)|unresolved\squestions?|open\s(?:questions?|issues)"
            r"|examples?|template",
        ),
    )
)
_NUMBER = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*[.)]?|[A-Z][.)]|[IVX]{1,4}[.)])\s+")
_SUMMARY = re.compile(r"(?:summary|abstract|overview|tl;?dr)[:.]?", re.IGNORECASE)

#: Parts that describe what was not decided, or how such things are written.
NOT_ASSERTED = frozenset({"alternatives", "outlook"})


def part_of(heading: str) -> str:
    """The part that a heading begins; "" for one that belongs to what is around it."""
    said = _NUMBER.sub("", heading.strip().lstrip("\u2705\u274c\u26a0\ufe0f\U0001f914 "), count=1)
    return next((part for part, pattern in _PARTS if pattern.fullmatch(said)), "")


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

#: How the texts of the templates in common use begin, Nygard's, MADR's, Cosmos', Rust's among them.
_KNOWN = (
    "what is the issue that we're seeing",
    "the issue motivating this decision",
    "what is the change that we're proposing",
    "the change that we're proposing",
    "what becomes easier or more difficult",
    "what is the status, such as",
    "describe the context and problem",
    "this section describes the forces at play",
    "this section describes our response to these forces",
    "this section describes the resulting context",
    "this section contains a summary",
    "a decision may be",
    "one paragraph explanation of the feature",
    "why are we doing this?",
    "why should we not do this?",
    "explain the proposal as if",
    "this is the technical portion of the rfc",
    "what parts of the design",
    "think about what the natural extension",
    "discuss prior art",
    "what other designs have been considered",
    "here we describe our response",
    "in the context of <",
)


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
