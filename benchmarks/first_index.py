"""What a first index, and one of an unchanged tree, cost in two checkouts of archmem, in one run.

    python benchmarks/first_index.py OLD NEW PROJECT [PROJECT ...] [--rounds 3] [--revisions]

OLD and NEW are checkouts, each PROJECT a clone; its `.archmem` is deleted before each run. The
checkouts take turns, with an engine folder each and the same model; after each first index the tree
is indexed some times more as it is (`again`). Told are the medians, of the
seconds that pass and of those that processors work (`cpu`), which other work on the machine
disturbs less, and how many texts are embedded. The revisions of records in git, which an old
checkout may not have read, are left out unless --revisions is said.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.common import print_table

WITHOUT_REVISIONS = """
import gc
gc.set_threshold(100_000)  # as `main` does, before anything is imported
try:
    from indexer.history import git_calendar
    git_calendar.read_calendar = lambda *_, **__: git_calendar.CalendarReport()
except ImportError:
    pass
"""
AGAIN = 7
COSTS = ("seconds", "cpu", "again seconds", "again cpu")
INDEX = "import sys; sys.argv[0] = 'archmem'; from cli.main import main; main()"


def two_indexes(checkout: Path, project: Path, runtime: str, *, revisions: bool) -> dict:
    """What a first index costs, and as a rule another right after it."""
    shutil.rmtree(project / ".archmem", ignore_errors=True)
    first = index(checkout, project, runtime, revisions=revisions)
    again = [index(checkout, project, runtime, revisions=revisions) for _ in range(AGAIN)]
    return first | {
        f"again {name}": statistics.median(run[name] for run in again)
        for name in ("seconds", "cpu")
    }


def index(checkout: Path, project: Path, runtime: str, *, revisions: bool) -> dict:
    engine = {"ARCHMEM_RUNTIME": runtime, "ARCHMEM_ENGINE": "0"}
    script = INDEX if revisions else WITHOUT_REVISIONS + INDEX
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", script, "index", "--json"],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(checkout.resolve())} | engine,
        capture_output=True,
        text=True,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    texts = json.loads(done.stdout.splitlines()[0])["embedded"]
    return {"seconds": time.perf_counter() - began, "cpu": cpu, "texts": texts}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("checkouts", type=Path, nargs=2, metavar="CHECKOUT")
    parser.add_argument("projects", type=Path, nargs="+", metavar="PROJECT")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--revisions", action="store_true")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        for project in options.projects:
            runs: dict[Path, list[dict]] = {one: [] for one in options.checkouts}
            for _ in range(options.rounds):
                for number, checkout in enumerate(options.checkouts):
                    runtime = f"{scratch}/{number}"
                    run = two_indexes(checkout, project, runtime, revisions=options.revisions)
                    runs[checkout].append(run)
            old, new = (
                {name: statistics.median(run[name] for run in some) for name in some[0]}
                for some in runs.values()
            )
            ratios = {f"{name} ratio": new[name] / old[name] for name in COSTS}
            texts = {"old texts": old["texts"], "new texts": new["texts"]}
            rows.append({"project": project.name} | ratios | texts)
    print_table(rows)


if __name__ == "__main__":
    main()
