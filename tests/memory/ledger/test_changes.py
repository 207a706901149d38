import sqlite3

import numpy as np
import pytest
from sqlite_utils import Database

from memory.ledger.changes import (
    changed_since,
    differences_since,
    latest_change,
    recorded_at,
    revised_since,
    was_recorded_after,
)
from memory.ledger.connection import open_ledger
from memory.ledger.embeddings import save_embeddings
from memory.ledger.facts import LINKED, find_fact
from memory.ledger.memories import place_memory, remove_memory, save_memory, save_revision
from memory.ledger.migrations import migrations
from memory.ledger.rewinding import show_again
from tests.builders import DAY, NOW, a_draft, a_source


@pytest.fixture
def told(db):
    """A ledger with two memories, and the change that came last."""
    for uid in ("one", "two"):
        save_memory(db, uid, a_draft(title=uid), a_source(), NOW)
    return latest_change(db)


def changes_of(db, uid, since):
    (memory_id,) = db.execute("SELECT id FROM memories WHERE uid = ?", [uid]).fetchone()
    return changed_since(db, since).count(memory_id)


def test_an_empty_ledger_has_no_change(db):
    assert latest_change(db) == 0
    assert recorded_at(db, 0) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda db: save_revision(db, "one", a_draft(body="Other words."), a_source(), NOW),
        lambda db: remove_memory(db, "one", a_source(), NOW),
        lambda db: place_memory(db, "one", "elsewhere.md", a_draft()),
        lambda db: show_again(db, "one", 2),
    ],
    ids=["revised", "removed", "moved", "shown again"],
)
def test_whatever_becomes_of_a_memory_is_a_change_of_it(db, told, change):
    change(db)

    assert latest_change(db) > told
    assert changes_of(db, "one", told) == 1
    assert changes_of(db, "two", told) == 0


def test_what_says_the_same_in_the_same_place_is_no_change(db, told):
    save_revision(db, "one", a_draft(title="one"), a_source(), NOW)

    assert latest_change(db) == told


def test_embeddings_are_a_change_of_no_memory(db, told):
    save_embeddings(db, "model", ["a"], np.ones((1, 2), dtype=np.float32))

    assert latest_change(db) > told
    assert changed_since(db, told) == []


def test_a_change_that_is_rolled_back_leaves_nothing_in_the_log(ledger):
    def fail():
        with ledger.writing() as db:
            save_memory(db, "one", a_draft(), a_source(), NOW)
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fail()

    assert latest_change(ledger.db) == 0


def test_a_move_is_no_difference_in_what_is_said(db, told):
    place_memory(db, "one", "elsewhere.md", a_draft())

    assert differences_since(db, told) == []
    assert revised_since(db, told) == []


def test_differences_are_told_against_what_was_said_at_the_change(db, told):
    save_revision(db, "one", a_draft(title="one", body="Other words."), a_source(), NOW)
    remove_memory(db, "two", a_source(), NOW)
    save_memory(db, "three", a_draft(title="three"), a_source(), NOW)
    came_and_went = save_memory(db, "four", a_draft(title="four"), a_source(), NOW)
    remove_memory(db, "four", a_source(), NOW)

    found = {one.uid: one.what for one in differences_since(db, told)}

    assert came_and_went
    assert found == {"one": "revised", "two": "removed", "three": "added"}


def test_what_says_again_what_it_said_then_is_no_difference(db, told):
    save_revision(db, "one", a_draft(title="one", body="Other words."), a_source(), NOW)
    save_revision(db, "one", a_draft(title="one"), a_source(), NOW)

    assert differences_since(db, told) == []


def test_only_people_and_agents_record(db, told):
    save_revision(db, "one", a_draft(body="Read from a file."), a_source(), NOW)
    assert not was_recorded_after(db, told)

    save_revision(db, "two", a_draft(body="Recorded."), a_source(author="human:dana"), NOW + DAY)
    assert was_recorded_after(db, told)
    assert recorded_at(db, latest_change(db)) == NOW + DAY
    assert recorded_at(db, told) == NOW


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

    assert [one.uid for one in differences_since(ledger.db, 2)] == ["one"]
    assert latest_change(ledger.db) == 3
    assert find_fact(ledger.db, LINKED) is None
    ledger.close()
