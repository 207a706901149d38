"""How long `brief --everything` takes over code and memories of a size.

    python benchmarks/loading.py CLONE [--lines 500000] [--memories 10000] [--work FOLDER]

The code is that of CLONE, in as many folders side by side as it takes; the memories are those of
`scale.py`, whose vectors are not asked. All of it is indexed first. `cold` is a new process that
opens the project and loads everything once, `warm` the same again in it; `cpu` is the processor's
time of each, which other work on the machine does not lengthen. Each step is told on stderr as it
ends; with --work what was made is kept, so that a run that was ended goes on from there.
"""

from __future__ import annotations

import argparse
import shutil
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
from indexer.code.registry import CONFIG, language_of
from indexer.linking import link_references
from indexer.project import open_project
from memory.ledger.sqlite.connection import open_ledger
from memory.session import LEDGER


def make_code(clone: Path, folder: Path, wanted: int) -> None:
    """Copies of what a clone tracks, as many as make up so many lines of code."""
    if folder.exists():
        return
    listed = subprocess.run(
        ["git", "-C", clone, "ls-files", "-z"], check=True, capture_output=True, text=True
    ).stdout.split("\0")
    paths = [path for path in listed if (clone / path).is_file()]
    code = [path for path in paths if language_of(path) not in {None, CONFIG}]
    lines = sum((clone / path).read_bytes().count(b"\n") for path in code)
    made = folder.with_name("making")
    for number in range(-(-wanted // lines)):
        for path in paths:
            copy = made / f"part{number:02}" / path
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(clone / path, copy)
    subprocess.run(["git", "init", "-q", made], check=True)
    made.rename(folder)


def make_memories(work: Path, store: Path, wanted: int) -> None:
    """The memories of `scale.py`, in the ledger of a store that is there."""
    if (work / "memories").exists():
        return
    embed_paragraphs(ROOT / "data/sample", work)
    ledger = open_ledger(store / LEDGER)
    keep(ledger, Maker(work), wanted, 1)
    link_references(ledger)
    ledger.close()
    (work / "memories").touch()


def read(folder: Path, store: Path) -> dict[str, Any]:
    """What the first reading of the code takes in a process."""
    with open_project(folder, store=store) as project:
        rows, taken = timed(lambda: project.inventory("modules").rows)
    return {"lines": sum(row["lines"] for row in rows), "s": taken, "cpu_s": time.process_time()}


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


def told(step: str, begun: float) -> None:
    print(f"{step}: {time.perf_counter() - begun:.1f} s since the start", file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("clone", type=Path)
    parser.add_argument("--lines", type=int, default=500_000)
    parser.add_argument("--memories", type=int, default=10_000)
    parser.add_argument("--work", type=Path)
    asked = parser.parse_args()
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch:
        work = asked.work or Path(scratch)
        make_code(asked.clone, work / "code", asked.lines)
        told("code made", begun)
        print_table([in_new_process(read, work / "code", work / "store")])
        told("code read", begun)
        make_memories(work, work / "store", asked.memories)
        told("memories kept", begun)
        rows = []
        for budget in (100_000, 200_000):
            rows.append(in_new_process(load, work / "code", work / "store", budget))
            told(f"{budget:,} tokens loaded", begun)
        print_table(rows)


if __name__ == "__main__":
    main()
