"""Two checkouts of archmem beside each other, in one run: how long the same calls take in each.

    python benchmarks/before_after.py OLD NEW [--rounds 5] [--memories 10000] [--work DIR]

OLD and NEW are checkouts. Each is asked by processes of its own, in turn, for the sample project
(embedded) and for one of --memories made records (known by words: what is timed there is all but
the model). A figure is the least of all rounds, in milliseconds, and `ratio` is new over old: the
machine may be shared, and what only the least time shows is not somebody else's work.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.common import print_table

WORDS = [
    f"{a}{b}" for a in ("queue", "cache", "ledger", "token", "order", "mail") for b in "abcdefgh"
]
DRIVER = """
import json, sys, time
from datetime import UTC, datetime
from pathlib import Path
from indexer.project import open_project
root, what, memories = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
STEPS = ["Move sessions back to JWT", "Add a queue to payments", "Cache product pages in Redis",
         "Share one pool of workers", "Rename the invoices table"]
def least(call, times):
    best = 1e9
    for turn in range(times):
        began = time.perf_counter(); call(turn); best = min(best, time.perf_counter() - began)
    return best * 1000
def details():
    try:
        from memory.models.details import Note
    except ImportError:
        from memory.kinds.note import Note
    return Note()
told = {}
with open_project(root, create=True) as memory:
    if what == "sample":
        began = time.perf_counter(); memory.index()
        told["index, nothing new"] = least(lambda _: memory.index(), 5)
        memory.search("warm up")
        told["search"] = least(lambda _: memory.search("how do users stay logged in now?"), 15)
        told["brief"] = least(lambda _: memory.brief("move sessions to the database"), 8)
        told["check, 1 step"] = least(lambda _: memory.check(STEPS[0]), 8)
        told["check, 5 steps"] = least(lambda _: memory.check(STEPS), 5)
        told["status"] = least(lambda _: memory.status(), 5)
        told["list"] = least(lambda _: memory.list(), 5)
        told["verify"] = least(lambda _: memory.verify(), 3)
    else:
        take_in = getattr(memory, 'upkeep', memory).take_in
        began = time.perf_counter(); report = take_in()
        if report.added:
            told["take in, per 1,000 records"] = (time.perf_counter() - began) * 1e6 / memories
        try:
            from memory.models.memory import Draft
        except ImportError:
            from memory.models.revision import Draft
        stamp = str(time.time())
        def record(turn):
            title = f"What was seen {stamp} {turn}"
            body = f"Seen {turn} in queuea near ledgerb."
            draft = Draft(title=title, body=body, details=details(), modules=("payments",))
            memory.record(draft, author="human:bench")
        told["record"] = least(record, 5)
        told["check by words, 5 steps"] = least(lambda _: memory.check(STEPS), 3)
        told["take in, nothing new"] = least(lambda _: take_in(), 3)
print(json.dumps(told))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--memories", type=int, default=10_000)
    parser.add_argument("--work", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        work = options.work or Path(scratch)
        checkouts = {"old": options.old.resolve(), "new": options.new.resolve()}
        folders = {name: make_projects(work / name, options.memories) for name in checkouts}
        least: dict[str, dict[str, float]] = {}
        for _ in range(options.rounds):
            for name, checkout in checkouts.items():
                for what in ("sample", "large"):
                    told = ask(checkout, folders[name] / what, what, options.memories)
                    keep_least(least, name, told)
                keep_least(least, name, start_up(checkout, folders[name] / "sample"))
        print_table(
            {"call": call, **row, "ratio": row["new"] / row["old"]}
            for call, row in least.items()
            if len(row) == 2
        )


def make_projects(folder: Path, memories: int) -> Path:
    """A folder with the sample, and with a project of many small records, both under git."""
    if folder.exists():
        return folder
    shutil.copytree(Path(__file__).resolve().parents[1] / "data" / "sample", folder / "sample")
    records = folder / "large" / "docs" / "adr"
    records.mkdir(parents=True)
    chance = random.Random(7)
    for number in range(1, memories + 1):
        title = " ".join(chance.sample(WORDS, 4))
        body = " ".join(chance.sample(WORDS, 20))
        text = (
            f"# {number}. The {title}\n\n## Status\n\nAccepted\n\n## Decision\n\nWe take {body}.\n"
        )
        (records / f"{number:05}-{title.replace(' ', '-')}.md").write_text(text, encoding="utf-8")
    for name in ("sample", "large"):
        git = ["git", "-C", str(folder / name), "-c", "user.name=b", "-c", "user.email=b@b.invalid"]
        subprocess.run([*git, "init", "-q"], check=True)
        subprocess.run([*git, "add", "-A"], check=True)
        subprocess.run([*git, "commit", "-qm", "Project"], check=True)
    return folder


def ask(checkout: Path, root: Path, what: str, memories: int) -> dict[str, float]:
    environment = environment_of(checkout, root) | {"ARCHMEM_ENGINE": "0"}
    command = [sys.executable, "-c", DRIVER, str(root), what, str(memories)]
    done = subprocess.run(
        command, env=environment, cwd=root, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{checkout}: {done.stderr[-2000:]}")
    told: dict[str, float] = json.loads(done.stdout)
    return told


def environment_of(checkout: Path, root: Path) -> dict[str, str]:
    """Of a checkout's processes; what was made there says so to all of them alike."""
    state = root.parent / "state"
    return os.environ | {"PYTHONPATH": str(checkout), "ARCHMEM_STATE": str(state)}


def start_up(checkout: Path, root: Path) -> dict[str, float]:
    """Milliseconds of whole processes: help, and an answer of a running engine."""
    from time import perf_counter

    with tempfile.TemporaryDirectory() as runtime:
        environment = environment_of(checkout, root) | {"ARCHMEM_RUNTIME": runtime}
        program = [sys.executable, "-m", "cli.main"]

        def run(*words: str) -> float:
            began = perf_counter()
            command = [*program, *words]
            subprocess.run(command, env=environment, cwd=root, capture_output=True, check=True)
            return (perf_counter() - began) * 1000

        told = {"archmem --help": min(run("--help") for _ in range(5))}
        search = ("search", "how do users stay logged in now?")
        run(*search)
        told["archmem search, engine warm"] = min(run(*search) for _ in range(5))
        run("stop")
    return told


def keep_least(least: dict[str, dict[str, float]], name: str, told: dict[str, float]) -> None:
    for call, milliseconds in told.items():
        row = least.setdefault(call, {})
        row[name] = min(milliseconds, row.get(name, milliseconds))


if __name__ == "__main__":
    main()
