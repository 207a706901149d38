"""Of a ledger that was being made nothing stays, who ever was killed or what the disk refused."""

from __future__ import annotations

import errno
import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from indexer.project import open_project
from memory.ledger import adoption
from memory.ledger.sqlite import connection, ledger_file
from memory.ledger.sqlite.ledger_file import new_draft, sweep

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks")


def made_in_a_fork(root: Path, *patched) -> int:
    """How a process ended that made a memory with one function replaced."""
    if (pid := os.fork()) == 0:
        setattr(*patched)
        with open_project(root, environment={}):
            os._exit(0)
    return os.waitpid(pid, 0)[1]


def killed(*_):
    os.kill(os.getpid(), signal.SIGKILL)


def refused(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


def left_in(root: Path) -> list[str]:
    return [one.name for one in (root / ".archmem").iterdir() if one.name.startswith(".memory")]


@pytest.mark.parametrize(
    ("step", "said", "ended"),
    [
        ((connection, "ensure_whole"), killed, signal.SIGKILL),
        ((connection, "put"), killed, signal.SIGKILL),
        ((connection, "discard"), killed, signal.SIGKILL),
        ((ledger_file.Path, "unlink"), refused, 0),
    ],
    ids=["before its log is looked at", "before its name", "after its name", "refused to go"],
)
def test_whoever_opens_the_memory_next_takes_the_draft_away(tmp_path, step, said, ended):
    assert made_in_a_fork(tmp_path, *step, said) == ended
    assert left_in(tmp_path)

    with open_project(tmp_path, environment={}):
        assert not left_in(tmp_path)


def test_a_draft_of_one_who_is_at_work_and_what_is_called_otherwise_stay(tmp_path):
    at_work = new_draft(tmp_path / "memory.db")
    at_work.touch()
    (tmp_path / ".memory.db.mine").touch()
    (tmp_path / ".memory.db.0badcafe-1-0badcafe").touch()  # of another machine

    sweep(tmp_path)

    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES])
def test_a_memory_that_nobody_would_know_as_made_here_is_not_made(tmp_path, monkeypatch, code):
    with monkeypatch.context() as patched:
        patched.setattr(adoption, "adopt", lambda _: refused_with(code))
        with pytest.raises(OSError, match=os.strerror(code)):
            open_project(tmp_path, environment={})
    assert not (tmp_path / ".archmem/memory.db").exists()

    open_project(tmp_path, environment={}).close()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.ESTALE])
def test_neither_is_it_where_nothing_is_remembered_for_what_passes(tmp_path, monkeypatch, code):
    monkeypatch.setenv("ARCHMEM_STATE", str(tmp_path / "state"))
    with monkeypatch.context() as patched:
        patched.setattr(adoption, "ensure_private", lambda _: refused_with(code))
        with pytest.raises(OSError, match=os.strerror(code)):
            open_project(tmp_path, environment={})

    open_project(tmp_path, environment={}).close()


def refused_with(code):
    raise OSError(code, os.strerror(code))
