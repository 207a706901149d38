import hashlib
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
from contextlib import closing
from pathlib import Path

import pytest

from memory.errors import (
    StoreBusy,
    StoreDamaged,
    StoreNotFound,
    StoreNotWritable,
    StoreTooNew,
)
from memory.ledger.sqlite import connection
from memory.ledger.sqlite.connection import open_ledger
from memory.ledger.sqlite.schema import SCHEMA_VERSION, migrations
from memory.models.selection import EVERYTHING
from memory.retrieval.passages import keep_memory
from tests.builders import NOW, a_draft, a_source, failing, mended

pytestmark = pytest.mark.usefixtures("made_anew")

OPEN_AT_ONCE = """
import sys
from pathlib import Path
from memory.ledger.sqlite.connection import open_ledger
sys.stdin.readline()
ledger = open_ledger(Path(sys.argv[1]), create=True)
with ledger.writing() as db:
    db.execute("INSERT INTO facts (name, value) VALUES (?, 'was here')", [sys.argv[2]])
print(ledger.db.execute("PRAGMA user_version").fetchone()[0])
"""


def contents(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def set_version(path: Path, version: int) -> None:
    plain = sqlite3.connect(path)
    plain.execute(f"PRAGMA user_version = {version}")
    plain.close()


def test_a_ledger_is_opened_with_the_settings_that_its_promises_need(db):
    settings = {
        name: db.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "user_version")
    }

    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 10_000,
        "user_version": SCHEMA_VERSION,
    }


def test_the_schema_version_is_the_number_of_migrations():
    with closing(sqlite3.connect(":memory:")) as empty:
        assert len(migrations.pending(connection.SqliteDatabase(empty))) == SCHEMA_VERSION


def test_a_reference_to_nothing_is_refused(ledger):
    with pytest.raises(sqlite3.IntegrityError), ledger.writing() as db:
        db.execute("INSERT INTO labels (revision_id, name, value) VALUES (99, 'tag', 'x')")


def test_a_ledger_that_is_not_there_is_not_made_by_looking_for_it(tmp_path):
    with pytest.raises(StoreNotFound):
        open_ledger(tmp_path / "memory.db")

    assert list(tmp_path.iterdir()) == []


def test_a_newer_store_is_refused_and_not_a_byte_is_changed(tmp_path):
    path = tmp_path / "memory.db"
    open_ledger(path, create=True).close()
    set_version(path, SCHEMA_VERSION + 1)
    before = contents(tmp_path)

    for create in (False, True):
        with pytest.raises(StoreTooNew) as refused:
            open_ledger(path, create=create)

    assert (refused.value.found, refused.value.known) == (SCHEMA_VERSION + 1, SCHEMA_VERSION)
    assert contents(tmp_path) == before  # no -wal and no -shm either


def test_a_newer_version_that_only_the_log_knows_is_refused_too(tmp_path):
    path = tmp_path / "memory.db"
    open_ledger(path, create=True).close()
    newer = sqlite3.connect(path)
    newer.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    newer.commit()
    before = {name: digest for name, digest in contents(tmp_path).items() if "shm" not in name}

    with pytest.raises(StoreTooNew):
        open_ledger(path)

    after = {name: digest for name, digest in contents(tmp_path).items() if "shm" not in name}
    newer.close()
    assert after == before


def test_a_store_that_was_upgraded_under_an_open_program_takes_no_more_writes_from_it(ledger):
    set_version(ledger.path, SCHEMA_VERSION + 1)

    with pytest.raises(StoreTooNew), ledger.writing() as db:
        db.facts.save("written by", "an old program")

    assert ledger.db.facts.find("written by") is None


def a_ledger_cut_to(size: int) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "memory.db")
        open_ledger(path, create=True).close()
        return path.read_bytes()[:size]


def another_database() -> bytes:
    with closing(sqlite3.connect(":memory:")) as other:
        other.execute("CREATE TABLE songs (title)")
        return other.serialize()


@pytest.mark.parametrize(
    "make",
    [Path.mkdir, pytest.param(getattr(os, "mkfifo", None), marks=pytest.mark.posix)],
    ids=["folder", "pipe"],
)
@pytest.mark.parametrize("create", [True, False])
def test_what_is_no_file_is_damage_and_stays_as_it_is(tmp_path, make, create):
    path = tmp_path / "memory.db"
    make(path)

    with pytest.raises(StoreDamaged, match="it is not a file"):
        open_ledger(path, create=create)

    assert path.exists()


@pytest.mark.parametrize(
    "content",
    [
        lambda: b"",
        lambda: b"This is a letter, not a database. " * 40,
        lambda: b"SQLite format 3\0" + b"\xff" * 4000,
        lambda: bytes(8192),
        lambda: a_ledger_cut_to(-1),
        lambda: a_ledger_cut_to(4096),
        lambda: a_ledger_cut_to(100),
        another_database,
    ],
    ids=["empty", "text", "torn", "zeros", "byte short", "one page", "header", "of songs"],
)
@pytest.mark.parametrize("create", [True, False])
def test_a_file_that_is_no_ledger_is_damage_and_stays_as_it_is(tmp_path, content, create):
    path = tmp_path / "memory.db"
    said = content()
    path.write_bytes(said)

    with pytest.raises(StoreDamaged, match=r"memory.db is damaged: .+\.$") as refused:
        open_ledger(path, create=create)

    assert "Nothing was written" in refused.value.hint
    assert [path] == list(tmp_path.iterdir())
    assert path.read_bytes() == said


def test_the_log_of_a_ledger_that_was_taken_away_is_not_played_into_a_new_one(tmp_path):
    path = tmp_path / "memory.db"
    old = open_ledger(path, create=True)
    with old.writing() as db:
        db.facts.save("old", "1")
    path.unlink()

    with closing(open_ledger(path, create=True)) as new:
        assert new.db.facts.find("old") is None
        assert new.examine() is None

    assert (tmp_path / "memory.db-wal.left").stat().st_size > 0
    old.close()


