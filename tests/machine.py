"""A user's machine for tests: the installed program in processes of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.shop import write_shop

ARCHMEM = Path(sys.executable).with_name("archmem")
LIMIT = 20  # seconds, on a machine that is busy


class Machine:
    """Runs commands; its engines serve from a runtime folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runtime = folder / "runtime"
        self.started: list[subprocess.Popen[str]] = []

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        started = subprocess.Popen(
            [ARCHMEM, *map(str, arguments)],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(started)
        return started

    def run(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        started = self.start(*arguments)
        out, err = started.communicate(timeout=60)
        return subprocess.CompletedProcess(arguments, started.returncode, out, err)

    def pid(self) -> int:
        return json.loads((self.runtime / "engine.json").read_text())["pid"]

    def kill(self) -> None:
        """Kill the engine; afterwards its socket, which takes calls while it dies, is closed."""
        pid = self.pid()
        os.kill(pid, signal.SIGKILL)
        assert eventually(lambda: not _files_of(pid))

    def end(self) -> None:
        """Stop the engine; afterwards no process of ours is left."""
        assert eventually(self._stopped)
        for one in self.started:
            if one.stdout is not None and not one.stdout.closed:
                one.communicate(timeout=LIMIT)

    def _stopped(self) -> bool:
        """Whether no engine is left; one may still have been coming up when it was to stop."""
        self.run("stop")
        return not self.engines()

    def engines(self) -> list[int]:
        """The processes that serve from our runtime folder."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                words = (process / "cmdline").read_bytes()
                if b"serve" in words and (process / "cwd").resolve() == self.runtime:
                    found.append(int(process.name))
            except OSError:
                continue
        return found

    def shop(self, name: str = "shop") -> Path:
        write_shop(self.folder / name)
        return self.folder / name


def _files_of(pid: int) -> list[str]:
    try:
        return os.listdir(f"/proc/{pid}/fd")  # noqa: PTH208 - of a process that is ending
    except OSError:
        return []


def eventually(is_so) -> bool:
    """Whether something comes to be so within the limit."""
    until = time.monotonic() + LIMIT
    while time.monotonic() < until:
        if is_so():
            return True
        time.sleep(0.05)
    return False
