"""How long `brief --everything` takes over code and memories of a size.

    python benchmarks/loading.py CLONE [--lines 500000] [--memories 10000]

The code is that of CLONE, in as many folders side by side as it takes; the memories are those of
`scale.py`, whose vectors are not asked. All of it is indexed first. `cold` is a new process that
opens the project and loads everything once, `warm` the same again in it; `cpu` is the processor's
time of each, which other work on the machine does not lengthen.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.common import print_table, timed
from benchmarks.made_memories import Maker, embed_paragraphs
from benchmarks.scale import ROOT, in_new_process, keep
from indexer.linking import link_references
from indexer.project import open_project
from memory.ledger.sqlite.connection import open_ledger
from memory.session import LEDGER


def make_code(clone: Path, folder: Path, wanted: int) -> None:
    """Copies of what a clone tracks, as many as make up so many lines of code."""
    folder.mkdir()
    with open_project(clone, store=folder.parent / "once") as project:
        lines = sum(row["lines"] for row in project.inventory("modules").rows)
    archive = subprocess.run(
        ["git", "-C", clone, "archive", "HEAD"], check=True, capture_output=True
    ).stdout
    for number in range(-(-wanted // lines)):
        copy = folder / f"part{number:02}"
        copy.mkdir()
        subprocess.run(["tar", "-x", "-C", copy], input=archive, check=True)
    subprocess.run(["git", "init", "-q", folder], check=True)


def load(folder: Path, store: Path, budget: int) -> dict[str, Any]:
    """What one process measures."""
    clocks = [time.process_time()]
    begun, opening = timed(lambda: open_project(folder, store=store))
    with begun as project:
        brief, cold = timed(lambda: project.brief(everything=True, budget=budget))
        clocks.append(time.process_time())
        again, warm = timed(lambda: project.brief(everything=True, budget=budget))
        clocks.append(time.process_time())
        assert brief.digest == again.digest
        lines = sum(row["lines"] for row in project.inventory("modules").rows)
    print(brief.text.partition("\n\n")[0], "\n")
    return {
        "budget": f"{budget:,}",
        "lines": f"{lines:,}",
        "memories": len(brief.served) + brief.omitted,
        "tokens": brief.tokens,
        "cold_s": opening + cold,
        "cold_cpu": clocks[1] - clocks[0],
        "warm_s": warm,
        "warm_cpu": clocks[2] - clocks[1],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("clone", type=Path)
    parser.add_argument("--lines", type=int, default=500_000)
    parser.add_argument("--memories", type=int, default=10_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        make_code(asked.clone, work / "code", asked.lines)
        embed_paragraphs(ROOT / "data/sample", work)
        store = work / "store"
        with open_project(work / "code", store=store) as project:
            _, reading = timed(lambda: project.inventory("modules"))
        ledger = open_ledger(store / LEDGER)
        keep(ledger, Maker(work), asked.memories, 1)
        link_references(ledger)
        ledger.close()
        print(f"code read in {reading:.1f} s\n")
        rows = [in_new_process(load, work / "code", store, one) for one in (100_000, 200_000)]
        print_table(rows)


if __name__ == "__main__":
    main()
