"""Runs commands in which something fails, and tells all that is in a memory and its files.

A place has a folder `project`; the rest of a user's machine is beside it. A fault is null or a list
of what fails (a name of `each_call.FAULTS`), which call of it (0 for none), and with which errno or
which error of SQLite; of a disk then what else `arm` takes. What is of the vectors is asked of
Chroma; for all others somebody stands in for it, who keeps nothing.
"""

from __future__ import annotations

import os
import re
import sqlite3
import traceback
from pathlib import Path

from click.testing import CliRunner

from memory.ledger.adoption import adopt
from tests.chaos.forks import arm, disarm, use_no_chroma
from tests.chaos.places import without_moments

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


def begin(place: str) -> None:
    """Afterwards what was copied to a place may be opened there."""
    enter(Path(place))
    adopt(Path(place, "project/.archmem/memory.db"))


def run(place: str, arguments: list[str], fault: list | None = None) -> dict:
    """What came of a command."""
    from cli.main import archmem

    enter(Path(place))
    is_of_disk = fault and fault[0] != "ledger"
    if fault and not is_of_disk:
        connect = sqlite3.connect
        sqlite3.connect = lambda *said, **more: connect(*said, **more, factory=FailingConnection)
        FailingConnection.fail_at, FailingConnection.code = fault[1:]
    if fault and not fault[0].startswith("vectors"):
        use_no_chroma()
    if is_of_disk:
        is_of_vectors = fault[0].startswith("vectors")
        arm(f"{place}/project/.archmem/vectors" if is_of_vectors else place, *fault[1:])
    ended = CliRunner().invoke(archmem, arguments, prog_name="archmem")
    calls = disarm() if is_of_disk else FailingConnection.asked
    raised = None
    if ended.exception and not isinstance(ended.exception, SystemExit):
        raised = "".join(traceback.format_exception(*ended.exc_info))
    said = {"code": ended.exit_code, "out": ended.stdout, "err": ended.stderr}
    return said | {"raised": raised, "calls": calls}


def told(place: str) -> str:
    """All that the memory and the project's files say after one index, whatever uids there are.

    What is told twice is in it twice; what the doctor finds, too.
    """
    from indexer.project import open_project

    enter(Path(place))
    root = Path(place, "project")
    said = []
    with open_project(root, environment={}) as memory:
        report = memory.index()
        said += [f"problem {one}" for one in report.problems]
        for one in memory.list(limit=500):
            uid = one.memory.uid
            for revision in memory.history(uid).revisions:
                # Its lines are of when it was tried; where it stands, the memory says.
                draft = revision.draft.model_dump_json(exclude={"lines"})
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
    return "\n".join(sorted(map(without_moments, said)))
