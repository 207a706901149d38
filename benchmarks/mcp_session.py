"""What a session of `archmem mcp` costs its agent: milliseconds until it answers, and memory.

    python benchmarks/mcp_session.py [--archmem PATH] [--runs 20] [--json]

The engine is warm and the benchmark's own, the project the sample. From the spawn of a session's
process: until `initialize` is answered, until its first answer is there (a search); then the next
answer alone, and what the process holds of memory by then. Targets are of an idle machine.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import defaultdict
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.common import Row, print_table, quantile
from benchmarks.installed import INSTALLED, own_engine
from benchmarks.made_project import questions, sample_project
from benchmarks.mcp_over_stdio import Session

TARGETS = {"ms to initialize": 120, "ms to first answer": 200, "MB of the session": 25}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--archmem", type=Path, default=INSTALLED, help="the installed program")
    parser.add_argument("--runs", type=int, default=20, help="sessions")
    parser.add_argument("--json", action="store_true", help="print one object")
    options = parser.parse_args()
    measured = defaultdict[str, list[float]](list)
    with tempfile.TemporaryDirectory() as name, own_engine(options.archmem) as archmem:
        project = sample_project(Path(name) / "sample")
        archmem.on(project, "index")
        command = [str(archmem.program), "--project", str(project), "mcp"]
        with Session(command) as session:  # the engine imports the SDK with the first of all
            session.initialize()
        for question in islice(cycle(questions()), options.runs):
            with Session(command) as session:
                session.initialize()
                measured["ms to initialize"].append(session.age)
                session.call("memory_search", {"question": question})
                measured["ms to first answer"].append(session.age)
                began = perf_counter()
                session.call("memory_search", {"question": question})
                measured["ms of the next answer"].append((perf_counter() - began) * 1e3)
                measured["MB of the session"].append(session.megabytes)
    rows = [row(what, values) for what, values in measured.items()]
    if options.json:
        print(json.dumps({"mcp_session": rows}))
    else:
        print_table(rows, width=22)


def row(what: str, values: list[float]) -> Row:
    shares = {"p50": 0.5, "p95": 0.95}
    told = {name: round(quantile(values, share), 1) for name, share in shares.items()}
    return {"what": what, **told, "target": TARGETS.get(what, "")}


if __name__ == "__main__":
    main()
