"""The installed program as a user runs it: whole processes, and an engine of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.common import Row, quantile
from cli.client.engine_client import EngineClient, ensure_engine, stop_engine
from cli.client.runtime import find_description, find_runtime, is_free

INSTALLED = Path(sys.executable).with_name("archmem")


class Installed:
    """A program in the `bin` folder of a virtual environment."""

    def __init__(self, program: Path) -> None:
        self.program = program

    def run(self, *arguments: Any, said: str = "", **options: Any) -> tuple[float, str]:
        """Run it as a process of its own; its milliseconds, and what it printed."""
        began = time.perf_counter()
        done = subprocess.run(
            [self.program, *map(str, arguments)],
            input=said,
            capture_output=True,
            text=True,
            check=True,
            **options,
        )
        return (time.perf_counter() - began) * 1e3, done.stdout

    def bare(self) -> float:
        """Milliseconds of a process of the same interpreter that does nothing."""
        began = time.perf_counter()
        subprocess.run([self.program.with_name("python"), "-c", "pass"], check=True)
        return (time.perf_counter() - began) * 1e3


class ArchMem(Installed):
    """The program whose engine the benchmark has to itself."""

    def on(self, project: Path, *arguments: Any, **options: Any) -> tuple[float, str]:
        """Run a command on a project."""
        return self.run("--project", project, *arguments, **options)

    def engine(self) -> EngineClient:
        """Its engine, started if there is none."""
        return ensure_engine(program=(str(self.program), "serve", "--background"))

    def kill_engine(self) -> None:
        """Afterwards none runs; its files are left as a crash leaves them."""
        runtime = find_runtime()
        if is_free(runtime.engine_lock):
            return
        os.kill(engine_pid(), signal.SIGKILL)
        while not is_free(runtime.engine_lock):
            time.sleep(0.005)


@contextmanager
def own_engine(program: Path) -> Iterator[ArchMem]:
    """The installed archmem; whatever engine runs meanwhile in this environment has then ended."""
    with tempfile.TemporaryDirectory(prefix="archmem-") as name:
        os.environ["ARCHMEM_RUNTIME"] = f"{name}/run"
        os.environ["ARCHMEM_STATE"] = f"{name}/state"
        for variable in ("PYTHONDONTWRITEBYTECODE", "ARCHMEM_ENGINE", "ARCHMEM_STORE"):
            os.environ.pop(variable, None)
        try:
            yield ArchMem(program)
        finally:
            stop_engine()


def engine_pid() -> int:
    """The engine's process."""
    return int((find_description(find_runtime()) or {})["pid"])


def asking(project: Path, **request: Any) -> dict[str, Any]:
    """The body of a call to the engine."""
    return {"project": str(project), "store": None, "settings": {}, "request": request}


def prompt_payload(project: Path, prompt: str, session: object) -> str:
    """What Claude Code hands to the hook of a prompt, the first one of a session."""
    return json.dumps(
        {
            "session_id": f"session-{session}",
            "cwd": str(project),
            "hook_event_name": "UserPromptSubmit",
            "prompt": prompt,
        }
    )


def latency_row(
    measure: str, project: str, times: Sequence[float], floors: Sequence[float], target: str = ""
) -> Row:
    """Quantiles of milliseconds, and how many times a bare Python that is."""
    floor = quantile(floors, 0.5)
    return {
        "measure": measure,
        "project": project,
        "runs": len(times),
        "p50 ms": round(quantile(times, 0.5)),
        "p95 ms": round(quantile(times, 0.95)),
        "python": round(floor),
        "ratio": f"{quantile(times, 0.5) / floor:.1f}",
        "target": target,
    }
