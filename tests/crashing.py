"""A program that indexes and records without end, for `test_crash.py` to kill.

It takes lines `ROOT STORE SEED` and for each forks a worker, so that Python and Chroma are loaded
once. Workers print a line for everything that archmem has acknowledged.
"""

import os
import random
import sys
import traceback
from pathlib import Path
from types import SimpleNamespace

import chromadb  # noqa: F401 - loaded here, so that no worker has to

from indexer.project import open_project
from memory.retrieval import model as served
from tests.builders import WordEmbedder, a_decision

ADRS = "docs/adr"


def say(*words: object) -> None:
    os.write(1, (" ".join(map(str, words)) + "\n").encode())  # in one piece, and not buffered


def use_word_model() -> None:
    model = WordEmbedder()
    state = SimpleNamespace(manifest=True, model_id=model.model_id)
    served.load_embedder = lambda *_, **__: model
    served.model_state = lambda *_, **__: state


def write(path: Path, text: str) -> None:
    draft = path.with_suffix(".draft")
    draft.write_text(text)
    draft.replace(path)


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


def work(root: Path, store: Path, chance: random.Random) -> None:
    use_word_model()
    with open_project(root, store=store) as memory:
        say("ready")
        while True:
            if chance.random() < 0.3:
                token = f"token{chance.getrandbits(40):x}"
                draft = a_decision(
                    title=f"Recorded {token}", body=f"We record {token} here.", agent="fixer"
                )
                recorded = memory.record(draft, author="human:dana")
                say("recorded", recorded.uid, token)
                continue
            for _ in range(chance.randint(1, 3)):
                change_files(root, chance)
            memory.index(accept_removals=True)
            for listed in memory.list():
                one = listed.memory
                say("indexed", one.uid, one.revisions, one.revision.draft.digest)


def main() -> None:
    for line in sys.stdin:
        root, store, seed = line.split()
        pid = os.fork()
        if pid == 0:
            try:
                work(Path(root), Path(store), random.Random(seed))
            except Exception:  # noqa: BLE001 - whatever it is, the test is to show it
                traceback.print_exc()
            finally:
                os._exit(1)
        os.waitpid(pid, 0)
        say("dead")


if __name__ == "__main__":
    main()
