"""Decision logs: many decisions in one Markdown file."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from indexer.formats.document import (
    NOTHING_FOUND,
    Format,
    FoundFolders,
    Parsed,
    Problem,
    owner_of,
    with_unique_keys,
)
from indexer.formats.entries.labels import DECISION, entry_draft, status_of
from indexer.formats.entries.log_spans import SEVERAL, TITLES, Log, LogSpan
from indexer.formats.entries.markdown_fields import (
    EntryText,
    fold,
    is_label,
    is_placeholder,
    label_of,
    unescape,
)
from indexer.formats.record_checks import check_sentences
from indexer.formats.record_names import is_called_like_log, is_log_by_place
from indexer.markup.elements import list_items, plain
from indexer.wording.dates import DATE, beginning, read_when
from indexer.wording.entry_names import as_title, first_sentence, slug
from indexer.wording.mentions import TextPlace
from indexer.wording.statuses import read_status
from memory.kinds.vocabulary import Status, Trust
from memory.models.details import Decision
from memory.texts.patterns import BLANK_BEFORE, BLANKS, lazy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import PurePosixPath

    from indexer.formats.document import Document
    from memory.models.memory import Draft

_LEADING_DATE = lazy(
    rf"[\s\[(*]*+{DATE}[\])*]*+\s*+[-–—:|,.]*+\s*+",
    re.IGNORECASE,
)
_TRAILING_DATE = lazy(
    rf"{BLANK_BEFORE}(?:[-–—,]\s*+)?[\[(]\s*+{DATE}\s*+[\])]\s*+$|{BLANKS}[-–—]\s++{DATE}\s*+$",
    re.IGNORECASE,
)
_PREFIX = lazy(
    r"\[(?:adr|tdr|ddr|dec|d)[\s#-]{0,2}(?P<tag>\d{1,5})\]\s*[:.–—-]*\s*"
    rf"|(?:(?:architect\w* )?(?:{TITLES})(?: record)?|adr|tdr|ddr|dec|d)[\s#-]{{0,2}}"
    rf"(?P<number>\d{{1,5}})\s*[:.)–—-]*\s+|(?:architect\w* )?(?:{TITLES})\s*[:–—-]\s+"
    r"|#?(?P<plain>\d{1,4})[.):]\s+",
    re.IGNORECASE,
)
#: What a log calls its entries by, with their numbers: "AD-12".
_NUMBERED = lazy(r"(?P<kind>[A-Z]{1,6})[-#_ ](?P<number>\d{1,5})\b(?:\s*+[:.)–—-]++\s++)?+")
_STATUS_TAG = lazy(BLANK_BEFORE + r"[\[(](?P<status>[^\[\]()\n]{3,60})[\])]\s*+$")
_BOLD_START = lazy(r"\*\*(?P<bold>.+?)\*\*")
_A_SENTENCE = 3  # words
_ABOUT = lazy(
    rf"(?:this|records?|tracks?|registro|dieses?|ce|cette|este|esta|questo)\b|[\[(*]*+{DATE}|[\W\d_]*+(?:y{{4}}|tbd)",
    re.IGNORECASE,
)
_COLUMNS = "its first row has to name a column for the decision and one beside it, such as Date"
_FORM = "an entry is a heading, a row of a table, or a line that begins with a date in brackets"
_FIELDS = frozenset(field.name for field in DECISION.values())


class DecisionLog(Format):
    """`decisions.md` of the memory folder, `decisionLog.md` of a memory bank, and their like.

    What is called so elsewhere, as `DECISIONS.md`, is one by what is in it.

    An entry is a heading with what stands below it, a line that begins with a date in brackets or
    a time, a dated row of a table, or, in a file that has none of these, an item of a list. A dated
    heading over nothing but bold items is one decision for each of them. Headings such as
    "Decision" or "Rationale" belong to the entry above, whatever their level. What a template
    left unfilled is no decision.
    """

    name = "decision log"
    trust = Trust.TEAM
    order = 0
    endings = frozenset({".md"})

    def __init__(
        self, record_folders: Sequence[str] = (), found: FoundFolders = NOTHING_FOUND
    ) -> None:
        """Take note of what the settings name, and of the logs that were found."""
        super().__init__(record_folders)
        self._logs = found.logs.union(record_folders)

    def accepts(self, path: PurePosixPath) -> bool:
        """Whether the file is a log by its folder, by what is in it, or by the settings."""
        if is_log_by_place(path):
            return True
        return str(path) in self._logs and is_called_like_log(path)

    def knowing(self, found: FoundFolders) -> DecisionLog:
        """The format with the logs that were found."""
        return DecisionLog(self.record_folders, found)

    def parse(self, document: Document) -> Parsed:
        """All decisions of a log."""
        log = Log(document.text)
        place = TextPlace(document.path, log.page.definitions, _tradition(log.spans))
        parts = (part for span in log.spans for part in _parts(log, span))
        drafts = [draft for part in parts if (draft := _draft(log, part, place))]
        problems = [
            Problem(document.path, "a table that gives no decision", line, _COLUMNS)
            for line in log.unread_tables(log.spans)
        ]
        if not drafts and not problems and (line := _unread(log)):
            problems = [Problem(document.path, "nothing in it was read as a decision", line, _FORM)]
        return Parsed(with_unique_keys(drafts, by_date=True), tuple(problems))


def _tradition(spans: Iterable[LogSpan]) -> str:
    """What a log calls two or more of its entries before their numbers; "" if nothing."""
    found = (_NUMBERED.match(_LEADING_DATE.sub("", span.title, count=1)) for span in spans)
    kinds = Counter(one["kind"] for one in found if one)
    return next((kind for kind, count in kinds.most_common(1) if count > 1), "")


def _unread(log: Log) -> int | None:
    """The first line of prose that is not about the log itself or left of a template."""
    headings = {section.lines[0] for section in log.page.sections[1:]}
    for number, line in enumerate(log.shown, 1):
        said = line.strip().lstrip("-*+>_ ")
        if number <= log.page.front.end or number in headings or is_label(line):
            continue
        if said.startswith("<table"):
            return number
        if len(said.split()) >= _A_SENTENCE and not (_ABOUT.match(said) or is_placeholder(said)):
            return number
    return None


def _parts(log: Log, span: LogSpan) -> Iterator[LogSpan]:
    """The entry, or each item of the list that is all there is of it.

    That is so of bold items below a dated heading, and below a heading "Decision" without an entry.
    """
    is_nameless = not (span.title or span.stamp or span.row or span.uid)
    start, last = span.below, span.lines[1]
    if is_nameless:  # it begins with its heading
        start += 1
        headings = (section.lines[0] for section in log.page.sections[1:])
        last = next((line - 1 for line in headings if line >= start), last)
    below = "\n".join(log.said[start - 1 : last])
    items = list_items(below)
    bold = [item for item in items if item.text.startswith("**")]
    rest = below.strip().count("\n") + 1 - sum(i.lines[1] - i.lines[0] + 1 for i in items)
    is_list = len(items) > 1 and rest <= below.count("\n\n")
    is_dated = read_when(span.title) is not None and len(bold) == len(items)
    if span.uid or not is_list or not (is_nameless or (is_dated and not _text(log, span).facts)):
        yield span
        return
    for item in items:
        first, last = (start + line - 1 for line in item.lines)
        yield replace(
            span,
            lines=(first, last),
            below=first,
            title=_first_bold(item.text),
            date=read_when(span.title),
            section=plain(span.title),
            level=0,
        )


def _draft(log: Log, span: LogSpan, place: TextPlace) -> Draft | None:
    text = _row(span) if span.row else _text(log, span)
    if span.uid:
        title, number, tagged = as_title(unescape(span.title)), None, Status.UNSTATED
    else:
        title, number, tagged = _title(span, text, place.tradition)
    if not title or (not span.uid and _is_unfilled(span, text)):
        return None
    status, stated = status_of(text, place), _number(text)
    line = read_status(text.facts.get("status", ""), place)
    owner = owner_of(place.path)
    of_title = None if span.uid else read_when(span.title)
    return entry_draft(
        log,
        span,
        text,
        place,
        title=title,
        details=text.details(
            Decision,
            status=tagged if status is Status.UNSTATED else status,
            number=number if stated is None else stated,
            decision=text.text("decision", "rationale"),
            deciders=text.words("deciders"),
            checks=text.items("checks")
            if text.exact
            else check_sentences(text.facts.get("checks", "")),
        ),
        modules=owner.modules,
        agent=owner.agent,
        **beginning(read_when(span.stamp) or of_title or line.date or span.date),
        valid_to=line.ended,
        extra={**text.unknown, **({"section": span.section} if span.section else {})},
        key="-".join(part for part in (slug(span.stamp), slug(title)) if part),
    )


def _text(log: Log, span: LogSpan) -> EntryText:
    text = log.text(span.below, span.lines[1], DECISION, exact=span.uid is not None)
    text.facts = {**_stated_beside(span), **text.facts}
    return text


def _stated_beside(span: LogSpan) -> dict[str, str]:
    """The fields on the line of a dated entry, as in "Decision: Use Go | Reason: known"."""
    parts = SEVERAL.split(span.title) if span.stamp and not span.level else ()
    labels = (label for part in parts if (label := label_of(part)) and label["value"])
    return {
        DECISION[name].name: label["value"].strip()
        for label in labels
        if (name := fold(label["name"])) in DECISION
    }


def _row(span: LogSpan) -> EntryText:
    cells = {name: cell for name, cell in span.row if name not in ("date", "title") and cell}
    facts = {name: cell for name, cell in cells.items() if name in _FIELDS}
    return EntryText(facts=facts, unknown={n: cell for n, cell in cells.items() if n not in facts})


def _title(span: LogSpan, text: EntryText, tradition: str) -> tuple[str, int | None, Status]:
    """The title without date, number and status; the number; the status that it names."""
    is_labelled = "decision" in _stated_beside(span)
    said = span.title if span.level else "" if is_labelled else plain(_first_bold(span.title))
    said = plain(dict(span.row).get("title", "")) or said
    number = None
    for _ in range(3):  # "[2026-02-27] Decision: 12. Use …" has three things before the title
        leading = _LEADING_DATE.match(said)
        said = said[leading.end() :] if leading else said
        prefix = _PREFIX.match(said)
        if prefix:
            digits = prefix["tag"] or prefix["number"] or prefix["plain"]
            number = int(digits) if digits else number
            said = said[prefix.end() :]
        own = _NUMBERED.match(said)
        if own and own["kind"] == tradition and own[0] != said:
            number, said = int(own["number"]), said[own.end() :]
    said = _TRAILING_DATE.sub("", said)
    tag = _STATUS_TAG.search(said)
    status = read_status(tag["status"]).status if tag else Status.UNSTATED
    if tag and status is not Status.UNSTATED:
        said = said[: tag.start()]
    if not said.strip() or not span.level:
        begin = text.text("decision") or text.lead.lstrip().partition("\n")[0]
        said = first_sentence(said or plain(begin).lstrip("*-+> "), 200)
    return as_title(plain(said)), number, status


def _first_bold(text: str) -> str:
    bold = _BOLD_START.match(text)
    if bold is None or _LEADING_DATE.fullmatch(bold["bold"]):
        return text.partition("\n")[0]
    said = bold["bold"].rstrip(" :")
    rest = text[bold.end() :].partition("\n")[0].lstrip(" :*")
    return f"{said}: {rest}" if bold["bold"].endswith(":") and rest else said


def _is_unfilled(span: LogSpan, text: EntryText) -> bool:
    """Whether a template was left as it is; a dated or listed title says enough by itself."""
    if is_placeholder(span.title.strip()):
        return True
    says_itself = not span.level and bool(span.title or span.row)
    return text.is_empty and not (says_itself or read_when(span.title))


def _number(text: EntryText) -> int | None:
    said = text.word("number")
    return int(said) if re.fullmatch(r"-?[0-9]{1,18}", said) else None
