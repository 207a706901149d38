"""Lists tell the same as reading everything would, and read no more than they tell."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory.kinds.vocabulary import Kind, Status
from memory.ledger.sqlite import memories
from memory.ledger.sqlite.connection import open_ledger
from memory.models.answer import Listed
from memory.models.selection import Lens, Selection
from memory.retrieval.passages import keep_memory
from memory.standings import fetch_standings, list_selected
from tests.builders import NOW, a_decision, a_draft, a_source, day, supersedes

DAYS = ("2024-01-01", "2024-06-01", "2025-01-01")
STATUSES = (Status.ACCEPTED, Status.PROPOSED, Status.REJECTED)
ONE = st.tuples(
    st.sampled_from(["Use a queue", "Use a table", "Split it"]),
    st.none() | st.sampled_from(DAYS),
    st.none() | st.sampled_from(STATUSES),  # None for a note
    st.none() | st.integers(0, 9),  # what it supersedes
)
LENSES = st.sampled_from([Lens(), Lens(as_of=day("2024-07-01"))])


def fill(db, said):
    with db.atomic():
        for at, (title, held, status, old) in enumerate(said):
            begins = day(held) if held else None
            refers = (supersedes(f"mem-{old}"),) if old is not None and old < at else ()
            draft = (
                a_draft(title=title, valid_from=begins)
                if status is None
                else a_decision(title=title, status=status, valid_from=begins, references=refers)
            )
            keep_memory(db, f"mem-{at}", draft, a_source(path=f"{at}.md"), NOW)
        db.links.point([(one.link_id, one.target) for one in db.links.newest()])


def plain(db, selection, limit):
    """Everything is read, and what is not wanted thrown away."""
    found = db.memories.select(selection)
    standings = fetch_standings(db, selection.lens, [one.uid for one in found])
    listed = [Listed(memory=one, standing=standings[one.uid]) for one in found]
    wanted = selection.statuses
    return [one for one in listed if not wanted or one.standing.status in wanted][:limit]


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(
    st.lists(ONE, max_size=10),
    st.lists(st.sampled_from([*STATUSES, Status.SUPERSEDED]), max_size=2, unique=True),
    st.sampled_from([(), (Kind.DECISION,)]),
    LENSES,
    st.none() | st.integers(0, 5),
)
def test_a_list_is_what_reading_everything_would_tell(said, statuses, kinds, lens, limit):
    with TemporaryDirectory() as folder:
        ledger = open_ledger(Path(folder, "memory.db"), create=True)
        fill(ledger.db, said)
        selection = Selection(kinds=kinds, statuses=tuple(statuses), lens=lens)

        assert list_selected(ledger.db, selection, limit) == plain(ledger.db, selection, limit)
        ledger.close()


@pytest.mark.parametrize("statuses", [(), (Status.SUPERSEDED,)])
def test_only_what_is_told_is_read(db, monkeypatch, statuses):
    fill(db, [("Use a queue", DAYS[at % 3], Status.ACCEPTED, at - 1 or None) for at in range(9)])
    read = []
    whole = memories.memory_of
    monkeypatch.setattr(memories, "memory_of", lambda row: read.append(row["uid"]) or whole(row))

    told = list_selected(db, Selection(statuses=statuses), 2)

    assert sorted(read) == sorted(one.memory.uid for one in told)
    assert len(told) == 2
