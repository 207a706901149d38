"""The change log within a record: when that was accepted, and where it stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.markup.elements import list_items, plain, tables
from indexer.wording.dates import DATE, earliest, read_date, read_when
from indexer.wording.statuses import read_status
from memory.kinds.vocabulary import Status
from memory.texts.lexicon import any_of, read_lexicon
from memory.texts.patterns import BLANKS, lazy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from memory.models.memory import Figures

_LOGGED = lazy(rf"{BLANKS}[-\u2013\u2014]\s++")  # what an entry of a change log has for parts
_DATE, _WORD = lazy(DATE, re.IGNORECASE), lazy(r"\w+")
_AROUND = " \t\n()[]:;,.-\u2013\u2014"
_TERSE = 2  # words; so few beside a date are a status and not a change
_IN_FORCE = lazy(rf"\b(?:{any_of(read_lexicon('statuses')['cues']['in_force'])})", re.IGNORECASE)


def date_of_log(text: str) -> datetime | Figures | None:
    """The day of the entry that accepts the record, the earliest of several; else of the first.

    One that has a status for a part of it accepts the record, before one whose words speak of that.
    """
    entries = [(read_when(" ".join(parts)), parts) for parts in _logged(text)]
    dated = [(date, parts) for date, parts in entries if date is not None]
    accepting = [
        (date, any(_status_of(one) is not Status.UNSTATED for one in parts))
        for date, parts in dated
        if _IN_FORCE.search(" ".join(parts))
    ]
    surely = [date for date, is_sure in accepting if is_sure]
    days = surely or [date for date, _ in accepting] or [date for date, _ in dated]
    return min(days, default=None, key=earliest)


def status_of_log(text: str) -> str:
    """The latest entry of a change log that is a status with its date: "approved (2022-07-12)".

    Nothing where another that may be as late tells another status in more words, or by a date that
    may be read in two ways.
    """
    entries = [(read_date(" ".join(parts)), parts) for parts in _logged(text)]
    found = [
        (date, status is not Status.PROPOSED, said)
        for date, parts in entries
        for said in parts
        if date
        and (read_date(said) or len(_WORD.findall(_undated(" ".join(parts)))) <= _TERSE + 1)
        and (status := _status_of(said)) is not Status.UNSTATED
    ]
    day, _, latest = max(found, default=(None, False, ""))
    others = {
        status
        for date, parts in entries
        if date is None or day is None or date > day
        for status in (*map(_status_of, parts), read_status(_undated(" ".join(parts))).status)
    }
    return latest if others <= {_status_of(latest), Status.UNSTATED} else ""


def _status_of(said: str) -> Status:
    """The status that a part of an entry is by itself, beside a date or not.

    "In review" is one; "proposed names" is what was done.
    """
    words = _WORD.findall(_undated(said))
    if not 0 < len(words) <= _TERSE:
        return Status.UNSTATED
    begins_with_it = len(words) > 1 and read_status(words[0]).status is not Status.UNSTATED
    return Status.UNSTATED if begins_with_it else read_status(_undated(said)).status


def _undated(said: str) -> str:
    return _DATE.sub("", said).strip(_AROUND)


def _logged(text: str) -> Iterator[list[str]]:
    """The parts of each entry of a change log: items of a list, or rows of a table."""
    yield from (_LOGGED.split(plain(item.text)) for item in list_items(text))
    yield from (list(row) for rows in tables(text) for row in rows)
