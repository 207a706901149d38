"""A memory can be taken elsewhere whole, and comes back as it was."""

import json
import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import archmem
from indexer.project import open_project
from memory.errors import InvalidRequest, StoreBusy, StoreDamaged, StoreNotWritable, StoreOwned
from memory.keeping import backups
from memory.keeping.backups import back_up_when_due, restore
from memory.ledger.sqlite.ledger_file import new_draft
from memory.ledger.sqlite.memories import SqliteMemories
from memory.ledger.store_facts import PROJECT
from memory.session import create_store
from memory.texts import process_names
from tests.builders import a_decision, rows
from tests.shop import write_shop

pytestmark = pytest.mark.slow


@pytest.fixture
def memory(tmp_path, word_model):
    write_shop(tmp_path / "shop")
    with open_project(tmp_path / "shop", environment={}) as opened:
        opened.index()
        opened.run_start("Try a second queue", with_brief=False, author="human:dana")
        yield opened


def facts(db) -> dict[str, str]:
    own = ("schema", "words", PROJECT)
    return {name: said for name, said in db.facts.beginning("").items() if name not in own}


def all_of(memory):
    """All rows but those that the full text is made of, whose order of making shows in them."""
    held = rows(memory.ledger.db)
    held = {name: all_ for name, all_ in held.items() if not name.startswith("revisions_text_")}
    words = memory.ledger.db.execute("SELECT * FROM revisions_words ORDER BY term").fetchall()
    return held, words, facts(memory.ledger.db)


@pytest.fixture
def elsewhere(tmp_path):
    """The shop in another folder, without a memory."""
    write_shop(tmp_path / "other")
    return tmp_path / "other"


def test_a_backup_is_what_is_restored(memory, elsewhere):
    made = memory.backup()
    (elsewhere / ".archmem").mkdir()

    restore(made_file(made), elsewhere / ".archmem/memory.db")

    with open_project(elsewhere, environment={}) as restored:
        assert all_of(restored) == all_of(memory)
        assert restored.ledger.examine() is None


def test_a_copy_that_cannot_be_read_is_told_as_such(memory, elsewhere, monkeypatch):
    def fail(*_, **__):
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    made = memory.backup()
    (elsewhere / ".archmem").mkdir()
    monkeypatch.setattr(SqliteMemories, "count_live", fail)

    with pytest.raises(StoreNotWritable):
        restore(made_file(made), elsewhere / ".archmem/memory.db")


def test_restoring_writes_nothing_to_the_backup_nor_beside_it(memory, elsewhere):
    file = made_file(memory.backup())
    (elsewhere / ".archmem").mkdir()
    before = file.read_bytes(), sorted(file.parent.iterdir())

    restore(file, elsewhere / ".archmem/memory.db")

    assert (file.read_bytes(), sorted(file.parent.iterdir())) == before


def test_nobody_else_can_read_what_a_store_is_made_of(memory):
    memory.backup()
    made = [one for one in memory.session.folder.iterdir() if one.name != ".gitignore"]
    assert {one.name for one in made} >= {"memory.db", "vectors", "backups", "lock"}
    assert [one.name for one in made if one.stat().st_mode & 0o077] == []


def test_the_next_backup_is_made_when_it_is_due_and_not_before(memory, tmp_path):
    now = datetime.now(UTC)
    first = memory.backup(to=str(tmp_path / "kept"), keep=2, every=24)

    assert back_up_when_due(memory.session, now + timedelta(hours=23)) is None
    made = back_up_when_due(memory.session, now + timedelta(hours=25))

    assert made
    assert made_file(made).parent == made_file(first).parent
    memory.backup(every=0)
    assert back_up_when_due(memory.session, now + timedelta(days=400)) is None


def made_file(made):
    return Path(made.file)


def test_a_backup_goes_on_while_somebody_writes(memory):
    with memory.ledger.writing() as db:
        db.facts.save("half", "written")
        made = memory.twin().backup()

    assert b"half" not in made_file(made).read_bytes()


def test_only_the_latest_are_kept(memory):
    made = [memory.backup(keep=2) for _ in range(3)]

    assert made[-1].removed == (made_file(made[0]).name,)
    assert not made_file(made[0]).exists()
    assert made_file(made[1]).exists()


def test_those_of_another_project_in_the_same_folder_are_left_alone(memory, elsewhere, tmp_path):
    (tmp_path / "all").mkdir()
    (tmp_path / "all/memory-of-mine.db").write_text("mine")
    first = memory.backup(to=str(tmp_path / "all"))
    with open_project(elsewhere, environment={}) as other:
        for _ in range(2):
            made = other.backup(to=str(tmp_path / "all"), keep=1)

    names = {one.name for one in (tmp_path / "all").iterdir()}
    assert names == {"memory-of-mine.db", made_file(first).name, made_file(made).name}


