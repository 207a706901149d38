"""Where in a decision log its entries begin and end, in all the ways in which logs are kept."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

from indexer.formats.entries.labels import DECISION
from indexer.formats.entries.markdown_fields import (
    EntryPage,
    EntrySpan,
    fold,
    is_label,
    is_placeholder,
    label_of,
)
from indexer.markup.elements import list_items, plain, table_cells
from indexer.markup.fields import piped_tables
from indexer.wording.dates import DATE, read_when
from indexer.wording.statuses import read_status
from memory.kinds.vocabulary import Status
from memory.texts.lexicon import any_of, read_lexicon
from memory.texts.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from indexer.markup.page import Section
    from memory.models.memory import Figures

_LOG = read_lexicon("labels")["log"]
_STAMP = lazy(
    rf"[ \t]{{0,3}}(?:[-*+][ \t]++)?(?:\*\*)?(?:\[(?P<date>{DATE})\]"
    r"|(?P<timed>\d{4}-\d\d-\d\d[ T]\d{1,2}:\d\d(?::\d\d)?)"
    rf"|(?<=\*\*)(?P<bold>{DATE})(?=:?\*\*):?"
    rf"|(?P<plain>{DATE})(?=[ \t]*+[-–—:|]++[ \t]*+\*\*))(?:\*\*)?"
    r"[ \t]*+[-–—:|]*+[ \t]*+(?P<title>.*)$",
    re.IGNORECASE,
)
_ROW = lazy(rf"[ \t]{{0,3}}\|[ \t]*+[\[*]*+(?P<date>{DATE})[\]*]*+[ \t]*+\|", re.IGNORECASE)
_RULE = lazy(r"[ \t]{0,3}\|?(?:[ \t]*:?-+:?[ \t]*(?:\||$))+")
_USUAL_COLUMNS = ("date", "decision", "rationale", "consequences")
_OF_THE_FILE = lazy(rf"(?:{any_of(_LOG['of_the_file'])})[\W_]*", re.IGNORECASE)
#: What decisions are called before their number or before a colon.
TITLES = any_of(_LOG["titles"])
#: What parts the labels of an entry on one line.
SEVERAL = lazy(r"(?<![ \t])[ \t]++(?:\|[ \t]++(?=\*\*|[^\W\d_]++[ \t]?:)|[—–·-][ \t]++(?=\*\*))")
_PLURAL = any_of(_LOG["plural"])
_LOG_TITLE = lazy(
    rf"(?:[\w'-]+ ){{0,4}}(?:{_PLURAL})"
    r"(?: (?:log|records?|register|registry|history|journal|made|list))*$"
    rf"|(?:{_PLURAL})s? [^\W\d_]+$|(?:decision ?log|adr log|log)$",
    re.IGNORECASE,
)
#: The title of a file of decisions, in whatever words.
_FILE_TITLE = lazy(rf"(?:\S+ ){{0,4}}\S*(?:{_PLURAL})\S*(?: \S+){{0,4}}$", re.IGNORECASE)
_BREAK = lazy(r"[ \t]{0,3}(?:-[ \t]*){3,}|[ \t]{0,3}(?:\*[ \t]*){3,}|[ \t]{0,3}(?:_[ \t]*){3,}")
_NOT_AN_ENTRY, _GROUPS = frozenset(_LOG["no_entry"]), frozenset(_LOG["groups"])
_PLACEHOLDERS = lazy(
    r"\[(?:date|title|yyyy|decision|name|short|number|topic)[^\]]{0,200}\]"
    r"|<(?:date|title|decision)[^>]{0,200}>|\{(?:date|title|decision)[^}]{0,200}\}"
    r"|yyyy-mm|\bXXX+\b",
    re.IGNORECASE,
)
_DATED = lazy(rf"[\s\[(]*+{DATE}|.*[\[(]{DATE}[\])]\s*$", re.IGNORECASE)
_CALLED = rf"(?:{TITLES}|adr|d|dec|tdr|ddr)[-\s#]{{0,2}}\d+\b"
_NUMBERED = lazy(
    rf"{_CALLED}|#?\d{{1,4}}[.):]\s|(?:{TITLES})[ \t]?:\s",
    re.IGNORECASE,
)
#: "9. Architecture Decisions", and what stands in such a chapter beside what is dated.
_CHAPTER, _IN_CHAPTER = lazy(r"\d{1,2}[.)]\s"), lazy(_CALLED, re.IGNORECASE)
_ONLY_A_DATE = lazy(rf"[\s\[(]*+{DATE}[\])\s:.–—-]*$", re.IGNORECASE)
_ANY_LEVEL = 7
_TITLES = frozenset({"title", "name", "topic", "subject"})
_STAMPS = ("date", "timed", "bold", "plain")
_SHORT = 3  # words; so few in a cell are a status and not the story of one
#: The fields of which one at least stands beside the decision in a table of them.
_BESIDE = frozenset(field.name for field in DECISION.values()) - {"decision", "tags", "number"}


@dataclass(frozen=True)
class LogSpan(EntrySpan):
    """One entry of a log; its title is on one line, "" where it has none."""

    level: int = 0  # of its heading; 0 without one
    stamp: str = ""  # the date or time it begins with; "" where the title has it, or none
    date: datetime | Figures | None = None  # of the heading around it
    section: str = ""  # title of the heading around it, where that is not the log's own
    row: tuple[
        tuple[str, str], ...
    ] = ()  # field, or a heading of no field, and cell of a table's row


class Log(EntryPage):
    """A decision log as text that can be asked for its entries."""

    def __init__(self, text: str) -> None:
        """Read the text of a whole file."""
        super().__init__(text)
        shown, self._row_ends = piped_tables("\n".join(self.shown))
        self.shown = shown.split("\n")
        self._headings = self.page.sections[1:]
        self._starts = [section.lines[0] for section in self._headings]

    @cached_property
    def spans(self) -> tuple[LogSpan, ...]:
        """The entries, in the order of the file."""
        found = list(self._delimited())
        if all(span.uid for span in found):
            found = sorted([*found, *self._listed()], key=lambda span: span.lines)
        return tuple(found)

    def _delimited(self) -> Iterator[LogSpan]:
        """Each entry from its own boundary to the next."""
        boundaries = [*self._boundaries(), (len(self.page.lines) + 1, None)]
        for (first, span), (following, _) in pairwise(boundaries):
            if span is not None:
                last = (
                    self._row_ends.get(first, first)
                    if span.row
                    else self.last_said(first, following - 1)
                )
                yield replace(span, lines=(first, last))

    def _boundaries(self) -> Iterator[tuple[int, LogSpan | None]]:
        """Every line on which an entry begins, or on which something does that is no entry."""
        open_: LogSpan | None = None
        around: Section | None = None
        deepest = _ANY_LEVEL  # deeper headings are part of what is open
        inner = _ANY_LEVEL  # of the headings that are fields of the open stamped entry
        events: list[Section | LogSpan] = [*self._headings, *self._stamps.values()]
        no_entry = 0  # the line of the heading of what is open, where that is no entry
        for event in sorted(events, key=lambda event: event.lines[0]):
            first = event.lines[0]
            if no_entry and any(no_entry < line < first for line in self._breaks):
                deepest = _ANY_LEVEL  # what only speaks about the log ends with a rule
            if isinstance(event, LogSpan):
                if deepest < _ANY_LEVEL:
                    continue
                open_, inner = _inside(event, around), _ANY_LEVEL
            elif self._is_field(event):
                if deepest < _ANY_LEVEL or not self._is_orphan(event, open_):
                    inner = min(inner, event.level) if open_ and open_.stamp else inner
                    continue
                open_ = LogSpan(event.lines, first, "")
            elif event.level > deepest or self._goes_on(event, inner):
                continue
            elif self._is_group(event):
                open_, around, deepest, inner = None, event, _ANY_LEVEL, _ANY_LEVEL
            else:
                deepest, inner = event.level, _ANY_LEVEL
                no_entry = first if _is_no_entry(event) else 0
                open_ = None if no_entry else _inside(self._headed(event), around)
            yield first, open_

    @cached_property
    def _breaks(self) -> list[int]:
        """The lines that are rules across the page."""
        lines = enumerate(zip(self.shown, ["", *self.shown], strict=False), 1)
        return [n for n, (line, above) in lines if not above.strip() and _BREAK.fullmatch(line)]

    @cached_property
    def _stamps(self) -> dict[int, LogSpan]:
        """Line -> entry that begins with a date in brackets, with a time, or as a table's row."""
        found = {}
        columns: tuple[str, ...] = ()  # of the table that we are in; none where we do not know them
        for number, line in enumerate(self.shown[self.page.front.end :], self.page.front.end + 1):
            if _RULE.fullmatch(line.rstrip()) and "|" in line and number > 1:
                columns = _columns(self.shown[number - 2])
            elif "|" not in line:
                columns = ()
            row, stamp = _row(line, columns), _STAMP.match(line)
            if row:
                said = dict(row).get("date", "")
                found[number] = LogSpan((number, number), number, "", stamp=said, row=row)
            elif stamp and not _OF_THE_FILE.fullmatch(stamp["title"]):
                said = next(filter(None, (stamp[name] for name in _STAMPS)))
                first = self._field_above(number)
                found[number] = LogSpan((first, number), number + 1, stamp["title"], stamp=said)
            elif said := _labelled_date(line):
                found[number] = LogSpan((number, number), number + 1, line.strip(), stamp=said)
        return found

    def unread_tables(self, spans: Iterable[LogSpan]) -> Iterator[int]:
        """The lines on which tables begin that are in no entry, with rows of which none is one."""
        taken = {line for span in spans for line in range(span.lines[0], span.lines[1] + 1)}
        for number, line in enumerate(self.shown, 1):
            is_rule = bool(_RULE.fullmatch(line.rstrip())) and "|" in line and number > 1
            below = self.shown[number] if number < len(self.shown) else ""
            rows = takewhile(
                lambda at: "|" in self.shown[at - 1], range(number, len(self.shown) + 1)
            )
            if is_rule and "|" in below and taken.isdisjoint((number - 1, *rows)):
                yield number - 1

    def _field_above(self, line: int) -> int:
        """The line of a heading such as "Decision" that stands right above, or the line itself."""
        above = self._headings[bisect_right(self._starts, line) - 1] if self._headings else None
        leads = above is not None and above.start == line and fold(above.title) == "decision"
        return above.lines[0] if above and leads else line

    def _headed(self, section: Section) -> LogSpan:
        """The entry of a heading; with archmem's mark below it, its title is taken as written."""
        mark = self.mark(section)
        if mark is None:
            return LogSpan(section.lines, section.start, section.title, level=section.level)
        return LogSpan(mark.lines, mark.below, mark.title, mark.uid, mark.said_by, section.level)

    def _is_field(self, section: Section) -> bool:
        return fold(section.title) in DECISION and self.mark(section) is None

    def _is_orphan(self, section: Section, open_: LogSpan | None) -> bool:
        """Whether a heading "Decision" has no entry to belong to and so begins one."""
        return (
            fold(section.title) == "decision"
            and (open_ is None or not (open_.title or open_.stamp))
            and section.start not in self._stamps
        )

    def _goes_on(self, section: Section, inner: int) -> bool:
        """Whether a heading, beside or below the fields of a stamped entry, is a part of it."""
        if section.level != inner:
            return section.level > inner
        title, below = section.title, self._below(section)
        own = _DATED.match(title) or _NUMBERED.match(title) or _LOG_TITLE.match(title)
        said = next((n for n, line in enumerate(self._shown_of(section)) if line.strip()), 0)
        leads = section.start + said in self._stamps
        return not (own or leads or self.mark(section) or (below and self._is_field(below[0])))

    def _is_group(self, section: Section) -> bool:
        """Whether a heading stands over entries instead of being one."""
        own = range(section.start, section.start + section.text.count("\n") + 1)
        below = [each for each in self._below(section) if not self._is_field(each)]
        if self.mark(section) or _is_no_entry(section):
            return False
        if any(line in self._stamps for line in own):
            return not _DATED.match(section.title)
        is_first = section is self._headings[0]
        is_titled = bool(is_first and below and _FILE_TITLE.match(section.title))
        is_chapter = is_first and _CHAPTER.match(section.title) and any(map(_is_in_chapter, below))
        if not section.title or is_titled or is_chapter or _names_log(section.title):
            return bool(is_chapter) or not (below and _is_dated(section))
        if not below:
            return False
        # Whatever labels stand below the title of a file, dated headings below it are entries.
        is_title = is_first and not _is_dated(section)
        if _ONLY_A_DATE.match(section.title) or (is_title and any(map(_is_dated, below))):
            return True
        return not self._looks_like_entry(section) and (
            section.level == 1
            or not section.text.strip()
            or any(self._looks_like_entry(each) for each in below)
        )

    def _looks_like_entry(self, section: Section) -> bool:
        if _is_dated(section):
            return True
        if self.mark(section) or any(map(is_label, self._shown_of(section))):
            return True
        below = self._below(section)
        return bool(below) and self._is_field(below[0])

    def _shown_of(self, section: Section) -> list[str]:
        """The lines of a section's own text, blank where they are code or a comment."""
        return self.shown[section.start - 1 : section.start + section.text.count("\n")]

    def _below(self, section: Section) -> tuple[Section, ...]:
        first = bisect_right(self._starts, section.lines[0])
        return self._headings[first : bisect_right(self._starts, section.lines[1])]

    def _listed(self) -> Iterator[LogSpan]:
        for section in self.page.sections:
            if section.level and not _names_log(section.title):
                continue
            for item in list_items("\n".join(self._shown_of(section))):
                first, end = (section.start + line - 1 for line in item.lines)
                yield LogSpan((first, end), first, item.text.split("\n")[0])


