"""The metadata of a decision record: title, number and fields, whichever way they are written."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from indexer.formats.record_titles import (
    clean_title,
    is_bare_title,
    is_placeholder,
    number_in_name,
    title_of_name,
)
from indexer.markup.elements import (
    labels,
    list_items,
    plain,
    tables,
    without_code,
    without_comments,
)
from indexer.markup.fields import field_lines, inlined_badges
from indexer.wording.dates import DATE, ordered, read_when
from indexer.wording.statuses import read_status
from memory.kinds.vocabulary import Status
from memory.texts.lexicon import any_of, read_lexicon
from memory.texts.patterns import BLANK_BEFORE, BLANKS, lazy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pydantic import JsonValue

    from indexer.markup.page import Page, Section

MAX_TITLE = 300

_RECORDS, _HEADINGS = read_lexicon("records"), read_lexicon("sections")
_TITLE = lazy(r"title\W*", re.IGNORECASE)
ORDINAL = lazy(r"(?:\d{1,2}(?:\.\d{1,2}){0,8}[.)]?|[A-Z][.)]|[IVX]{1,4}[.)])\s+")
#: With a `_` between the last two, or a `-` or blank anywhere.
_SEVERAL_WORDS = lazy(r"[\w.]++(?:[- ]\w++)+|(?:[\w.]*\.|\w)\w*_\w+")
_NUMBERED = lazy(r"(?P<kind>[^\W\d_]{2,12})[\s#-]{1,2}(?P<number>\d{1,5})\b")
_GENERIC = lazy(rf"(?:\d+[.)]?\s*)?(?:{any_of(_HEADINGS['generic']['en'])})[:.]?$", re.IGNORECASE)
_PART = lazy(
    any_of(chain(*(words for part in _HEADINGS["parts"].values() for words in part.values()))),
    re.IGNORECASE,
)
_NO_FEATURE = lazy(r"$|\W*(?:fill me in|n/?a\b|none\b|not applicable|tbd\b|\.\.\.)", re.IGNORECASE)


def stated_in_heading(title: str) -> tuple[str, str] | None:
    """Name and value of a field that a heading states, as "Status: Rejected" does."""
    ordinal = ORDINAL.match(title)
    said = title[ordinal.end() :] if ordinal else title
    match = _STATED.match(said)
    if match is None:
        return _field_alone(said)
    value = match["value"] or match["aside"]
    says = read_when(value) or read_status(value).status is not Status.UNSTATED
    return (match["name"], value) if says else None


def _field_alone(text: str) -> tuple[str, str] | None:
    """Name and value of a heading or cell that is nothing but a field: "Date 2024-05-14"."""
    match = _NAMED_FIRST.match(plain(text)) if _HAS_VALUE.search(text) else None
    return (
        (match["name"], match["value"]) if match and _says(match["name"], match["value"]) else None
    )


def title_section(page: Page) -> Section | None:
    """The section whose heading is the record's title: the first, unless it names a part.

    Below a number alone, "ADR-0012", the next heading is it, unless that names one.
    """
    headed = [section for section in page.sections[1:] if not stated_in_heading(section.title)]
    if not headed:
        return None
    first, *others = headed
    if is_bare_title(first.title):
        return others[0] if others and not _names_part(others[0].title) else None
    if not _GENERIC.match(first.title):
        return first
    tops = [section for section in headed if section.level == 1]
    only = tops[0] if len(tops) == 1 and tops[0] is not first else None
    return only if only and not _GENERIC.match(only.title) else None


def _names_part(title: str) -> bool:
    return bool(_GENERIC.match(title) or _PART.fullmatch(ORDINAL.sub("", title.strip(" :"))))


def read_title(page: Page, fields: Mapping[str, object], name: str) -> str:
    """What the record is about, without its number: `title` field, heading, or file name."""
    section = title_section(page)
    below = next((each.text for each in page.sections if _TITLE.fullmatch(each.title)), "")
    headings = [
        _text(fields.get("title")),
        plain(below.partition("\n")[0]),
        section.title if section else "",
    ]
    said = [each for each in headings if each and not is_placeholder(each)]
    by_name = number_in_name(name)
    own = _number_of_field(said, fields) if by_name is None else by_name
    feature = _feature_title(_text(fields.get("feature name")), name)
    titles = [*(clean_title(each, own) for each in said), feature, title_of_name(name)]
    title = next((each for each in titles if each), PurePosixPath(name).stem)
    return title if len(title) <= MAX_TITLE else title[: MAX_TITLE - 1].rstrip() + "\u2026"


def _number_of_field(titles: Sequence[str], fields: Mapping[str, object]) -> int | None:
    """The number that a title and a field call alike: "DEP 0018: Queues" beside `DEP: 0018`."""
    for match in filter(None, map(_NUMBERED.match, titles)):
        value = str(fields.get(match["kind"].casefold(), "")).strip()
        if value.isdecimal() and int(value) == int(match["number"]):
            return int(value)
    return None


def _text(value: object) -> str:
    return plain(value) if isinstance(value, str) else ""


def _feature_title(feature: str, name: str) -> str:
    """A title from a Rust RFC's feature name, which is an identifier, or several, or none.

    One of several words reads as a title; a single word needs those of the file name beside it.
    """
    if _NO_FEATURE.match(feature):
        return ""
    if _SEVERAL_WORDS.fullmatch(feature):
        words = " ".join(re.split(r"[-_\s]+", feature))
        return words[:1].upper() + words[1:]
    named = title_of_name(name)
    return named if feature.casefold() in named.casefold() else f"{named} ({feature})"


_PLACEHOLDER = lazy(
    r"\{[^{}]*\}|<[^<>]*>|\(?fill me in.*|yyyy-mm-dd.*|n/?a\.?|none\.?|-+"
    r"|\[(?=[^\[\]]*?\.\.)[^\[\]]*+\]"
    r"|\[(?:list|date|name|names|status|tbd|your)\b[^\[\]]*\]",
    re.IGNORECASE | re.DOTALL,
)
_CHOSEN = lazy(r"\{\s*([\w-]+(?:\s[\w-]+)?)\s*\}$")  # `{ accepted }`: braces left in
_STATUS_OR_DATE = any_of((*_RECORDS["fields"]["status"], *_RECORDS["fields"]["date"]))
#: What parts several fields on one line: a bar or a dot with a label behind it, or a dash, a slash
#: before one of status or date, or nothing before one in bold.
_SEVERAL = lazy(
    r"(?<![ \t])[ \t]++(?:[|·•][ \t]++(?=[*_]{0,3}[^\W\d_][\w -]{0,30}[*_]{0,3}\s?:)"
    r"|(?:[/–—-][ \t]++)?+(?=\*\*[^\W\d_][\w -]{0,30}(?::\*\*|\*\*\s?:))"
    rf"|[/–—-][ \t]++(?=[*_]{{0,3}}(?:{_STATUS_OR_DATE})[*_]{{0,3}}\s?:))",
    re.IGNORECASE,
)
_KNOWN_FIELDS = frozenset(
    ("title", "author", "authors", "owner", "version", *chain(*_RECORDS["fields"].values()))
)
_HOLDER = lazy(
    any_of(chain(_RECORDS["front_matter"]["holders"], *_HEADINGS["metadata"].values())),
    re.IGNORECASE,
)
_METADATA = lazy(any_of(chain(*_HEADINGS["metadata"].values())), re.IGNORECASE)
_VALUES = frozenset(chain(*_HEADINGS["values"].values()))
_STATED = lazy(
    rf"(?P<name>{_STATUS_OR_DATE})\s*"
    r"(?:[:\uff1a\u2013\u2014-]\s*(?P<value>\S(?:.*[^\s#])?)|[(\[](?P<aside>[^()\[\]]+)[)\]])[\s#]*$",
    re.IGNORECASE,
)
_DATE_FIELDS = frozenset(
    chain(*(_RECORDS["fields"][one] for one in ("date", "created", "changed")))
)
_STATUS_FIELDS = frozenset(_RECORDS["fields"]["status"])
_WHOLE_DATE = lazy(rf"(?:[^\W\d_]++,?\s++)?{DATE}\.?", re.IGNORECASE)
_NAMED_FIRST = lazy(
    rf"(?P<name>{any_of(_DATE_FIELDS | _STATUS_FIELDS)})(?:\s*+[:\uff1a]\s*+|\s++)(?P<value>\S.*)",
    re.IGNORECASE,
)
#: A line of a table of contents: "- [Status](#status)".
_CONTENTS = lazy(
    r"^[ \t]*+(?:[-*+]|\d{1,3}[.)])[ \t]+\[[^\[\]\n]*+\]\(#[^()\n]*+\)[ \t]*+$", re.MULTILINE
)
_HAS_VALUE = lazy(r"\S[\s:\uff1a]")
_CAMEL = lazy(r"(?<=[a-z])(?=[A-Z][a-z])")  # `supersededBy`, in front matter
_MAX_NAME_WORDS = 4
_MAX_VALUE = 2_000  # characters; a longer value is a paragraph, not a field
_SEPARATORS = lazy(rf"{BLANK_BEFORE}[,;]\s*+|(?<!\s)[^\S\n]*+\n\s*+|{BLANKS}(?:and|&)\s++")


def read_fields(page: Page) -> dict[str, JsonValue]:
    """Name to value of everything stated above the record's text, in the file's order.

    Names are in lower case with blanks between words; the first statement of a name is kept.
    Values are as written: strings, or the lists and mappings of YAML. Front matter comes first,
    then `name: value` lines, bullets and pipe tables above the first section and below the title.
    """
    found: dict[str, JsonValue] = {}
    for name, value in _stated(page):
        key = field_name(name)
        if key and (key not in found or is_empty(found[key])):
            found[key] = value
    return found


def field_name(name: str) -> str:
    """A field's name in the form that `read_fields` uses."""
    return " ".join(re.split(r"[-_\s]+", plain(name))).strip(" :").casefold()


