"""How long an audit takes: the first, from what is kept, and after one file changed; and a trend.

Each clone is copied first. The floor beside them is the code base itself, brought in step.

    python benchmarks/findings_speed.py CLONE ...
"""

from __future__ import annotations

import argparse
import gc
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[1]))
gc.set_threshold(100_000)  # as `main` does, before anything is imported

from benchmarks.common import print_table, processor_seconds
from indexer.project import open_project
from memory.verbs.code_facts import known_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from memory.api import ArchMem

CHANGED = 7  # files, one after another


def seconds(ask: Callable[[], Any]) -> float:
    """How long a call computes, with git and who reads files for it; nothing else counts."""
    began = processor_seconds()
    ask()
    return round(processor_seconds() - began, 2)


def after_a_change(root: Path, memory: ArchMem) -> dict[str, float]:
    """The medians of several files, each with another line in its middle: all below it moves."""
    files = known_code(memory).base.files.values()
    paths = sorted(one.path for one in files if not one.is_test and one.lines > 100)
    rows = []
    for path in paths[:: len(paths) // CHANGED + 1]:
        lines = (root / path).read_bytes().split(b"\n")
        lines.insert(len(lines) // 2, b"")
        (root / path).write_bytes(b"\n".join(lines))
        rows.append((seconds(partial(known_code, memory)), seconds(memory.audit)))
    code, audit, both = (median(one) for one in (*zip(*rows, strict=True), map(sum, rows)))
    return {"code, one file": code, "audit then": audit, "both": round(both, 2)}


def measure(clone: Path, *, trend: bool) -> dict[str, Any]:
    """The row of one project."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "clone"
        subprocess.run(["git", "clone", "-q", str(clone.resolve()), str(root)], check=True)
        with open_project(root, create=True) as memory:
            lines = sum(one.lines for one in known_code(memory).base.files.values())
            row = {"project": clone.name, "lines": lines, "first": seconds(memory.audit)}
            row["kept"] = seconds(memory.audit)
            row |= after_a_change(root, memory)
            if trend:
                row["12 points"] = seconds(memory.drift)
    return row


def main() -> None:
    """Print a row for each project, in seconds of a processor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clones", nargs="+", type=Path)
    parser.add_argument("--no-trend", action="store_true", help="without the 12 points")
    options = parser.parse_args()
    print_table([measure(clone, trend=not options.no_trend) for clone in options.clones])


if __name__ == "__main__":
    main()
