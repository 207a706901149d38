import sqlite3
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.errors import AmbiguousUid, UnknownMemory
from memory.kinds.vocabulary import Kind, Status
from memory.ledger.times import from_text, to_text
from memory.models.details import Baseline, Flag, Lesson, Move, Note, Refactoring, Run
from memory.models.selection import EVERYTHING, Lens, Selection
from memory.retrieval.passages import keep_memory, keep_revision
from tests.builders import (
    DAY,
    NOW,
    YEAR,
    a_decision,
    a_draft,
    a_source,
    day,
    failing,
    mended,
    rows,
    supersedes,
)

BEFORE_ALL = day("1900-01-01")


def titles(db, **selection) -> list[str]:
    return [memory.title for memory in db.memories.select(Selection(**selection))]


@pytest.mark.parametrize(
    "details",
    [
        Note(topic="patterns"),
        Refactoring(moved=(Move(what="queue", origin="api", destination="worker"),)),
        Baseline(metric="p95", value=1.5, unit="ms", better="lower", threshold=2.0),
        Flag(severity="high", blocking=True, due=NOW),
        Lesson(form="antipattern", alternative="a queue"),
        Run(task="split the module", approach="step by step"),
    ],
    ids=lambda details: details.kind,
)
def test_every_kind_comes_back_as_it_was_saved(db, details):
    draft = a_draft(
        details=details,
        modules=("api", "queue"),
        tags=("x",),
        references=(supersedes("ADR-1", partial=True),),
        valid_from=NOW,
        extra={"odd": [1, {"deep": None}]},
    )

    db.memories.add("uid", draft, a_source(), NOW)

    memory = db.memories.fetch("uid")
    assert memory.revision.draft.model_copy(update={"lines": None}) == draft
    assert (memory.kind, memory.revision.source) == (details.kind, a_source())


def test_every_edit_is_a_revision_with_numbers_free_of_holes(db):
    db.memories.add("uid", a_draft(body="zero"), a_source(), NOW)
    for number, body in enumerate(["one", "one", "two", "zero", "zero", "three"]):
        db.memories.revise("uid", a_draft(body=body), a_source(), NOW + number * DAY)

    history = db.memories.history("uid")

    assert [one.number for one in history] == [1, 2, 3, 4, 5]
    assert [one.draft.body for one in history] == ["zero", "one", "two", "zero", "three"]
    assert db.memories.fetch("uid").revisions == 5


def test_saving_the_same_again_changes_nothing(db):
    draft = a_draft(tags=("a", "b"), references=(supersedes("x"),), lines=(1, 2))
    keep_memory(db, "uid", draft, a_source(), NOW)
    before = rows(db)

    assert keep_revision(db, "uid", draft, a_source(author="somebody"), NOW + DAY) is False

    assert rows(db) == before


def test_the_same_words_elsewhere_are_a_move_and_no_revision(db):
    keep_memory(db, "uid", a_draft(lines=(1, 2)), a_source(), NOW)

    new = keep_revision(
        db, "uid", a_draft(lines=(7, 8), key="k"), a_source(path="new.txt"), NOW + DAY
    )

    memory = db.memories.fetch("uid")
    assert (new, memory.revisions, memory.citation, memory.entry) == (False, 1, "new.txt:7", "k")


def test_a_uid_is_given_once(db):
    db.memories.add("uid", a_draft(), a_source(), NOW)

    with pytest.raises(sqlite3.IntegrityError):
        db.memories.add("uid", a_draft(), a_source(), NOW)


def test_a_memory_that_became_another_kind_is_found_as_that(db):
    db.memories.add("uid", a_draft(), a_source(), NOW)

    db.memories.revise("uid", a_decision(), a_source(), NOW)

    assert titles(db, kinds=(Kind.DECISION,)) == ["Use a queue"]
    assert titles(db, kinds=(Kind.NOTE,)) == []


def test_a_removed_memory_is_a_tombstone_and_no_hole(db):
    db.memories.add("uid", a_draft(), a_source(), NOW)

    assert db.memories.remove("uid", a_source(), NOW + DAY) is True
    assert db.memories.remove("uid", a_source(), NOW + DAY) is False

    assert db.memories.select(EVERYTHING) == []
    assert [(one.number, one.removed) for one in db.memories.history("uid")] == [
        (1, False),
        (2, True),
    ]
    assert db.memories.fetch("uid").revision.draft == a_draft()
    assert (db.memories.count_live(), list(db.memories.own_statuses().values())) == (
        0,
        [("note", "removed")],
    )


def test_a_removed_memory_comes_back_under_its_uid(db):
    db.memories.add("uid", a_draft(), a_source(), NOW)
    db.memories.remove("uid", a_source(), NOW + DAY)
    found = db.memories.removed_saying([a_draft().digest])

    assert db.memories.revise("uid", a_draft(), a_source(), NOW + 2 * DAY) is not None

    assert [memory.uid for memory in found] == ["uid"]
    assert [one.removed for one in db.memories.history("uid")] == [False, True, False]
    assert db.memories.removed_saying([a_draft().digest]) == []


