"""How long a search of one project waits while the engine takes in what another one has.

    python benchmarks/neighbours.py [--archmem PATH] [--input NAME ...] [--command WORDS ...]
                                    [--most N] [--json]

The sample is searched by one client without a pause, first alone, then while each of `COMMANDS`
runs on another project for the first time: a repository with its history, code and 200 records, all
of which are embedded, or files that are meant to take long: a tree of 20 MB, a page of 100,000
headings, pages and code that nest deep, files of one long line. `later` is by how much the slowest
search was slower than the median of those alone, and beside it the same of a thread that only
sleeps for a millisecond and wakes up: what the machine itself makes one wait. What takes longer
than `--most` seconds is ended then, and the engine with it: a tree of 20 MB is embedded for many
minutes.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

#: What is asked of another project while one is searched, in this order.
COMMANDS = (("index",), ("index", "--history"), ("map",), ("audit",), ("harvest",))

WARM = 5  # searches

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.common import print_table, quantile
from benchmarks.installed import INSTALLED, ArchMem, asking, own_engine
from benchmarks.made_project import questions, sample_project


def main() -> int:
    options = read_options()
    rows = []
    with tempfile.TemporaryDirectory() as name, own_engine(options.archmem) as archmem:
        sample = sample_project(Path(name) / "sample")
        archmem.on(sample, "index")
        alone = Client(archmem, sample).during(lambda: time.sleep(options.seconds))
        rows.append(row("nothing", alone, alone))
        for one in options.input or INPUTS:
            project = Path(name) / one
            subprocess.run(["git", "init", "--quiet", str(project)], check=True)
            INPUTS[one](project)
            for command in options.command or COMMANDS:
                ended = threading.Event()
                work = partial(run, archmem, project, command, options.most, ended)
                during = Client(archmem, sample).during(work)
                rows.append(row(f"{one}: {' '.join(command)}", during, alone))
                print(rows[-1], file=sys.stderr, flush=True)
                if not ended.is_set():
                    break
            archmem.kill_engine()
    if options.json:
        print(json.dumps({"neighbours": rows}))
    else:
        print_table(rows)
    return 0


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--archmem", type=Path, default=INSTALLED, help="the installed program")
    parser.add_argument("--input", action="append", choices=INPUTS, help="only these")
    parser.add_argument("--command", action="append", type=str.split, help="only these")
    parser.add_argument("--seconds", type=float, default=5, help="of searching alone")
    parser.add_argument("--most", type=float, help="seconds beside each; else as long as it takes")
    parser.add_argument("--json", action="store_true", help="print one object")
    return parser.parse_args()


def run(
    archmem: ArchMem,
    project: Path,
    command: Sequence[str],
    most: float | None,
    ended: threading.Event,
) -> None:
    """Run a command on a project for so many seconds at most; `ended` if that was enough."""
    try:
        done = subprocess.run(
            [archmem.program, "--project", project, *command],
            check=False,
            capture_output=True,
            text=True,
            timeout=most,
        )
    except subprocess.TimeoutExpired:
        print(f"{project.name}: {command[0]}: ended after {most:g} s", file=sys.stderr)
        return
    ended.set()
    if done.returncode:
        print(f"{project.name}: {command[0]}: {done.stderr.strip()[-300:]}", file=sys.stderr)


class Client:
    """Searches a project, and notes how long each search takes."""

    def __init__(self, archmem: ArchMem, project: Path) -> None:
        self._engine = archmem.engine()
        self._project = project
        for question in questions()[:WARM]:  # an engine that has begun just now opens and loads
            self._search(question)

    def _search(self, question: str) -> None:
        self._engine.call("search", asking(self._project, question=question))

    def during(self, work: Callable[[], object]) -> dict[str, Any]:
        """The milliseconds of searches, and of waking up, while something else is done."""
        working = threading.Thread(target=work)
        woken: list[float] = []
        waking = threading.Thread(target=self._wake, args=(working, woken))
        times = []
        began = time.perf_counter()
        working.start()
        waking.start()
        for question in cycle(questions()):
            if not working.is_alive():
                break
            asked = time.perf_counter()
            self._search(question)
            times.append((time.perf_counter() - asked) * 1e3)
        waking.join()
        return {"times": times, "woken": woken, "seconds": time.perf_counter() - began}

    def _wake(self, working: threading.Thread, woken: list[float]) -> None:
        while working.is_alive():
            asked = time.perf_counter()
            time.sleep(0.001)
            woken.append((time.perf_counter() - asked) * 1e3)


def row(name: str, during: dict[str, Any], alone: dict[str, Any]) -> dict[str, Any]:
    """What was measured, in milliseconds."""
    times = during["times"]
    return {
        "beside": name,
        "seconds": round(during["seconds"], 1),
        "searches": len(times),
        "p50": round(quantile(times, 0.5)),
        "p99": round(quantile(times, 0.99)),
        "max": round(max(times)),
        "later": round(max(times) - quantile(alone["times"], 0.5)),
        "machine": round(max(during["woken"])),
    }


def _repository(folder: Path) -> None:
    """That of archmem, and records each in other words."""
    for command in (
        ["fetch", "--quiet", str(ROOT), "HEAD"],
        ["reset", "--quiet", "--hard", "FETCH_HEAD"],
    ):
        subprocess.run(["git", "-C", str(folder), *command], check=True)
    chance = random.Random(0)
    words = sorted({*re.findall("[a-z]{3,}", (ROOT / "docs/measured.md").read_text("utf-8"))})
    for number in range(200):
        said = ["Of " + " ".join(chance.choices(words, k=14)) + ".\n" for _ in range(40)]
        text = "".join(said[:20]) + "\n## Consequences\n\n" + "".join(said[20:])
        head = f"# {number}. {' '.join(chance.choices(words, k=5))}\n\n## Status\n\nAccepted\n\n"
        _write(folder, f"docs/adr/{number:04}-made.md", f"{head}## Decision\n\n{text}")


def _tree(folder: Path) -> None:
    text = "The orders are kept in one table, since `orders.total` is read by every page.\n\n" * 120
    for number in range(2_000):
        file = folder / "docs/adr" / f"{number:04}-orders-{number}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"# {number}. Keep orders {number}\n\n## Status\n\nAccepted\n\n{text}")


def _headings(folder: Path) -> None:
    said = "".join(f"## {number}\n\nUse a.\n\n" for number in range(100_000))[:2_000_000]
    _write(folder, ".claude/memory/context/decisions.md", f"# Decisions\n\n{said}")


def _nesting(folder: Path) -> None:
    _write(folder, "docs/adr/0001-lists.md", "# 1. Lists\n\n" + _nested_list(900))
    _write(folder, "docs/adr/0002-quotes.md", "# 2. Quotes\n\n" + ">" * 100_000 + " deep\n")
    _write(folder, "docs/adr/0003-links.md", "# 3. Links\n\n" + "[" * 200_000 + "](x)\n")
    _write(folder, "docs/adr/0004-emphasis.md", "# 4. Emphasis\n\n" + "*a _b " * 60_000 + "\n")
    _write(folder, "docs/adr/0005-front.md", "---\na: " + "[" * 50_000 + "\n---\n\n# 5. Front\n")
    _write(folder, ".claude/memory/performance/baselines.json", "[" * 500_000)
    _write(folder, "src/deep.py", "x = " + "(" * 90_000 + ")" * 90_000 + "\n")
    _write(folder, "src/deep.ts", "const x = " + "{a:" * 90_000 + "1" + "}" * 90_000 + ";\n")
    _write(folder, "src/Deep.java", "class Deep { int x = " + "(" * 90_000 + "1;\n}\n")
    _write(folder, "db/schema.sql", "SELECT " + "(" * 50_000 + "1" + ")" * 50_000 + ";\n")
    _write(folder, "config/app.yaml", "a: " + "[" * 50_000 + "]" * 50_000 + "\n")


def _nested_list(depth: int) -> str:
    return "".join(f"{'  ' * level}- item {level}\n" for level in range(depth))


def _lines(folder: Path) -> None:
    _write(folder, "docs/adr/0001-words.md", "# 1. Words\n\n" + "we chose to use queues. " * 75_000)
    _write(folder, "docs/adr/0002-blanks.md", "# 2. Blanks\n\n## x" + " " * 1_900_000 + "y\n")
    _write(folder, "docs/adr/0003-table.md", "# 3. Table\n\n| " + "a | " * 480_000 + "\n|---|\n")
    _write(folder, "docs/adr/0004-word.md", "# 4. Word\n\n" + "a" * 1_900_000 + "\n")
    _write(folder, "src/bundle.ts", "var a=" + "function(b){return b+1}," * 40_000 + "0;\n")
    _write(folder, "src/data.py", "x = '" + "QUJD" * 240_000 + "'\n")
    _write(folder, "src/many.go", "package a\n\nfunc f() { " + "g(); " * 190_000 + "}\n")
    _write(folder, "db/rows.sql", "INSERT INTO t VALUES " + "(1,'a')," * 110_000 + "(2,'b');\n")


def _code(folder: Path) -> None:
    for number in range(20):
        said = "".join(
            f"def step_{number}_{one}(order):\n    return step_{number}_{one - 1}(order) + 1\n\n\n"
            for one in range(1, 12_000)
        )
        _write(folder, f"src/part_{number}.py", said)


def _write(folder: Path, path: str, text: str) -> None:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


INPUTS: dict[str, Callable[[Path], None]] = {
    "repository": _repository,
    "tree": _tree,
    "headings": _headings,
    "nesting": _nesting,
    "lines": _lines,
    "code": _code,
}


if __name__ == "__main__":
    sys.exit(main())