def _columns(header: str) -> tuple[str, ...]:
    """What the columns of a table hold, by its header; nothing where that is not decisions.

    Of several that would hold the decision the first does; what it is about is then its title.
    """
    cells = table_cells(header.strip()) if "|" in header else ()
    names = ["number" if cell.strip(" *") == "#" else fold(cell) for cell in cells]
    fields = [_field_of(name) for name in names]
    has_title = "title" in fields and "decision" in fields
    columns: list[str] = []
    for name, field in zip(names, fields, strict=True):
        one = "decision" if field == "title" and not has_title else field
        columns.append(name if one in columns else one)
    return tuple(columns) if "decision" in columns and _BESIDE.intersection(columns) else ()


def _field_of(name: str) -> str:
    """The field that the head of a column names, if need be by one of its words."""
    for word in (name, *re.split(r"\W+", name)):
        if word in _TITLES:
            return "title"
        if word in DECISION:
            return DECISION[word].name
    return name


def _row(line: str, columns: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """The cells of a row that is a decision: under a known header, or dated in the usual order."""
    dated = _ROW.match(line)
    if not dated and (not columns or "|" not in line or _RULE.fullmatch(line.rstrip())):
        return ()
    cells = table_cells(line.strip())
    found = dict(zip(columns or _USUAL_COLUMNS, cells, strict=False))
    date = dated["date"] if dated and (columns or ("date",))[0] == "date" else ""
    date = date or plain(found.get("date", ""))
    if "status" not in found and (said := found.get("outcome")) and _says_status(said):
        found["status"] = found.pop("outcome")
    if columns:
        is_entry = not is_placeholder(found.get("decision") or "-")
    else:
        is_entry = read_when(date) is not None
    return tuple({**found, "date": date if read_when(date) else ""}.items()) if is_entry else ()


def _says_status(cell: str) -> bool:
    return read_status(cell).status is not Status.UNSTATED and len(cell.split()) <= _SHORT


def _labelled_date(line: str) -> str:
    """The date of a line that states a date and a decision as labels beside each other."""
    parts = SEVERAL.split(
        line.strip().lstrip("-*+ ") if line.lstrip()[:2] != "**" else line.strip()
    )
    found = [label for part in parts if (label := label_of(part)) and label["value"]]
    said = {
        DECISION[name].name: each["value"]
        for each in found
        if (name := fold(each["name"])) in DECISION
    }
    return plain(said.get("date", "")) if "decision" in said else ""


def _names_log(title: str) -> bool:
    return bool(_LOG_TITLE.match(title)) or fold(title) in _GROUPS


def _is_dated(section: Section) -> bool:
    return bool(_DATED.match(section.title) or _NUMBERED.match(section.title))


def _is_in_chapter(section: Section) -> bool:
    return bool(_DATED.match(section.title) or _IN_CHAPTER.match(section.title))


def _is_no_entry(section: Section) -> bool:
    """Whether a heading is a template's, or of a part that only speaks about the log."""
    return fold(section.title) in _NOT_AN_ENTRY or bool(_PLACEHOLDERS.search(section.title))


def _inside(span: LogSpan, around: Section | None) -> LogSpan:
    if around is None or not around.lines[0] <= span.lines[0] <= around.lines[1]:
        return span
    own = around.level == 1 or _LOG_TITLE.match(around.title)
    return replace(span, date=read_when(around.title), section="" if own else around.title)