def test_what_is_unknown_is_said_to_be(db):
    for ask in (db.memories.fetch, db.memories.history, db.memories.find_uid):
        with pytest.raises(UnknownMemory):
            ask("nothing")
    with pytest.raises(UnknownMemory):
        db.memories.revise("nothing", a_draft(), a_source(), NOW)
    with pytest.raises(UnknownMemory):
        db.memories.find_uid("")


def test_the_beginning_of_a_uid_is_enough_if_it_is_clear(db):
    for uid in ("dec-aaa", "dec-abb", "dec-abb1", "d%c"):
        db.memories.add(uid, a_draft(), a_source(), NOW)

    assert db.memories.find_uid("dec-aa") == "dec-aaa"
    assert db.memories.find_uid("dec-abb") == "dec-abb"  # it is one, whatever else begins so
    with pytest.raises(AmbiguousUid) as several:
        db.memories.find_uid("dec-ab")
    assert several.value.uids == ("dec-abb", "dec-abb1")
    assert db.memories.find_uid("d%") == "d%c"
    with pytest.raises(UnknownMemory):
        db.memories.find_uid("d_c-")


@pytest.mark.parametrize(
    "name",
    [
        *("13", "#13", "0013", "ADR-0013", "decision 13"),
        *("docs/adr/0013-x.md", "./docs/adr/0013-x.md", "docs/adr/0013-x.md:5", "0013-x.md"),
        "/home/me/shop/docs/adr/0013-x.md:5-7",
    ],
)
def test_a_record_is_known_by_its_number_and_by_its_path(db, name):
    source = a_source(path="docs/adr/0013-x.md")
    draft = a_decision(number=13).model_copy(update={"lines": (1, 9)})
    db.memories.add("dec-aaa", draft, source, NOW)
    db.memories.add("dec-bbb", a_decision(number=130), a_source(path="docs/adr/0130-x.md"), NOW)

    db.memories.add("dec-ccc", a_decision(number=14), a_source(path="teps/0014-y.md"), NOW)

    assert db.memories.find_uid(name) == "dec-aaa"
    assert db.memories.find_uid("TEP-0014") == "dec-ccc"
    for other in ("dec-13", "3-x.md", "docs/adr/0013-x.md:99", "TEP-0013", f"0013-x.md:{10**30}"):
        with pytest.raises(UnknownMemory):
            db.memories.find_uid(other)


def test_what_is_named_whole_comes_before_what_only_ends_so(db):
    for uid, path in (("dec-a", "log.md"), ("dec-b", "docs/log.md")):
        db.memories.add(uid, a_draft(), a_source(path=path), NOW)

    assert db.memories.find_uid("log.md") == "dec-a"
    assert db.memories.find_uid("docs/log.md") == "dec-b"


def test_memories_are_listed_the_latest_first_and_undated_ones_last(db):
    for title, since in [("undated", None), ("old", NOW - YEAR), ("b new", NOW), ("a new", NOW)]:
        db.memories.add(title, a_draft(title=title, valid_from=since), a_source(), NOW)

    assert titles(db) == ["a new", "b new", "old", "undated"]


def test_a_selection_narrows_by_all_that_it_says(db):
    db.memories.add("1", a_draft(title="one", modules=("Payments",), tags=("x",)), a_source(), NOW)
    db.memories.add("2", a_draft(title="two", agent="Ops", modules=("api",)), a_source(), NOW)
    db.memories.add("3", a_decision(title="three", status=Status.REJECTED), a_source(), NOW)

    assert titles(db, modules=("payments",)) == ["one"]
    assert titles(db, modules=("payments", "api")) == ["one", "two"]
    assert titles(db, modules=("payments",), tags=("y",)) == []
    assert titles(db, tags=("X",)) == ["one"]
    assert titles(db, agents=("ops",)) == ["two"]
    assert titles(db, statuses=(Status.REJECTED,)) == ["three"]
    assert titles(db, kinds=(Kind.NOTE,), statuses=(Status.REJECTED,)) == []
    assert titles(db, modules=("'; DROP TABLE memories; --",)) == []


def test_more_files_than_sqlite_can_bind_may_be_asked_for(db):
    db.memories.add("uid", a_draft(), a_source(path="f39999"), NOW)

    found = db.memories.in_files([f"f{number}" for number in range(40_000)])

    assert [memory.uid for memory in found] == ["uid"]


def test_a_place_without_lines_is_cited_by_its_path(db):
    db.memories.add("uid", a_draft(), a_source(), NOW)

    db.memories.place("uid", "new.txt", a_draft())
    assert db.memories.fetch("uid").citation == "new.txt"

    db.memories.place("uid", None, a_draft())
    assert db.memories.fetch("uid").citation == "recorded by indexer"


