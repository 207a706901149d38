"""How long commands take to start, as ratios to the imports that they cannot do without.

    python benchmarks/startup.py [--archmem PATH] [--rounds 20] [--json]

Every command, of the installed program, and every floor runs in a process of its own, in turns, so
that a busy machine slows all of them alike; a ratio is that of the totals. The project is the
sample. Commands ask an engine that runs already, the benchmark's own; with `--no-engine` they open
the memory themselves.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.installed import INSTALLED, own_engine
from benchmarks.made_project import sample_project

ALONE = "--no-engine"
BARE = "pass"
CLICK = "import click"
CLIENT = "import click, json, socket"
LIBRARIES = "import click, pydantic, sqlite_utils"


class Case(NamedTuple):
    """A command, what it is compared with, and how many times as long it may take."""

    command: tuple[str, ...]
    floor: str
    limit: float | None = None


CASES = (
    Case(("--help",), CLICK, 2.5),
    Case(("record", "decision", "--help"), CLICK, 2.5),
    Case(("status",), CLIENT, 2.5),
    Case(("list",), CLIENT),
    Case(("timeline", "payments"), CLIENT),
    Case((ALONE, "status"), LIBRARIES, 2.5),
    Case((ALONE, "list"), LIBRARIES),
)


def main() -> int:
    """Print the ratios; 1 if one is over its limit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--archmem", type=Path, default=INSTALLED, help="the installed program")
    parser.add_argument("--rounds", type=int, default=20, help="runs of each command")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, own_engine(options.archmem) as archmem:
        project = sample_project(Path(name) / "sample")
        archmem.on(project, "index")
        # What the engine has open nobody else may open.
        alone = Path(shutil.copytree(project, Path(name) / "alone"))
        archmem.on(alone, "adopt", "--yes")
        rows = measure(archmem.program, project, alone, options.rounds)
    print(json.dumps({"startup": rows}) if options.json else as_table(rows))
    return int(any(row["limit"] and row["ratio"] > row["limit"] for row in rows))


def measure(program: Path, project: Path, alone: Path, rounds: int) -> list[dict]:
    """A row for each case; times are medians in milliseconds."""
    python = program.with_name("python")
    runs = {floor: [python, "-c", floor] for floor in (BARE, CLICK, CLIENT, LIBRARIES)}
    for case in CASES:
        asked = alone if ALONE in case.command else project
        runs[" ".join(case.command)] = [program, "--project", asked, *case.command]
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, arguments in runs.items():
            times[name].append(milliseconds(arguments))
    return [row(case, times) for case in CASES]


def milliseconds(arguments: list[Any]) -> float:
    started = time.perf_counter()
    subprocess.run(arguments, stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - started) * 1000


def row(case: Case, times: dict[str, list[float]]) -> dict:
    taken, floor = times[" ".join(case.command)], times[case.floor]
    return {
        "command": f"archmem {' '.join(case.command)}",
        "ms": round(statistics.median(taken), 1),
        "floor": case.floor,
        "floor_ms": round(statistics.median(floor), 1),
        "python_ms": round(statistics.median(times[BARE]), 1),
        "ratio": round(sum(taken) / sum(floor), 2),
        "limit": case.limit,
    }


def as_table(rows: list[dict]) -> str:
    lines = [f"{'command':<32}{'ms':>7}{'floor':>8}{'ratio':>7}{'limit':>7}   floor"]
    lines += [
        f"{one['command']:<32}{one['ms']:>7.0f}{one['floor_ms']:>8.0f}{one['ratio']:>7.2f}"
        f"{one['limit'] or '-':>7}   {one['floor']}"
        for one in rows
    ]
    return "\n".join([*lines, f"(Python alone: {rows[0]['python_ms']:.0f} ms)"])


if __name__ == "__main__":
    sys.exit(main())
