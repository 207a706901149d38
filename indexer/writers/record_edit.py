"""Small changes to a decision record that is a file of its own: its metadata, as it is kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.formats.adr.metadata import status_in_title, title_section
from indexer.formats.adr.sections import sections_by_part
from indexer.formats.entries.json_fields import label
from indexer.markup.page import read_asciidoc, read_page, read_restructuredtext
from indexer.writers.lines import Lines
from indexer.writers.wordings import moment_words, relation_name, status_wordings, words
from memory.models.kinds import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.markup.page import Page
    from indexer.writers.facets import Relation
    from memory.models.revision import Draft

_READERS = {
    "rst": read_restructuredtext,
    "adoc": read_asciidoc,
    "asciidoc": read_asciidoc,
}
_NAMES = {"status": ("status", "state", "decision status"), "tags": ("tags", "tag", "labels")}
_MOST_DATED = 4
_LABEL = re.compile(
    r"(?P<lead>[ \t]*(?:>[ \t]?)?(?:[-*+•][ \t]+)?[*_:]{0,3})(?P<name>[^\W\d_][\w -]{0,40}?)"
    r"(?P<between>[*_]{0,3}[ \t]*:[*_]{0,3}[ \t]*)(?P<value>\S.*)?$"
)
_ROW = re.compile(
    r"(?P<lead>[ \t]*\|[ \t]*[*_]*)(?P<name>[^|*_:]+?)(?P<between>[*_:]*[ \t]*\|[ \t]*)"
)
_ITEM = re.compile(r"[ \t]*(?:[-*+•>][ \t]+)*")
_TAG = re.compile(r"[\[(](?P<said>[^\[\]()\n]+)[\])]")


def record_edits(
    path: str, text: str, draft: Draft, name: str, was: Any, wanted: Any
) -> Iterator[str]:
    """Texts in which a record may say what is wanted; as for `label_edits`."""
    record = _Record(path, text)
    if name == "status" and wanted is not Status.UNSTATED:
        edits = list(_status_edits(record, Status(wanted)))
        yield from edits
        if draft.valid_from:  # the date beside a status counts no more for one that ended
            for new in edits[:_MOST_DATED]:
                yield from _Record(path, new).with_new("date", moment_words(draft.valid_from))
    elif name == "references":
        yield from _relation_edits(record, was, wanted)
    elif name in _NAMES and wanted:
        said = words(wanted)
        for line, start, _ in record.called(*_NAMES[name]):
            yield record.lines.with_line(line, record.lines.said[line][:start] + said)
        yield from record.with_new(name, said)


class _Record:
    """A record as lines, and where its metadata stand."""

    def __init__(self, path: str, text: str) -> None:
        self.lines = Lines(text)
        plain = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
        reader = _READERS.get(path.rpartition(".")[2].lower(), read_page)
        self.page: Page = reader(plain)
        self.titled = title_section(self.page)
        headed = self.page.sections[1:]
        below = self.titled or (headed[0] if headed else self.page.preamble)
        others = [each.lines[0] for each in headed if each.lines[0] > below.lines[0]]
        self.body = (others[0] if others and self.titled else below.lines[0]) - 1
        if not headed:
            self.body = len(self.lines.said)

    def called(self, *names: str) -> Iterator[tuple[int, int, int]]:
        """Line, start and end of each value that stands under one of these names."""
        for number in range(min(self.body, len(self.lines.said))):
            line = self.lines.said[number]
            match = _ROW.match(line) or _LABEL.match(line)
            if match is None or _folded(match["name"]) not in names:
                continue
            start = match.end("between")
            end = line.find("|", start) if match.re is _ROW else len(line)
            value = line[start : end if end >= 0 else len(line)].rstrip()
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
            yield number, start + quoted, start + len(value) - quoted

    def with_new(self, name: str, said: str) -> Iterator[str]:
        """Texts with one more field: in the front matter, else below the others of the head."""
        if front := self.page.front.lines:
            at = front[1] - 1
            yield self.lines.with_lines(at, at, [f"{name.replace('_', '-')}: {said}"])
            yield self.lines.with_lines(at, at, [f'{name.replace("_", "-")}: "{said}"'])
        heads = [
            (number, match)
            for number in range(self.page.front.end, self.body)
            if (
                match := _ROW.match(self.lines.said[number])
                or _LABEL.match(self.lines.said[number])
            )
        ]
        for number, match in reversed(heads):
            style = f"{match['lead']}{label(name)}{match['between']}".rstrip() + " "
            tail = " |" if match.re is _ROW else ""
            yield self.lines.with_lines(number + 1, number + 1, [f"{style}{said}{tail}"])
            yield self.lines.with_lines(number + 1, number + 1, ["", f"{style}{said}{tail}"])


def _status_edits(record: _Record, status: Status) -> Iterator[str]:
    for line, start, end in record.called(*_NAMES["status"]):
        old = record.lines.said[line]
        for said in status_wordings(old[start:end], status):
            yield record.lines.with_line(line, old[:start] + said + old[end:])
    for part, section in sections_by_part(record.page):
        if part == "status" and section.text.strip():
            yield from _section_edits(record, section.start - 1, section.text, status)
    if record.titled and (said := status_in_title(record.titled.title)):
        line = record.titled.lines[0] - 1
        old = record.lines.said[line]
        for match in _TAG.finditer(old):
            if said in match["said"]:
                for new in status_wordings(match["said"], status):
                    yield record.lines.with_line(
                        line, old[: match.start("said")] + new + old[match.end("said") :]
                    )
    yield from record.with_new("status", str(status))
    part_of_text = next((each for part, each in sections_by_part(record.page) if part), None)
    if part_of_text:
        at = part_of_text.lines[0] - 1
        heading = f"{'#' * part_of_text.level} Status"
        lines = [heading, "", str(status).capitalize(), ""]
        yield record.lines.with_lines(at, at, lines)


def _section_edits(record: _Record, first: int, text: str, status: Status) -> Iterator[str]:
    """Texts with another status in the section that states it, whose text begins on a line."""
    stop = first + text.count("\n") + 1
    for line in range(first, stop):
        old = record.lines.said[line]
        lead = _ITEM.match(old)
        start = lead.end() if lead else 0
        if old[start:].strip():
            for said in status_wordings(old[start:], status):
                yield record.lines.with_line(line, old[:start] + said)
    yield record.lines.with_lines(first, stop, [str(status).capitalize()])


def _relation_edits(
    record: _Record, was: frozenset[Relation], wanted: frozenset[Relation]
) -> Iterator[str]:
    """One relation more, or one less; several are changed one after the other."""
    for relation in sorted(wanted - was):
        name, target = relation_name(relation), relation[1]
        for line, start, end in record.called(_folded(name)):
            old = record.lines.said[line]
            nothing = not re.search(r"[^\W_]{2}|\d", re.sub(r"(?i)n/?a|none", "", old[start:end]))
            said = target if nothing else f"{old[start:end]}, {target}"
            yield record.lines.with_line(line, old[:start] + said + old[end:])
        yield from record.with_new(name, target)
        said = f"{label(name)} {target}"
        for part, section in sections_by_part(record.page):
            if part == "status" and section.text.strip():
                at = section.start + section.text.count("\n")
                yield record.lines.with_lines(at, at, ["", said])
        if record.titled:
            at = record.titled.lines[0]
            yield record.lines.with_lines(at, at, ["", f"{label(name)}: {target}"])
    for relation in sorted(was - wanted):
        for line, start, end in record.called(_folded(relation_name(relation))):
            old = record.lines.said[line]
            left = [each for each in old[start:end].split(",") if each.strip() != relation[1]]
            said = ",".join(left).strip()
            yield record.lines.with_line(line, old[:start] + said + old[end:])
            yield record.lines.with_lines(line, line + 1, [])


def _folded(name: str) -> str:
    return " ".join(re.split(r"[-_\s]+", name)).strip(" :*_").casefold()
