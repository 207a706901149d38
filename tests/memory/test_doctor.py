"""What the doctor finds in a store, and mends."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from indexer import scanner
from indexer.project import open_project
from memory.errors import StoreBusy
from memory.keeping import doctor
from memory.kinds.vocabulary import Status
from memory.ledger.sqlite import memories as sqlite_memories
from memory.ledger.sqlite.connection import open_ledger, replace_by_salvaged
from memory.retrieval.passages import derived
from memory.retrieval.vectors import Vectors
from memory.upkeep import Upkeep
from tests.builders import a_decision
from tests.shop import write_shop

pytestmark = pytest.mark.slow


@pytest.fixture
def root(tmp_path, word_model):
    folder = tmp_path / "shop"
    write_shop(folder)
    with open_project(folder, environment={}) as memory:
        memory.index()
        memory.run_start("Try a second queue", with_brief=False, author="human:dana")
    return folder


def told(memory) -> dict[str, str]:
    return {one.memory.uid: one.memory.revision.draft.model_dump_json() for one in memory.list()}


def links(memory) -> set[tuple]:
    sql = "SELECT revision_id, type, target, target_id FROM links ORDER BY id"
    return set(memory.ledger.db.execute(sql).fetchall())


def test_of_a_sound_store_nothing_is_found(root):
    with open_project(root, environment={}) as memory:
        assert memory.doctor().findings == ()


def test_a_clock_that_was_put_back_is_told_and_what_is_recorded_comes_later_all_the_same(
    root, monkeypatch
):
    with open_project(root, environment={}) as memory:
        before = memory.ledger.db.memories.moment()
        monkeypatch.setattr(sqlite_memories, "datetime", PutBack)
        monkeypatch.setattr(doctor, "datetime", PutBack)
        uid = memory.record(a_decision(title="Retry thrice"), author="human:dana").uid
        (found,) = memory.doctor().findings

        assert found.where == "clock"
        assert "it was put back behind" in found.what
        assert memory.show(uid).memory.revision.recorded_at >= before - timedelta(seconds=60)


class PutBack(datetime):
    """The clock of a machine that was put back by a year."""

    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) - timedelta(days=365)


@pytest.mark.parametrize("table", ["memories", "revisions", "passages", "links", "labels", "facts"])
def test_rows_that_files_say_too_are_rebuilt(root, table):
    with open_project(root, environment={}) as memory:
        before, linked = told(memory), links(memory)
    with closing(sqlite3.connect(root / ".archmem/memory.db")) as db, db:
        db.execute(
            f"UPDATE {table} SET seal = seal + 1 WHERE rowid = (SELECT min(rowid) FROM {table})"
            if table not in ("labels", "facts")
            else f"UPDATE {table} SET seal = seal + 1"
        )

    with open_project(root, environment={}) as memory:
        found = memory.doctor()
        assert found.findings
        assert not found.is_sound
        mended = memory.doctor(mend=True)
        assert mended.is_sound

    with open_project(root, environment={}) as memory:
        assert memory.ledger.damage is None
        assert told(memory) == before
        assert {one[1:3] for one in links(memory)} == {one[1:3] for one in linked}
        assert all(one[3] for one in links(memory)) == all(one[3] for one in linked)
        assert memory.doctor().findings == ()
    assert Path(mended.kept).exists()


def test_what_only_the_ledger_knew_and_was_damaged_is_named_as_lost(root):
    with closing(sqlite3.connect(root / ".archmem/memory.db")) as db, db:
        run = db.execute("SELECT uid FROM memories WHERE kind = 'run'").fetchone()[0]
        db.execute(
            "UPDATE revisions SET seal = 0 WHERE id = (SELECT newest FROM memories WHERE uid = ?)",
            [run],
        )

    with open_project(root, environment={}) as memory:
        assert memory.doctor(mend=True).lost == (run,)


@pytest.mark.parametrize("has_links", [True, False])
def test_a_page_that_is_gone_is_rebuilt(root, monkeypatch, has_links):
    def no_links(*_):
        raise PermissionError

    if not has_links:
        monkeypatch.setattr(os, "link", no_links)
    ledger = root / ".archmem/memory.db"
    with open_project(root, environment={}) as memory:
        before = told(memory)
        page = memory.ledger.db.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'passages'"
        ).fetchone()[0]
    data = bytearray(ledger.read_bytes())
    data[(page - 1) * 4096 : page * 4096] = bytes(4096)
    ledger.write_bytes(data)

    with open_project(root, environment={}) as memory:
        assert memory.doctor(mend=True).is_sound

    with open_project(root, environment={}) as memory:
        assert told(memory) == before
        assert memory.search("queue").complete


def test_a_file_that_changed_with_its_size_and_time_kept_is_found_and_taken_in(root, monkeypatch):
    unchanged = scanner._is_unchanged  # on a disk that does not say when something was done to it
    monkeypatch.setattr(
        scanner, "_is_unchanged", lambda seen, known: unchanged(replace(seen, ctime_ns=0), known)
    )
    with open_project(root, environment={}) as memory:
        file = root / next(one.memory.path for one in memory.list() if one.memory.path)
        os.utime(file, (1_700_000_000, 1_700_000_000))
        memory.index()
    file.write_text(file.read_text().replace("e", "E"))
    os.utime(file, (1_700_000_000, 1_700_000_000))

    with open_project(root, environment={}) as memory:
        memory.index()
        found = memory.doctor()
        assert {one.where for one in found.findings} == {"files"}
        memory.doctor(mend=True)
        assert memory.doctor().findings == ()


def test_damaged_vectors_are_rebuilt_from_the_embeddings(root):
    graph = root / ".archmem/vectors/chroma.sqlite3"
    graph.write_bytes(bytes(255 - byte for byte in graph.read_bytes()))

    with open_project(root, environment={}) as memory:
        assert {one.where for one in memory.doctor().findings} == {"vectors"}
        assert memory.doctor(mend=True).is_sound
        assert memory.doctor().findings == ()


def test_what_could_not_be_mended_is_not_told_as_mended(root, monkeypatch):
    graph = root / ".archmem/vectors/chroma.sqlite3"
    graph.write_bytes(bytes(255 - byte for byte in graph.read_bytes()))
    monkeypatch.setattr(Vectors, "discard", lambda _: None)

    with open_project(root, environment={}) as memory:
        assert not memory.doctor(mend=True).is_sound


def test_after_a_mending_that_ended_half_way_an_index_reads_again_what_was_damaged(
    root, monkeypatch
):
    with open_project(root, environment={}) as memory:
        before = told(memory)
    with closing(sqlite3.connect(root / ".archmem/memory.db")) as db, db:
        db.execute(
            "UPDATE revisions SET seal = seal + 1 WHERE id = (SELECT min(id) FROM revisions)"
        )
    with open_project(root, environment={}) as memory, monkeypatch.context() as patched:
        patched.setattr(Upkeep, "index_again", _refuse)
        with pytest.raises(StoreBusy):
            memory.doctor(mend=True)

    with open_project(root, environment={}) as memory:
        memory.index()

        assert told(memory) == before
        assert memory.doctor().findings == ()


def _refuse(*_: object) -> None:
    raise StoreBusy(Path("memory.db"), "another process")


def test_what_waits_for_its_file_is_no_finding(root):
    with open_project(root, environment={}) as memory:
        (root / ".claude").mkdir(exist_ok=True)
        memory.record(a_decision(status=Status.ACCEPTED), author="human:dana")

        assert memory.doctor().findings == ()


@pytest.mark.parametrize("again", ["memory.db.damaged-1", "memory.db.damaged-2"])
def test_a_mending_that_is_killed_between_two_renames_loses_nothing(
    root, tmp_path, monkeypatch, again
):
    ledger = tmp_path / "killed/memory.db"
    ledger.parent.mkdir()
    with open_project(root, environment={}) as memory:
        uid = memory.record(a_decision(title="Recorded last"), author="human:dana").uid
        for suffix in ("", "-wal"):  # as a kill leaves them
            shutil.copy2(root / f".archmem/memory.db{suffix}", f"{ledger}{suffix}")
    assert ledger.with_name("memory.db-wal").stat().st_size

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            replace_by_salvaged(ledger, ledger.with_name("memory.db.damaged-1"), derived)
    replace_by_salvaged(ledger, ledger.with_name(again), derived)

    with closing(open_ledger(ledger)) as mended:
        assert mended.db.memories.contains(uid)
        assert mended.examine() is None


def test_what_is_asked_of_code_beside_a_damaged_ledger_is_answered(root):
    (root / "refunds.py").write_text("def book_refund():\n    ...\n", encoding="utf-8")
    for said in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "Book a refund"]):
        who = ("-c", "user.name=Dana", "-c", "user.email=dana@example.org")
        subprocess.run(["git", "-C", root, *who, *said], check=True, capture_output=True)
    with closing(sqlite3.connect(root / ".archmem/memory.db")) as db, db:
        db.execute(
            "UPDATE revisions SET seal = seal + 1 WHERE id = (SELECT min(id) FROM revisions)"
        )

    with open_project(root, environment={}) as memory:
        assert memory.ledger.damage
        assert "book_refund" in memory.brief("What does book_refund do?").text
        assert memory.map().modules
        assert memory.health().measures
        assert memory.audit().rules
