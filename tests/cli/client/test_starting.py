from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from cli.client import starting
from cli.client.engine_client import ensure_engine, find_engine, stop_engine
from cli.client.errors import EngineUnavailable
from cli.client.runtime import FileLock, is_free
from tests.cli.client.fake_engine import reply

pytestmark = pytest.mark.posix  # the program that stands for the engine's is none for Windows

FAKE = Path(__file__).with_name("fake_program.py")
STARTING = """
import sys
from cli.client.engine_client import ensure_engine
print(ensure_engine(lambda: print("starting"), program=sys.argv[1:]).health()["pid"])
"""


class Program:
    """A program to be started in place of the engine's."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "runs"

    def command(self, *, delay: float = 0.0) -> list[str]:
        return [sys.executable, "-S", "-E", str(FAKE), str(self._file), str(delay)]

    @property
    def runs(self) -> list[dict]:
        lines = self._file.read_text().splitlines() if self._file.exists() else []
        return [json.loads(line) for line in lines]


@pytest.fixture
def program(folder, runtime):
    program = Program(folder)
    yield program
    stop_engine()


def await_end(pid: int) -> None:
    """Wait until a process has ended, and been taken note of."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.01)
    raise AssertionError(f"{pid} is still there")


def python(code: str) -> list[str]:
    return [sys.executable, "-S", "-E", "-c", code]


def test_an_engine_that_runs_is_not_started(engine_that):
    engine_that(lambda asked: reply({}))
    told = []

    assert ensure_engine(lambda: told.append("starting"), program=["/bin/false"])
    assert told == []


@pytest.mark.slow
def test_an_engine_that_does_not_run_is_started_and_told_of(runtime, program):
    told = []

    engine = ensure_engine(lambda: told.append("starting"), program=program.command())

    (run,) = program.runs
    assert engine.health()["pid"] == run["pid"]
    assert told == ["starting"]
    assert run["cwd"] == run["env"]["ARCHMEM_RUNTIME"] == str(runtime.folder)
    assert os.getsid(run["pid"]) == run["pid"] != os.getsid(0)
    assert "coming up" in runtime.log.read_text()
    assert is_free(runtime.start_lock)


@pytest.mark.slow
def test_a_socket_that_was_left_behind_is_no_engine(runtime, program):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(runtime.socket))

    assert find_engine() is None
    assert ensure_engine(program=program.command()).health()


@pytest.mark.slow
def test_of_eight_processes_at_once_one_starts_the_engine(program):
    command = [sys.executable, "-c", STARTING, *program.command(delay=0.2)]
    clients = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path.cwd())
        for _ in range(8)
    ]

    said = {client.communicate(timeout=20)[0] for client in clients}

    (run,) = program.runs
    assert said <= {f"{run['pid']}\n", f"starting\n{run['pid']}\n"}


