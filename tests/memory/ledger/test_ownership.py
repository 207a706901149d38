from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from contextlib import ExitStack

import pytest

from indexer.project import open_project, worktree_twin
from memory.errors import StoreBusy, StoreOfAnotherProject, StoreOwned
from memory.ledger.copies import keep_in_use, remove_unused
from memory.ledger.ownership import claim, refuse_owned
from memory.ledger.sqlite import connection
from memory.session import create_store
from tests.builders import copy_project

OWN_UNTIL_KILLED = """
import sys, time
from pathlib import Path
from memory.ledger.ownership import claim
owned = claim(Path(sys.argv[1]), "the engine, process 4711")
print("owned", flush=True)
time.sleep(60)
"""


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
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
    with pytest.raises(Exception, match="is damaged"):
        open_project(**where, create=False, owner="the engine")

    ledger.write_bytes(sound)

    open_project(**where).close()


@pytest.mark.slow
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


def folders(parent, *names):
    found = [parent / name for name in names]
    for one in found:
        (one / ".claude").mkdir(parents=True)
    return found


def open_and_close(project, store=None):
    open_project(project, store=store).close()


@pytest.fixture
def shop(tmp_path):
    return folders(tmp_path, "shop")[0]


@pytest.fixture
def bank(tmp_path):
    return folders(tmp_path, "bank")[0]


@pytest.mark.parametrize("place", ["store", "shop/.archmem", "shop/memories"])
def test_a_store_is_opened_for_no_other_project(shop, bank, tmp_path, place):
    store = tmp_path / place
    open_and_close(shop, store)

    for create in (True, False):
        with pytest.raises(StoreOfAnotherProject, match="shop") as refused:
            open_project(bank, store=store, create=create)
        assert (refused.value.folder, refused.value.project) == (store, shop)
        assert "--store" in refused.value.hint

    open_and_close(shop, store)


def test_a_store_that_was_refused_is_closed(shop, bank, tmp_path):
    store = tmp_path / "store"
    open_and_close(shop, store)
    with pytest.raises(StoreOfAnotherProject):
        open_project(bank, store=store, owner="the engine")

    open_and_close(shop, store)


def test_a_folder_of_another_project_is_no_worktree_of_this_one(shop, bank):
    with open_project(shop) as memory, pytest.raises(StoreOfAnotherProject):
        worktree_twin(memory, bank)


def test_all_worktrees_share_a_store(shop, tmp_path):
    who = ["-c", "user.name=Dana", "-c", "user.email=dana@example.org"]
    for words in (
        ["init", "--quiet"],
        ["commit", "--quiet", "--allow-empty", "--message", "Begin"],
        ["worktree", "add", "--quiet", tmp_path / "other"],
    ):
        subprocess.run(["git", "-C", shop, *who, *words], check=True)
    open_and_close(shop, tmp_path / "store")

    open_and_close(tmp_path / "other", tmp_path / "store")


@pytest.mark.parametrize("place", ["../store", ".archmem", "memories"])
def test_a_project_that_was_moved_keeps_its_store(shop, bank, tmp_path, place):
    store = shop / place
    open_and_close(shop, store)
    shop.rename(tmp_path / "moved")

    open_and_close(tmp_path / "moved", tmp_path / "moved" / place)

    with pytest.raises(StoreOfAnotherProject, match="moved"):
        open_project(bank, store=(tmp_path / "moved" / place))


@pytest.mark.parametrize("place", [".archmem", "memories"])
def test_a_copy_of_a_project_with_its_store_is_a_project_of_its_own(shop, tmp_path, place):
    open_and_close(shop, shop / place)
    copy = copy_project(shop, tmp_path / "copy")

    open_and_close(copy, copy / place)

    open_and_close(shop, shop / place)
    with pytest.raises(StoreOfAnotherProject):
        open_project(shop, store=copy / place)


def test_a_copy_of_project_and_store_side_by_side_is_opened(tmp_path):
    (shop,) = folders(tmp_path / "work", "shop")
    open_and_close(shop, tmp_path / "work/store")

    copy = copy_project(tmp_path / "work", tmp_path / "copy")

    open_and_close(copy / "shop", copy / "store")


def test_a_store_that_was_moved_away_is_still_that_of_its_project(shop, bank, tmp_path):
    open_and_close(shop)
    (shop / ".archmem").rename(tmp_path / "store")

    open_and_close(shop, tmp_path / "store")

    with pytest.raises(StoreOfAnotherProject):
        open_project(bank, store=tmp_path / "store")


def test_the_store_of_a_project_that_is_gone_may_be_taken_over(shop, bank, tmp_path):
    open_and_close(shop, tmp_path / "store")
    shutil.rmtree(shop)

    open_and_close(bank, tmp_path / "store")

    shop.mkdir()
    with pytest.raises(StoreOfAnotherProject, match="bank"):
        open_project(shop, store=tmp_path / "store")


def test_a_store_may_be_named_by_a_link(shop, bank, tmp_path):
    open_and_close(shop, tmp_path / "store")
    (tmp_path / "link").symlink_to(tmp_path)

    open_and_close(tmp_path / "link/shop", tmp_path / "link/store")

    with pytest.raises(StoreOfAnotherProject):
        open_project(bank, store=tmp_path / "link/store")


def test_opening_a_store_again_writes_nothing_into_it(shop):
    open_and_close(shop)
    before = (shop / ".archmem/memory.db").read_bytes()

    open_and_close(shop)

    assert (shop / ".archmem/memory.db").read_bytes() == before


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "copy"
    folder.mkdir()
    (folder / "memory.db").write_text("x")
    return folder


def test_what_is_in_use_stays_until_the_last_is_done(folder):
    with ExitStack() as first:
        assert keep_in_use(folder, first)
        with ExitStack() as second:
            assert keep_in_use(folder, second)
        remove_unused(folder, folder.with_name("gone"))
        assert (folder / "memory.db").exists()

    remove_unused(folder, folder.with_name("gone"))
    assert list(folder.parent.iterdir()) == []


def test_what_is_not_there_cannot_be_kept(folder):
    with ExitStack() as until:
        assert not keep_in_use(folder.with_name("other"), until)
    assert not folder.with_name("other").exists()


@pytest.mark.posix
@pytest.mark.slow
def test_who_is_killed_keeps_nothing(folder):
    script = (
        "import os, pathlib, sys; from contextlib import ExitStack\n"
        "from memory.ledger.copies import keep_in_use\n"
        "assert keep_in_use(pathlib.Path(sys.argv[1]), ExitStack())\n"
        "os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(folder)], check=False)

    remove_unused(folder, folder.with_name("gone"))

    assert not folder.exists()
