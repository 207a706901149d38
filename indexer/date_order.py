"""Whether 04/07/2022 is in April or in July: by what the other dates of its file or folder show."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from indexer.formats.document import Problem
from indexer.formats.record_names import named_folder
from indexer.reconcile import DraftMatch, FoundDraft
from indexer.wording.mentions import record_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from indexer.formats.document import Parsed
    from memory.ledger.interface.database import Database
    from memory.models.memory import Draft

#: How a problem reads that is about such a date.
EITHER = "a date that can be read as"


class _Orders:
    """The orders of day and month that a project's files show."""

    def __init__(self, drafts: Iterable[tuple[str, Draft]]) -> None:
        self._shown: dict[str, set[str]] = defaultdict(set)
        for path, draft in drafts:
            if draft.figures and draft.figures.shows:
                for place in _places(path):
                    self._shown[place].add(draft.figures.shows)

    def read(self, path: str, draft: Draft) -> Draft:
        """The draft with the date that its figures mean here, if its file or folder shows that.

        A folder that shows nothing is of the habit of those beside it in a folder of records.
        """
        shown = next((seen for one in _places(path) if (seen := self._shown.get(one))), set())
        if draft.figures is None or len(shown) != 1:
            return draft
        (order,) = shown
        moment = getattr(draft.figures, order) or draft.figures.moment
        return draft.model_copy(update={"valid_from": moment})


def settle_dates(
    db: Database, parsed: dict[str, Parsed], gone: Collection[str]
) -> list[DraftMatch]:
    """Settle the dates of what was read, in place, and those that it settles in other files.

    A file's own order counts before its folder's; where both orders are shown, nothing is settled.

    Returns:
        The memories of files that were not read whose date is another one now, as they are then.
    """
    before = db.memories.in_files([*parsed, *gone])
    drafts = [(path, draft) for path, one in parsed.items() for draft in one.drafts]
    if not any(
        draft.figures for draft in (*(d for _, d in drafts), *(m.revision.draft for m in before))
    ):
        return []
    others = [
        (memory, memory.path, memory.revision.draft)
        for memory in db.memories.dated_in_figures()
        if memory.path and memory.path not in parsed and memory.path not in gone
    ]
    orders = _Orders([*drafts, *((path, draft) for _, path, draft in others)])
    for path, one in parsed.items():
        parsed[path] = replace(one, drafts=tuple(orders.read(path, d) for d in one.drafts))
    read = ((memory, path, draft, orders.read(path, draft)) for memory, path, draft in others)
    return [
        DraftMatch(memory, FoundDraft(path, now))
        for memory, path, draft, now in read
        if now.valid_from != draft.valid_from
    ]


def unsettled(path: str, drafts: Iterable[Draft]) -> Iterator[Problem]:
    """What is to be told of drafts whose date could be either of two days, and so is not used."""
    for draft in drafts:
        figures = draft.figures
        if figures and figures.day_first and figures.month_first and draft.valid_from is None:
            day, month = (f"{one:%Y-%m-%d}" for one in (figures.day_first, figures.month_first))
            line = draft.lines[0] if draft.lines else None
            yield Problem(path, f"{EITHER} {day} or {month}", line, "write it like one of them")


def _folder(path: str) -> str:
    """The folder whose files are of one habit, with a slash; a record's own folder is not it."""
    around, _, name = path.rpartition("/")
    own = record_name(path).rpartition(".")[0] != name.rpartition(".")[0]
    return (around.rpartition("/")[0] if own else around) + "/"


def _places(path: str) -> Iterator[str]:
    """A file, its folder, and the folder around that whose name says that it holds records."""
    yield path
    yield _folder(path)
    if named := named_folder(PurePosixPath(path)):
        yield f"{named}/**"