def test_a_damaged_backup_is_refused_and_nothing_is_put_back(memory, elsewhere):
    file = made_file(memory.backup())
    data = bytearray(file.read_bytes())
    at = data.rindex(b"Try a second queue")
    data[at] ^= 1
    file.write_bytes(data)
    (elsewhere / ".archmem").mkdir()

    with pytest.raises(StoreDamaged):
        restore(file, elsewhere / ".archmem/memory.db")

    assert {one.name for one in (elsewhere / ".archmem").iterdir()} <= {"lock", "owner.lock"}


def test_what_a_killed_restore_left_is_no_part_of_the_next_one(memory, elsewhere, monkeypatch):
    (elsewhere / ".archmem").mkdir()
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    monkeypatch.setattr(process_names.os, "getpid", lambda: gone.pid)
    draft = new_draft(elsewhere / ".archmem/memory.db")
    monkeypatch.undo()
    for suffix in ("", "-wal", "-shm"):
        draft.with_name(f"{draft.name}{suffix}").write_bytes(b"left")

    restore(made_file(memory.backup()), elsewhere / ".archmem/memory.db")

    with open_project(elsewhere, environment={}) as restored:
        assert all_of(restored) == all_of(memory)
    assert (elsewhere / ".archmem/memory.db").stat().st_mode & 0o077 == 0
    assert not list((elsewhere / ".archmem").glob(f"{draft.name}*"))


def test_nothing_is_restored_under_an_engine(memory, elsewhere):
    file = made_file(memory.backup())
    with open_project(elsewhere, environment={}, owner="the engine"), pytest.raises(StoreOwned):
        restore(file, elsewhere / ".archmem/memory.db")


def test_who_had_the_empty_one_open_is_told_and_records_into_no_file_that_is_gone(
    memory, elsewhere
):
    file = made_file(memory.backup())
    with open_project(elsewhere, environment={}) as empty:
        restore(file, elsewhere / ".archmem/memory.db")
        with pytest.raises(StoreBusy, match="put in its place"):
            empty.record(a_decision(), author="human:dana")


def test_what_is_recorded_while_a_backup_is_read_is_not_replaced(memory, elsewhere, monkeypatch):
    file = made_file(memory.backup())
    with open_project(elsewhere, environment={}) as empty:
        verified = backups._verified

        def slow(draft):
            empty.record(a_decision(), author="human:dana")
            return verified(draft)

        monkeypatch.setattr(backups, "_verified", slow)
        with pytest.raises(InvalidRequest, match="holds a memory"):
            restore(file, elsewhere / ".archmem/memory.db")
        assert len(empty.list()) == 1


def test_a_memory_that_is_there_is_never_replaced(memory):
    file = made_file(memory.backup())

    with pytest.raises(InvalidRequest, match="holds a memory"):
        restore(file, memory.folder / "memory.db")


def test_an_export_is_taken_in_without_loss(memory, elsewhere, tmp_path):
    said = memory.export(str(tmp_path / "all.jsonl"))
    with open_project(elsewhere, environment={}) as other:
        taken = other.import_(str(tmp_path / "all.jsonl"))

        assert said.rows == taken.rows
        assert all_of(other) == all_of(memory)
        assert other.ledger.examine() is None
        assert {hit.memory.uid for hit in other.search("queue").hits} == {
            hit.memory.uid for hit in memory.search("queue").hits
        }


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["{}"],
        ['{"format": "archmem-export", "version": 99, "schema": 6}'],
        ['{"format": "archmem-export", "version": 1, "schema": 1}'],
        [None, '{"table": "memories", "row": {"id": 1}}'],
        [None, '{"table": "songs", "row": {}}'],
        [None, "no json"],
    ],
)
def test_what_is_no_export_is_refused_and_nothing_is_kept(memory, elsewhere, tmp_path, lines):
    memory.export(str(tmp_path / "all.jsonl"))
    head = (tmp_path / "all.jsonl").read_text().splitlines()[0]
    (tmp_path / "bad.jsonl").write_text("\n".join(line or head for line in lines))

    with open_project(elsewhere, environment={}) as other:
        with pytest.raises(InvalidRequest):
            other.import_(str(tmp_path / "bad.jsonl"))
        assert other.list() == ()