@pytest.mark.slow
def test_what_describes_one_caller_is_not_handed_on(program, monkeypatch):
    for name in ("ARCHMEM_MODEL", "ARCHMEM_STORE", "GIT_DIR", "GIT_INDEX_FILE", "COLUMNS"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("HF_HOME", "kept")

    ensure_engine(program=program.command())

    env = program.runs[0]["env"]
    assert env["HF_HOME"] == "kept"
    assert not env.keys() & {"ARCHMEM_MODEL", "ARCHMEM_STORE", "GIT_DIR", "GIT_INDEX_FILE"}


def test_an_engine_that_ends_at_once_says_why(runtime):
    runtime.log.write_text("words of an earlier one\n")
    began = time.monotonic()

    with pytest.raises(EngineUnavailable) as refused:
        ensure_engine(
            program=python("print('first', flush=True); raise SystemExit('no model here')")
        )

    assert str(refused.value) == (
        f"The engine ended as soon as it was started: no model here; its log is {runtime.log}."
    )
    assert refused.value.log == runtime.log
    assert "--no-engine" in refused.value.hint
    assert time.monotonic() - began < 5
    assert is_free(runtime.start_lock)


def test_an_engine_that_ends_without_a_word_is_named_by_its_code(runtime):
    runtime.log.write_text("words of an earlier one\n")

    with pytest.raises(EngineUnavailable, match="started: code 3;"):
        ensure_engine(program=python("raise SystemExit(3)"))


def test_a_program_that_is_not_there_is_named(runtime):
    with pytest.raises(EngineUnavailable, match=r"cannot be started: .*nowhere"):
        ensure_engine(program=[str(runtime.folder / "nowhere")])


def test_a_folder_that_takes_no_lock_is_named(runtime):
    runtime.start_lock.mkdir()

    with pytest.raises(EngineUnavailable, match=r"cannot be started: .*start\.lock"):
        ensure_engine(program=["/bin/false"])


@pytest.mark.slow
def test_an_engine_that_never_listens_is_not_waited_for_for_ever(runtime, folder):
    program = python(
        f"import os, time; open('{folder}/pid', 'w').write(str(os.getpid())); time.sleep(9)"
    )

    with pytest.raises(EngineUnavailable, match=r"did not come up within 0\.4 s"):
        ensure_engine(wait=0.4, program=program)

    pid = int((folder / "pid").read_text())
    os.kill(pid, signal.SIGKILL)
    await_end(pid)  # it leaves no zombie


@pytest.mark.slow
def test_who_waits_for_another_start_takes_over_if_that_one_dies(runtime, program):
    told = threading.Event()
    other = FileLock(runtime.start_lock)
    assert other.acquire()

    def die_when_waited_for():
        assert told.wait(5)
        other.release()

    thread = threading.Thread(target=die_when_waited_for)
    thread.start()
    assert ensure_engine(told.set, program=program.command()).health()
    thread.join()


def test_who_waits_for_another_start_waits_no_longer_than_asked(runtime):
    with FileLock(runtime.start_lock) as other:
        assert other.acquire()
        with pytest.raises(EngineUnavailable, match="did not come up"):
            ensure_engine(wait=0.1, program=["/bin/false"])


@pytest.mark.slow
def test_an_engine_that_is_coming_up_already_is_waited_for(runtime, program):
    """Who started it was killed before it listened."""
    env = os.environ | {"ARCHMEM_RUNTIME": str(runtime.folder)}
    with subprocess.Popen(program.command(delay=0.3), env=env, stdout=subprocess.DEVNULL) as first:
        while is_free(runtime.engine_lock):
            time.sleep(0.02)

        engine = ensure_engine(program=["/bin/false"])

        assert engine.health()["pid"] == first.pid
        assert stop_engine()


@pytest.mark.slow
def test_an_engine_that_is_on_its_way_out_is_let_go_first(runtime, program):
    with FileLock(runtime.engine_lock) as leaving:
        assert leaving.acquire()
        timer = threading.Timer(0.1, leaving.release)
        timer.start()

        ensure_engine(program=program.command())

        timer.join()
    assert len(program.runs) == 1


def test_a_long_log_is_put_aside(runtime, monkeypatch):
    monkeypatch.setattr(starting, "_LONGEST_LOG", 10)
    runtime.log.write_text("words of an earlier one\n")

    with pytest.raises(EngineUnavailable):
        ensure_engine(program=python("raise SystemExit('no')"))

    assert runtime.log.read_text() == "no\n"
    assert (runtime.folder / "engine.log.1").read_text() == "words of an earlier one\n"


@pytest.mark.slow
def test_stopping_waits_until_the_engine_has_gone(runtime, program):
    ensure_engine(program=program.command())

    assert stop_engine() is True

    assert is_free(runtime.engine_lock)
    assert find_engine() is None
    assert stop_engine() is False


@pytest.mark.slow
def test_an_engine_that_was_started_is_no_zombie_after_its_end(program):
    ensure_engine(program=program.command())
    (run,) = program.runs

    stop_engine()

    await_end(run["pid"])


@pytest.mark.slow
@pytest.mark.parametrize(
    "module", ["cli.client.engine_client", "cli.recording.kind_options", "cli.progress"]
)
def test_what_is_imported_before_anything_is_asked_is_light(module):
    heavy = "asyncio email http pydantic rich sqlite3 ssl subprocess tempfile"
    if module != "cli.client.engine_client":
        heavy = heavy.replace("subprocess", "")
    code = f"import {module}, sys; print(*set(sys.modules) & set({heavy.split()}))"

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert said.stdout == "\n"
