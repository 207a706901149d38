"""Small changes to Markdown that somebody wrote: its status, its relations, more evidence."""

from __future__ import annotations

import re
import unicodedata
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.formats.decision_records import sections_by_part
from indexer.formats.entries.json_fields import label
from indexer.formats.entries.labels import DECISION, IN_PART, LESSON
from indexer.formats.entries.markdown_fields import fold, heading_of
from indexer.formats.record_metadata import title_section
from indexer.formats.record_names import is_called_like_record
from indexer.markup.dialects import reader_of
from indexer.markup.elements import without_code, without_comments
from indexer.wording.statuses import names_successor, read_status, status_word
from indexer.writers.facets import cased, moment_words, relation_name
from indexer.writers.record_text import link_to
from memory.kinds.vocabulary import Status
from memory.texts.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from indexer.writers.facets import Relation
    from memory.models.memory import Draft

_FIELDS = {name: field.name for name, field in (DECISION | LESSON).items()}
_FIELDS |= {"decision status": "status", "current status": "status"}
_MOST_DATED = 4  # changed statuses that are tried with a date beside them
_LINE = lazy(r"([^\r\n]*)(\r\n|\r|\n|$)")
_LABEL = lazy(
    r"(?P<lead>[ \t]*(?:>[ \t]?)?(?:[-*+•][ \t]+)?[*_:]{0,3})(?P<name>[^\W\d_][\w -]{0,40}?)"
    r"(?P<between>[*_]{0,3}[ \t]*[:\uff1a][*_]{0,3}[ \t]*|[*_]{2,3}[ \t]*$)(?P<value>\S.*)?$"
)
_ROW = lazy(
    r"(?P<lead>[ \t]*+\|[ \t]*+[*_]*+)(?P<name>[^|*_:](?:[^|*_:]*[^|*_: \t])?)"
    r"(?P<between>[*_:]*+[ \t]*+\|[ \t]*+)"
    r"(?P<value>[^|]*)"
)
_MARKER = lazy(r"[ \t]*(?:(?:[-*+•>]|\d{1,9}[.)])[ \t]+)?")
_TAG = lazy(r"[\[(](?P<said>[^\[\]()\n]{3,})[\])]")
_NOTHING = lazy(r"(?:n/?a|none|[\W_])*", re.IGNORECASE)


def label_edits(
    path: str,
    text: str,
    draft: Draft,
    name: str,
    was: Any,
    wanted: Any,
    *,
    titles: Mapping[str, str],
    is_record: bool,
) -> Iterator[str]:
    """Texts in which an entry may say what is wanted, those that change least first.

    None of them has been read back: most readers understand one of the first.

    `name` is that of the point to change, as in `facets`; a record is a file of its own. `titles`
    are those of the records that it is to name, by path.
    """
    entry = _Entry(path, text, draft, is_record=is_record)
    if name == "status":
        edits = _status_edits(entry, Status(wanted))
        dated = list(islice(edits, _MOST_DATED))
        yield from dated
        yield from edits
        if draft.valid_from and is_record:  # the date beside a status that ended counts no more
            for new in dated:
                again = _Entry(path, new, draft, is_record=is_record)
                yield from _new_label(again, "date", [moment_words(draft.valid_from)])
    elif name == "references":
        for relation in sorted(wanted - was):
            yield from _relation_edits(entry, relation, titles.get(relation[1], ""))
    elif isinstance(wanted, list | tuple) and list(wanted)[: len(was or ())] == list(was or ()):
        yield from _evidence_edits(entry, name, wanted, new=wanted[len(was or ()) :])


class _Field(NamedTuple):
    """What an entry says under a label; lines and columns count from 0."""

    name: str  # "" of one that the readers do not know
    line: int  # of the label
    stop: int  # the line before which what it says ends
    at: int  # the line on which its value begins
    start: int  # the columns of the value on that line
    end: int


