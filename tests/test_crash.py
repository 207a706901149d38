import itertools
import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from indexer.project import open_project
from memory.ledger.sqlite.connection import open_ledger
from memory.retrieval.vector_index import VectorIndex
from tests.builders import CHAOS, WordEmbedder

KILLS = 40  # of one project
PROJECTS = max(1, CHAOS // KILLS)


class Victim:
    """A worker at a time, and what those so far have acknowledged."""

    def __init__(self, root: Path, store: Path):
        self.root, self.store = root, store
        self.acknowledged: set[str] = set()
        here = Path(__file__).parent
        self.parent = subprocess.Popen(
            [sys.executable, "-m", "tests.crashing"],
            cwd=here.parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def live_for(self, seconds: float, seed: int, *, lines: int) -> None:
        """Start a worker and kill it so long after it has acknowledged so many lines."""
        self.parent.stdin.write(f"{self.root} {self.store} {seed}\n")
        self.parent.stdin.flush()
        assert self.parent.stdout.readline() == "ready\n"
        child = int(Path(f"/proc/{self.parent.pid}/task/{self.parent.pid}/children").read_text())
        timer = threading.Timer(seconds, os.kill, (child, signal.SIGKILL))
        for count in itertools.count():
            if count == lines:
                timer.start()
            line = self.parent.stdout.readline()
            if line == "dead\n":
                break
            assert line, "the parent of the workers died"
            self.acknowledged.add(line.rstrip("\n"))
        timer.join()

    def close(self) -> None:
        self.parent.stdin.close()
        self.parent.wait(timeout=20)
        self.parent.stdout.close()


def check_acknowledged(db, acknowledged: set[str]) -> None:
    """Every acknowledged revision is there, as it was."""
    histories = {}
    for line in acknowledged:
        what, uid, *said = line.split()
        if uid not in histories:
            histories[uid] = db.memories.history(uid)
        revisions = histories[uid]
        if what == "indexed":
            assert revisions[int(said[0]) - 1].draft.digest == said[1]
        else:
            assert any(said[0] in one.draft.body for one in revisions)
            assert not revisions[-1].removed
    for revisions in histories.values():
        assert [one.number for one in revisions] == [*range(1, len(revisions) + 1)]


def check_finished(root: Path, store: Path, acknowledged: set[str]) -> None:
    """One index run later, ledger, files and vectors agree."""
    with open_project(root, store=store) as memory:
        report = memory.index(accept_removals=True)
        again = memory.index(accept_removals=True)
        listed = [one.memory for one in memory.list()]
        assert memory.status().pending_files == 0
    assert (report.pending, report.problems) == (0, ())
    assert (again.added, again.revised, again.moved, again.removed) == (0, 0, 0, 0)
    records = {str(path.relative_to(root)): path for path in root.glob("docs/adr/*.md")}
    from_records = {one.path: one for one in listed if one.path in records}
    assert from_records.keys() == records.keys()
    for path, one in from_records.items():
        assert one.revision.draft.body == records[path].read_text().rstrip("\n")
    log = root / ".claude/memory/context/decisions.md"
    recorded = {line.split()[1] for line in acknowledged if line.startswith("recorded")}
    others = {one.uid for one in listed} - {one.uid for one in from_records.values()}
    assert recorded <= others
    assert all(log.read_text().count(uid) == 1 for uid in others)
    assert len(listed) == len(records) + len(others)


def check_vectors(db, store: Path) -> None:
    texts = {key for (key,) in db.execute("SELECT text_hash FROM passages")}
    cached = {key for (key,) in db.execute("SELECT text_hash FROM embeddings")}
    index = VectorIndex.open(
        store / "vectors", model_id=WordEmbedder.model_id, dimension=WordEmbedder.dimension
    )
    try:
        assert texts <= index.keys()
    finally:
        index.close()
    assert texts <= cached
    assert db.embeddings.count_queued() == 0


@pytest.mark.slow
def test_kills_lose_nothing_that_was_acknowledged(tmp_path, word_model, tell):
    acknowledged = 0
    for number in range(PROJECTS):
        acknowledged += kill_one(tmp_path / str(number), first=number * KILLS)
        tell(kills=(number + 1) * KILLS, acknowledged=acknowledged, lost=0, doubled=0)


def kill_one(folder: Path, first: int) -> int:
    """Kill workers of one project, and say how many writes they had acknowledged; all are there."""
    root, store = folder / "project", folder / "store"
    root.mkdir(parents=True)
    chance = random.Random(2 + first)
    victim = Victim(root, store)
    try:
        for kill in range(first, first + KILLS):
            victim.live_for(chance.uniform(0.0, 0.4), seed=kill, lines=chance.choice([0, 1, 1, 2]))

            ledger = open_ledger(store / "memory.db")
            assert ledger.examine() is None
            assert ledger.db.execute("PRAGMA foreign_key_check").fetchall() == []
            check_acknowledged(ledger.db, victim.acknowledged)
            if kill % 2:  # every other time the next worker finds what the kill left
                check_finished(root, store, victim.acknowledged)
                check_vectors(ledger.db, store)
            ledger.close()
    finally:
        victim.close()
    assert len(victim.acknowledged) > KILLS
    return len(victim.acknowledged)
