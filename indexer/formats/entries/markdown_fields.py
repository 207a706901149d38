"""One Markdown entry as fields: labels, subheadings, the prose around them, and archmem's marks."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from indexer.formats.entries.json_fields import DetailsT, read_details
from indexer.markup.elements import list_items, plain, without_code, without_comments
from indexer.markup.page import read_page
from memory.kinds.spec import Field, FieldForm
from memory.texts.patterns import BLANK_BEFORE, lazy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indexer.markup.page import Page, Section

#: What a backslash takes the meaning from: ASCII punctuation, as in CommonMark, and the wide colon.
PUNCTUATION = r"[!-/:-@\[-`{-~\uff1a]"
_ESCAPED = lazy(rf"\\({PUNCTUATION})")
_BOLD = lazy(
    r"[ \t]{0,8}(?:>[ \t]?)?(?:[-*+][ \t]+)?(?P<mark>\*\*|__)(?P<name>[^*:\uff1a\\\n]{1,60}?)[ \t]*"
    r"(?:[:\uff1a](?P=mark)|(?P=mark)[ \t]*[:\uff1a]|(?P=mark)(?=[ \t]*$))[ \t]*(?P<value>.*)$"
)
_PLAIN = lazy(
    r"[ \t]{0,3}(?:>[ \t]?)?(?:[-*+][ \t]+)?(?P<name>[^\W\d_a-z][^*:\uff1a\\\n]{0,40}?)[ \t]*"
    r"[:\uff1a](?:[ \t]+(?P<value>.*))?$"
)
#: What parts labels in bold on one line, if anything does.
_BESIDE = lazy(
    r"(?<![ \t])[ \t]++(?:[|·•—–-][ \t]++)?"
    r"(?=\*\*[^*:\uff1a\\\n]{1,60}(?:[:\uff1a]\*\*|\*\*[ \t]?[:\uff1a]))"
)
_HEADING = lazy(r" {0,3}(?P<level>#{1,6})(?:[ \t]++(?P<title>.*))?$")
#: Of a line: its bullet with a box, and the marks that end it.
_AROUND = lazy(r"^[\s>*+-]*(?:\[[ xX]\]\s*)?(?:[\s*_]++$)?|(?<![\s*_])[\s*_]++$")
_RULE = lazy(r"[ \t]*+(?:[-=*_][ \t]*+){3,}$")
_STRUCTURE = lazy(
    r"\s*(?:#{1,6}(?:\s|$)|[-=*_][-=*_ \t]*$|\||\[[^\]\n]*\d|\[[^\]\n]+\]:"
    r"|(?:(?:[-*+>]|\d{1,9}[.)])\s+)*(?:`{3}|~{3}|<|\[?\**\[?\d{1,4}[-/.]\d))"
)
_NAME_EDGE = lazy(r"^[\W\d_]++|(?<![\W_])[\W_]++$")
_ASIDE = lazy(BLANK_BEFORE + r"\([^()]*+\)\s*+$")
_PLACEHOLDER = lazy(
    r"(?:\.{3}|…|-+|tbd|todo|n/?a|none|\[[^\]\n]*\](?!\()|<[^<>\n]*>|\{[^{}\n]*\}"
    r"|(?:yyyy|dd|mm)[-/.](?:mm|dd)(?:[-/.](?:yyyy|dd))?)\.?$",
    re.IGNORECASE,
)


class LabelForm(Enum):
    """How much of what follows a label belongs to it."""

    WORD = "word"  # its paragraph, or the list right below it
    TEXT = "text"  # everything up to the next label
    ITEMS = "items"  # likewise, as the items of a list


@dataclass(frozen=True)
class LabelField:
    """A field that a label stands for."""

    name: str
    form: LabelForm = LabelForm.TEXT


Labels = dict[str, LabelField]


@dataclass
class EntryText:
    """What an entry says, field by field."""

    lead: str = ""  # the prose that belongs to no field
    facts: dict[str, str] = field(default_factory=dict)  # field -> Markdown; of several, joined
    unknown: dict[str, str] = field(default_factory=dict)  # labels at its head that we do not know
    exact: bool = False  # written by archmem: its text is escaped and means just what it says

    def text(self, *names: str) -> str:
        """The text of these fields, those that there are, one below the other."""
        return "\n\n".join(
            said for name in names if (said := self._clean(self.facts.get(name, "")))
        )

    def word(self, name: str) -> str:
        """A field of one line."""
        value = self.facts.get(name, "")
        return unescape(" ".join(value.split())) if self.exact else plain(value)

    def words(self, name: str) -> tuple[str, ...]:
        """A field that lists names, with commas between or as a list."""
        value = self.facts.get(name, "")
        if not value:
            return ()
        if self.exact:
            parts = re.findall(r"(?:\\.|[^,\\])+", value)
            return tuple(said for part in parts if (said := unescape(part.strip())))
        items = [item.text for item in list_items(value)] or [value]
        parts = [part for item in items for part in re.split(r"[,;、]", plain(item))]
        return tuple(said for part in parts if (said := part.strip()) and not is_placeholder(said))

    def items(self, name: str) -> tuple[str, ...]:
        """A field that lists sentences; prose counts as one of them."""
        value = self.facts.get(name, "")
        if not value:
            return ()
        listed = [item.text for item in list_items(value)]
        found = (self._clean(item) for item in listed or [value])
        return tuple(item for item in found if item)

    def details(self, of: type[DetailsT], **known: Any) -> DetailsT:
        """The details of a kind: those that are `known`, the others as texts or lists of them."""

        def read(field: Field) -> str | tuple[str, ...]:
            is_list = field.form is FieldForm.TEXTS
            return self.items(field.name) if is_list else self.text(field.name)

        return read_details(of, known, read)

    def _clean(self, value: str) -> str:
        if self.exact:
            return unescape(value).strip()
        return "" if is_placeholder(value.strip()) else value.strip()

    @property
    def prose(self) -> str:
        """The prose that belongs to no field, as its author meant it."""
        return unescape(self.lead) if self.exact else self.lead

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing: no prose, no field or label with more than a placeholder."""
        said = [self.lead, *self.facts.values(), *self.unknown.values()]
        return not any(_says_something(text) for text in said)


