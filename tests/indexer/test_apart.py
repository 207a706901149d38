"""What may take long is done by another process, and only for so long."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from indexer.apart import CROWDED, HEAVY, TooHeavy, apart, apart_each


def test_work_is_done_by_another_process():
    assert apart(os.getpid) != os.getpid()


def by_whom(said: bytes) -> tuple[int, int]:
    return os.getpid(), len(said)


def test_files_that_are_much_together_are_read_by_another_process_in_their_order():
    sizes = [10, HEAVY // 2, HEAVY // 2, 3 * HEAVY, 20]

    read = [*apart_each(by_whom, [bytes(size) for size in sizes], str)]

    assert [size for _, size in read] == sizes
    assert os.getpid() not in {one for one, _ in read}


def test_few_small_files_are_read_here():
    assert [*apart_each(by_whom, [b"a", b"bc"], str)] == [(os.getpid(), 1), (os.getpid(), 2)]


def ends_by_a_zero(said: bytes) -> int:
    return len(said) if said else os.abort()


def test_a_file_that_ends_the_process_costs_no_other_one():
    files = [bytes(HEAVY // 3), b"", bytes(HEAVY)]

    read = [*apart_each(ends_by_a_zero, files, str)]

    assert read == [HEAVY // 3, "ends the process that reads it", HEAVY]


def busy() -> None:
    while True:
        pass


@pytest.mark.slow
def test_what_takes_too_much_of_a_processor_is_ended_and_what_comes_next_is_done():
    with pytest.raises(TooHeavy, match=r"takes longer than 0\.3"):
        apart(busy, seconds=0.3)

    assert apart(sum, [1, 2]) == 3


@pytest.mark.slow
def test_what_only_waits_is_ended_too_but_later():
    began = time.monotonic()

    with pytest.raises(TooHeavy, match="takes longer than 0"):
        apart(time.sleep, 60, seconds=0.1)

    assert 0.1 * CROWDED <= time.monotonic() - began < 30


@pytest.mark.slow
@pytest.mark.skipif(CROWDED == 1, reason="only a clock ends what takes long here")
def test_a_machine_that_is_busy_with_other_things_ends_nothing():
    assert apart(time.sleep, 0.5, seconds=0.1) is None


def test_what_ends_the_process_is_named():
    with pytest.raises(TooHeavy, match="ends the process"):
        apart(os.abort)

    assert apart(abs, -1) == 1


def kill_once(mark: str) -> str:
    if not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(60)
    return "read"


def test_a_file_whose_reader_somebody_else_ends_is_read_by_another_one(tmp_path):
    assert apart(kill_once, f"{tmp_path}/mark") == "read"


@pytest.mark.posix
def test_an_answer_that_was_not_waited_for_is_not_that_to_the_next_question():
    script = """if True:
        import os, signal, threading, time
        from indexer.apart import apart

        signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever started it may ignore it
        apart(abs, 0)
        threading.Timer(0.2, os.kill, [os.getpid(), signal.SIGINT]).start()
        try:
            apart(time.sleep, 1)
        except KeyboardInterrupt:
            print(apart(abs, -3), apart(abs, -4))
    """

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )

    assert (done.stdout, done.stderr) == ("3 4\n", "")


@pytest.mark.posix
def test_an_interrupt_of_the_terminal_ends_no_reader():
    assert apart(os.getpid) == apart(interrupted_here)


def interrupted_here() -> int:
    os.kill(os.getpid(), signal.SIGINT)
    return os.getpid()


def test_what_is_raised_there_is_raised_here():
    with pytest.raises(ValueError, match="invalid literal"):
        apart(int, "x")


@pytest.mark.slow
@pytest.mark.parametrize("by_name", [True, False], ids=["a file", "stdin"])
def test_the_script_that_asks_is_not_run_again_there(tmp_path, by_name):
    script = tmp_path / "script.py"
    said = "from indexer.apart import apart\nprint('begun', apart(abs, -1))\n"
    script.write_text(said)
    path = os.pathsep.join(one for one in sys.path if one)

    done = subprocess.run(
        [sys.executable, *([script] if by_name else [])],
        input=None if by_name else said,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("begun 1\n", "")