def is_empty(value: object) -> bool:
    """Whether a value says nothing: blank, `N/A`, or a template's placeholder."""
    if isinstance(value, str):
        said = value.strip().strip("*_`\"'")
        is_placeholder = _PLACEHOLDER.fullmatch(said) and not (
            _CHOSEN.match(said) or read_when(said)
        )
        return not said or bool(is_placeholder)
    return not value


def first_text(fields: Mapping[str, JsonValue], names: Sequence[str]) -> str:
    """The first of these fields that says something, as text; "" when none does."""
    for name in names:
        value = fields.get(name)
        if not is_empty(value):
            return value if isinstance(value, str) else "\n".join(_strings(value))
    return ""


def names_in(value: JsonValue) -> tuple[str, ...]:
    """The names of a list, a bullet list or a run separated by commas, in order, each once."""
    parts = (
        plain(part).strip(" *-[]'\"")
        for text in _strings(value)
        for part in _SEPARATORS.split(text)
    )
    return tuple(dict.fromkeys(part for part in parts if part and not is_empty(part)))


def _stated(page: Page) -> Iterator[tuple[str, JsonValue]]:
    for name, value in page.front.data.items():
        yield _CAMEL.sub(" ", name), value
    for name, inner in page.front.data.items():
        if isinstance(inner, dict) and _HOLDER.fullmatch(field_name(name)):
            yield from ((_CAMEL.sub(" ", one), value) for one, value in inner.items())
    for section in page.sections[1:]:
        heading = page.lines[section.lines[0] - 1].lstrip("#= ")  # as written, for its links
        yield from filter(None, [stated_in_heading(heading) or stated_in_heading(section.title)])
    for text in _heads(page):
        shown = inlined_badges(_CONTENTS.sub("", without_comments(text)), page.definitions)
        said = shown.split("\n")  # rows of tables are told apart below
        lines = "\n".join(one if one[:1] == "|" else _SEVERAL.sub("\n", one) for one in said)
        head = without_code(field_lines(lines, _KNOWN_FIELDS, _says))
        for label in labels(head):
            if len(label.name.split()) <= _MAX_NAME_WORDS and len(label.value) <= _MAX_VALUE:
                yield label.name, label.value
        for rows in tables(head):
            yield from _of_table(rows)


