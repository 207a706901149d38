"""A process that is killed after a result was kept, while it learns from it."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from indexer.project import open_project
from memory.kinds.vocabulary import Kind, Status
from memory.models.selection import Selection

_ROUNDS = 6
_PROGRAM = """
import sys
from indexer.project import open_project
from memory.api import ArchMem
from memory.lessons.result_parser import read_result
from tests.chaos.forks import say, use_word_model

learn = ArchMem.learn

def learn_aloud(self, *given, **named):
    say("kept", given[0])
    learned = learn(self, *given, **named)
    say("learned", given[0])
    return learned

ArchMem.learn = learn_aloud
use_word_model()
number = sys.argv[2]
said = {
    "success": True,
    "approach": f"Way{number} of doing task{number}",
    "situation": f"Place{number}",
    "lessons": [f"Rule{number} first", f"Law{number} second"],
}
with open_project(sys.argv[1]) as memory:
    run = memory.run_start(f"Task {number}", with_brief=False, author="human:dana")
    memory.run_finish(run.uid, read_result(said), author="human:dana")
"""


@pytest.mark.slow
def test_what_was_kept_is_learned_by_asking_again_whenever_it_was_killed(memory):
    root = memory.root
    memory.close()
    chance = random.Random(4)
    for number in range(_ROUNDS):
        uid = _killed(root, number, after=chance.uniform(0.0, 0.15))

        with open_project(root, environment={}) as again:
            assert again.show(uid).memory.revision.draft.status is Status.DONE
            told = again.learn(uid, author="human:dana")
            assert [one.form for one in told.lessons] == [
                "pattern",
                "best_practice",
                "best_practice",
            ]
            report = again.index()
            assert (report.added, report.revised, report.problems) == (0, 0, ())
            assert again.status().pending_files == 0
            found = again.list(Selection(kinds=(Kind.LESSON,)))
        assert len(found) == 3 * (number + 1)


def _killed(root: Path, number: int, *, after: float) -> str:
    """The uid of a run whose result was kept so long before its process was killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(root), str(number)],
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        word, uid = process.stdout.readline().split()
        assert word == "kept"
        time.sleep(after)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    return uid
