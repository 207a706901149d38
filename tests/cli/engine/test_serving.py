"""The engine as people have it: a process, asked by the installed program."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from memory.version import VERSION
from tests.machine import LIMIT, eventually

pytestmark = pytest.mark.slow


def test_many_commands_at_once_start_one_engine(machine):
    shop = machine.shop()
    machine.run("--no-engine", "--project", shop, "index")

    running = [machine.start("--project", shop, "search", "queue") for _ in range(6)]
    ended = [one.communicate(timeout=60) for one in running]

    assert [one.returncode for one in running] == [0] * 6
    assert all("RabbitMQ" in out for out, _ in ended)
    assert any("Starting the engine" in err for _, err in ended)
    assert len(machine.engines()) == 1


@pytest.mark.posix
def test_an_engine_that_was_killed_is_replaced_and_nothing_is_lost(machine):
    shop = machine.shop()
    machine.run("--project", shop, "index")
    told = machine.run("--project", shop, "record", "note", "--title", "Kept before the crash")
    assert told.returncode == 0, told.stderr

    machine.kill()
    found = machine.run("--project", shop, "list", "--kind", "note")

    assert "Kept before the crash" in found.stdout
    assert "Starting the engine" in found.stderr
    assert len(machine.engines()) == 1


def test_it_ends_by_itself_when_nobody_asks(machine):
    engine = machine.start("serve", "--idle-minutes", "0.01")

    assert engine.wait(timeout=LIMIT) == 0
    assert "nobody asked it anything" in engine.communicate()[1]
    assert not (machine.runtime / "engine.sock").exists()
    assert not (machine.runtime / "engine.json").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_without_a_trace(machine, number):
    engine = machine.start("serve")
    assert eventually((machine.runtime / "engine.json").exists)

    engine.send_signal(number)

    assert engine.wait(timeout=LIMIT) == 0
    left = {file.name for file in machine.runtime.iterdir()}
    assert left - {"engine.jsonl"} == {"engine.lock"}  # its log stays


def test_a_second_engine_does_not_disturb_the_first(machine):
    machine.start("serve")
    assert eventually((machine.runtime / "engine.json").exists)
    first = machine.pid()

    second = machine.run("serve")

    assert second.returncode == 1
    assert f"process {first} does so already. `archmem stop` ends that one." in second.stderr
    assert machine.pid() == first


def test_without_the_engine_an_owned_memory_is_politely_refused(machine):
    shop = machine.shop()
    machine.run("--project", shop, "index")

    refused = machine.run("--no-engine", "--project", shop, "status")

    assert refused.returncode == 1
    assert f"in use by the engine, process {machine.pid()}" in refused.stderr
    assert "run `archmem stop` first" in refused.stderr
    machine.run("stop")
    assert machine.run("--no-engine", "--project", shop, "status").returncode == 0


@pytest.mark.posix
def test_its_files_are_the_users_alone(machine):
    machine.run("--project", machine.shop(), "index")

    modes = {file.name: file.stat().st_mode & 0o777 for file in machine.runtime.iterdir()}

    assert {modes[name] for name in ("engine.sock", "engine.json", "engine.log")} == {0o600}


def test_the_network_is_answered_only_with_the_token(machine):
    import urllib.error
    import urllib.request

    machine.start("serve", "--port", "0")
    assert eventually((machine.runtime / "engine.json").exists)
    said = json.loads((machine.runtime / "engine.json").read_text())
    place = f"http://127.0.0.1:{said['port']}/health"

    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(place, timeout=LIMIT)
    asked = urllib.request.Request(place, headers={"Authorization": f"Bearer {said['token']}"})
    with urllib.request.urlopen(asked, timeout=LIMIT) as reply:
        assert json.load(reply)["pid"] == machine.pid()


def test_it_can_serve_again_on_the_port_that_it_has_just_left(machine):
    import socket

    description = machine.runtime / "engine.json"
    machine.start("serve", "--port", "0")
    assert eventually(description.exists)
    port = json.loads(description.read_text())["port"]
    with socket.create_connection(("127.0.0.1", port)) as held:  # so that the engine hangs up first
        machine.run("stop")
        assert held.recv(1) == b""

    again = machine.start("serve", "--port", port)

    assert eventually(description.exists), again.communicate(timeout=LIMIT)
    assert json.loads(description.read_text())["port"] == port


def test_a_connection_that_is_reset_is_no_way_around_the_token(machine):
    import socket
    import struct

    engine = machine.start("serve", "--port", "0")
    assert eventually((machine.runtime / "engine.json").exists)
    port = json.loads((machine.runtime / "engine.json").read_text())["port"]
    version = VERSION.encode()
    for _ in range(60):
        with socket.create_connection(("127.0.0.1", port)) as caller:
            reset = struct.pack("ii", 1, 0)  # on closing, so that nobody can tell who called
            caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
            caller.sendall(
                b"POST /stop HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
                b"archmem-version: " + version + b"\r\n\r\n{}"
            )

    time.sleep(1)
    assert engine.poll() is None


def test_an_engine_that_nobody_can_reach_any_more_ends(machine, monkeypatch):
    engine = machine.start("serve")
    assert eventually((machine.runtime / "engine.json").exists)

    shutil.rmtree(machine.runtime)
    machine.runtime.mkdir(mode=0o700)

    assert engine.wait(timeout=LIMIT) == 0
    assert "its runtime folder is gone" in engine.communicate()[1]


@pytest.mark.posix
def test_who_is_of_no_version_or_another_is_told_what_to_do(machine):
    import socket

    machine.start("serve")
    assert eventually((machine.runtime / "engine.json").exists)
    for header in (b"", b"archmem-version: 9.9.9\r\n"):
        with socket.socket(socket.AF_UNIX) as caller:
            caller.connect(str(machine.runtime / "engine.sock"))
            caller.sendall(
                b"POST /verbs/status HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
                b"Connection: close\r\n" + header + b"\r\n{}"
            )
            reply = b"".join(iter(lambda: caller.recv(4096), b"")).decode()
        assert " 409 " in reply
        assert "Run `archmem stop`, then try again." in reply


def test_a_search_imports_neither_models_nor_pydantic(machine):
    shop = machine.shop()
    machine.run("--project", shop, "index")
    code = """if True:
        import sys
        from cli.main import archmem
        archmem(sys.argv[1:], standalone_mode=False)
        print("imported:", *sys.modules)
    """
    for command in (["search", "queue"], ["status"], ["list"], ["record", "note", "--title", "x"]):
        done = subprocess.run(
            [sys.executable, "-c", code, "--project", str(shop), *command],
            capture_output=True,
            text=True,
            check=True,
        )
        tops = {name.partition(".")[0] for name in done.stdout.rpartition("imported:")[2].split()}
        foreign = tops - sys.stdlib_module_names - {"click", "cli", "memory", "__main__"}
        assert not {name for name in foreign if not name.startswith(("__editable__", "_"))} - {
            "sitecustomize"
        }


def test_an_edited_program_restarts_itself(machine, tmp_path):
    """On a copy of the program, whose files may be touched."""
    copy = tmp_path / "program"
    for package in ("memory", "indexer", "cli", "data"):
        shutil.copytree(
            Path(__file__).parents[3] / package,
            copy / package,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    environment = os.environ | {"PYTHONPATH": str(copy)}
    engine = subprocess.Popen(
        [sys.executable, "-P", "-m", "cli.main", "serve"], env=environment, cwd=tmp_path
    )
    try:
        assert eventually((machine.runtime / "engine.json").exists)
        before = json.loads((machine.runtime / "engine.json").read_text())

        os.utime(copy / "memory" / "version.py")

        def is_another() -> bool:
            try:
                now = json.loads((machine.runtime / "engine.json").read_text())
            except OSError:
                return False
            return now["started"] != before["started"]

        assert eventually(is_another)
        assert machine.pid() == before["pid"]
    finally:
        machine.run("stop")
        engine.wait(timeout=LIMIT)