def unescape(text: str) -> str:
    """Markdown text without the backslashes that take the meaning from its punctuation."""
    return _ESCAPED.sub(r"\1", text)


def fold(name: str) -> str:
    """A label as tables have it: no markup, numbering, symbols or aside, single spaces, folded."""
    words = _ASIDE.sub("", plain(name)).replace("_", " ").replace("-", " ")
    return _NAME_EDGE.sub("", " ".join(words.split())).casefold()


def is_placeholder(text: str) -> bool:
    """Whether a value was left as a template has it."""
    return bool(_PLACEHOLDER.match(text))


def label_of(line: str) -> re.Match[str] | None:
    """A line as a label, whatever table it is in: the groups `name` and `value`."""
    return _BOLD.match(line) or _PLAIN.match(line)


def is_label(line: str) -> bool:
    """Whether a reader could take a line for a label, whatever table it uses."""
    return label_of(line) is not None


def is_structure(line: str) -> bool:
    """Whether any reader of Markdown files here could take a line for more than prose."""
    return bool(_STRUCTURE.match(line)) or is_label(line)


def heading_of(line: str) -> tuple[int, str] | None:
    """Level and title, as written, of a line that is a heading."""
    match = _HEADING.match(line)
    if match is None:
        return None
    title = (match["title"] or "").rstrip(" \t")
    bare = title.rstrip("#")
    is_closed = bare != title and bare.endswith((" ", "\t"))
    return len(match["level"]), bare.rstrip(" \t") if is_closed else title


