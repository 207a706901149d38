"""How long commands take to start, as ratios to the imports that they cannot do without.

Every command and every floor runs in a process of its own, in turns, so that a busy machine slows
all of them alike; a ratio is that of the totals. The store is that of the sample project.
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
    """A row for each case; times are medians in milliseconds."""
    runs = {floor: [floor] for floor in (BARE, CLICK, LIBRARIES)}
    for case in CASES:
        runs[" ".join(case.command)] = [ARCHMEM, "--project", str(project), *case.command]
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, arguments in runs.items():
            times[name].append(milliseconds(arguments))
    return [row(case, times) for case in CASES]


def milliseconds(arguments: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, check=True
    )
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
