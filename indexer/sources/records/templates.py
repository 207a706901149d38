"""Telling a template of a decision record from a record."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.markup.inline import plain, without_code, without_comments
from indexer.markup.outline import labels
from indexer.sources.records.fields import is_empty
from indexer.sources.records.titles import has_placeholder, is_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.markup.markdown import Page

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
