from __future__ import annotations

import subprocess
import sys

from cli.client.runtime import FileLock, is_free

HOLDING = """
import sys
from pathlib import Path
from cli.client.runtime import FileLock
lock = FileLock(Path(sys.argv[1]))
print(lock.acquire(), flush=True)
sys.stdin.read()
"""


def test_one_holder_at_a_time(tmp_path):
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")

    assert first.acquire()
    assert first.acquire()
    assert not second.acquire()
    first.release()
    assert second.acquire()
    second.release()


def test_a_lock_is_let_go_at_the_end_of_a_block(tmp_path):
    with FileLock(tmp_path / "lock") as lock:
        assert lock.acquire()
        assert not is_free(tmp_path / "lock")

    assert is_free(tmp_path / "lock")


def test_a_lock_that_never_was_is_free_and_is_not_made(tmp_path):
    assert is_free(tmp_path / "lock")
    assert not (tmp_path / "lock").exists()


def test_a_lock_ends_with_a_process_that_is_killed(tmp_path):
    command = [sys.executable, "-c", HOLDING, str(tmp_path / "lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"True\n"
        assert not is_free(tmp_path / "lock")
        holder.kill()

    assert is_free(tmp_path / "lock")