class TextLines:
    """A text as lines, counted from 0, each with the line end that it has."""

    def __init__(self, text: str) -> None:
        """Read a whole text."""
        lines = [(match[1], match[2]) for match in _LINE.finditer(text) if match[0]]
        self.said = [said for said, _ in lines]
        self._ends = [end for _, end in lines]
        self._newline = "\r\n" if "\r\n" in text else "\n"

    def put(self, start: int, stop: int, said: Sequence[str]) -> str:
        """The whole text with these lines in place of those from `start` to before `stop`."""
        ends = [end or self._newline for end in self._ends]
        new = [*ends[start:stop], *[self._newline] * len(said)][: len(said)]
        lines = [*self.said[:start], *said, *self.said[stop:]]
        ends = [*ends[:start], *new, *ends[stop:]]
        if self._ends and not self._ends[-1]:
            ends[-1] = ""
        return "".join(line + end for line, end in zip(lines, ends, strict=True))


class _Entry(TextLines):
    def __init__(self, path: str, text: str, draft: Draft, *, is_record: bool) -> None:
        super().__init__(text)
        plain = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
        page = reader_of(path)(plain)
        self.shown = without_code(without_comments(plain)).split("\n")
        first, last = draft.lines or (1, 1)
        self.path = path
        self.first, self.stop = first - 1, min(last, len(self.said))
        self.front = page.front.end
        self.is_record = is_record
        parts = sections_by_part(page)
        self.sections = [
            section
            for part, section in parts
            if section.text.strip()
            and self.first < section.lines[0] - 1 < self.stop
            and "status" in {part, _FIELDS.get(fold(section.title))}
        ]
        titled = title_section(page) if is_record else None
        self.title = titled.lines[0] - 1 if titled else self.first
        self.below = titled.start - 1 if titled else self.first + 1
        self.part = next((each for part, each in parts if part), None) if is_record else None
        self.fields = list(self._fields())

    def with_value(self, field: _Field, said: str) -> str:
        """The text with another value on the line of a label."""
        line = self.said[field.at]
        return self.put(field.at, field.at + 1, [line[: field.start] + said + line[field.end :]])

    def called(self, name: str) -> list[_Field]:
        return [field for field in self.fields if field.name == name]

    def value(self, field: _Field) -> str:
        return self.said[field.at][field.start : field.end]

    def match(self, line: int) -> re.Match[str] | None:
        """A line as a label or a row of a table, if the readers know it or it is set off so."""
        shown = self.shown[line] if line < len(self.shown) else ""
        match = _ROW.match(shown) or _LABEL.match(shown)
        if match and (match.re is _ROW or fold(match["name"]) in _FIELDS):
            return match
        return match if match and "**" in match["lead"] + match["between"] else None

    def _fields(self) -> Iterator[_Field]:
        found = [(line, match) for line in self._inside() if (match := self.match(line))]
        for number, (line, match) in enumerate(found, 1):
            before = found[number][0] if number < len(found) else self.stop
            stop = line + 1
            while stop < before and heading_of(self.shown[stop]) is None:
                stop += 1
            while stop > line + 1 and not self.said[stop - 1].strip():
                stop -= 1
            name = _FIELDS.get(fold(match["name"]), "")
            yield _Field(name, line, stop, *self._value(line, stop, match))

    def _inside(self) -> range:
        return range(self.first if self.is_record else self.first + 1, self.stop)

    def _value(self, line: int, stop: int, match: re.Match[str]) -> tuple[int, int, int]:
        """The line and the columns of a label's value, without its quotation marks."""
        start, said = match.start("value"), (match["value"] or "").rstrip()
        if not said:
            start = match.end()
            for at in range(line + 1, stop if match.re is _LABEL else line):
                if self.said[at].strip():
                    marker = _MARKER.match(self.said[at])
                    return at, marker.end() if marker else 0, len(self.said[at])
        quoted = len(said) > 1 and said[0] == said[-1] and said[0] in "\"'"
        return line, start + quoted, start + len(said) - quoted

    def style(self) -> tuple[str, str, str] | None:
        """What stands before a label, between it and its value, and behind that, as it is here."""
        lines = [field.line for field in self.fields if field.line >= self.front]
        lines += [] if self.is_record else range(len(self.shown))
        for match in filter(None, map(self.match, lines)):
            if match["value"] and fold(match["name"]) in _FIELDS:
                between = match["between"].rstrip() + " "
                return match["lead"], between, " |" if match.re is _ROW else ""
        return None if self.is_record else ("**", ":** ", "")

    def places(self) -> Iterator[int]:
        """Lines at which a label may be put in, the likeliest first."""
        own = [field for field in self.fields if field.line >= self.front]
        if own:
            at, starts = own[0].line, {field.line for field in own}
            while at < self.stop and (at in starts or re.match(r"[ \t]+\S", self.said[at])):
                at += 1
            yield at
            yield own[-1].stop
        if self.below < self.stop and not self.said[self.below].strip():
            yield self.below + 1
        yield min(self.below, self.stop)
        yield self.stop


