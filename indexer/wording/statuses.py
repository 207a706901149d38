"""Status lines: where a decision stands, in whatever words its record says so."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from indexer.markup.elements import plain, tables, without_comments
from indexer.wording.dates import DATE, ordered, read_date, read_when, when_made
from indexer.wording.mentions import (
    MASK,
    NOWHERE,
    Mention,
    TextPlace,
    mask_mentions,
    numbered_name,
    record_name,
)
from indexer.wording.references import (
    LIST_OF_MENTIONS,
    MAX_EVIDENCE,
    find_references,
    merge_references,
)
from memory.kinds.vocabulary import LinkType, Status
from memory.models.memory import Reference
from memory.models.standing import ONCE_HELD
from memory.texts.lexicon import any_of, read_lexicon
from memory.texts.patterns import BLANK_BEFORE, BLANKS, lazy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from memory.models.memory import Figures


@dataclass(frozen=True)
class StatusLine:
    """What a status line says."""

    status: Status  # UNSTATED where no word is known; `words` has what was said
    references: tuple[Reference, ...] = ()
    date: datetime | Figures | None = None
    ended: datetime | None = None  # the day that it gives for the end of what held until then
    words: str = ""  # as a reader sees them, on one line


_LEXICON = read_lexicon("statuses")
_CUES = _LEXICON["cues"]
#: Each status with the beginnings of words that say it; the first with a match wins.
_STATUSES = tuple(
    (
        Status(status),
        lazy(rf"(?<![^\W\d_])(?:{any_of(chain(*words.values()))})", re.IGNORECASE),
    )
    for status, words in _LEXICON["statuses"].items()
)
_OF_WORK = lazy(rf"(?:{any_of(_CUES['of_work'])})\b", re.IGNORECASE)
_OF_WORK_ANYWHERE = lazy(rf"\b{_OF_WORK.pattern}", re.IGNORECASE)
_NOUN = lazy(r"[^\W\d_]\s+$")
_LEAD = lazy(
    rf"(?:[\W_\d]+|(?:{any_of(_CUES['lead'])}|\w+ally(?=\saccept|\sapprov)|partly(?=\saccept))\b)*",
    re.IGNORECASE,
)
_OTHERS = lazy(rf"\b(?:{any_of(_CUES['others'])})\b", re.IGNORECASE)
_PARTIAL = lazy(rf"\b(?:{any_of(_CUES['partial'])})\b", re.IGNORECASE)
_SECTION = lazy(rf"(?:{any_of(_CUES['section'])})\W+[\w.]+\W", re.IGNORECASE)
_PARTIAL_BEHIND = lazy(rf"\W*{_PARTIAL.pattern}|.*\W{_PARTIAL.pattern}\W*$", re.IGNORECASE)
#: What is said in passing of another record, as in "Refines ADR 38 (which superseded ADR 32)".
_ASIDE = lazy(rf"(?:[(,]\s*+|{BLANKS})(?:{any_of(_CUES['aside'])})\b.*", re.IGNORECASE)
_ARROW = lazy(BLANK_BEFORE + r"(?:->|=>|\u2192)\s*+")
_STATEMENT = lazy(rf"\n|(?<=[.;!?])\s+|{_ARROW.pattern}")
#: What may stand between two statuses of one line, each with its date.
_JOINED = lazy(
    rf"(?:{BLANK_BEFORE}[(,;/|]|{BLANKS}[-–—]\s)\s*+(?:(?:{any_of(_CUES['joining'])})\b\s*+)*+"
    rf"|{BLANKS}(?:(?:{any_of(_CUES['joining'])})\s++)++",
    re.IGNORECASE,
)
#: "Previously rejected, now" accepted.
_FORMERLY = lazy(
    rf"^[^\w\n]*+(?:{any_of(_CUES['former'])})\b[^,;:\n]{{1,80}}[,;]\s*+"
    rf"(?:(?:{any_of(_CUES['now'])})\b\s*+)++(?=\w)",
    re.IGNORECASE | re.MULTILINE,
)
_YEAR = lazy(r"(?<!\d)(?:(?:19|20)\d\d|\d\d?[/.]\d\d?[/.]\d\d)(?!\d)")
_NAMED = lazy(rf"\w*+\W++(?:{any_of(_CUES['by'])})\b", re.IGNORECASE)
_SUCCEEDED = lazy(rf"\w*\W*(?:$|(?:{any_of(_CUES['by'])})\b|{MASK})", re.IGNORECASE)
#: "Superseded by Sign commits", and what no title is: "by PR 12".
_TITLED = lazy(
    rf"\b(?:{any_of(chain(*_LEXICON['statuses']['superseded'].values()))})\w*\s"
    rf"(?:{any_of(_CUES['by'])})\b:?\s(?P<title>[^\n]{{4,120}}?)(?:\s\([\d./-]{{6,10}}\))?$",
    re.IGNORECASE,
)
_KIND_AND_NUMBER = lazy(r"(?:\w+\W{0,3})?\d[\d.-]*(?:\W.*)?")
_SEE = lazy(rf"\b(?:{any_of(_CUES['see'])})\W*{MASK}", re.IGNORECASE)
_SEE_ALONE = lazy(
    rf"[^\w\n]{{0,9}}(?:{any_of(_CUES['see'])})[^\w{MASK}]{{1,9}}{MASK}"
    rf"(?:[^\w{MASK}]{{1,9}}(?:{any_of(_CUES['instead'])}))?[^\w{MASK}]{{0,9}}",
    re.IGNORECASE,
)
#: What is crossed out or was not ticked, and rules.
_STRUCK = lazy(
    r"^[^\S\n]*+(?:[-*+]\s)?(?:\[ ?\]|\( ?\)|[☐⬜]).*$|~~[^~\n]{1,200}~~"
    r"|<(s|del|strike)>[^<\n]{1,200}</\1>|^[^\S\n]*+(?:-{3,}|\*{3,}|_{3,})[^\S\n]*+$",
    re.MULTILINE | re.IGNORECASE,
)
#: Boxes on one line, "☐ Proposed ☑ Accepted", each of which begins a line of its own.
_BOX = r"(?:\[[ xX]\]|\([ xX]\)|[☐☑☒⬜✅])"
_BOXES = lazy(rf"^[^\S\n]*+(?:[-*+]\s)?{_BOX}.*$", re.MULTILINE)
_NEXT_BOX = lazy(rf"(?<=\w){BLANK_BEFORE}[,;|/]?\s*+(?={_BOX})")
_BY_END = tuple(f" {word}" for word in _CUES["by"])  # "obsoleted by", whatever follows
_CHOICE = lazy(BLANK_BEFORE + r"[|/]\s*+")
_EITHER = lazy(BLANK_BEFORE + r"\b(?:or|ou|oder)\b\s*+")
_LISTED = lazy(rf"{BLANK_BEFORE}[,;]\s*+|{_EITHER.pattern}")
_EMPHASIS = lazy(r"\*\*.+\*\*|__.+__|\W*[✓✔✅☑☒🗹].*|[^✓✔✅☑☒🗹]+[✓✔✅☑☒🗹]\W*")
_BADGE = lazy(r"/badge/(?:[\w%]+-)?([\w%]{3,60}(?:-{2}[\w%]+)*)-\w+")
_ENDING = frozenset({Status.SUPERSEDED, Status.DEPRECATED, Status.WITHDRAWN})
_OVER = frozenset({Status.DEPRECATED, Status.WITHDRAWN, Status.REJECTED})
_ENDED = _OVER | {Status.SUPERSEDED}
_CREDIT = lazy(rf"\W*(?:{any_of(_CUES['credit'])})\s*:", re.IGNORECASE)
_LONGEST = 2_000  # characters of a statement that are read
_TERSE = 3  # words; so few are a status of their own and not a remark on one
_BRACKETS = " {}[]()*_.>\u2713\u2714\u2705\u2611\u2612"
_STATUS_NAMES = frozenset(read_lexicon("records")["fields"]["status"])
_SHORT = 8  # words; in so few a known word anywhere is the status
_NO = lazy(rf"\b(?:{any_of(_CUES['not'])})\b|n['\u2019]t\b", re.IGNORECASE)
_OVER_NOW = lazy(rf"\b(?:{any_of(_CUES['over'])})\b", re.IGNORECASE)
_NO_SUCCESSOR = lazy(
    rf"\w+\s+(?:{any_of(_CUES['by'])})\b"
    rf"(?:\s*+:\s*$|[\s:]*+(?:{'|'.join(map(re.escape, _CUES['nobody']))})\W*$)",
    re.IGNORECASE,
)
#: From when to when a proposal is looked at, no day of which is its own: "July 1 - July 10, 2024".
_PERIOD = lazy(
    rf"(?:{DATE}|[A-Z][a-z]{{2,8}}\.?\s\d{{1,2}}(?:st|nd|rd|th)?)"
    rf"\s?(?:[-–—\u2026]|\.{{2,3}}|to|through|until|bis|à)\s?{DATE}",
    re.IGNORECASE,
)
_AFTER = lazy(rf"\w*+\s*+(?:$|[\W\d]|(?:{any_of(_CUES['after'])})\b|{DATE})", re.IGNORECASE)


def read_status(text: str, place: TextPlace = NOWHERE) -> StatusLine:
    """The status that a field or a status section gives, with its date and its references.

    The first statement decides, what was so before "now" apart; a later one does only when it ends
    the decision ("Accepted", below it "Superseded by ADR-9") or, being short, settles a proposal.
    Where each has a date the latest decides, of those in one line as well. A record superseded in
    part is still accepted and has a partial reference.
    What is hoped for or denied ("to be accepted", "nicht angenommen") and a choice that nobody made
    (`proposed | accepted`) are unstated.

    Args:
        text: A value or a whole section, Markdown.
        place: Where it stands, for its links.
    """
    said = _unquoted(without_comments(unicodedata.normalize("NFC", text)))
    said = _BOXES.sub(lambda line: _NEXT_BOX.sub("\n", line[0]), said)
    said = _STRUCK.sub("", said).strip()
    words = plain(said)
    badge = _BADGE.search(said)
    said = "\n".join(map(_marked, _unwrapped(_untabled(said)).split("\n")))
    said = _one_a_line(_FORMERLY.sub("", said), place)
    statements = [part[:_LONGEST] for part in _STATEMENT.split(said) if part.strip()]
    if badge:
        statements.append(badge[1].replace("_", " ").replace("%20", " "))
    status = _status(statements, place)
    ending = [one for one in statements if status in ONCE_HELD and _is_of(one, status, place)]
    remarks = [one for one in statements[1:] if _is_of_work(one, place)]
    began = [one for one in statements if one not in (*ending, *remarks)]
    dated = words
    if status is Status.PROPOSED:
        began, dated = [_PERIOD.sub("", one) for one in began], _PERIOD.sub("", words)
    holding = Status.ACCEPTED if ending else status
    dates = [when_made(plain(one)) for one in began if _is_of(one, holding, place)]
    dates.append(when_made(plain("\n".join(began)) if ending or remarks else dated))
    return StatusLine(
        status=status,
        references=_references(said, place),
        date=next((one for one in dates if one is not None), None),
        ended=next(filter(None, map(read_date, map(plain, ending))), None),
        words=words,
    )


def _is_of_work(statement: str, place: TextPlace) -> bool:
    """Whether it tells when work was done: "This was released to all users by May 2020"."""
    said = plain(statement)
    return _OF_WORK_ANYWHERE.search(said) is not None and _of_statement(statement, place) is None


def _is_of(statement: str, status: Status, place: TextPlace) -> bool:
    return _of_statement(statement, place) is status


def status_word(text: str) -> tuple[int, int] | None:
    """Where in a text the word stands that says its status: start and end."""
    status = read_status(text).status
    for named, pattern in _STATUSES:
        if named is status and (match := pattern.search(text)):
            end = re.compile(r"\w*").match(text, match.end())
            return match.start(), end.end() if end else match.end()
    return None


def names_successor(text: str) -> bool:
    """Whether a text that begins with the word for superseded goes on with by what."""
    return read_status(text).status is Status.SUPERSEDED and _NAMED.match(text) is not None


def _untabled(text: str) -> str:
    """The text with a table of statuses as lines: the status of each row, with its other cells."""
    for rows in tables(text) if "|" in text else ():
        names = [" ".join(plain(cell).casefold().split()) for cell in rows[0]]
        column = next((at for at, name in enumerate(names) if name in _STATUS_NAMES), None)
        if column is not None and len(rows) > 1:
            cells = [
                (row[column], *row[:column], *row[column + 1 :]) for row in rows[1:] if row[column:]
            ]
            outside = [line for line in text.split("\n") if not line.lstrip().startswith("|")]
            return "\n".join([*(", ".join(row) for row in cells), *outside])
    return text


def _unquoted(text: str) -> str:
    """The text of a quotation, where that is all there is."""
    lines = text.strip().split("\n")
    is_quoted = all(line.lstrip()[:1] == ">" for line in lines)
    return "\n".join(line.lstrip()[1:] for line in lines) if is_quoted else text


def _unwrapped(text: str) -> str:
    """The text with the lines of each sentence joined: a terse line is a statement of its own."""
    lines: list[str] = []
    for line in text.split("\n"):
        before = lines[-1].rstrip() if lines else ""
        begins = line.strip()[:1]
        words = len(before.split())
        is_wrapped = words > (_TERSE if begins.islower() else _SHORT) and before[-1] not in ".;:!?"
        if begins and begins not in "-*+|>#" and is_wrapped:
            lines[-1] = f"{before} {line.strip()}"
        else:
            lines.append(line)
    return "\n".join(lines)


def _marked(line: str) -> str:
    """The one status of a course, "Draft → **Accepted** → Superseded", that is set off in it."""
    parts = _ARROW.split(line)
    marked = [part for part in parts if _EMPHASIS.fullmatch(part.strip())]
    return marked[0] if len(marked) == 1 and len(parts) > 2 else line


def _one_a_line(text: str, place: TextPlace) -> str:
    """The text with a line for each status of one that has several, each with a date of its own.

    Behind the name of a record and no date of ours, "(accepted 2024-03-01)" is said of that record.
    """
    lines: list[str] = []
    for line in text.split("\n"):
        start = 0
        for joint in _JOINED.finditer(line[:_LONGEST]):
            rest = plain(line[joint.end() :])
            is_dated = _known(_without_lead(rest)[1]) and _YEAR.search(rest)
            before = mask_mentions(line[start : joint.start()], place)[0] if is_dated else ""
            if _YEAR.search(plain(before.rpartition(MASK)[2])):
                lines.append(line[start : joint.start()])
                start = joint.end()
        lines.append(line[start:])
    return "\n".join(lines)


def _status(statements: list[str], place: TextPlace) -> Status:
    read = [(_of_statement(said, place), plain(said)) for said in statements]
    found = [(status, said) for status, said in read if status is not None]
    if not found or found[0][0] is Status.UNSTATED:
        return Status.UNSTATED
    dates = [ordered(read_when(said)) for _, said in found]
    if len(found) > 1 and all(dates):
        return max(zip(dates, range(len(found)), found, strict=True))[2][0]
    first, later = found[0][0], found[1:]
    ending = (status for status, _ in later if status in _ENDING)
    settled = (
        status
        for status, said in reversed(later)
        if first is Status.PROPOSED
        and len(said.split()) <= _TERSE
        and not (_CREDIT.match(said) or _PARTIAL.search(said))
    )
    return next(ending, None) or next(settled, first)


@lru_cache(maxsize=1024)  # of a section each statement is asked four times
def _of_statement(said: str, place: TextPlace) -> Status | None:
    """The status that one statement gives; UNSTATED for a choice, None where it gives none."""
    statement, masked = plain(said), plain(mask_mentions(said, place)[0])
    if len(set(_choices(statement))) > 1:
        return _chosen(said)
    lead, rest = _without_lead(masked)
    is_of_others = MASK in lead and _known(rest)  # "ADR 7 was superseded by ADR 9"
    _, rest = _without_lead(statement)
    if is_of_others or _NO_SUCCESSOR.match(rest) or statement.endswith("?"):
        return None
    if _OVER_NOW.search(rest):
        return Status.DEPRECATED
    if _PARTIAL.match(rest) or _SECTION.match(rest):
        return Status.ACCEPTED if _named(rest) in (Status.SUPERSEDED, Status.ACCEPTED) else None
    status = _known(rest)
    if status is Status.SUPERSEDED and _PARTIAL_BEHIND.match(rest.partition(" ")[2]):
        return Status.ACCEPTED
    is_of_else = _OTHERS.search(statement) or _tells_of_others(rest)
    is_clear = not (_NO.search(statement) or is_of_else)
    if status is None and len(statement.split()) <= _SHORT and is_clear:
        is_link = _named(masked) is None  # whose words say it
        status = _named(rest if is_link else _ASIDE.sub("", masked).partition(MASK)[0])
    return status


def _without_lead(statement: str) -> tuple[str, str]:
    lead = _LEAD.match(statement)
    at = lead.end() if lead else 0
    return statement[:at], statement[at:]


def _choices(statement: str) -> Iterator[Status]:
    """The statuses of a line that offers several: with bars between, or three and more in a row."""
    for part in _CHOICE.split(statement) if "|" in statement or "/" in statement else ():
        status = _known(part.strip(_BRACKETS))
        if status:
            yield status
    for between, fewest in ((_LISTED, 3), (_EITHER, 2)):
        parts = between.split(statement)
        listed = [_known(part.strip(_BRACKETS)) for part in parts]
        if None not in listed and len(listed) >= fewest and _are_terse(parts[:-1]):
            yield from filter(None, listed)


def _are_terse(parts: list[str]) -> bool:
    """Whether none goes on, as in "Proposed, to be accepted or rejected by the board"."""
    return all(len(part.split()) <= _TERSE for part in parts)


def _chosen(said: str) -> Status:
    """The one choice of a line that is set off from the others."""
    parts = [part for part in _CHOICE.split(said) if part.strip()]
    marked = [part for part in parts if _EMPHASIS.fullmatch(part.strip())]
    is_one = len(marked) == 1 and len(parts) > 1
    return (is_one and _known(plain(marked[0]).strip(_BRACKETS))) or Status.UNSTATED


def _known(words: str) -> Status | None:
    """The status that a text begins with; only of proposals may any word follow right away."""
    for status, pattern in _STATUSES:
        found = pattern.match(words)
        goes_on = status is Status.PROPOSED or (found and found[0].lower().endswith(_BY_END))
        if found and (goes_on or _AFTER.match(words, found.end())):
            return status
    return None


def _named(words: str) -> Status | None:
    """The status that stands anywhere in a text, as far as that is read."""
    words = words[:_LONGEST]
    for status, pattern in _STATUSES:
        goes_on = _SUCCEEDED if status is Status.SUPERSEDED else _AFTER
        for found in pattern.finditer(words):
            of_work = _OF_WORK.match(words, found.start()) and _NOUN.search(words[: found.start()])
            if goes_on.match(words, found.end()) and not of_work:
                return status
    return None


def _tells_of_others(words: str) -> bool:
    """Whether a text begins with a status that something else has: "rejected ideas are in …"."""
    return any(
        pattern.match(words)
        for status, pattern in _STATUSES
        if status not in (Status.SUPERSEDED, Status.PROPOSED)
    )


def _references(said: str, place: TextPlace) -> tuple[Reference, ...]:
    """References of a status; "Superseded [0019]" means *by* it, "Deprecated (see 19)" too.

    So does "Rejected (see 19)" where 19 is the later one; an earlier one was the reason.
    """
    found = find_references(said, place, bare=True)
    if any(each.type is LinkType.SUPERSEDES for each in found):
        return found
    superseded = [
        Reference(
            type=LinkType.SUPERSEDES,
            target=mention.target,
            inverse=True,
            partial=bool(_PARTIAL.search(statement)),
            evidence=plain(statement)[:MAX_EVIDENCE],
        )
        for statement, mention in _successors(said, place)
    ]
    return merge_references([*superseded, *found])


def _successors(said: str, place: TextPlace) -> Iterator[tuple[str, Mention]]:
    """What came instead, with the line that names it; "See ADR 19" alone belongs to what is above.

    Alone it tells so of a later record only: an earlier one is further reading.
    """
    before: Status | None = None
    for line in filter(str.strip, said.split("\n")):
        status = _of_statement(line, place)
        masked = mask_mentions(line, place, bare=True)[0]
        is_alone = status is None and before in _ENDED and _SEE_ALONE.fullmatch(masked) is not None
        is_told = status is Status.SUPERSEDED or (status in _OVER and _SEE.search(masked))
        must_be_later = is_alone or status is Status.REJECTED
        for mention in _first_named(line, place) if is_told or is_alone else ():
            if not must_be_later or _came_later(mention, place):
                yield line, mention
        before = status


def _first_named(statement: str, place: TextPlace) -> tuple[Mention, ...]:
    """The records that a statement names first, joined as one list; else that of a title."""
    masked, mentions = mask_mentions(statement, place, bare=True)
    if listed := LIST_OF_MENTIONS.search(masked):
        return mentions[: listed[0].count(MASK)]
    titled = _TITLED.search(plain(statement))
    title = titled["title"].strip(" \"'\u201c\u201d\u2018\u2019.") if titled else ""
    is_title = title and not _KIND_AND_NUMBER.fullmatch(title)
    return (Mention(title, title),) if is_title else ()


def _came_later(mention: Mention, place: TextPlace) -> bool:
    """Whether a record that is named has a higher number than the one at this place."""
    named = numbered_name(record_name(mention.target))
    number = mention.number or (named[1] if named else None)
    return number is not None and place.own is not None and number > place.own[1]
