"""How soon what is saved can be found, what a burst costs, and what waiting costs.

    python benchmarks/watching.py [--files 1000] [--saves 40] [--burst 2000] [--idle 20] [--json]

A repository of --files short decision records is made, indexed with the real model and watched; the
watcher's batches are taken in, embedded and looked at in this process, on three threads, as the
engine does.

`save`: one record after another gets a sentence with made-up names in it, by writing its file in
place (`plain`) or, as editors do, under another name that is then renamed (`atomic`). The clock
runs from just before the save until a search for that sentence has answered, once the record's
vector is there; where the record is not its first hit, that is a `miss`. On the way: `told` by the
watcher, `taken in` the ledger, `embedded`. The floor is what the watcher waits on purpose,
`Tuning.quiet`.

`burst`: --burst new records are written at once. `told` is when the watcher's first batch came,
`taken in` and `embedded` when all were; `batches` how many batches it took, `lost` how many records
the ledger does not have in the end. The floors: one `take_in` of as many new records in a project
that nobody watches, and the seconds that the model alone took to encode them.

`idle`: the share of a core that this process takes in --idle seconds in which nothing happens, the
model loaded and the repository watched, beside a process that only sleeps.

0 leaves out a part.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.common import make_folder, print_table, quantile, timed
from cli.engine.background import Background
from cli.engine.watching import LOOK_AFTER
from indexer.project import open_project
from indexer.project_root import find_project
from indexer.watching import Batch, Tuning, watch
from memory.api import ArchMem
from memory.config import load_settings

PATIENCE = 900.0  # seconds, after which something is wrong
PAUSE = 0.5  # seconds between saves, so that each is a batch of its own
WORDS = """
    queue order payment cache token session worker deploy index shard replica schema tenant retry
    event stream broker ledger invoice audit gateway latency rollback feature module boundary
    monolith migration backup secret policy webhook scheduler timeout snapshot cluster container
