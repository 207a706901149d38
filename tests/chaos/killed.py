"""What a process does until it is killed, and what must be there when the next one looks."""

from __future__ import annotations

import json
import os
import random
import select
import shutil
import signal
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.project import open_project
from memory.errors import NotInItsFile
from tests.builders import WordEmbedder, a_decision
from tests.chaos.forks import CHANGES, arm, fork, kill_after, say, use_no_model

if TYPE_CHECKING:
    from memory.api import ArchMem
    from memory.models.memory import Revision

ADRS = "docs/adr"
LOG = ".claude/memory/context/decisions.md"
BY = "human:dana"
WITH_VECTORS = 5  # one of so many opens Chroma, which takes as long as all the rest
STEPS = 160  # changes of the disk among which one is the last: so many are one verb or two
SECONDS = 0.11  # of a processor, likewise


def kill_all(folder: str, kills: int, of_one: int, at_once: int) -> None:
    """Kill so many processes that write, and say a line of JSON for each project of `of_one`."""
    firsts = range(0, kills, of_one)
    parts = []
    for part in range(at_once):
        if (pid := os.fork()) == 0:
            for first in firsts[part::at_once]:
                numbers = range(first, min(first + of_one, kills))
                say(json.dumps(kill(Path(folder, str(first)), numbers))[: select.PIPE_BUF - 1])
            os._exit(0)
        parts.append(pid)
    for pid in parts:
        os.waitpid(pid, 0)


def kill(place: Path, numbers: range) -> tuple[dict[str, int], list[str]]:
    """Kill processes that write to one project; what was counted, and what is wrong."""
    (place / "project").mkdir(parents=True)
    where = {"root": str(place / "project"), "store": str(place / "store")}
    counts, wrong, acknowledged = Counter(), [], []
    for number in numbers:
        lived = fork(live, seed=number, acknowledged=acknowledged, **where)
        counts["ms"] += int(lived.seconds * 1000)
        if lived.status == signal.SIGKILL:
            counts["kills"] += 1
        else:
            wrong.append(f"raised by {number}: {lived.lines[-30:]}")
        before = set(acknowledged)
        for line in lived.lines:
            what, _, said = line.partition(" ")
            if what == "wrong":
                wrong.append(f"{said} before kill {number}")
            elif what == "killed":
                counts["before_" + said.split()[0]] += 1
            elif what in ("said", "indexed", "removing", "removed"):
                acknowledged.append(line)
        counts["writes"] += len(set(acknowledged) - before)
    looked = fork(examine, acknowledged=acknowledged, **where)
    counts["ms"] += int(looked.seconds * 1000)
    found = looked.lines[-30:] if looked.answer is None else looked.answer
    wrong += [f"{said} after kill {numbers[-1]}" for said in found]
    shutil.rmtree(place)
    if wrong:
        print(place, *wrong, sep="\n", file=sys.stderr, flush=True)
    return counts, wrong


def live(root: str, store: str, seed: int, acknowledged: list[str]) -> None:
    """Look whether all that was acknowledged is there, then write until the end comes.

    A line is said for whatever is acknowledged. The end comes at a change of the disk, or at a
    moment, in turn.
    """
    chance = random.Random(seed)
    if seed % WITH_VECTORS:
        use_no_model()
    if seed % 2:
        arm(str(Path(root).parent), chance.randint(1, STEPS), 0, least=CHANGES)
    else:
        kill_after(chance.uniform(0.0, SECONDS))
    with open_project(Path(root), store=Path(store)) as memory:
        for fault in missing(memory, acknowledged):
            say("wrong", fault)
        say("ready")
        while True:
            try:
                do_something(memory, Path(root), chance)
            except NotInItsFile:  # who was killed had taken it out: as the hint says
                memory.index(accept_removals=True)


def rehearse(place: Path) -> None:
    """Do everything a few times, for nobody to be killed."""
    chance = random.Random(0)
    (place / "project").mkdir()
    for _ in range(2):
        with open_project(place / "project", store=place / "store") as memory:
            for _ in range(10):
                do_something(memory, place / "project", chance)


def do_something(memory: ArchMem, root: Path, chance: random.Random) -> None:
    token = f"token{chance.getrandbits(40):x}"
    what = chance.choice(["record", "record", "run", "run", "correct", "remove", "index"])
    listed = [one.memory for one in memory.list()]
    recorded = [one for one in listed if one.path in (None, LOG) and not one.pending_file]
    if what == "record" or (what in ("correct", "remove") and not recorded):
        draft = a_decision(title=f"Recorded {token}", body=f"We record {token}.", agent="fixer")
        say("said", memory.record(draft, author=BY).uid, token)
    elif what == "correct":
        one = chance.choice(recorded)
        memory.correct(one.uid, {"title": f"Corrected {token}"}, author=BY)
        say("said", one.uid, token)
    elif what == "remove" and len(recorded) > 3:
        uid = chance.choice(recorded).uid
        say("removing", uid)  # it may be gone from now on
        memory.remove(uid, author=BY)
        say("removed", uid)
    elif what == "run":
        uid = memory.run_start(f"Run {token}", with_brief=False, author=BY).uid
        say("said", uid, token)
    else:
        for _ in range(chance.randint(1, 3)):
            change_files(root, chance)
        memory.index(accept_removals=True)
        for listed in memory.list():
            if listed.memory.path not in (None, LOG):
                one = listed.memory
                say("indexed", one.uid, one.revisions, one.revision.draft.digest)


