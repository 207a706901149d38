import sqlite3

import numpy as np
import pytest
from sqlite_utils import Database

from memory.ledger.sqlite.connection import open_ledger
from memory.ledger.sqlite.schema import migrations
from memory.ledger.store_facts import LINKED
from tests.builders import DAY, NOW, a_draft, a_source


@pytest.fixture
def told(db):
    """A ledger with two memories, and the change that came last."""
    for uid in ("one", "two"):
        db.memories.add(uid, a_draft(title=uid), a_source(), NOW)
    return db.changes.latest()


def changes_of(db, uid, since):
    (memory_id,) = db.execute("SELECT id FROM memories WHERE uid = ?", [uid]).fetchone()
    return db.changes.memories(since).count(memory_id)


def test_an_empty_ledger_has_no_change(db):
    assert db.changes.latest() == 0
    assert db.changes.recorded_at(0) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda db: db.memories.revise("one", a_draft(body="Other words."), a_source(), NOW),
        lambda db: db.memories.remove("one", a_source(), NOW),
        lambda db: db.memories.place("one", "elsewhere.md", a_draft()),
        lambda db: db.rewinding.show_again("one", 2),
    ],
    ids=["revised", "removed", "moved", "shown again"],
)
def test_whatever_becomes_of_a_memory_is_a_change_of_it(db, told, change):
    change(db)

    assert db.changes.latest() > told
    assert changes_of(db, "one", told) == 1
    assert changes_of(db, "two", told) == 0


def test_what_says_the_same_in_the_same_place_is_no_change(db, told):
    db.memories.revise("one", a_draft(title="one"), a_source(), NOW)

    assert db.changes.latest() == told


def test_embeddings_are_a_change_of_no_memory(db, told):
    db.embeddings.add("model", ["a"], np.ones((1, 2), dtype=np.float32))

    assert db.changes.latest() > told
    assert db.changes.memories(told) == []


def test_a_change_that_is_rolled_back_leaves_nothing_in_the_log(ledger):
    def fail():
        with ledger.writing() as db:
            db.memories.add("one", a_draft(), a_source(), NOW)
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fail()

    assert ledger.db.changes.latest() == 0


def test_a_move_is_no_difference_in_what_is_said(db, told):
    db.memories.place("one", "elsewhere.md", a_draft())

    assert db.changes.differences(told) == []
    assert db.changes.revised(told) == []


def test_what_was_only_moved_before_is_a_difference_where_it_says_something_new(db, told):
    db.memories.place("one", "elsewhere.md", a_draft())
    moved = db.changes.latest()
    db.memories.revise("one", a_draft(title="one", body="Other words."), a_source(), NOW)

    assert [(one.uid, one.what) for one in db.changes.differences(moved)] == [("one", "revised")]


def test_what_was_removed_says_nothing_new(db, told):
    db.memories.revise("one", a_draft(title="one", body="Other words."), a_source(), NOW)
    db.memories.revise("two", a_draft(title="two", body="Other words."), a_source(), NOW)
    db.memories.remove("two", a_source(), NOW)

    assert db.changes.revised(told) == ["one"]


def test_differences_are_told_against_what_was_said_at_the_change(db, told):
    db.memories.revise("one", a_draft(title="one", body="Other words."), a_source(), NOW)
    db.memories.remove("two", a_source(), NOW)
    db.memories.add("three", a_draft(title="three"), a_source(), NOW)
    came_and_went = db.memories.add("four", a_draft(title="four"), a_source(), NOW)
    db.memories.remove("four", a_source(), NOW)

    found = {one.uid: one.what for one in db.changes.differences(told)}

    assert came_and_went
    assert found == {"one": "revised", "two": "removed", "three": "added"}


def test_what_says_again_what_it_said_then_is_no_difference(db, told):
    db.memories.revise("one", a_draft(title="one", body="Other words."), a_source(), NOW)
    db.memories.revise("one", a_draft(title="one"), a_source(), NOW)

    assert db.changes.differences(told) == []


def test_only_people_and_agents_record(db, told):
    db.memories.revise("one", a_draft(body="Read from a file."), a_source(), NOW)
    assert not db.changes.has_recording(told)

    db.memories.revise("two", a_draft(body="Recorded."), a_source(author="human:dana"), NOW + DAY)
    assert db.changes.has_recording(told)
    assert db.changes.recorded_at(db.changes.latest()) == NOW + DAY
    assert db.changes.recorded_at(told) == NOW


def test_an_older_ledger_gets_a_log_of_all_its_revisions_under_the_marks_that_were_given(tmp_path):
    path = tmp_path / "memory.db"
    old = Database(sqlite3.connect(path))
    migrations.apply(old, stop_before="m003_changes")
    old.execute(
        "INSERT INTO memories (id, uid, kind) VALUES (1, 'one', 'note'), (2, 'two', 'note')"
    )
    for number, (memory, version) in enumerate([(1, 1), (2, 1), (1, 2)], 1):
        old.execute(
            """
            INSERT INTO revisions (
                id, memory_id, number, digest, title, status, recorded_at, draft, source
            ) VALUES (?, ?, ?, 'digest ' || ?1, 'Title', 'unstated', '2026-01-02', '{}', '{}')
            """,
            [number, memory, version],
        )
        old.execute("UPDATE memories SET newest = ? WHERE id = ?", [number, memory])
    old.execute("INSERT INTO facts VALUES (?, ?)", [LINKED, '[3, "names"]'])
    old.conn.commit()
    old.close()

    ledger = open_ledger(path)

    assert [one.uid for one in ledger.db.changes.differences(2)] == ["one"]
    assert ledger.db.changes.latest() == 3
    assert ledger.db.facts.find(LINKED) is None
    ledger.close()
