"""Decision records: one file, one decision, in the dialects of the ADR and RFC traditions."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from indexer.formats.change_log import date_of_log, status_of_log
from indexer.formats.document import (
    NOTHING_FOUND,
    Document,
    Format,
    FoundFolders,
    Parsed,
    Problem,
)
from indexer.formats.entries.markdown_fields import page_said_by
from indexer.formats.record_checks import read_checks
from indexer.formats.record_metadata import (
    ORDINAL,
    first_text,
    is_empty,
    names_in,
    read_fields,
    read_title,
    stated_in_heading,
    title_section,
)
from indexer.formats.record_names import ENDINGS, is_beside_records, is_record
from indexer.formats.record_relations import headed_references
from indexer.formats.record_titles import (
    date_in_name,
    date_in_title,
    has_placeholder,
    is_placeholder,
    number_in_name,
    number_in_title,
    status_in_title,
    tradition_in,
)
from indexer.markup.dialects import reader_of
from indexer.markup.elements import (
    labels,
    list_items,
    plain,
    without_code,
    without_comments,
)
from indexer.markup.page import read_page
from indexer.source_paths import stated_modules
from indexer.wording.dates import DATE, beginning, read_date, read_when, settle, when_made
from indexer.wording.mentions import TextPlace
from indexer.wording.references import field_references, find_references, merge_references
from indexer.wording.statuses import StatusLine, read_status
from memory.kinds.vocabulary import Status, Trust
from memory.models.details import Decision
from memory.models.memory import Draft, Figures
from memory.norms.considered_options import chosen_in
from memory.texts.lexicon import any_of, read_lexicon
from memory.texts.patterns import lazy
from memory.texts.words import stems

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from pydantic import JsonValue

    from indexer.markup.page import Page, Section
    from memory.models.memory import Reference


_LEXICON = read_lexicon("records")
_FIELDS: dict[str, list[str]] = _LEXICON["fields"]
_KEPT_PARTS = ("confirmation", "more information")
_USED = frozenset(
    (
        "title",
        *(
            name
            for field in ("checks", "deciders", "tags", "modules", "status")
            for name in _FIELDS[field]
        ),
    )
)
_BEGINS_WITH_DATE = lazy(rf"\W*+(?:[^\W\d_]++,?\s++)?{DATE}", re.IGNORECASE)
_OTHER_MEANINGS = frozenset({"data"})  # a date in Portuguese and Italian


class DecisionRecords(Format):
    """The format of ADR folders: Nygard, MADR, pipe-table, bullet and RFC-822 metadata alike."""

    name = "decision-record"
    trust = Trust.REVIEWED
    order = 3
    endings = ENDINGS

    def __init__(
        self, record_folders: Sequence[str] = (), found: FoundFolders = NOTHING_FOUND
    ) -> None:
        """Take note of the folders of records beyond the usual ones, and of what was found."""
        super().__init__(record_folders)
        self._found = found

    def accepts(self, path: PurePosixPath) -> bool:
        """Whether a file lies where decision records do and is called like one."""
        return is_record(path, self.record_folders, self._found)

    def knowing(self, found: FoundFolders) -> DecisionRecords:
        """The format that goes by what is in folders, where that is known."""
        return DecisionRecords(self.record_folders, found)

    def parse(self, document: Document) -> Parsed:
        """One decision, or none when the file is blank or a template.

        A page that is not called like the records found beside it is one where it says so itself.
        """
        page = read_page_of(document)
        problems: list[Problem] = []
        if page.front.problem:
            what, line = page.front.problem
            problems = [Problem(document.path, what, line, "its lines were read one by one")]
        titled = title_section(page)
        heading = titled.title if titled else page.sections[min(1, len(page.sections) - 1)].title
        if not document.text.strip() or is_template(page, heading):
            return Parsed(problems=tuple(problems))
        if self._may_be_other(PurePosixPath(document.path)) and not _states_itself(document, page):
            return Parsed()
        return Parsed((_draft(document, page, heading),), tuple(problems))

    def _may_be_other(self, path: PurePosixPath) -> bool:
        folders = (*self.record_folders, *self._found.declared)
        is_declared = any(path.is_relative_to(folder.strip("/")) for folder in folders)
        return not is_declared and is_beside_records(path, self._found)


def _states_itself(document: Document, page: Page) -> bool:
    """Whether fields of a page state its status as records do, with its day or its number."""
    fields = fields_of(document, page)
    status = read_status(first_text(fields, _FIELDS["status"])).status
    numbers = (*_FIELDS["number"], *map(str.lower, _LEXICON["kinds"]["mentioned"]))
    names = (*_FIELDS["date"], *_FIELDS["created"], *numbers)
    return status is not Status.UNSTATED and any(first_text(fields, (name,)) for name in names)


def read_page_of(document: Document) -> Page:
    """The page of a document, by the markup that its name tells."""
    return reader_of(document.path)(document.text)


def _draft(document: Document, page: Page, heading: str) -> Draft:
    place = TextPlace(document.path, page.definitions, tradition_in(heading))
    fields = fields_of(document, page)
    parts = read_parts(page)
    status = _status(fields, parts, heading, place)
    title = read_title(page, fields, document.record_name)
    lines = document.text.split("\n")
    while not lines[-1].strip():
        lines.pop()
    return Draft(
        title=title,
        body="\n".join(lines),
        details=Decision(
            status=status.status,
            number=_number(document.record_name, heading, fields),
            context=parts.get("context", ""),
            decision=parts.get("decision", ""),
            alternatives=read_alternatives(page, parts),
            consequences=parts.get("consequences", ""),
            review_triggers=read_items(
                first_text(fields, _FIELDS["review_triggers"]) or parts.get("review_triggers", "")
            ),
            deciders=names_in(first_text(fields, _FIELDS["deciders"]) or parts.get("deciders", "")),
            checks=read_checks(
                "\n".join(page.lines[page.front.end :]), parts.get("checks", ""), fields
            ),
        ),
        modules=_modules(first_text(fields, _FIELDS["modules"])),
        tags=names_in(first_text(fields, _FIELDS["tags"])),
        references=_references(page, (status_in_title(heading), title), fields, status, place),
        **beginning(_decided(document.record_name, heading, fields, parts, status)),
        valid_to=status.ended,
        extra=_extra(document.record_name, heading, fields, parts, status),
        lines=(1, len(lines)),
        said_by=page_said_by(document.text),
    )


def fields_of(document: Document, page: Page) -> dict[str, JsonValue]:
    """The fields of a page, and of the file beside it where the page has none of that name."""
    own = read_fields(page)
    beside = read_fields(read_page(f"---\n{document.beside}\n---\n")) if document.beside else {}
    return own | {name: value for name, value in beside.items() if is_empty(own.get(name))}


def _modules(said: str) -> tuple[str, ...]:
    """The modules that a record says it applies to; a table of contents says nothing of it."""
    return () if "](#" in said else stated_modules(names_in(said))


def _status(
    fields: Mapping[str, JsonValue], parts: Mapping[str, str], heading: str, place: TextPlace
) -> StatusLine:
    """The status by the metadata, else by its section, the heading or the change log."""
    stated = [first_text(fields, (name,)) for name in _FIELDS["status"]]
    said = [one for one in (*stated, parts.get("status", "")) if one and not is_boilerplate(one)]
    titled = status_in_title(heading)
    if not said and not titled and (logged := status_of_log(parts.get("changelog", ""))):
        return replace(read_status(logged, place), date=None)  # the log is asked for it by itself
    read = [read_status(one, place) for one in said or [titled]]
    return next((one for one in read if one.status is not Status.UNSTATED), read[0])


def _number(name: str, heading: str, fields: Mapping[str, JsonValue]) -> int | None:
    """The number by the file's name, which is what links use; else by title or metadata."""
    by_name = number_in_name(name)
    if by_name is not None:
        return None if _is_year(by_name, fields) else by_name
    by_title = number_in_title(heading)
    if by_title is not None:
        return by_title
    said = first_text(fields, _FIELDS["number"])
    match = re.fullmatch(r"(?:\w+[-\s#])?0*(\d{1,5})", said.strip())
    return int(match[1]) if match else None


