"""Whether a page reads like a decision record, whatever it is called and wherever it lies."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from indexer.formats.decision_records import fields_of, part_of, read_page_of, read_parts
from indexer.formats.record_metadata import first_text, title_section
from indexer.formats.record_names import KIND_NAMED, is_named_for_records, record_folder
from indexer.formats.record_titles import (
    is_bare_title,
    number_in_name,
    number_in_title,
    tradition_in,
)
from indexer.markup.elements import plain
from indexer.wording.mentions import numbered_name
from indexer.wording.statuses import read_status
from memory.kinds.vocabulary import Status
from memory.texts.lexicon import any_of, read_lexicon
from memory.texts.patterns import BLANK_BEFORE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import JsonValue

    from indexer.formats.document import Document
    from indexer.markup.page import Page

_LEXICON = read_lexicon("record_folders")
_HEADINGS = {name: frozenset(words) for name, words in _LEXICON["headings"].items()}
_OTHER_TITLE = re.compile(
    rf"(?:{any_of(_LEXICON['titles']['others'])})[ #_:-]{{0,3}}\d{{1,5}}\b", re.IGNORECASE
)
_OTHER_LABELS = frozenset(_LEXICON["labels"]["others"])
_NUMBER_FIELDS = read_lexicon("records")["fields"]["number"]
_STATUS_FIELDS = read_lexicon("records")["fields"]["status"]
#: The parts that say why something was or is to be done, with what else, and what follows.
_REASONS = frozenset({"context", "decision", "alternatives", "consequences"})
_PROJECT = re.compile(r"[A-Z][A-Za-z]{1,20} (?=[A-Z])")  # before the kind: "Hydra RFC 12"
_NUMBERED = re.compile(r"[A-Z]{2,6}[ #_-]?(\d{1,5})\b")  # "RFD 10 Send logs"
_NUMBER = re.compile(
    r"^(?:\d{1,2}(?:\.\d{1,2})*[.)]?|[IVX]{1,4}[.)])\s+"
    rf"|{BLANK_BEFORE}\([^()]*+\)$|[:.]$"
)


def reads_like_record(document: Document) -> bool:
    """Whether a page says that something was decided, or is proposed, and why.

    That is a decision with what led to it or follows from it; or a status with two such parts, as
    proposals have it (one, with a number in a folder called like theirs); or three such parts. A
    page that is called `adr-12` or the like needs less, and one whose title says "RFC 12" of what
    its file only numbers needs nothing.
    What calls itself something else before its number, "Runbook 12", is none.
    What only minutes, posts, tasks, incidents or lessons have speaks against it; some of that only
    as a part of its own, as proposals have "Acceptance criteria" below another part.
    """
    page = read_page_of(document)
    fields = fields_of(document, page)
    headings = [_folded(section.title) for section in page.sections[1:]]
    if _is_of_others(page, headings) or _OTHER_LABELS.intersection(fields):
        return False
    telling = [said for said in headings if said not in _HEADINGS["general"]]
    decides = not _HEADINGS["decides"].isdisjoint(telling)
    reasons = {part_of(said) for said in telling} & _REASONS
    reasons |= {said for said in telling if said in _HEADINGS["around"] and not part_of(said)}
    has_status = _has_status(page, first_text(fields, _STATUS_FIELDS))
    if decides and (has_status or len(reasons) > 1):
        return True
    if _is_called_record(document, page) and (has_status or decides or len(reasons) > 1):
        return True
    if _is_numbered_as_one(document.record_name, page):
        return True
    if has_status and _states_own_number(document.record_name, fields):
        return True
    enough = (1 if _is_among_records(document) else 2) if has_status else 3
    return len(reasons) >= enough


def _is_of_others(page: Page, headings: Sequence[str]) -> bool:
    """Whether a page has a title or parts that no decision record has, or has for its own."""
    titled = title_section(page)
    if titled and _OTHER_TITLE.match(titled.title):
        return True
    levels = [section.level for section in page.sections[1:]]
    top = min(levels, default=0)
    is_title = levels.count(top) == 1  # and the parts are those below it
    tops = min((level for level in levels if level > top or not is_title), default=top)
    own = {said for said, level in zip(headings, levels, strict=True) if level <= tops}
    return bool(_HEADINGS["others"].intersection(headings) or _HEADINGS["unless_below"] & own)


def _has_status(page: Page, stated: str) -> bool:
    said = stated or read_parts(page).get("status", "")
    return bool(said) and read_status(said).status is not Status.UNSTATED


def _is_called_record(document: Document, page: Page) -> bool:
    titled = title_section(page)
    title = titled.title if titled else ""
    if not KIND_NAMED.match(title):
        title = _PROJECT.sub("", title, count=1)
    named = KIND_NAMED.match(document.record_name) or KIND_NAMED.match(title)
    numbered = _NUMBERED.match(title)
    is_own = numbered and int(numbered[1]) == number_in_name(document.record_name)
    return named is not None or bool(tradition_in(title)) or bool(is_own)


def _states_own_number(name: str, fields: Mapping[str, JsonValue]) -> bool:
    """Whether a field has the file's number: `hip: 30` in `hip-30.md`, "RFC: 4" in `0004-a.md`."""
    kind, number = numbered_name(name) or ("", None)
    names = (kind, *_NUMBER_FIELDS)
    return number is not None and first_text(fields, names).lstrip("0") == str(number)


def _is_among_records(document: Document) -> bool:
    """Whether a page has a number in a folder that is called like those of records."""
    is_numbered = number_in_name(document.record_name) is not None
    return is_numbered and is_named_for_records(record_folder(PurePosixPath(document.path)))


def _is_numbered_as_one(name: str, page: Page) -> bool:
    """Whether a title calls a page what it is, with the number of its file: "RFC 12" in `012-a`.

    A file that is called so as well may be a copy of somebody's standard.
    """
    number = number_in_name(name)
    if number is None or KIND_NAMED.match(name):
        return False
    bare = next((one.title for one in page.sections if one.title), "")
    if is_bare_title(bare):  # "RFC 0012", and what it is called stands below
        return KIND_NAMED.match(bare) is not None and bare.endswith(str(number))
    titled = title_section(page)
    title = titled.title if titled else ""
    if not KIND_NAMED.match(title):
        title = _PROJECT.sub("", title, count=1)
    return KIND_NAMED.match(title) is not None and number == number_in_title(title)


def _folded(heading: str) -> str:
    said = plain(heading).strip().lstrip("✅❌⚠️🤔 ")
    return _NUMBER.sub("", _NUMBER.sub("", said)).strip(" :").casefold()