def status_wordings(said: str, status: Status) -> Iterator[str]:
    """Ways to say a status in place of `said`, the one that keeps most of it first.

    A symbol that stood for the old status goes with it, and so does the successor of what is
    superseded no more.
    """
    found = status_word(said)
    if found:
        start, end = found
        word = cased(str(status), said[start:end])
        before, rest = said[:start], said[end:]
        if status is not Status.SUPERSEDED and names_successor(said[start:]):
            closing = before.strip()
            rest = closing if closing and rest.rstrip().endswith(closing) else ""
        kept = before.lstrip()
        while kept and unicodedata.category(kept[0]) in {"So", "Mn", "Cf"}:
            kept = kept[1:].lstrip()
        yield (before if kept == before.lstrip() else kept) + word + rest
        opened = before.strip(" ")
        if opened and rest.startswith(opened):
            yield f"{opened}{word}{opened}"
        yield word
    yield cased(str(status), said.lstrip("*_`\"' "))


def _status_edits(entry: _Entry, status: Status) -> Iterator[str]:
    title = entry.said[entry.title]
    for tag in _TAG.finditer(title):
        if read_status(tag["said"]).status is not Status.UNSTATED:
            before, behind = title[: tag.start("said")], title[tag.end("said") :]
            for said in status_wordings(tag["said"], status):
                yield entry.put(entry.title, entry.title + 1, [before + said + behind])
    if status is Status.UNSTATED:
        yield from (entry.put(one.line, one.stop, []) for one in entry.called("status"))
        return
    for one in entry.called("status"):
        for said in status_wordings(entry.value(one), status):
            yield entry.with_value(one, said)
    for section in entry.sections:
        yield from _section_edits(entry, section.start - 1, section.text.count("\n") + 1, status)
    yield from _new_label(entry, "status", [str(status)])
    if entry.part:
        lines = [f"{'#' * entry.part.level} Status", "", str(status).capitalize(), ""]
        yield entry.put(entry.part.lines[0] - 1, entry.part.lines[0] - 1, lines)


def _section_edits(entry: _Entry, first: int, count: int, status: Status) -> Iterator[str]:
    """Texts with another status in the section that states it, `count` lines from a line on."""
    for line in range(first, first + count):
        old = entry.said[line]
        start = match.end() if (match := _MARKER.match(old)) else 0
        if old[start:].strip():
            for said in status_wordings(old[start:], status):
                yield entry.put(line, line + 1, [old[:start] + said])
    yield entry.put(first, first + count, [str(status).capitalize()])


def _status_case(entry: _Entry) -> str:
    matches = filter(None, map(entry.match, range(len(entry.shown))))
    said = (m["value"] for m in matches if _FIELDS.get(fold(m["name"])) == "status" and m["value"])
    return next(said, "Stated").lstrip("*_`\"' ").split(" ")[0]


