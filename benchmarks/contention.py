"""What is lost, and how long one waits, when many use one engine at the same moment.

    python benchmarks/contention.py [--archmem PATH] [--records 10000] [--work FOLDER]
        [--seconds 20] [--json]

On one project one client searches alone (`nobody else`), and then for so many seconds: eight
clients (threads of this process, over the engine's socket) search without a pause; two record
lessons, all of which belong into one file; the engine watches the project, and one thread edits a
decision record every quarter of a second. Beside them `archmem search` runs as a whole process, in
turn with a bare `python -c pass`.

Afterwards every lesson has to be in the ledger and once in its file, the last text of every edited
record in the ledger, and the database whole. Ends with 1 if something failed or is missing.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sqlite3
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count, cycle
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.common import print_table
from benchmarks.installed import INSTALLED, ArchMem, asking, latency_row, own_engine
from benchmarks.made_project import made_project, questions, write_record
from benchmarks.scale import in_new_process
from memory.config import STORE_FOLDER
from memory.session import LEDGER

SEARCHING, RECORDING = 8, 2  # clients
EDITED = 5  # records, in turn
EVERY = 0.25  # seconds between two edits
PATIENCE = 60.0  # seconds until all that was edited has to be known


def main() -> int:
    options = read_options()
    with tempfile.TemporaryDirectory() as name, own_engine(options.archmem) as archmem:
        made = in_new_process(made_project, options.work or Path(name), options.records)
        project = Path(shutil.copytree(made, Path(name) / "copy"))
        archmem.on(project, "index")
        archmem.on(project, "watch", "--on")
        load = Load(archmem, project)
        load.run(options.seconds)
        rows, found = load.rows(options.records), load.check()
        archmem.on(project, "watch", "--off")
    if options.json:
        print(json.dumps({"contention": rows, "found": found}))
    else:
        print_table(rows)
        print("\n" + "\n".join(f"{name}: {value}" for name, value in found.items()))
    return int(bool(found["errors"] or found["wrong"]))


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--archmem", type=Path, default=INSTALLED, help="the installed program")
    parser.add_argument("--records", type=int, default=10_000, help="of the made project")
    parser.add_argument("--work", type=Path, help="where the made project is kept between runs")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--json", action="store_true", help="print one object")
    return parser.parse_args()


class Load:
    """Many clients of one project."""

    def __init__(self, archmem: ArchMem, project: Path) -> None:
        self._archmem = archmem
        self._project = project
        self._engine = archmem.engine()
        self._times: dict[str, list[float]] = defaultdict(list)
        self._errors: Counter[str] = Counter()
        self._recorded: list[tuple[str, str, str]] = []  # uid, title, path
        self._edited: dict[str, str] = {}  # path -> the word that only its last text has
        self._until = 0.0

    def run(self, seconds: float) -> None:
        """Let one client search, and then all of them work for so long."""
        for question in questions():
            self._call("search", "search, nobody else", question=question)
        self._until = time.monotonic() + seconds
        with (
            at_once(self._search, clients=SEARCHING),
            at_once(self._record, clients=RECORDING),
            at_once(self._edit, clients=1),
        ):
            for question in cycle(questions()):
                if time.monotonic() > self._until:
                    break
                self._times["python -c pass"].append(self._archmem.bare())
                with self._told():
                    took, _ = self._archmem.on(self._project, "search", question)
                    self._times["archmem search"].append(took)

    def rows(self, records: int) -> list[Any]:
        """How long each waited."""
        floors = self._times.pop("python -c pass")
        return [latency_row(n, str(records), times, floors) for n, times in self._times.items()]

    def check(self) -> dict[str, Any]:
        """What is as it should be, and what is not."""
        wrong = [*self._records_missing(), *self._edits_missing(), *self._damage()]
        return {
            "recorded": len(self._recorded),
            "edited": sum(self._edits_done.values()),
            "errors": dict(self._errors),
            "wrong": wrong,
        }

    def _search(self, number: int) -> None:
        for place, question in enumerate(cycle(questions())):
            if time.monotonic() > self._until:
                return
            if place >= number:  # not all the same at once
                self._call("search", "search, a client", question=question)

    def _record(self, number: int) -> None:
        for turn in count():
            if time.monotonic() > self._until:
                return
            title = f"Client {number} learned thing {turn} at {time.time_ns()}"
            fields = {"title": title, "form": "pattern", "body": f"It is {title}."}
            request = {"kind": "lesson", "fields": fields, "author": "agent:benchmark"}
            said = self._call("record", "record, a client", **request)
            if said:
                self._recorded.append((said["uid"], title, said["path"]))

    def _edit(self, _number: int) -> None:
        self._edits_done: Counter[str] = Counter()
        for turn in count():
            if time.monotonic() > self._until:
                return
            word = f"edit{time.time_ns()}"
            file = write_record(self._project, turn % EDITED, f"Edited once more, as {word} says.")
            path = file.relative_to(self._project).as_posix()
            self._edited[path] = word
            self._edits_done[path] += 1
            time.sleep(EVERY)

    def _call(self, verb: str, measure: str, **request: Any) -> dict[str, Any] | None:
        began = time.perf_counter()
        with self._told():
            said = self._engine.call(verb, asking(self._project, **request))["response"]
            self._times[measure].append((time.perf_counter() - began) * 1e3)
            return said
        return None

    @contextmanager
    def _told(self) -> Iterator[None]:
        """An error is counted; the next call is made all the same."""
        try:
            yield
        except Exception as error:  # noqa: BLE001  (whatever it is, it is what is looked for)
            self._errors[f"{type(error).__name__}: {error}"] += 1

    def _records_missing(self) -> Iterator[str]:
        listed = self._listed(kinds=["lesson"])
        known = {one["uid"] for one in listed}
        for uid, title, path in self._recorded:
            if uid not in known:
                yield f"not in the ledger: {title}"
            times = (self._project / path).read_text("utf-8").count(f"## {title}\n")
            if times != 1:
                yield f"{times} times in {path}: {title}"

    def _edits_missing(self) -> Iterator[str]:
        until = time.monotonic() + PATIENCE
        missing = self._edited
        while missing and time.monotonic() < until:
            time.sleep(0.5)
            bodies = {one["path"]: one["body"] for one in self._listed(kinds=["decision"])}
            missing = {p: word for p, word in missing.items() if word not in bodies.get(p, "")}
        yield from (f"not in the ledger: {word} of {path}" for path, word in missing.items())

    def _listed(self, **selection: Any) -> list[dict[str, Any]]:
        said = self._engine.call("list", asking(self._project, selection=selection))
        return [flat(one["memory"]) for one in said["response"]]

    def _damage(self) -> Iterator[str]:
        status = self._engine.call("status", asking(self._project))["response"]
        yield from status["problems"]
        if status["pending_files"]:
            yield f"{status['pending_files']} records are not in their files"
        with closing(sqlite3.connect(self._project / STORE_FOLDER / LEDGER)) as database:
            said = database.execute("pragma integrity_check").fetchone()[0]
        if said != "ok":
            yield f"the database: {said}"


def flat(memory: dict[str, Any]) -> dict[str, Any]:
    """A memory's uid, where it stands and what it says."""
    revision = memory["revision"]
    return {
        "uid": memory["uid"],
        "path": revision["source"]["path"],
        "body": revision["draft"]["title"] + revision["draft"]["body"],
    }


@contextmanager
def at_once(work: Callable[[int], None], *, clients: int) -> Iterator[None]:
    """So many threads that work beside the block; when it ends, so do they."""
    threads = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    sys.exit(main())
