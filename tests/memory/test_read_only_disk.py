"""A memory on a disk that takes no writes is read, and says that it cannot be written."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from unittest.mock import Mock

import pytest

from indexer.project import open_project
from memory import session
from memory.errors import StoreNotWritable
from tests.builders import a_decision, copy_project
from tests.shop import write_shop

pytestmark = pytest.mark.posix


@contextmanager
def on_a_disk_without_writes(folder, mount):
    """The folder as a copy that nobody can write: on a tmpfs for root, by its modes for others."""
    if os.geteuid() != 0:
        copy_project(folder, mount, dirs_exist_ok=True)
        for path in [mount, *mount.rglob("*")]:
            path.chmod(0o500 if path.is_dir() else 0o400)
        yield mount
        for path in [mount, *mount.rglob("*")]:
            path.chmod(0o700)
        return
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "tmpfs", mount], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("nothing can be mounted here")
    try:
        copy_project(folder, mount / "shop")
        subprocess.run(["mount", "-o", "remount,ro", mount], check=True)
        yield mount / "shop"
    finally:
        subprocess.run(["umount", "--lazy", mount], check=True)


@pytest.mark.slow
@pytest.mark.parametrize("owner", [None, "the engine"])
def test_it_is_read_with_all_that_its_log_holds_and_takes_nothing(tmp_path, word_model, owner):
    write_shop(tmp_path / "shop")
    (tmp_path / "disk").mkdir()
    with open_project(tmp_path / "shop", environment={}) as memory:
        memory.index()
        last = memory.record(a_decision(title="Recorded last"), author="human:dana").uid
        assert (tmp_path / "shop/.archmem/memory.db-wal").stat().st_size
        listed = [one.memory.uid for one in memory.list()]

        with (
            on_a_disk_without_writes(tmp_path / "shop", tmp_path / "disk") as shop,
            open_project(shop, environment={}, owner=owner) as there,
        ):
            assert [one.memory.uid for one in there.list()] == listed
            assert there.show(last).memory.title == "Recorded last"
            assert there.search("payments wait in a queue").hits
            with pytest.raises(StoreNotWritable):
                there.record(a_decision(title="Too late"), author="human:dana")


@pytest.mark.slow
def test_what_was_read_into_memory_takes_nothing_though_the_disk_does_again(tmp_path, monkeypatch):
    write_shop(tmp_path / "shop")
    with open_project(tmp_path / "shop", environment={}) as memory:
        memory.index()
    full = StoreNotWritable(tmp_path / "shop/.archmem", "database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(session, "open_ledger", Mock(side_effect=full))
        there = open_project(tmp_path / "shop", environment={})

    with there, pytest.raises(StoreNotWritable, match="is full"):
        there.run_start("Lost when the process ends", with_brief=False, author="human:dana")
