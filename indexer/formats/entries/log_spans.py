"""Where in a decision log its entries begin and end, in all the ways in which logs are kept."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from indexer.formats.entries.labels import DECISION
from indexer.formats.entries.markdown_fields import EntryPage, Part, fold, is_label
from indexer.markup.elements import list_items, plain, table_cells
from indexer.wording.dates import DATE, read_when
from memory.texts.lexicon import read_lexicon

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from indexer.markup.page import Section
    from memory.models.memory import Figures

_STAMP = re.compile(
    rf"[ \t]{{0,3}}(?:[-*+][ \t]+)?(?:\*\*)?(?:\[(?P<date>{DATE})\]"
    r"|(?P<timed>\d{4}-\d\d-\d\d[ T]\d{1,2}:\d\d(?::\d\d)?))(?:\*\*)?"
    r"[ \t]*[-–—:|]*[ \t]*(?P<title>.*)$",
    re.IGNORECASE,
)
_ROW = re.compile(rf"[ \t]{{0,3}}\|[ \t]*[\[*]*(?P<date>{DATE})[\]*]*[ \t]*\|", re.IGNORECASE)
_RULE = re.compile(r"[ \t]{0,3}\|?(?:[ \t]*:?-{2,}:?[ \t]*(?:\||$))+")
_USUAL_COLUMNS = ("date", "decision", "rationale", "consequences")
_BOILERPLATE = re.compile(r"log (?:of updates|de (?:atualiza|actualiza)|des mises)", re.IGNORECASE)
_LOG_TITLE = re.compile(
    r"(?:[\w'-]+ ){0,4}(?:decisions?|adrs?|d[ée]cisions?|decis(?:ões|iones)|決定|决策)"
    r"(?: (?:log|records?|register|history|journal|made|list))*$|(?:decision ?log|adr log|log)$",
    re.IGNORECASE,
)
_NOT_AN_ENTRY = frozenset(read_lexicon("labels")["log"]["no_entry"])
_PLACEHOLDERS = re.compile(
    r"\[(?:date|title|yyyy|decision|name|short|number|topic)[^\]]*\]|<(?:date|title|decision)[^>]*>"
    r"|\{(?:date|title|decision)[^}]*\}|yyyy-mm|\bXXX+\b",
    re.IGNORECASE,
)
_DATED = re.compile(rf"[\s\[(]*{DATE}|.*[\[(]{DATE}[\])]\s*$", re.IGNORECASE)
_NUMBERED = re.compile(
    r"(?:decision|adr|d|dec|tdr|ddr)[-\s#]{0,2}\d+\b|#?\d{1,4}[.):]\s|decision:\s", re.IGNORECASE
)
_ONLY_A_DATE = re.compile(rf"[\s\[(]*{DATE}[\])\s:.–—-]*$", re.IGNORECASE)
_ANY_LEVEL = 7
_TITLES = frozenset({"title", "name", "topic", "subject"})


@dataclass(frozen=True)
class Span(Part):
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
        self._headings = self.page.sections[1:]
        self._starts = [section.lines[0] for section in self._headings]

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """The entries, in the order of the file."""
        found = list(self._delimited())
        if all(span.uid for span in found):
            found = sorted([*found, *self._listed()], key=lambda span: span.lines)
        return tuple(found)

    def _delimited(self) -> Iterator[Span]:
        """Each entry from its own boundary to the next."""
        boundaries = [*self._boundaries(), (len(self.page.lines) + 1, None)]
        for (first, span), (following, _) in pairwise(boundaries):
            if span is not None:
                last = first if span.row else self.last_said(first, following - 1)
                yield replace(span, lines=(first, last))

    def _boundaries(self) -> Iterator[tuple[int, Span | None]]:
        """Every line on which an entry begins, or on which something does that is no entry."""
        open_: Span | None = None
        around: Section | None = None
        deepest = _ANY_LEVEL  # deeper headings are part of what is open
        inner = _ANY_LEVEL  # of the headings that are fields of the open stamped entry
        events: list[Section | Span] = [*self._headings, *self._stamps.values()]
        for event in sorted(events, key=lambda event: event.lines[0]):
            first = event.lines[0]
            if isinstance(event, Span):
                if deepest < _ANY_LEVEL:
                    continue
                open_, inner = _inside(event, around), _ANY_LEVEL
            elif self._is_field(event):
                if deepest < _ANY_LEVEL or not self._is_orphan(event, open_):
                    inner = min(inner, event.level) if open_ and open_.stamp else inner
                    continue
                open_ = Span(event.lines, first, "")
            elif event.level > deepest or self._goes_on(event, inner):
                continue
            elif self._is_group(event):
                open_, around, deepest, inner = None, event, _ANY_LEVEL, _ANY_LEVEL
            else:
                deepest, inner = event.level, _ANY_LEVEL
                open_ = None if _is_no_entry(event) else _inside(self._headed(event), around)
            yield first, open_

    @cached_property
    def _stamps(self) -> dict[int, Span]:
        """Line -> entry that begins with a date in brackets, with a time, or as a table's row."""
        found = {}
        columns: tuple[str, ...] = ()  # of the table that we are in; none where we do not know them
        for number, line in enumerate(self.shown[self.page.front.end :], self.page.front.end + 1):
            if _RULE.fullmatch(line.rstrip()) and number > 1:
                columns = _columns(self.shown[number - 2])
            elif not line.lstrip().startswith("|"):
                columns = ()
            row, stamp = _row(line, columns), _STAMP.match(line)
            if row:
                said = dict(row)["date"]
                found[number] = Span((number, number), number, "", stamp=said, row=row)
            elif stamp and not _BOILERPLATE.match(stamp["title"]):
                said = stamp["date"] or stamp["timed"]
                first = self._field_above(number)
                found[number] = Span((first, number), number + 1, stamp["title"], stamp=said)
        return found

    def _field_above(self, line: int) -> int:
        """The line of a heading such as "Decision" that stands right above, or the line itself."""
        above = self._headings[bisect_right(self._starts, line) - 1] if self._headings else None
        leads = above is not None and above.start == line and fold(above.title) == "decision"
        return above.lines[0] if above and leads else line

    def _headed(self, section: Section) -> Span:
        """The entry of a heading; with archmem's mark below it, its title is taken as written."""
        mark = self.mark(section)
        if mark is None:
            return Span(section.lines, section.start, section.title, level=section.level)
        return Span(mark.lines, mark.below, mark.title, mark.uid, section.level)

    def _is_field(self, section: Section) -> bool:
        return fold(section.title) in DECISION and self.mark(section) is None

    def _is_orphan(self, section: Section, open_: Span | None) -> bool:
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
        if not section.title or _LOG_TITLE.match(section.title):
            return not (below and _is_dated(section))
        if not below:
            return False
        if _ONLY_A_DATE.match(section.title):
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

    def _listed(self) -> Iterator[Span]:
        for section in self.page.sections:
            if section.level and not _LOG_TITLE.match(section.title):
                continue
            for item in list_items("\n".join(self._shown_of(section))):
                first, end = (section.start + line - 1 for line in item.lines)
                yield Span((first, end), first, item.text.split("\n")[0])