def read_entry_text(
    lines: Sequence[str], structure: Sequence[str], labels: Mapping[str, LabelField], *, exact: bool
) -> EntryText:
    """The fields of an entry.

    In `structure`, the same lines, fenced code is blank too: only these can be labels. `exact` is
    what archmem wrote.
    """
    reader = _Reader(labels)
    for line, shown in zip(lines, structure, strict=True):
        reader.read(line, shown)
    found = EntryText(lead=_tidy(reader.lead), unknown=reader.unknown, exact=exact)
    if exact:
        found.unknown = {name: unescape(value) for name, value in reader.unknown.items()}
    for name, form, value in reader.facts:
        first, *below = value
        rest = _tidy(below, rules=form is not LabelForm.WORD)
        said = "\n".join(part for part in (first.strip(), rest) if part)
        earlier = found.facts.get(name)
        found.facts[name] = f"{earlier}\n\n{said}" if earlier and said else earlier or said
    return found


class _Reader:
    """Goes down the lines of an entry and puts each where it belongs."""

    def __init__(self, labels: Mapping[str, LabelField]) -> None:
        self._labels = labels
        self.lead: list[str] = []
        self.facts: list[tuple[str, LabelForm, list[str]]] = []  # with what stands beside the label
        self.unknown: dict[str, str] = {}
        self._field: LabelField | None = None
        self._level = 7  # of the subheading that the current field stands under
        self._at_head = True
        self._after_blank = False
        self._has_started = False  # whether the current field says something yet

    def read(self, line: str, shown: str) -> None:
        """Take in one line; `shown` is blank where it is code."""
        if beside := self._beside(shown):
            for part in beside:
                self._open_label(part)
        elif not (self._open_heading(shown) or self._open_label(shown)):
            self._continue(line)

    def _beside(self, shown: str) -> list[str]:
        """The labels that stand on one line, as in "**Date**: 2024-02-01 · **Status**: Accepted".

        None where there is but one, or one that nobody knows, or text before another.
        """
        parts = _BESIDE.split(shown)
        found = [
            self._labels.get(fold(match["name"])) for one in parts if (match := _BOLD.match(one))
        ]
        is_known = 1 < len(parts) == len(found) and all(found)
        of_words = [one.form is LabelForm.WORD for one in found[:-1] if one]
        return parts if is_known and all(of_words) else []

    def _open_heading(self, shown: str) -> bool:
        heading = heading_of(shown)
        if heading is None:
            return False
        level, title = heading
        self._at_head = False
        found = self._labels.get(fold(title))
        if found is not None:
            self._open(found, "", level)
            return True
        if level <= self._level:
            self._field = None
        return False

    def _open_label(self, shown: str) -> bool:
        bold = _BOLD.match(shown)
        match = bold or _PLAIN.match(shown)
        if match is None:
            return False
        found = self._labels.get(fold(match["name"]))
        if found is not None:
            self._open(found, match["value"] or "", 7)
        elif bold and self._at_head and match["value"]:
            self.unknown[match["name"].strip()] = match["value"].strip()
            self._field = None
        else:
            return False
        return True

    def _open(self, found: LabelField, value: str, level: int) -> None:
        self._field, self._level, self._after_blank = found, level, False
        self._at_head = self._at_head and found.form is LabelForm.WORD
        self._has_started = bool(value.strip())
        self.facts.append((found.name, found.form, [value]))

    def _continue(self, line: str) -> None:
        if self._field is not None and self._field.form is LabelForm.WORD:
            self._continue_word(line)
        if self._field is None:
            self._at_head = self._at_head and not line.strip()
            self.lead.append(line)
        else:
            self.facts[-1][2].append(line)
            self._has_started = self._has_started or bool(line.strip())

    def _continue_word(self, line: str) -> None:
        """A word ends with its paragraph; below an empty label it may be a list instead."""
        if not line.strip():
            self._after_blank = True
        elif self._after_blank and (
            self._has_started or (self._level == 7 and not list_items(line))
        ):
            self._field = None
        else:
            self._after_blank = False


