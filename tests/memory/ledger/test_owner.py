import subprocess
import sys
import threading

import pytest

from indexer.project import open_project
from memory.errors import StoreBusy, StoreOwned
from memory.ledger.ownership import claim, refuse_owned
from memory.ledger.sqlite import connection
from memory.session import create_store

OWN_UNTIL_KILLED = """
import sys, time
from pathlib import Path
from memory.ledger.ownership import claim
owned = claim(Path(sys.argv[1]), "the engine, process 4711")
print("owned", flush=True)
time.sleep(60)
"""


def test_whoever_finds_a_store_owned_is_told_by_whom_and_what_to_do(tmp_path):
    owned = claim(tmp_path, "the engine, process 4711")

    for ask in (refuse_owned, lambda folder: claim(folder, "another")):
        with pytest.raises(StoreOwned, match=r"in use by the engine, process 4711\.") as refused:
            ask(tmp_path)
    assert isinstance(refused.value, StoreBusy)
    assert "archmem stop" in refused.value.hint

    owned.release()
    refuse_owned(tmp_path)


def test_looking_whether_a_store_is_owned_leaves_no_file(tmp_path):
    refuse_owned(tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_a_killed_owner_leaves_no_lock(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", OWN_UNTIL_KILLED, tmp_path], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "owned\n"
    with pytest.raises(StoreOwned, match="4711"):
        refuse_owned(tmp_path)

    process.kill()
    process.communicate(timeout=20)

    refuse_owned(tmp_path)
    claim(tmp_path, "the next one").release()


def test_many_who_look_at_once_do_not_take_each_other_for_the_owner(tmp_path):
    claim(tmp_path, "somebody before").release()
    errors = []

    def look():
        try:
            for _ in range(50):
                refuse_owned(tmp_path)
        except StoreOwned as error:
            errors.append(error)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []


def test_an_owned_store_opens_for_nobody_else_until_its_last_twin_is_closed(tmp_path):
    (tmp_path / "project").mkdir()
    where = {"start": tmp_path / "project", "store": tmp_path / "store"}
    owner = open_project(**where, owner="the engine, process 4711")
    twin = owner.twin()

    for closing in (owner, twin):
        for who in (None, "another engine"):
            with pytest.raises(StoreOwned):
                open_project(**where, owner=who)
        closing.close()

    with open_project(**where), open_project(**where):
        pass


def test_an_owner_that_cannot_open_its_store_owns_nothing(tmp_path):
    (tmp_path / "project").mkdir()
    where = {"start": tmp_path / "project", "store": tmp_path / "store"}
    open_project(**where).close()
    ledger = tmp_path / "store/memory.db"
    sound = ledger.read_bytes()
    ledger.write_bytes(b"This is a letter, not a database. " * 40)
    with pytest.raises(Exception, match="cannot be read"):
        open_project(**where, create=False, owner="the engine")

    ledger.write_bytes(sound)

    open_project(**where).close()


def test_a_store_that_is_owned_is_not_brought_up_to_date_by_another(tmp_path, monkeypatch):
    (tmp_path / "project").mkdir()
    where = {"start": tmp_path / "project", "store": tmp_path / "store"}
    open_project(**where).close()
    owned = claim(tmp_path / "store", "an older engine")
    monkeypatch.setattr(connection, "SCHEMA_VERSION", connection.SCHEMA_VERSION + 1)
    monkeypatch.setattr(connection, "_migrate", lambda _: pytest.fail("it was migrated"))

    for who in (None, "a newer engine"):
        with pytest.raises(StoreOwned, match="an older engine"):
            open_project(**where, owner=who)

    assert create_store(tmp_path / "store") is False
    owned.release()