def _is_year(number: int, fields: Mapping[str, JsonValue]) -> bool:
    """Whether what a file name begins with is the year of the record's date, and no number."""
    dates = {*_FIELDS["date"], *_FIELDS["created"]}
    told = {name: first_text(fields, (name,)) for name in fields} if 1990 <= number < 2100 else {}
    years = {str(number + off) for off in (-1, 0, 1)}
    dated = any(year in said for year in years for name, said in told.items() if name in dates)
    return dated and not any(
        re.search(rf"[#/]{number}\b", said) for name, said in told.items() if name not in dates
    )


def _decided(
    name: str,
    heading: str,
    fields: Mapping[str, JsonValue],
    parts: Mapping[str, str],
    status: StatusLine,
) -> datetime | Figures | None:
    """When the decision began to hold, by the best witness there is.

    That is its date field; else the date beside its status, the entry of its change log that
    accepts it or else the earliest, the day it was written down, the date in its file name. What is
    no more than proposed was accepted by no entry: the day it was written down comes before those.
    Where it could be one of several days and another witness names one of them, that is it. The
    day of its last change is only a bound.
    """
    stated = (_stated(name, first_text(fields, (name,))) for name in _FIELDS["date"])
    logged = [date_of_log(parts.get("changelog", ""))]
    created = [read_when(first_text(fields, (name,))) for name in _FIELDS["created"]]
    is_proposed = status.status is Status.PROPOSED
    witnesses = (
        *stated,
        _date_alone(parts.get("date", "")),
        status.date,
        *(created + logged if is_proposed else logged + created),
        read_when(date_in_title(heading)),
        read_when(date_in_name(name)),
    )
    said = [witness for witness in witnesses if witness is not None]
    if said:
        return settle(said[0], said[1:])
    changed = read_date(first_text(fields, _FIELDS["changed"]))
    return Figures(changed=changed) if changed else None


