"""Small changes to a Markdown entry that somebody wrote by hand: its labels, in their style."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indexer.formats.entries.json_fields import label
from indexer.formats.entries.labels import DECISION, IN_PART, LESSON, NOTE
from indexer.formats.entries.markdown_fields import EntryPage, Form, fold, heading_of, label_of
from indexer.markup.elements import list_items
from indexer.wording.statuses import read_status
from indexer.writers.lines import Lines
from indexer.writers.wordings import cased, relation_name, status_wordings, words
from memory.models.kinds import Kind, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indexer.formats.entries.markdown_fields import Labels
    from indexer.writers.facets import Relation
    from memory.models.revision import Draft

_LABELS: dict[Kind, Labels] = {Kind.DECISION: DECISION, Kind.LESSON: LESSON, Kind.NOTE: NOTE}
_NAMES = {"valid_to": "Valid until"}
_LISTS = frozenset({"evidence_for", "evidence_against", "issues", "review_triggers"})
_TAG = re.compile(r"(?P<open>[\[(])(?P<said>[^\[\]()\n]{3,60})(?P<close>[\])]\s*(?:#+\s*)?)$")
_MARKER = re.compile(r"[ \t]*(?:[-*+•]|\d{1,9}[.)])[ \t]+|[ \t]*")
_BULLET = re.compile(r"[ \t]*[-*+][ \t]+")
_USUAL = "**{}:** "


@dataclass(frozen=True)
class _Label:
    """A label of the entry; lines count from 0."""

    line: int
    stop: int  # the line before which what it says ends
    field: str  # "" of one that the readers do not know
    form: Form
    value_at: int | None  # where its value begins on its line; None where it stands below


def label_edits(text: str, draft: Draft, name: str, was: Any, wanted: Any) -> Iterator[str]:
    """Texts in which an entry may say what is wanted, those that change least first.

    None of them has been read back: most readers understand one of the first.

    Args:
        text: The whole file.
        draft: What it says of the entry, with its lines.
        name: Of the point to change, as in `facets`.
        was: What it says of that.
        wanted: What it is to say.
    """
    entry = _Entry(text, draft)
    if name == "references":
        yield from _relation_edits(entry, was, wanted)
    elif name in _LISTS:
        yield from _list_edits(entry, name, was, wanted)
    elif name == "status":
        yield from _status_edits(entry, wanted)
    else:
        yield from _word_edits(entry, name, words(wanted) if wanted else "")


class _Entry:
    """The lines of one entry, and what of them are labels."""

    def __init__(self, text: str, draft: Draft) -> None:
        self.lines = Lines(text)
        self.table = _LABELS.get(draft.kind, NOTE)
        first, last = draft.lines or (1, 1)
        self.first, self.stop = first - 1, last
        self.shown = EntryPage(text).shown
        self.labels = list(self._labels())

    def called(self, name: str) -> list[_Label]:
        return [one for one in self.labels if one.field == name]

    def _labels(self) -> Iterator[_Label]:
        found = [(number, self._label(number)) for number in range(self.first, self.stop)]
        heads = [(number, one) for number, one in found if one is not None]
        for at, (number, (field, form, value_at)) in enumerate(heads):
            stop = heads[at + 1][0] if at + 1 < len(heads) else self.stop
            yield _Label(number, self._end(number, stop), field, form, value_at)

    def _label(self, number: int) -> tuple[str, Form, int | None] | None:
        shown = self.shown[number] if number < len(self.shown) else ""
        heading = heading_of(shown)
        if heading is not None:
            known = self.table.get(fold(heading[1])) if number > self.first else None
            return (known.name, known.form, None) if known else None
        match = label_of(shown)
        known = self.table.get(fold(match["name"])) if match else None
        if match is None or (known is None and not re.search(r"\*\*|__", match[0])):
            return None
        at = match.start("value") if match["value"] else None
        return (known.name, known.form, at) if known else ("", Form.WORD, at)

    def _end(self, first: int, stop: int) -> int:
        """Where what a label says ends, blank lines and the next heading not included."""
        end = first + 1
        while end < stop and heading_of(self.shown[end]) is None:
            end += 1
        while end > first + 1 and not self.lines.said[end - 1].strip():
            end -= 1
        return end


def _status_edits(entry: _Entry, wanted: Any) -> Iterator[str]:
    status = Status(wanted)
    title = entry.lines.said[entry.first]
    tag = _TAG.search(title)
    if tag and read_status(tag["said"]).status is not Status.UNSTATED:
        for said in status_wordings(tag["said"], status):
            yield entry.lines.with_line(
                entry.first, f"{title[: tag.start('said')]}{said}{title[tag.end('said') :]}"
            )
    if status is Status.UNSTATED:
        yield from (_without(entry, one) for one in entry.called("status"))
        return
    for one in entry.called("status"):
        line, at = _value_place(entry, one)
        old = entry.lines.said[line]
        for said in status_wordings(old[at:], status):
            yield entry.lines.with_line(line, old[:at] + said)
            yield entry.lines.with_lines(one.line, one.stop, [*_head(entry, one), old[:at] + said])
    said = cased(str(status), _status_case(entry))
    yield from _new_label(entry, "status", [said])
    yield entry.lines.with_line(entry.first, f"{title.rstrip()} ({said})")


def _status_case(entry: _Entry) -> str:
    """How the file writes the status of other entries."""
    for line in entry.shown:
        match = label_of(line)
        known = entry.table.get(fold(match["name"])) if match and match["value"] else None
        if match and known and known.name == "status":
            return match["value"].lstrip("*_`\"' ").split(" ")[0]
    return "Stated"


def _word_edits(entry: _Entry, name: str, said: str) -> Iterator[str]:
    for one in entry.called(name):
        if not said:
            yield _without(entry, one)
            continue
        line, at = _value_place(entry, one)
        new = entry.lines.said[line][:at] + said
        yield entry.lines.with_line(line, new)
        yield entry.lines.with_lines(one.line, one.stop, [*_head(entry, one), new])
    if said:
        yield from _new_label(entry, name, [said])


def _relation_edits(
    entry: _Entry, was: frozenset[Relation], wanted: frozenset[Relation]
) -> Iterator[str]:
    """One relation more, or one less; several are changed one after the other."""
    for relation in sorted(wanted - was):
        name = _relation_field(relation)
        for one in entry.called(name):
            line, at = _value_place(entry, one)
            old = entry.lines.said[line]
            if old[at:].strip():
                yield entry.lines.with_line(line, f"{old.rstrip()}, {relation[1]}")
        yield from _new_label(entry, name, [relation[1]])
    for relation in sorted(was - wanted):
        for one in entry.called(_relation_field(relation)):
            line, at = _value_place(entry, one)
            old = entry.lines.said[line]
            left = [each for each in old[at:].split(",") if each.strip() != relation[1]]
            yield entry.lines.with_line(line, old[:at] + ",".join(left).strip())
            yield _without(entry, one)


def _relation_field(relation: Relation) -> str:
    return relation_name(relation) + (IN_PART if relation[3] else "")


def _list_edits(
    entry: _Entry, name: str, was: Sequence[str], wanted: Sequence[str]
) -> Iterator[str]:
    was, wanted = list(was or ()), list(wanted or ())
    known = entry.called(name)
    if was and wanted[: len(was)] == was:
        yield from _appended(entry, known, wanted[len(was) :])
    for one in known:
        if not wanted:
            yield _without(entry, one)
            continue
        line = entry.lines.said[one.line]
        head = line if one.value_at is None else line[: one.value_at].rstrip()
        yield entry.lines.with_lines(one.line, one.stop, _listed(head, wanted))
    if not known and wanted:
        yield from _new_label(entry, name, wanted)


def _appended(entry: _Entry, known: Sequence[_Label], items: Sequence[str]) -> Iterator[str]:
    """The list below a label with more items, marked as the last one is."""
    for one in known:
        below = entry.lines.said[one.line + 1 : one.stop]
        found = list_items("\n".join(below))
        if found:
            last = found[-1].lines
            marker = _MARKER.match(below[last[0] - 1])
            lead = marker[0] if marker else "- "
            at = one.line + 1 + last[1]
            yield entry.lines.with_lines(at, at, [lead + item for item in items])


def _new_label(entry: _Entry, name: str, values: Sequence[str]) -> Iterator[str]:
    """The entry with a label more: behind those that it has, below its title, or at its end."""
    title = _NAMES.get(name) or label(name)
    style = _style(entry)
    head = style.format(title)
    new = [head + values[0]] if len(values) == 1 else _listed(head.rstrip(), values)
    spaced = not _BULLET.match(head)
    for at in _places(entry):
        before = entry.lines.said[at - 1] if at > entry.first else ""
        after = entry.lines.said[at] if at < len(entry.lines.said) else ""
        apart_before = [""] if spaced and before.strip() and not label_of(before) else []
        apart_after = [""] if after.strip() and not label_of(after) else []
        yield entry.lines.with_lines(at, at, [*apart_before, *new, *apart_after])
        yield entry.lines.with_lines(at, at, ["", *new, *([""] if after.strip() else [])])


def _places(entry: _Entry) -> Iterator[int]:
    """Lines at which a label may be put in, the likeliest first."""
    beside = [one for one in entry.labels if one.value_at is not None or one.field]
    if beside:
        at = beside[0].line
        starts = {one.line for one in entry.labels}
        while at < entry.stop and (at in starts or _goes_on(entry.lines.said[at])):
            at += 1
        yield at
        yield beside[-1].stop
    below = entry.first + 1
    if below < entry.stop and not entry.lines.said[below].strip():
        yield below + 1
    yield below
    yield entry.stop


def _goes_on(line: str) -> bool:
    return line[:1] in {" ", "\t"} and bool(line.strip())


def _style(entry: _Entry) -> str:
    """How labels are set off here, with `{}` for the name; `**Name:** ` where there are none."""
    own = range(entry.first, entry.stop)
    for number in (*own, *range(len(entry.shown))):
        line = entry.shown[number] if number < len(entry.shown) else ""
        match = label_of(line)
        if match and match["value"] and fold(match["name"]) in entry.table:
            lead, between = line[: match.start("name")], line[match.end("name") : match.end()]
            between = between[: len(between) - len(match["value"])]
            if "{" not in lead + between:
                return f"{lead}{{}}{between if between.endswith(' ') else between + ' '}"
    return _USUAL


def _listed(head: str, items: Sequence[str]) -> list[str]:
    """A label with a list below it, inside the item that it is, or as a block of its own."""
    bullet = _BULLET.match(head)
    indent = " " * len(bullet[0]) if bullet else ""
    listed = [f"{indent}- {' '.join(item.split())}" for item in items]
    return [head, *listed] if bullet else [head, "", *listed]


def _value_place(entry: _Entry, one: _Label) -> tuple[int, int]:
    """The line and the column at which what a label says begins."""
    if one.value_at is not None:
        return one.line, one.value_at
    for line in range(one.line + 1, one.stop):
        said = entry.lines.said[line]
        if said.strip():
            marker = _MARKER.match(said)
            return line, marker.end() if marker else 0
    return one.line, len(entry.lines.said[one.line])


def _head(entry: _Entry, one: _Label) -> list[str]:
    """The lines of a label above its value, where that stands below it."""
    line, _ = _value_place(entry, one)
    return entry.lines.said[one.line : line]


def _without(entry: _Entry, one: _Label) -> str:
    return entry.lines.with_lines(one.line, one.stop, [])