def _says(name: str, value: str) -> bool:
    """Whether a date or a status is all that stands behind the name of such a field."""
    if field_name(name) in _STATUS_FIELDS:
        return len(value.split()) <= 2 and read_status(value).status is not Status.UNSTATED
    return field_name(name) in _DATE_FIELDS and _WHOLE_DATE.fullmatch(value) is not None


def _heads(page: Page) -> Iterator[str]:
    """The texts that state metadata: above the headings, below the title, below "Metadata"."""
    yield page.preamble.text
    titled = title_section(page)
    for number, section in enumerate(page.sections[1:]):
        above = page.sections[number]  # with nothing below it, its first heading goes on with it
        if above is titled and not above.text and not _names_part(section.title):
            yield section.text
        is_bare = number == 0 and is_bare_title(section.title)  # "ADR-0012"
        if section is titled or is_bare or _METADATA.fullmatch(section.title.strip(" :")):
            yield section.text


def _of_table(rows: Sequence[tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """The fields of a table: a row each, or a column each below a row of nothing but names.

    Of several rows below such names, revisions of the record, the latest counts.
    """
    names = [field_name(cell) for cell in rows[0]]
    below = rows[1:]
    is_header = below and all(field_name(row[0]) not in _KNOWN_FIELDS for row in below if row)
    if (
        is_header
        and len(names) > 1
        and sum(name in _KNOWN_FIELDS for name in names) >= len(names) / 2
    ):
        dates = [ordered(read_when(" ".join(row))) for row in below]
        latest = max(zip(dates, range(len(below)), strict=True))[1] if all(dates) else 0
        if len(below) == 1 or all(dates):
            yield from zip(rows[0], below[latest], strict=False)
        return
    is_tall = any(name in _KNOWN_FIELDS for name in (field_name(row[0]) for row in rows if row))
    for row in rows:
        yield from filter(None, map(_field_alone, row))
        is_field = len(row) == 2 or (is_tall and len(row) > 2)
        if len(row) > 2 and len(row) % 2 == 0 and _are_known(row[::2]):
            yield from zip(row[::2], row[1::2], strict=True)
        elif is_field and _names_field(row[0]) and field_name(row[1]) not in _VALUES:
            yield row[0], row[1]


def _names_field(cell: str) -> bool:
    return len(cell.split()) <= _MAX_NAME_WORDS


def _are_known(cells: Sequence[str]) -> bool:
    return all(field_name(cell) in _KNOWN_FIELDS for cell in cells)


def _strings(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        items = list_items(value)
        yield from (item.text for item in items) if items else (value,)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from (f"{key}: {text}" if text else key for text in _strings(each))