def _stated(name: str, said: str) -> datetime | Figures | None:
    """The date in a field; of one whose name has other meanings only where it is nothing else."""
    return _date_alone(said) if name in _OTHER_MEANINGS else when_made(said)


def _date_alone(text: str) -> datetime | Figures | None:
    """The date that a text begins with, a day of the week before it apart."""
    return read_when(text) if _BEGINS_WITH_DATE.match(text) else None


def _references(
    page: Page,
    titles: Sequence[str],
    fields: Mapping[str, JsonValue],
    status: StatusLine,
    place: TextPlace,
) -> tuple[Reference, ...]:
    """Fields first, then status and titles, then the text from top to bottom."""
    found = [
        each for name, value in fields.items() for each in field_references(name, value, place)
    ]
    found += status.references
    found += [each for title in titles for each in find_references(title, place)]
    for part, section in sections_by_part(page):
        is_asserted = part not in NOT_ASSERTED
        found += headed_references(page, section, place) if is_asserted else ()
        found += find_references(section.text, place, typed=is_asserted)
    return merge_references(found)


def _extra(
    name: str,
    heading: str,
    fields: Mapping[str, JsonValue],
    parts: Mapping[str, str],
    status: StatusLine,
) -> dict[str, JsonValue]:
    extra: dict[str, JsonValue] = {
        key: value for key, value in fields.items() if key not in _USED and not is_empty(value)
    }
    extra |= {part: parts[part] for part in _KEPT_PARTS if parts.get(part)}
    if status.words:
        extra["status"] = status.words
    by_name, by_title = number_in_name(name), number_in_title(heading)
    if by_name is not None and by_title is not None and by_name != by_title:
        extra["number in title"] = by_title
    return extra