""".split()
SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu".split()
SLEEPER = """
import resource, sys, time
before = resource.getrusage(resource.RUSAGE_SELF)
time.sleep(float(sys.argv[1]))
after = resource.getrusage(resource.RUSAGE_SELF)
print(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
"""


def main() -> None:
    options = read_options()
    with tempfile.TemporaryDirectory() as scratch:
        root = make_repository(Path(scratch) / "watched", options.files)
        with open_project(root) as memory:
            memory.index()
            with Keeper(memory) as keeper:
                saves = save_all(keeper, options.saves) if options.saves else []
                bursts = burst(keeper, options.burst, Path(scratch)) if options.burst else []
                idle = idle_shares(options.idle) if options.idle else []
    if options.json:
        print(json.dumps({"save": saves, "burst": bursts, "idle": idle}))
        return
    for name, rows in (("Save, seconds", saves), ("Burst", bursts), ("Idle", idle)):
        if rows:
            print(f"\n{name}")
            print_table(rows)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--files", type=int, default=1000, help="in the repository")
    parser.add_argument("--saves", type=int, default=40, help="of single files")
    parser.add_argument("--burst", type=int, default=2000, help="files written at once")
    parser.add_argument("--idle", type=float, default=20.0, help="seconds")
    parser.add_argument("--json", action="store_true", help="print one object")
    return parser.parse_args()


def make_repository(root: Path, count: int) -> Path:
    """A git repository with so many decision records, none of them committed."""
    records = make_folder(root / "docs" / "adr")
    for number in range(1, count + 1):
        (records / f"{number:05}-made.md").write_text(record(number), "utf-8")
    subprocess.run(["git", "init", "--quiet", root], check=True)
    return root


def record(number: int, sentence: str = "") -> str:
    rng = random.Random(number)
    title, context, decision = (" ".join(rng.sample(WORDS, size)) for size in (4, 20, 20))
    return (
        f"# {number}. The {title}\n\n## Status\n\nAccepted\n\n## Context\n\nThere is {context}.\n\n"
        f"## Decision\n\nWe take {decision}. {sentence}\n"
    )


class Keeper:
    """Keeps a memory in step with its files, and notes when what was done."""

    def __init__(self, memory: ArchMem) -> None:
        self.memory = memory
        self.batches: list[Batch] = []
        self.told: dict[str | None, float] = {}  # when, by path; None for everything
        self.taken_in: dict[str | None, float] = {}
        self.encoder_seconds = 0.0
        self._reader, self._encoder, self._looker = memory.twin(), memory.twin(), memory.twin()
        self._looking = Background()
        self._has_come, self._is_over = threading.Event(), threading.Event()
        self._embedding = threading.Thread(target=self._embed)
        settings = load_settings(memory.root)
        self._watcher = watch(find_project(memory.root), settings, on_batch=self._take_in)

    def __enter__(self) -> Self:
        self._embedding.start()
        self._watcher.start()
        wait_until(lambda: None in self.taken_in)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._watcher.stop()
        self._is_over.set()
        self._has_come.set()
        self._embedding.join()
        self._looking.close()
        self._looker.close()
        self._reader.close()
        self._encoder.close()

    def _take_in(self, batch: Batch) -> None:
        now = time.monotonic()
        self.batches.append(batch)
        paths = batch.paths if batch.paths is not None else [None]
        self.told.update(dict.fromkeys(paths, now))
        self._reader.upkeep.take_in(only=batch.paths, look=False)
        self.taken_in.update(dict.fromkeys(paths, time.monotonic()))
        self._has_come.set()
        self._looking.soon(self.memory.folder, "look", self._look, pause=LOOK_AFTER)

    def _look(self) -> None:
        self._looker.upkeep.look_again()

    def _embed(self) -> None:
        while self._has_come.wait() and not self._is_over.is_set():
            self._has_come.clear()
            self.encoder_seconds += self._encoder.upkeep.embed().seconds


def wait_until(holds: Any) -> float:
    """When it held, to 2 ms."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError("it does not come")
        time.sleep(0.002)
    return time.monotonic()


def save_all(keeper: Keeper, count: int) -> list[dict[str, Any]]:
    """p50 and p95 of each step on the way from saving to finding, plain and atomic in turn."""
    done = []
    for number in range(1, count + 1):
        time.sleep(PAUSE)
        done.append(save_one(keeper, number, atomic=number % 2 == 0))
    rows = [
        {"save": name, **quantiles(some)}
        for name, some in (("plain", done[::2]), ("atomic", done[1::2]), ("all", done))
        if some
    ]
    floor = Tuning().quiet
    return [*rows, {"save": "floor", "saves": "", "told p50": floor, "found p50": floor}]


def save_one(keeper: Keeper, number: int, *, atomic: bool) -> dict[str, float]:
    path = f"docs/adr/{number:05}-made.md"
    file = keeper.memory.root / path
    rng = random.Random(f"sentence {number}")
    names = ["".join(rng.sample(SYLLABLES, 4)) for _ in range(2)]
    sentence = f"The service {names[0]} replaces {names[1]}."
    keeper.told.pop(path, None)
    keeper.taken_in.pop(path, None)
    began = time.monotonic()
    if atomic:
        other = file.with_name(f".{file.name}.tmp")
        other.write_text(record(number, sentence), "utf-8")
        other.replace(file)
    else:
        file.write_text(record(number, sentence), "utf-8")
    taken_in = wait_until(lambda: path in keeper.taken_in)
    embedded = wait_until(lambda: keeper.memory.upkeep.count_pending() == 0)
    hits = keeper.memory.search(sentence).hits
    return {
        "told": keeper.told[path] - began,
        "taken in": taken_in - began,
        "embedded": embedded - began,
        "found": time.monotonic() - began,
        "miss": not hits or hits[0].memory.path != path,
    }


def quantiles(saves: Sequence[dict[str, float]]) -> dict[str, Any]:
    steps = {
        f"{name} p{share:.0%}".rstrip("%"): quantile([one[name] for one in saves], share)
        for name in ("told", "taken in", "embedded", "found")
        for share in (0.5, 0.95)
    }
    return {"saves": len(saves), **steps, "misses": sum(int(one["miss"]) for one in saves)}


def burst(keeper: Keeper, count: int, scratch: Path) -> list[dict[str, Any]]:
    """So many new files at once, and what the same takes where nobody watches."""
    first = 100_000
    batches, encoded = len(keeper.batches), keeper.encoder_seconds
    folder = make_folder(keeper.memory.root / "docs" / "decisions")
    before = keeper.memory.status().memories["decision"]
    for times in (keeper.told, keeper.taken_in):
        times.clear()
    began = time.monotonic()
    write_records(folder, first, count)
    written = time.monotonic()

    def missing() -> int:
        now = keeper.memory.status().memories["decision"]
        return count - (sum(now.values()) - sum(before.values()))

    wait_until(lambda: missing() <= 0 or time.monotonic() > written + 60)
    taken_in = time.monotonic()
    embedded = wait_until(lambda: keeper.memory.upkeep.count_pending() == 0)
    watched = {
        "burst": "watched",
        "files": count,
        "written": written - began,
        "told": min(keeper.told.values()) - began,
        "taken in": taken_in - began,
        "embedded": embedded - began,
        "batches": len(keeper.batches) - batches,
        "lost": missing(),
    }
    floor = {
        "burst": "floor",
        "files": count,
        "taken in": unwatched_seconds(scratch / "unwatched", first, count),
        "embedded": keeper.encoder_seconds - encoded,
    }
    return [watched, floor]


def unwatched_seconds(root: Path, first: int, count: int) -> float:
    """What it takes to take in as many new files by one run."""
    make_repository(root, 1)
    with open_project(root) as memory:
        memory.upkeep.take_in()
        write_records(make_folder(root / "docs" / "decisions"), first, count)
        return timed(memory.upkeep.take_in)[1]


def write_records(folder: Path, first: int, count: int) -> None:
    for number in range(first, first + count):
        (folder / f"{number}-made.md").write_text(record(number), "utf-8")


def idle_shares(seconds: float) -> list[dict[str, Any]]:
    """Shares of a core, in per cent."""
    time.sleep(1.0)  # what went before comes to rest
    before = used_seconds()
    time.sleep(seconds)
    ours = used_seconds() - before
    command = [sys.executable, "-c", SLEEPER, str(seconds)]
    bare = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return [
        {"idle": name, "seconds": seconds, "cpu_ms": 1000 * used, "% of core": 100 * used / seconds}
        for name, used in (("watching", ours), ("sleeping", bare))
    ]


def used_seconds() -> float:
    """Of processor time, by all threads of this process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
