"""What the engine takes of a machine: memory after each thing it does, processor time when idle.

    python benchmarks/memory_use.py [--archmem PATH] [--records 10000] [--work FOLDER]
        [--seconds 30] [--json]

The engine is the benchmark's own, of the installed program, and is asked about one project of
--records decision records (see made_project.py). `MiB` is what is resident then, `most` the most
that was so far. Idle is measured over --seconds with the project watched, beside a Python that only
sleeps. It reads /proc, so it needs Linux.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.common import Row, print_table
from benchmarks.installed import INSTALLED, ArchMem, asking, engine_pid, own_engine
from benchmarks.made_project import made_project, questions, write_record
from benchmarks.scale import in_new_process
from cli.client.engine_client import EngineClient

TARGET = "< 500"
NEW_FILES = 64  # one batch of the encoder
SETTLES = 15.0  # seconds after which a watch has caught up with the project
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    options = read_options()
    with tempfile.TemporaryDirectory() as name, own_engine(options.archmem) as archmem:
        made = in_new_process(made_project, options.work or Path(name), options.records)
        project = Path(shutil.copytree(made, Path(name) / "copy"))
        archmem.on(project, "adopt", "--yes")
        archmem.on(project, "index")
        archmem.kill_engine()  # so that nothing is left of that
        memory = measure_memory(archmem, project)
        idle = measure_idle(archmem, project, options.seconds)
    if options.json:
        print(json.dumps({"memory": memory, "idle": idle}))
        return
    print_table(memory)
    print()
    print_table(idle)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--archmem", type=Path, default=INSTALLED, help="the installed program")
    parser.add_argument("--records", type=int, default=10_000, help="of the made project")
    parser.add_argument("--work", type=Path, help="where the made project is kept between runs")
    parser.add_argument("--seconds", type=float, default=30, help="of idleness")
    parser.add_argument("--json", action="store_true", help="print one object")
    return parser.parse_args()


def measure_memory(archmem: ArchMem, project: Path) -> list[Row]:
    """A row for each thing that is done, one after the other."""
    engine = archmem.engine()
    steps: dict[str, Callable[[], object]] = {
        "started": lambda: None,
        "one search": lambda: search_by_meaning(engine, project),
        "all questions": lambda: [search(engine, project, one) for one in questions()],
        "one record": lambda: record(engine, project),
        f"{NEW_FILES} new files indexed": lambda: index_more(engine, project),
        "all questions again": lambda: [search(engine, project, one) for one in questions()],
        "all memories listed": lambda: engine.call("list", asking(project)),
    }
    rows = []
    for step, do in steps.items():
        do()
        said = about(engine_pid())
        rows.append({"after": step, "MiB": said["VmRSS"], "most": said["VmHWM"], "target": TARGET})
    return rows


def measure_idle(archmem: ArchMem, project: Path, seconds: float) -> list[Row]:
    """The share of one processor that the engine takes, and that a sleeping Python does."""
    archmem.on(project, "watch", "--on")
    time.sleep(SETTLES)
    python = archmem.program.with_name("python")
    with subprocess.Popen([python, "-c", f"import time; time.sleep({seconds + 60})"]) as sleeper:
        time.sleep(1)  # until it has started
        processes = {"engine, watching": engine_pid(), "sleeping python": sleeper.pid}
        before = {name: used(pid) for name, pid in processes.items()}
        time.sleep(seconds)
        rows = [
            {
                "idle": name,
                "seconds": seconds,
                "CPU %": f"{(used(pid) - before[name]) / seconds * 100:.2f}",
                "MiB": about(pid)["VmRSS"],
                "target": "< 1 %" if name.startswith("engine") else "",
            }
            for name, pid in processes.items()
        ]
        sleeper.kill()
    archmem.on(project, "watch", "--off")
    return rows


def search(engine: EngineClient, project: Path, question: str) -> dict:
    return engine.call("search", asking(project, question=question))["response"]


def search_by_meaning(engine: EngineClient, project: Path) -> None:
    while not search(engine, project, questions()[0])["complete"]:
        time.sleep(0.05)


def record(engine: EngineClient, project: Path) -> None:
    fields = {"title": "Retry with full jitter", "form": "pattern"}
    request = {"kind": "lesson", "fields": fields, "author": "agent:benchmark"}
    said = engine.call("record", asking(project, **request))["response"]
    assert not said["pending"], said
    assert not said["not_embedded"], said


def index_more(engine: EngineClient, project: Path) -> None:
    for number, question in enumerate(questions()[:NEW_FILES]):
        write_record(project, 90_000 + number, f"{question}? Somebody asked, and we wrote it down.")
    report = engine.call("index", asking(project))["response"]
    assert report["embedded"] >= NEW_FILES, report


def about(pid: int) -> dict[str, int]:
    """Sizes of a process in MiB, by their names in /proc/PID/status."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    sizes = (line.split() for line in lines if line.endswith(" kB"))
    return {name.rstrip(":"): round(int(size) / 1024) for name, size, _ in sizes}


def used(pid: int) -> float:
    """Seconds of processor time that a process has used, all its threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


if __name__ == "__main__":
    main()