@pytest.mark.parametrize("data", [b"\x1f\x8b\x08\x00", b"\xff\xfe{}", None])
def test_what_is_no_text_or_cannot_be_read_is_no_export(elsewhere, tmp_path, word_model, data):
    if data is not None:
        (tmp_path / "all.jsonl").write_bytes(data)

    with open_project(elsewhere, environment={}) as other:
        with pytest.raises(InvalidRequest, match=r"is no export|cannot be read"):
            other.import_(str(tmp_path / "all.jsonl"))
        assert other.list() == ()


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, -1])
def test_a_part_of_an_export_is_refused_wherever_it_was_cut_off(memory, elsewhere, tmp_path, kept):
    memory.export(str(tmp_path / "all.jsonl"))
    lines = (tmp_path / "all.jsonl").read_text().splitlines(keepends=True)
    end = kept if kept < 0 else int(kept * len(lines))
    (tmp_path / "part.jsonl").write_text("".join(lines[:end]))

    with open_project(elsewhere, environment={}) as other:
        with pytest.raises(InvalidRequest):
            other.import_(str(tmp_path / "part.jsonl"))
        assert other.list() == ()


def test_rows_that_belong_to_none_are_refused(memory, elsewhere, tmp_path):
    memory.export(str(tmp_path / "all.jsonl"))
    lines = (tmp_path / "all.jsonl").read_text().splitlines()
    kept = [line for line in lines if '"table": "revisions"' not in line]
    kept[-1] = json.dumps({"rows": len(kept) - 2})
    (tmp_path / "part.jsonl").write_text("\n".join(kept))

    with open_project(elsewhere, environment={}) as other:
        with pytest.raises(InvalidRequest, match="belong to others"):
            other.import_(str(tmp_path / "part.jsonl"))
        assert other.list() == ()


def test_an_export_takes_no_place_of_the_memory_itself(memory):
    for markdown in (False, True):
        with pytest.raises(InvalidRequest, match="of the memory itself"):
            memory.export(str(memory.folder / "memory.db"), markdown=markdown)


def test_an_export_that_cannot_be_written_leaves_nothing_behind(memory, tmp_path):
    (tmp_path / "there/folder").mkdir(parents=True)
    (tmp_path / "file").write_text("mine")
    for to, markdown in ((tmp_path / "there/folder", False), (tmp_path / "file", True)):
        with pytest.raises(InvalidRequest):
            memory.export(str(to), markdown=markdown)

    assert [one.name for one in (tmp_path / "there").rglob("*")] == ["folder"]


def test_a_memory_that_holds_something_takes_nothing_in(memory, tmp_path):
    memory.export(str(tmp_path / "all.jsonl"))

    with pytest.raises(InvalidRequest, match="not empty"):
        memory.import_(str(tmp_path / "all.jsonl"))


def test_an_export_takes_the_place_of_a_link_and_is_not_written_through_it(memory, tmp_path):
    """Somebody may know what the files will be called: a uid is the same on every machine."""
    (tmp_path / "mine").write_text("mine")
    memory.export(str(tmp_path / "readable"), markdown=True)
    file = next((tmp_path / "readable").rglob("*.md"))
    for link in (file, tmp_path / "out.jsonl"):
        link.unlink(missing_ok=True)
        link.symlink_to(tmp_path / "mine")

    memory.export(str(tmp_path / "readable"), markdown=True)
    memory.export(str(tmp_path / "out.jsonl"))

    assert (tmp_path / "mine").read_text() == "mine"
    assert not file.is_symlink()


def test_as_markdown_each_memory_is_a_file_that_says_where_it_stands(memory, tmp_path):
    said = memory.export(str(tmp_path / "readable"), markdown=True)

    files = list((tmp_path / "readable").rglob("*.md"))
    assert len(files) == said.rows == len(memory.list())
    one = next(one.memory for one in memory.list() if one.memory.path)
    text = next(file for file in files if file.stem == one.uid).read_text()
    assert text.startswith(f"# {one.title}\n")
    assert one.citation in text


def test_the_commands_do_the_same(memory, elsewhere, tmp_path):
    def run(project, *arguments):
        command = ["--no-engine", "--project", str(project), *arguments]
        result = CliRunner().invoke(archmem, command)
        assert result.exit_code == 0, result.output
        return result.stdout

    shop = memory.root
    memory.close()
    made = json.loads(run(shop, "backup", "--json"))["file"]
    run(shop, "export", str(tmp_path / "all.jsonl"))
    run(elsewhere, "import", str(tmp_path / "all.jsonl"))
    listed = run(shop, "list")
    assert run(elsewhere, "list") == listed
    shutil.rmtree(elsewhere / ".archmem")
    run(elsewhere, "restore", made)
    assert run(elsewhere, "list") == listed


def test_an_empty_memory_may_be_restored_into(memory, elsewhere):
    create_store(elsewhere / ".archmem")

    restore(made_file(memory.backup()), elsewhere / ".archmem/memory.db")

    with open_project(elsewhere, environment={}) as restored:
        assert len(restored.list()) == len(memory.list())
