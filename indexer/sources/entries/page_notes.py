"""A Markdown page as notes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from indexer.sources.entries.json_fields import Fields
from indexer.sources.entries.labels import NOTE
from indexer.sources.entries.owners import agent_name, owner_of
from indexer.sources.entries.page import EntryPage
from indexer.sources.entries.text import fold, unescape
from indexer.sources.entries.values import references_of, status_of, when_of
from indexer.wording.dates import read_date
from indexer.wording.mentions import Place
from indexer.wording.naming import as_title, first_sentence, names, slug, unique_keys
from memory.models.details import Note
from memory.models.revision import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from indexer.markup.markdown import Section
    from indexer.sources.document import Document

#: A page of this many characters or fewer, or with fewer sections than several, is one note.
WHOLE_PAGE = 1_500
_SEVERAL = 2

_BOILERPLATE = re.compile(
    r"(?:this file (?:records|tracks|provides|is)|this document (?:tracks|records)|memory bank)\b",
    re.IGNORECASE,
)
_GENERIC = names(
    "overview,notes,note,summary,context,details,background,introduction,status,todo,general"
    ",description,misc,other,purpose,history,current state,next steps",
    ",",
)


@dataclass(frozen=True)
class _Part:
    """A stretch of a page that becomes a note."""

    lines: tuple[int, int]  # 1-based, both ends included
    below: int  # 1-based line on which its text begins
    title: str
    uid: str | None = None


def page_notes(document: Document, *, topic: str | None = None) -> tuple[Draft, ...]:
    """The notes of a page: one for each section of the second level, or one for a small page.

    What archmem wrote is always a note of its own and never counts towards the size of the
    rest. Sections that say nothing, such as those of an unfilled template, yield nothing.

    Args:
        document: The page.
        topic: What the notes are about; None takes it from the front matter or the file's name.
    """
    entries = EntryPage(document.text)
    fields = Fields(entries.page.front.data)
    if topic is None:
        topic = fields.text("topic", "type") or _topic(document.name)
    fields = Fields(entries.page.front.data)
    place = Place(document.path, entries.page.definitions)
    drafts = [
        draft
        for part in _parts(entries, _page_title(entries, document))
        if (draft := _draft(entries, part, place, topic)) is not None
    ]
    keys = unique_keys([(draft.key, slug(draft.body)[:24]) for draft in drafts])
    return tuple(
        draft.model_copy(update={"key": key}) for draft, key in zip(drafts, keys, strict=True)
    )


def _draft(entries: EntryPage, part: _Part, place: Place, topic: str) -> Draft | None:
    exact = part.uid is not None
    text = entries.text(part.below, part.lines[1], NOTE, exact=exact)
    title = as_title(unescape(part.title) if exact else part.title) or first_sentence(text.lead)
    if not title or (text.is_empty and not exact):
        return None
    owner = owner_of(place.path)
    front = Fields({} if exact else entries.page.front.data)
    front_date = front.when("date", "updated", "created", "last_updated")
    agent = text.word("agent") or front.text("agent")
    modules = text.words("modules") or front.words("modules", "module")
    return Draft(
        title=title,
        body=entries.page.slice(part.lines),
        details=Note(
            topic=text.word("topic") or ("" if exact else topic), status=status_of(text, place)
        ),
        modules=modules or owner.modules,
        agent=agent_name(agent) if agent and not exact else agent or owner.agent,
        tags=text.words("tags") or front.words("tags"),
        references=references_of(text, place),
        valid_from=when_of(text) or _date_of(part) or front_date,
        valid_to=when_of(text, "valid_to"),
        extra={**front.rest(), **text.unknown},
        key=slug(title),
        lines=part.lines,
        uid=part.uid,
    )


def _date_of(part: _Part) -> datetime | None:
    """The date that a title begins with."""
    dated = not part.uid and re.match(r"\W*\d{1,4}[-/.年]\d", part.title)
    return read_date(part.title) if dated else None


def _parts(entries: EntryPage, page_title: str) -> Iterator[_Part]:
    """The stretches of a page that become notes; none overlaps another."""
    start, end = entries.page.front.end + 1, len(entries.page.lines) + 1
    marked = [section for section in entries.page.sections[1:] if entries.mark(section)]
    first_mark = marked[0].lines[0] if marked else end
    heads = list(_heads(entries))
    size = sum(len(line) + 1 for line in entries.page.lines[start - 1 : first_mark - 1])
    if size <= WHOLE_PAGE or sum(head.lines[0] < first_mark for head in heads) < _SEVERAL:
        heads = [head for head in heads if head.lines[0] > first_mark]
    cuts = sorted([*(each.lines[0] for each in (*heads, *marked)), end])
    until = {first: entries.last_said(first, cut - 1) for first, cut in pairwise(cuts)}
    yield from _stretch(entries, start, entries.last_said(0, cuts[0] - 1), page_title)
    for head in heads:
        generic = fold(head.title) in _GENERIC
        title = f"{page_title}: {head.title}" if generic else head.title
        yield _Part((head.lines[0], until[head.lines[0]]), head.start, title)
    for section in marked:
        if mark := entries.mark(section):
            yield _Part(section.lines, mark.below, mark.title, mark.uid)


def _heads(entries: EntryPage) -> Iterator[Section]:
    """The headings of the first two levels that are people's, without the page's own title."""
    of_mark = 0  # the last line of what archmem wrote above
    for number, section in enumerate(entries.page.sections[1:]):
        if entries.mark(section):
            of_mark = section.lines[1]
            continue
        is_title = number == 0 and section.level == 1
        if section.level <= 2 and section.lines[0] > of_mark and not is_title:
            yield section


def _stretch(entries: EntryPage, start: int, last: int, title: str) -> Iterator[_Part]:
    """Everything from one line to another, where that is more than a heading and boilerplate."""
    lines = entries.page.lines
    while start <= last and not lines[start - 1].strip():
        start += 1
    heading = next(
        (each for each in entries.page.sections[1:] if each.lines[0] == start and each.level == 1),
        None,
    )
    below = heading.start if heading else start
    if below <= last and not _BOILERPLATE.match(lines[below - 1]):
        yield _Part((start, last), below, title)


def _page_title(entries: EntryPage, document: Document) -> str:
    """The title that the page gives itself, or its name in words."""
    front = Fields(entries.page.front.data)
    first = next(iter(entries.page.sections[1:]), None)
    own = first.title if first and first.level == 1 and not entries.mark(first) else ""
    words = (front.text("name") or document.name.rpartition(".")[0]).replace("-", " ")
    words = words.replace("_", " ").strip()
    return front.text("title") or own or words[:1].upper() + words[1:]


def _topic(name: str) -> str:
    """What the file is called, where that says something."""
    stem = slug(name.rpartition(".")[0])
    return "" if stem in {"notes", "readme", "index", "memory"} else stem
