"""A folder that somebody uses stays."""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack

import pytest

from memory.ledger.copies import keep_in_use, remove_unused


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