def _tidy(lines: list[str], *, rules: bool = True) -> str:
    """The lines dedented, without blank ones at either end and without `rules` at the last."""
    kept = list(lines)
    while kept and (not kept[-1].strip() or (rules and _RULE.fullmatch(kept[-1]))):
        kept.pop()
    first = next((at for at, line in enumerate(kept) if line.strip()), len(kept))
    del kept[:first]
    return textwrap.dedent("\n".join(kept))


def _says_something(text: str) -> bool:
    lines = (_AROUND.sub("", line) for line in text.split("\n"))
    return any(line and not is_placeholder(line) for line in lines)


_MARK = lazy(
    r"<!--\s*archmem:\s*(?P<uid>[\w.:-]{1,80})"
    r"(?:\s+by\s+(?P<by>agent:[\w.@/+-]{1,80}))?\s*-->[ \t]*$"
)

_SAYS_NOTHING = lazy(r"[ \t\ufeff]*(?:(?:[-=*_][ \t]*){3,})?")


@dataclass(frozen=True)
class EntrySpan:
    """A stretch of a page that is one entry."""

    lines: tuple[int, int]  # 1-based, both ends included
    below: int  # 1-based line on which the text below its title and archmem's mark begins
    title: str  # as written
    uid: str | None = None  # of `<!-- archmem: uid -->` below the heading, which archmem wrote
    said_by: str = ""  # "agent:payments" of `<!-- archmem: uid by agent:payments -->`


def mark_line(uid: str, said_by: str = "") -> str:
    """The line that marks an entry, with the agent that recorded it if it was one."""
    return f"<!-- archmem: {uid} by {said_by} -->" if said_by else f"<!-- archmem: {uid} -->"


_PAGE_MARK = lazy(r"<!-- archmem: recorded by (agent:[\w.@/+-]{1,80}) -->[ \t]*$", re.MULTILINE)


def page_mark(said_by: str) -> str:
    """The line that says which agent recorded a page that is one entry."""
    return f"<!-- archmem: recorded by {said_by} -->"


def page_said_by(text: str) -> str:
    """The agent that recorded a page; "" where it was none, or nobody says."""
    mark = _PAGE_MARK.search(text) if "<!-- archmem: recorded by " in text else None
    return mark[1] if mark else ""


@lru_cache(maxsize=4)  # whoever writes an entry asks a file several things
def _read_page(text: str) -> Page:
    return read_page(text)


class EntryPage:
    """A page with three views of the same lines, so that a line number means one thing."""

    def __init__(self, text: str) -> None:
        """Read the text of a whole file."""
        self.page = _read_page(text.removeprefix("\ufeff"))
        whole = without_comments("\n".join(self.page.lines))
        self.said = whole.split("\n")  # without comments
        self.shown = without_code(whole).split("\n")  # without comments and fenced code
        marks = (self._mark(section) for section in self.page.sections[1:])
        self.marks = {mark.lines[0]: mark for mark in marks if mark is not None}

    def mark(self, section: Section) -> EntrySpan | None:
        """A section as an entry, if archmem wrote it."""
        return self.marks.get(section.lines[0])

    def text(
        self, below: int, last: int, labels: Mapping[str, LabelField], *, exact: bool
    ) -> EntryText:
        """The fields of the entry whose text goes from line `below` to line `last`."""
        lines = slice(below - 1, last)
        return read_entry_text(self.said[lines], self.shown[lines], labels, exact=exact)

    def last_said(self, first: int, last: int) -> int:
        """The last line from `first` to `last` that is neither blank nor a rule."""
        while last > first and _SAYS_NOTHING.fullmatch(self.page.lines[last - 1]):
            last -= 1
        return last

    def _mark(self, section: Section) -> EntrySpan | None:
        lines, line = self.page.lines, section.lines[0]
        heading = heading_of(lines[line - 1])
        below = next((n for n in range(line, len(lines)) if lines[n].strip()), None)
        match = _MARK.match(lines[below]) if heading and below is not None else None
        if not match or not heading or below is None:
            return None
        return EntrySpan(section.lines, below + 2, heading[1], match["uid"], match["by"] or "")