def _columns(header: str) -> tuple[str, ...]:
    """What the columns of a table hold, by its header; nothing where that is not decisions."""
    names = [fold(cell) for cell in table_cells(header.strip())] if "|" in header else []
    columns = [DECISION[name].name if name in DECISION else name for name in names]
    columns = ["decision" if name in _TITLES else name for name in columns]
    return tuple(columns) if {"date", "decision"} <= set(columns) else ()


def _row(line: str, columns: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """The cells of a row that is a decision: dated, under a known header or in the usual order."""
    dated = _ROW.match(line)
    if not columns and not dated:
        return ()
    cells = table_cells(line.strip())
    found = dict(zip(columns or _USUAL_COLUMNS, cells, strict=False))
    date = dated["date"] if dated and (columns or ("date",))[0] == "date" else plain(found["date"])
    is_entry = read_when(date) is not None and (not columns or found.get("decision"))
    return tuple({**found, "date": date}.items()) if is_entry else ()


def _is_dated(section: Section) -> bool:
    return bool(_DATED.match(section.title) or _NUMBERED.match(section.title))


def _is_no_entry(section: Section) -> bool:
    """Whether a heading is a template's, or of a part that only speaks about the log."""
    return fold(section.title) in _NOT_AN_ENTRY or bool(_PLACEHOLDERS.search(section.title))


def _inside(span: Span, around: Section | None) -> Span:
    if around is None or not around.lines[0] <= span.lines[0] <= around.lines[1]:
        return span
    own = around.level == 1 or _LOG_TITLE.match(around.title)
    return replace(span, date=read_when(around.title), section="" if own else around.title)