_HEADINGS = read_lexicon("sections")


def _heading(languages: Mapping[str, Iterable[str]]) -> re.Pattern[str]:
    words = any_of(chain(*languages.values()))
    return lazy(rf"(?:{words})(?:\s*\(.*\)|:\s.*\?)?[:.]?", re.IGNORECASE)


#: Each part with the headings that begin it; the first pattern that matches a whole heading.
_PARTS = tuple((part, _heading(words)) for part, words in _HEADINGS["parts"].items())
_SUMMARY = _heading(_HEADINGS["summary"])
_TEMPLATES = tuple(_HEADINGS["templates"]["en"])
#: The longest word of each: without one of them no text can begin like a template's.
_TEMPLATE_WORDS = sorted({max(re.findall(r"[a-z]+", each), key=len) for each in _TEMPLATES})
_SYMBOLS = lazy(r"^[\W_]+(?=\w)")
_LONGEST_HEADING = 500  # characters; of a part, with an aside in it
#: Parts that describe what was not decided, or how such things are written.
NOT_ASSERTED = frozenset({"alternatives", "outlook"})


@lru_cache(maxsize=1024)  # a folder's records have the same headings
def part_of(heading: str) -> str:
    """The part that a heading begins; "" for one that belongs to what is around it."""
    if len(heading) > _LONGEST_HEADING:
        return ""
    said = ORDINAL.sub("", _SYMBOLS.sub("", heading), count=1)
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
    """The options that were considered and not chosen: list items, subsections, or one text."""
    chosen = chosen_in(parts.get("decision", ""))
    sections = [section for part, section in sections_by_part(page) if part == "alternatives"]
    for section in sections:
        listed = _one_line_items(without_comments(section.text))
        if listed and part_of(section.title) == "alternatives":
            return tuple(one for one in listed if stems(one) not in chosen)
    named = [section.title for section in sections if not part_of(section.title)]
    if named:
        return tuple(dict.fromkeys(one for one in named if stems(one) not in chosen))
    text = parts.get("alternatives", "")
    return (text,) if text else ()


def read_items(text: str) -> tuple[str, ...]:
    """A text as its list items, or as the one thing that it says."""
    return _one_line_items(text) or ((plain(text),) if text.strip() else ())


def _one_line_items(text: str) -> tuple[str, ...]:
    said = (plain(item.text) for item in list_items(text))
    return tuple(dict.fromkeys(each for each in said if each))


_PLACEHOLDER = lazy(r"\{.*\}|\[[^\[\]]*\](?!\()|<[^<>]*>|[.\u2026\s-]*|tbd|todo", re.S | re.I)


_UNSETTLED = (Status.UNSTATED, Status.PROPOSED)


def is_template(page: Page, heading: str) -> bool:
    """Whether a page is still to be filled in.

    It is when every paragraph of it is a template's or a placeholder, or half of them under a
    title that is a placeholder, or under such a title no part has a text but a status of
    "proposed". A stub that has a title and nothing else is a record.
    """
    untitled = is_placeholder(heading)
    if untitled and any(part_of(one.title) for one in page.sections):
        said = read_parts(page)
        unsettled = read_status(said.get("status", "")).status in _UNSETTLED
        if not any(said[part] for part in said if part != "status" or not unsettled):
            return True
    blanks = (_is_blank(" ".join(paragraph.split())) for paragraph in _paragraphs(page))
    first = next(blanks, None)
    if first is None:
        return has_placeholder(heading)
    if not untitled:
        return first and all(blanks)  # most pages have words in their first paragraph
    known = [first, *blanks]
    return sum(known) >= len(known) / 2


def is_boilerplate(text: str) -> bool:
    """Whether a text is a template's instruction and not an answer to it."""
    said = text.lower()
    if not any(word in said for word in _TEMPLATE_WORDS):
        return False
    return plain(text).lstrip("> ").lower().startswith(_TEMPLATES)


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
