"""`archmem hook` as Claude Code runs it: a process that may never be in the way."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time

import pytest

from tests.machine import ARCHMEM

pytestmark = pytest.mark.slow
AT_MOST = 2.0 + 1.0  # seconds; the second one is for a machine that is busy


def run_hook(*words: str, stdin: str = "{}", cwd) -> tuple[subprocess.CompletedProcess, float]:
    begun = time.monotonic()
    done = subprocess.run(
        [ARCHMEM, "hook", *words], input=stdin, capture_output=True, text=True, cwd=cwd, check=False
    )
    return done, time.monotonic() - begun


def prompt(text: str, project) -> str:
    return json.dumps({"session_id": "s-1", "cwd": str(project), "prompt": text})


def test_a_prompt_gets_what_is_to_the_point_as_json_and_nothing_else(machine):
    shop = machine.shop()
    machine.run("--project", shop, "index")

    done, _ = run_hook(
        "UserPromptSubmit",
        stdin=prompt("Why did we move background jobs from Redis lists to RabbitMQ?", shop),
        cwd=shop,
    )

    said = json.loads(done.stdout)["hookSpecificOutput"]
    assert said["hookEventName"] == "UserPromptSubmit"
    assert "Move background jobs to RabbitMQ" in said["additionalContext"]
    assert (done.returncode, done.stderr) == (0, "")


def test_where_no_engine_is_wanted_a_hook_says_nothing_and_starts_none(machine, monkeypatch):
    shop = machine.shop()
    machine.run("--project", shop, "--no-engine", "index")
    monkeypatch.setenv("ARCHMEM_ENGINE", "0")

    done, _ = run_hook("SessionStart", stdin=json.dumps({"cwd": str(shop)}), cwd=shop)

    assert (done.stdout, done.returncode) == ("", 0)
    assert machine.engines() == []


@pytest.mark.parametrize(
    ("words", "stdin"),
    [
        (["UserPromptSubmit"], "no json"),
        (["UserPromptSubmit"], "[]"),
        (["UserPromptSubmit"], ""),
        (["UserPromptSubmit"], '{"cwd": "/nowhere", "prompt": "which queue?"}'),
        (["NoSuchEvent"], "{}"),
        (["../stop"], "{}"),
        ([], "{}"),
        (["Stop", "too", "--many=words"], "{}"),
    ],
    ids=str,
)
def test_whatever_it_is_given_it_ends_well_and_silent(machine, words, stdin):
    done, took = run_hook(*words, stdin=stdin, cwd=machine.folder)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert took < AT_MOST


@pytest.mark.posix
def test_an_engine_that_hangs_is_given_up(machine):
    """A socket that accepts and never answers stands for it."""
    with socket.socket(socket.AF_UNIX) as hung:
        hung.bind(str(machine.runtime / "engine.sock"))
        hung.listen()
        done, took = run_hook("UserPromptSubmit", stdin=prompt("queue?", "."), cwd=machine.folder)
    (machine.runtime / "engine.sock").unlink()

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert took < AT_MOST
    assert "hook UserPromptSubmit" in (machine.runtime / "engine.log").read_text()


@pytest.mark.posix
def test_a_log_that_cannot_be_written_changes_nothing(machine):
    machine.runtime.chmod(0o755)  # others could put themselves in the engine's place
    done, _ = run_hook("UserPromptSubmit", stdin=prompt("which queue?", "."), cwd=machine.folder)
    machine.runtime.chmod(0o700)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_nobody_who_reads_is_no_failure(machine):
    shop = machine.shop()
    machine.run("--project", shop, "index")
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [ARCHMEM, "hook", "SessionStart"],
        input=prompt("", shop),
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        cwd=shop,
        check=False,
    )
    os.close(write)

    assert (done.returncode, done.stderr) == (0, "")


def test_somebody_who_keeps_stdin_open_is_not_waited_for(machine):
    read, write = os.pipe()
    begun = time.monotonic()
    done = subprocess.run(
        [ARCHMEM, "hook", "Stop"], stdin=read, capture_output=True, text=True, check=False
    )
    took = time.monotonic() - begun
    os.close(write)
    os.close(read)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert took < AT_MOST


def test_a_project_without_a_memory_gets_nothing_and_no_memory(machine):
    done, _ = run_hook("SessionStart", stdin=prompt("", machine.folder), cwd=machine.folder)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not (machine.folder / ".archmem").exists()