def _relation_edits(entry: _Entry, relation: Relation, title: str) -> Iterator[str]:
    name, target = relation_name(relation) + (IN_PART if relation[3] else ""), relation[1]
    if name == "superseded_by" and entry.is_record and is_called_like_record(PurePosixPath(target)):
        yield from _succession_edits(entry, link_to(target, title, entry.path))
    for one in entry.called(name):
        if _NOTHING.fullmatch(entry.value(one)):
            yield entry.with_value(one, target)
    yield from _new_label(entry, name, [target])
    if entry.is_record:
        lines = [f"{label(name)}: {target}", ""]
        is_below_blank = not entry.said[entry.below - 1].strip()
        yield entry.put(entry.below, entry.below, lines if is_below_blank else lines[::-1])


def _succession_edits(entry: _Entry, link: str) -> Iterator[str]:
    """Texts in which what says "superseded" says by what, as records do."""
    for one in entry.called("status"):
        yield entry.with_value(one, _superseded(entry.value(one), link))
    for section in entry.sections:
        first = section.start - 1
        for line in range(first, first + section.text.count("\n") + 1):
            if said := entry.said[line]:
                yield entry.put(line, line + 1, [_superseded(said, link)])


def _superseded(said: str, link: str) -> str:
    found = status_word(said)
    return f"{said[: found[1]]} by {link}{said[found[1] :]}" if found else said


def _evidence_edits(
    entry: _Entry, name: str, wanted: Sequence[str], new: Sequence[str]
) -> Iterator[str]:
    """Texts with more evidence: below the list that is there, or as one with what is there."""
    known = entry.called(name)
    for one in known:
        markers = [
            marker[0]
            for line in entry.said[one.line + 1 : one.stop]
            if (marker := _MARKER.match(line)) and marker[0].strip()
        ]
        if markers:
            lead = min(markers, key=lambda each: len(each) - len(each.lstrip()))
            yield entry.put(one.stop, one.stop, [lead + item for item in new])
        head = entry.said[one.line]
        head = head[: one.start].rstrip() if one.at == one.line else head
        yield entry.put(one.line, one.stop, _listed(head, wanted))
    if not known and wanted:
        yield from _new_label(entry, name, wanted)


def _new_label(entry: _Entry, name: str, values: Sequence[str]) -> Iterator[str]:
    """The entry with a label more: in the front matter, behind its labels, below its title."""
    if entry.is_record and entry.front:
        for said in (values[0], f'"{values[0]}"'):
            line = f"{name.replace('_', '-')}: {said}"
            yield entry.put(entry.front - 1, entry.front - 1, [line])
    style = entry.style()
    if style is None:
        return
    lead, between, behind = style
    head = f"{lead}{label(name)}{between}"
    if name == "status":
        values = [cased(values[0], _status_case(entry))]
    new = [head + values[0] + behind] if len(values) == 1 else _listed(head.rstrip(), values)
    is_item = bool(re.match(r"[ \t]*(?:[-*+][ \t]|\|)", head))
    for at in entry.places():
        before = entry.said[at - 1] if at > entry.first else ""
        after = entry.said[at] if at < len(entry.said) else ""
        apart = [""] if not is_item and before.strip() and not entry.match(at - 1) else []
        behind_it = [""] if after.strip() and not entry.match(at) else []
        yield entry.put(at, at, [*apart, *new, *behind_it])


def _listed(head: str, items: Sequence[str]) -> list[str]:
    """A label with a list below it, inside the item that it is, or as a block of its own."""
    bullet = re.match(r"[ \t]*[-*+][ \t]+", head)
    indent = " " * len(bullet[0]) if bullet else ""
    listed = [f"{indent}- {' '.join(item.split())}" for item in items]
    return [head, *listed] if bullet else [head, "", *listed]