class TestLens:
    """What held then, against what was known then."""

    @pytest.fixture
    def learned_late(self, db):
        """Decided in 2020 and written down in 2022; what replaced it held from 2023, known 2024."""
        db.memories.add(
            "uid",
            a_decision(body="first", valid_from=day("2020-01-01")),
            a_source(),
            day("2022-01-01"),
        )
        db.memories.revise(
            "uid",
            a_decision(body="second", valid_from=day("2023-01-01")),
            a_source(),
            day("2024-01-01"),
        )
        return db

    @pytest.mark.parametrize(
        ("as_of", "known_at", "says"),
        [
            (None, None, "second"),
            ("2019-06-01", None, None),  # it did not hold yet
            ("2021-06-01", None, "first"),  # it held, though nobody had written it down
            ("2023-06-01", None, "second"),
            ("2020-01-01", None, "first"),  # from its first moment on
            (None, "2021-06-01", None),  # we knew nothing of it
            (None, "2022-06-01", "first"),
            (None, "2024-01-01", "second"),
            ("2023-06-01", "2023-06-01", "first"),  # what we believed on that day
            ("2021-06-01", "2021-06-01", None),
            ("2019-06-01", "2025-01-01", None),
        ],
    )
    def test_it_shows_what_held_as_far_as_it_was_known(self, learned_late, as_of, known_at, says):
        lens = Lens(as_of=as_of and day(as_of), known_at=known_at and day(known_at))

        listed = [m.revision.draft.body for m in learned_late.memories.select(Selection(lens=lens))]

        assert listed == ([says] if says else [])
        if says:
            assert learned_late.memories.fetch("uid", lens).revision.draft.body == says
        else:
            with pytest.raises(UnknownMemory):
                learned_late.memories.fetch("uid", lens)

    def test_without_a_date_a_memory_is_taken_to_have_held_always(self, db):
        db.memories.add("uid", a_draft(), a_source(), NOW)

        assert titles(db, lens=Lens(as_of=BEFORE_ALL)) == ["Use a queue"]
        assert titles(db, lens=Lens(known_at=NOW - DAY)) == []

    def test_a_removed_memory_still_held_before_it_was_removed(self, db):
        db.memories.add("uid", a_draft(), a_source(), NOW)
        db.memories.remove("uid", a_source(), NOW + 2 * DAY)

        assert titles(db, lens=Lens(as_of=NOW + DAY)) == ["Use a queue"]
        assert titles(db, lens=Lens(known_at=NOW + DAY)) == ["Use a queue"]
        assert titles(db, lens=Lens(as_of=NOW + 2 * DAY)) == []
        assert titles(db, lens=Lens(known_at=NOW + 2 * DAY)) == []

    def test_a_memory_is_shown_with_the_labels_that_it_had(self, db):
        db.memories.add("uid", a_draft(modules=("old",)), a_source(), NOW)
        db.memories.revise("uid", a_draft(modules=("new",)), a_source(), NOW + 2 * DAY)

        then = Lens(known_at=NOW + DAY)

        assert titles(db, modules=("old",), lens=then) == ["Use a queue"]
        assert titles(db, modules=("old",)) == titles(db, modules=("new",), lens=then) == []


OFFSETS = st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours)))


@given(st.datetimes(timezones=OFFSETS), st.datetimes(timezones=OFFSETS))
def test_moments_are_kept_exactly_and_sort_as_time_does(one, other):
    try:
        texts = to_text(one), to_text(other)
    except OverflowError:  # the first and last hours of the calendar have no UTC
        return

    assert [from_text(text) for text in texts] == [one, other]
    assert (texts[0] < texts[1]) == (from_text(texts[0]) < from_text(texts[1]))


def all_or_nothing(ledger, change):
    """Fail the k-th write of a change for every k; each time nothing may be left of it."""
    before = rows(ledger.db)
    for fail_at in range(1, 100):
        failing(ledger, fail_at)
        try:
            with ledger.writing() as db:
                change(db)
        except OSError:
            mended(ledger)
            assert rows(ledger.db) == before
        else:
            mended(ledger)
            return fail_at
    pytest.fail("there was always something left to fail")
    return 0


def test_a_memory_is_kept_with_all_that_belongs_to_it_or_not_at_all(ledger):
    draft = a_draft(tags=("x",), references=(supersedes("y"),))

    writes = all_or_nothing(ledger, lambda db: keep_memory(db, "uid", draft, a_source(), NOW))

    assert writes > 8
    assert {name for name, found in rows(ledger.db).items() if found} >= {
        "memories", "revisions", "labels", "links", "passages", "embedding_queue",
    }  # fmt: skip


def test_a_revision_and_a_tombstone_are_kept_whole_or_not_at_all(ledger):
    with ledger.writing() as db:
        keep_memory(db, "uid", a_draft(), a_source(), NOW)

    all_or_nothing(ledger, lambda db: keep_revision(db, "uid", a_draft(body="x"), a_source(), NOW))
    all_or_nothing(ledger, lambda db: db.memories.remove("uid", a_source(), NOW))

    assert [one.removed for one in ledger.db.memories.history("uid")] == [False, False, True]


def test_revisions_do_not_run_backwards_when_the_clock_does(db):
    assert db.memories.moment() > NOW
    ahead = datetime.now(UTC) + 3 * DAY
    keep_memory(db, "uid", a_draft(), a_source(), ahead)

    assert db.memories.moment() == ahead