@pytest.mark.slow
def test_a_torn_page_is_found_by_the_check(tmp_path):
    path = tmp_path / "memory.db"
    whole = open_ledger(path, create=True)
    with whole.writing() as db:
        for number in range(200):
            keep_memory(db, f"not-{number}", a_draft(body=f"Words {number}"), a_source(), NOW)
    assert whole.examine() is None
    whole.close()
    torn = bytearray(path.read_bytes())
    torn[len(torn) // 2 : len(torn) // 2 + 4096] = b"\xff" * 4096
    path.write_bytes(torn)

    with closing(open_ledger(path)) as ledger:
        assert ledger.examine().structure


@pytest.mark.slow
def test_a_store_that_another_program_holds_is_busy_and_not_damaged(tmp_path, monkeypatch):
    monkeypatch.setattr(connection, "BUSY_TIMEOUT", 20)
    path = tmp_path / "memory.db"
    open_ledger(path, create=True).close()
    holder = sqlite3.connect(path)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("CREATE TABLE foreign_table (id)")
    holder.commit()

    with pytest.raises(StoreBusy):
        open_ledger(path)
    holder.close()


@pytest.mark.slow
def test_a_migration_that_fails_leaves_nothing_and_is_made_good_by_the_next(tmp_path, monkeypatch):
    path = tmp_path / "memory.db"
    real = connection._connect
    for fail_at in range(1, 60):

        def connect(path, fail_at=fail_at):
            db = real(path)
            failing(connection.SqliteLedger(db, path), fail_at)
            return db

        monkeypatch.setattr(connection, "_connect", connect)
        try:
            open_ledger(path, create=True).close()
            break
        except OSError:
            assert list(tmp_path.iterdir()) == [tmp_path / "lock"]
    else:
        pytest.fail("there was always something left to fail")

    monkeypatch.setattr(connection, "_connect", real)
    with closing(open_ledger(path)) as ledger:
        assert ledger.db.memories.count_live() == 0


@pytest.mark.slow
def test_several_processes_may_create_a_store_at_once(tmp_path):
    path = tmp_path / "memory.db"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN_AT_ONCE, str(path), f"process {number}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(4)
    ]

    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=60)[0] for process in processes]

    ledger = open_ledger(path)
    written = ledger.db.execute("SELECT count(*) FROM facts WHERE value = 'was here'").fetchone()[0]
    ledger.close()
    assert (answers, written) == ([f"{SCHEMA_VERSION}\n"] * 4, 4)


def test_what_fails_within_a_transaction_leaves_nothing(ledger):
    with pytest.raises(ZeroDivisionError), ledger.writing() as db:
        db.facts.save("a", str(1 / (db.facts.save("b", "2") or 0)))

    assert ledger.db.facts.find("b") is None


def test_a_commit_that_fails_leaves_nothing_and_the_ledger_usable(ledger):
    failing(ledger, fail_at=3)  # BEGIN, the fact, COMMIT
    with pytest.raises(OSError, match="disk full"), ledger.writing() as db:
        db.facts.save("a", "1")
    mended(ledger)

    with ledger.writing() as db:
        db.facts.save("b", "2")
    assert (ledger.db.facts.find("a"), ledger.db.facts.find("b")) == (None, "2")


def test_a_second_writer_waits_and_a_reader_does_not(ledger, tmp_path):
    other = open_ledger(tmp_path / "memory.db")
    order = []

    def write():
        with other.writing() as db:
            db.facts.save("second", "2")
            order.append("second")

    thread = threading.Thread(target=write)
    with ledger.writing() as db:
        thread.start()
        db.facts.save("first", "1")
        assert other.db.memories.select(EVERYTHING) == []
        order.append("first")
    thread.join(timeout=20)

    assert order == ["first", "second"]
    other.close()


def test_a_writer_that_waits_too_long_is_told_who_is_busy(ledger, tmp_path, monkeypatch):
    monkeypatch.setattr(connection, "LOCK_TIMEOUT", 0.05)
    other = open_ledger(tmp_path / "memory.db")

    with ledger.writing(), pytest.raises(StoreBusy), other.writing():
        pass

    other.close()


def test_a_second_indexer_is_refused_at_once(ledger, tmp_path):
    other = open_ledger(tmp_path / "memory.db")

    with ledger.indexing():
        with pytest.raises(StoreBusy), other.indexing():
            pass
        with other.writing() as db:  # somebody who only records need not wait
            db.facts.save("a", "1")

    with other.indexing():
        pass
    other.close()


def test_a_store_that_was_moved_away_is_not_made_anew_where_it_was(tmp_path):
    (tmp_path / "store").mkdir()
    ledger = open_ledger(tmp_path / "store" / "memory.db", create=True)
    (tmp_path / "store").rename(tmp_path / "elsewhere")

    with pytest.raises(StoreNotFound), ledger.writing():
        pass
    ledger.close()

    assert not (tmp_path / "store").exists()


def test_a_ledger_of_which_a_part_stands_in_its_log_alone_is_put_in_no_place(tmp_path):
    draft, path = tmp_path / "draft.db", tmp_path / "memory.db"
    ledger = open_ledger(draft, create=True)
    with ledger.writing() as db:
        db.facts.save("last", "1")

    with pytest.raises(StoreNotWritable):  # not closed, as after a log that could not be written
        connection.put_in_place_of(draft, path)

    ledger.close()
    connection.put_in_place_of(draft, path)
    with closing(open_ledger(path)) as whole:
        assert whole.db.facts.find("last") == "1"
