"""A program that runs commands, each in a process of its own, and lets something fail in them.

It takes a JSON object a line, `{"place", "arguments", "fault"}`, and answers with one: how the
command ended, what it said, and how often it could have failed. Python is loaded once.

A place has a folder `project`; the rest of a user's machine is beside it. A fault is null or a list
of what fails ("disk" or "ledger"), which call of it (0 for none), and with which errno or which
error of SQLite.
"""

from __future__ import annotations

import ctypes
import json
import os
import pkgutil
import re
import sqlite3
import sys
import traceback
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

from click.testing import CliRunner

#: What a memory consists of; whatever else lies there, a command forgot.
KNOWN = re.compile(
    r"\.archmem/(?:memory\.db(?:-wal|-shm)?|\.gitignore|[\w.]*lock|owner\S*|id|vectors/.*|backups/.*|"
    r"memory\.db\.damaged-.*|at/.*)$"
)


class FailingConnection(sqlite3.Connection):
    """Of which one statement fails, counted over all connections of the process."""

    asked, fail_at, code = 0, 0, sqlite3.SQLITE_OK

    def execute(self, *said):
        _ask()
        return super().execute(*said)

    def executemany(self, *said):
        _ask()
        return super().executemany(*said)

    def executescript(self, *said):
        _ask()
        return super().executescript(*said)


def _ask() -> None:
    FailingConnection.asked += 1
    if FailingConnection.asked == FailingConnection.fail_at:
        error = sqlite3.OperationalError("a fault of the test")
        error.sqlite_errorcode = FailingConnection.code
        raise error


def load() -> None:
    """Import all there is, so that no command has to."""
    import chromadb  # noqa: F401

    for package in ("memory", "indexer", "cli"):
        root = import_module(package)
        for module in pkgutil.walk_packages(root.__path__, f"{package}."):
            if "embedding" not in module.name:  # models, which no command here needs
                import_module(module.name)

    from memory.retrieval import model
    from tests.builders import WordEmbedder

    embedder = WordEmbedder()
    state = SimpleNamespace(manifest=True, model_id=embedder.model_id)
    model.load_embedder = lambda *_, **__: embedder
    model.model_state = lambda *_, **__: state


def answer(place: str, arguments: list[str], fault: list | None = None) -> dict:
    """What came of a command; without arguments, what is told there."""
    enter(Path(place))
    if arguments:
        return run(place, arguments, fault)
    try:
        return {"out": told(Path(place)), "raised": None}
    except Exception:  # noqa: BLE001 - whatever it is, the test is to show it
        return {"out": "", "raised": traceback.format_exc()}


def enter(place: Path) -> None:
    """Be on a machine that has no more than this place."""
    for name in ("home", "state", "runtime", "tmp"):
        (place / name).mkdir(mode=0o700, exist_ok=True)
    os.environ |= {
        "HOME": str(place / "home"),
        "TMPDIR": str(place / "tmp"),
        "ARCHMEM_STATE": str(place / "state"),
        "ARCHMEM_RUNTIME": str(place / "runtime"),
        "ARCHMEM_ENGINE": "0",
    }
    os.chdir(place / "project")


def run(place: str, arguments: list[str], fault: list | None) -> dict:
    """What came of a command."""
    from cli.main import archmem

    disk = ctypes.CDLL(None) if fault and fault[0] == "disk" else None
    if fault and not disk:
        connect = sqlite3.connect
        sqlite3.connect = lambda *said, **more: connect(*said, **more, factory=FailingConnection)
        FailingConnection.fail_at, FailingConnection.code = fault[1:]
    if disk:
        disk.fault_arm(place.encode(), ctypes.c_long(fault[1]), fault[2])
    ended = CliRunner().invoke(archmem, arguments, prog_name="archmem")
    calls = disk.fault_disarm() if disk else FailingConnection.asked
    raised = None
    if ended.exception and not isinstance(ended.exception, SystemExit):
        raised = "".join(traceback.format_exception(*ended.exc_info))
    said = {"code": ended.exit_code, "out": ended.stdout, "err": ended.stderr}
    return said | {"raised": raised, "calls": calls}


UID = re.compile(r"\b(?:[a-z]{3}-[a-z2-7]{8}|[0-9a-f]{32})\b")  # or the hash of what has some
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)?")


def told(place: Path) -> str:
    """All that the memory and the project's files say after one index, whatever uids there are.

    What is told twice is in it twice; what the doctor finds, too.
    """
    from indexer.project import open_project

    root = place / "project"
    said = []
    with open_project(root, environment={}) as memory:
        report = memory.index()
        said += [f"problem {one}" for one in report.problems]
        for one in memory.list(limit=500):
            uid = one.memory.uid
            for revision in memory.history(uid).revisions:
                draft = revision.draft.model_dump_json()
                said.append(f"memory {uid[:3]} {revision.number} {draft}")
        said += [f"ill {finding}" for finding in memory.doctor().findings]
    for file in sorted(root.rglob("*")):
        path = file.relative_to(root).as_posix()
        if file.is_file() and not path.startswith((".git/", ".archmem/")):
            said.append(f"file {path}: {file.read_text('utf-8')}")
    for file in sorted((root / ".archmem").rglob("*")):
        path = file.relative_to(root).as_posix()
        if file.is_file() and not KNOWN.match(path):
            said.append(f"left over: {path}")
    return "\n".join(sorted(MOMENT.sub("THEN", UID.sub("UID", one)) for one in said))


def main() -> None:
    load()
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        reading, writing = os.pipe()
        if (pid := os.fork()) == 0:
            said = answer(**asked)
            with os.fdopen(writing, "w") as pipe:
                json.dump(said, pipe)
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            said = pipe.read()
        _, ending = os.waitpid(pid, 0)
        died = {"raised": f"the process ended with {ending}", "code": -1, "out": "", "err": ""}
        print(said or json.dumps(died | {"calls": 0}), flush=True)


if __name__ == "__main__":
    main()
