"""How long commands take to start, as ratios to the imports that they cannot do without.

Every command and every floor runs in a process of its own, in turns, and the best run of each
counts. Ratios are of processor time, which on an idle machine is the time that passes and on a
busy one is the part of it that is ours. The store is that of the sample project.
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
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from indexer.pipeline import take_in
from indexer.sources.registry import formats
from memory.config import STORE_FOLDER, ensure_store_folder
from memory.ledger.connection import open_ledger

BARE = "pass"
CLICK = "import click"
LIBRARIES = "import click, pydantic, sqlite_utils"
ARCHMEM = "from cli.main import main; main()"


class Case(NamedTuple):
    """A command, what it is compared with, and how many times as long it may take."""

    command: tuple[str, ...]
    floor: str
    limit: float | None = None


class Times(NamedTuple):
    """Seconds."""

    passed: float
    used: float  # of the processor, user and system


CASES = (
    Case(("--help",), CLICK, 2.5),
    Case(("status",), LIBRARIES, 2.0),
    Case(("list",), LIBRARIES),
    Case(("timeline", "payments"), LIBRARIES),
    Case(("record", "decision", "--help"), LIBRARIES),
)


def main() -> int:
    """Print the ratios; 1 if one is over its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="runs of each command")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        rows = measure(sample_project(Path(name)), options.rounds)
    print(json.dumps({"startup": rows}) if options.json else as_table(rows))
    return int(any(row["limit"] and row["ratio"] > row["limit"] for row in rows))


def sample_project(folder: Path) -> Path:
    """A copy of the sample project with everything in its ledger; nothing is embedded."""
    root = folder / "sample"
    shutil.copytree(ROOT / "data" / "sample", root)
    store = root / STORE_FOLDER
    ensure_store_folder(store)
    ledger = open_ledger(store / "memory.db", create=True)
    take_in(ledger, root, formats(()))
    ledger.close()
    return root


def measure(project: Path, rounds: int) -> list[dict]:
    """A row for each case; times in milliseconds."""
    runs = {floor: [floor] for floor in (BARE, CLICK, LIBRARIES)}
    for case in CASES:
        runs[" ".join(case.command)] = [ARCHMEM, "--project", str(project), *case.command]
    times: dict[str, list[Times]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, arguments in runs.items():
            times[name].append(run(arguments))
    best = {name: Times(*map(min, zip(*some, strict=True))) for name, some in times.items()}
    return [row(case, best) for case in CASES]


def run(arguments: list[str]) -> Times:
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", *arguments], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, arguments)
    return Times(time.perf_counter() - started, used.ru_utime + used.ru_stime)


def row(case: Case, best: dict[str, Times]) -> dict:
    taken, floor = best[" ".join(case.command)], best[case.floor]
    return {
        "command": f"archmem {' '.join(case.command)}",
        "ms": round(taken.passed * 1000, 1),
        "cpu_ms": round(taken.used * 1000, 1),
        "floor": case.floor,
        "floor_ms": round(floor.passed * 1000, 1),
        "floor_cpu_ms": round(floor.used * 1000, 1),
        "python_ms": round(best[BARE].passed * 1000, 1),
        "ratio": round(taken.used / floor.used, 2),
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