def change_files(root: Path, chance: random.Random) -> None:
    """Write, edit, rename or delete one decision record."""
    folder = root / ADRS
    folder.mkdir(parents=True, exist_ok=True)
    records = sorted(folder.glob("*.md"))
    number = int(records[-1].name[:4]) + 1 if records else 1
    what = chance.choice(["write", "edit", "edit", "rename", "delete"])
    if what == "write" or len(records) < 4:
        token = f"token{chance.getrandbits(40):x}"
        words = " ".join(f"{token}w{n}" for n in range(30))
        text = f"# {number}. Choice {token}\n\n## Status\n\nAccepted\n\n## Decision\n\n{words}.\n"
        write(folder / f"{number:04}-choice.md", text)
    elif what == "edit":
        record = chance.choice(records)
        write(record, record.read_text() + f"\nSince then we saw x{chance.getrandbits(40):x}.\n")
    elif what == "rename":
        chance.choice(records).rename(folder / f"{number:04}-renamed.md")
    elif len(records) > 6:
        chance.choice(records).unlink()


def write(path: Path, text: str) -> None:
    draft = path.with_suffix(".draft")
    draft.write_text(text)
    draft.replace(path)


def missing(memory: ArchMem, acknowledged: list[str]) -> list[str]:
    """What is not there of what was acknowledged, and whatever else is wrong with the ledger."""
    db = memory.ledger.db
    wrong = [f"damage: {memory.ledger.damage.what}"] if memory.ledger.damage else []
    wrong += [f"damage: {row}" for row in db.execute("PRAGMA foreign_key_check").fetchall()]
    of_uid = defaultdict[str, list[list[str]]](list)
    for line in acknowledged:
        what, uid, *said = line.split()
        of_uid[uid].append([what, *said])
    for uid, said in of_uid.items():
        revisions = db.memories.history(uid)
        is_there = [one.number for one in revisions] == [*range(1, len(revisions) + 1)]
        if not is_there or not all(is_in(revisions, *one) for one in said):
            wrong.append(f"lost {uid} {said}")
        about = {what for what, *_ in said}
        if "removed" in about and not revisions[-1].removed:
            wrong.append(f"doubled {uid}, which was removed")
        if "said" in about and "removing" not in about and revisions[-1].removed:
            wrong.append(f"lost {uid}, which nobody removed")
    return wrong


def is_in(revisions: list[Revision], what: str, *said: str) -> bool:
    """Whether what was acknowledged of a memory is in its history."""
    if what == "indexed":
        number = int(said[0])
        return len(revisions) >= number and revisions[number - 1].draft.digest == said[1]
    return what != "said" or any(said[0] in one.draft.title for one in revisions)


def examine(root: str, store: str, acknowledged: list[str]) -> list[str]:
    """What is wrong one index run later, when ledger, files and vectors have to agree."""
    top, wrong = Path(root), []
    with open_project(top, store=Path(store)) as memory:
        report = memory.index(accept_removals=True)
        again = memory.index(accept_removals=True)
        if report.pending or report.problems or memory.status().pending_files:
            wrong.append(f"pending {report.problems}")
        if again.added or again.revised or again.moved or again.removed:
            wrong.append(f"doubled work: {again}")
        wrong += missing(memory, acknowledged)
        wrong += _of_files(memory, top)
        wrong += _of_vectors(memory)
        wrong += [f"ill {one}" for one in memory.doctor().findings]
    return wrong


def _of_files(memory: ArchMem, top: Path) -> list[str]:
    """What the files say is what is told, and each thing once."""
    wrong = []
    listed = [one.memory for one in memory.list(limit=1000)]
    records = {path.relative_to(top).as_posix(): path for path in (top / ADRS).glob("*.md")}
    told = {one.path: one.revision.draft.body for one in listed if one.path in records}
    if told != {path: file.read_text().rstrip("\n") for path, file in records.items()}:
        wrong.append("lost: files say what is not told")
    log = top / LOG
    text = log.read_text() if log.exists() else ""
    in_log = {one.uid for one in listed if one.path == LOG}
    wrong += [f"doubled: {uid} in its file" for uid in in_log if text.count(uid) != 1]
    if text.count("\n## ") != len(in_log):
        wrong.append(f"doubled: {len(in_log)} in its entries")
    wrong += [
        f"doubled: {title}"
        for title, count in Counter(one.title for one in listed).items()
        if count > 1
    ]
    return wrong


def _of_vectors(memory: ArchMem) -> list[str]:
    db, embedder = memory.ledger.db, WordEmbedder()
    texts = {key for (key,) in db.execute("SELECT text_hash FROM passages")}
    cached = {key for (key,) in db.execute("SELECT text_hash FROM embeddings")}
    with memory.session.shared.vectors.writing(embedder) as index:
        found = index.keys()
    is_whole = texts <= cached and texts <= found and not db.embeddings.count_queued()
    return [] if is_whole else ["lost vectors"]
