"""The change log within a record: when that was accepted, and where it stands."""

from __future__ import annotations

import re
from operator import itemgetter
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
_TERSE = 2  # words; so few beside a date are a status and not a change
_IN_FORCE = lazy(rf"\b(?:{any_of(read_lexicon('statuses')['cues']['in_force'])})", re.IGNORECASE)


def date_of_log(text: str) -> datetime | Figures | None:
    """The day of the entry that accepts the record, the earliest of several; else of the first."""
    entries = [(read_when(entry), entry) for entry in _logged(text)]
    dated = [(date, said) for date, said in entries if date is not None]
    accepting = [date for date, said in dated if _IN_FORCE.search(said)]
    return min(accepting or [date for date, _ in dated], default=None, key=earliest)


def status_of_log(text: str) -> str:
    """The latest entry of a change log that is a status with its date: "approved (2022-07-12)"."""
    dated = [
        (date, said)
        for entry in _logged(text)
        for said in _LOGGED.split(plain(entry))
        if (date := read_date(said))
        and len(_WORD.findall(_DATE.sub("", said))) <= _TERSE
        and read_status(said).status is not Status.UNSTATED
    ]
    return max(dated, key=itemgetter(0), default=(None, ""))[1]


def _logged(text: str) -> Iterator[str]:
    """The entries of a change log: items of a list, or rows of a table."""
    yield from (item.text for item in list_items(text))
    yield from (" ".join(row) for rows in tables(text) for row in rows)
