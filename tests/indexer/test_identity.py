"""Memories against a plain dictionary, whatever happens to their files between two index runs."""

import itertools
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run

from indexer.git.head import NO_HEAD
from tests.builders import Project

CHOICE = st.randoms(use_true_random=False)


class Entry:
    """What the model knows of one record: text that nothing else has, and its uid once given."""

    numbers = itertools.count()

    def __init__(self):
        number = next(self.numbers)
        self.title = f"Title {number}"
        self.words = [f"word{number}x{place}" for place in range(40)]
        self.edits = 0
        self.uid = None
        self.touched = False  # since the last index run: likeness has its limits

    def edit(self):
        """A tenth of the words becomes others."""
        self.edits += 1
        at = self.edits * 4 % 40
        self.words[at : at + 4] = [f"{word}e{self.edits}" for word in self.words[at : at + 4]]

    @property
    def text(self):
        return f"# {self.title}\n{' '.join(self.words)}\n"


class Files(RuleBasedStateMachine):
    """Edits of files at random; after each index run the ledger says what the files say."""

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.project = Project(self.folder)
        self.files: dict[str, list[Entry]] = {}
        self.deleted: list[Entry] = []
        self.names = itertools.count()
        self.indexed = True

    def teardown(self):
        self.project.close()
        shutil.rmtree(self.folder)

    def new_name(self, single: bool) -> str:
        number = next(self.names)
        return f"folder{number % 3}/{number}{'.one' if single else ''}.txt"

    def save(self, *paths):
        self.indexed = False
        for path in paths:
            if self.files.get(path):
                self.project.write(path, "".join(entry.text for entry in self.files[path]))
            else:
                self.files.pop(path, None)
                (self.project.root / path).unlink(missing_ok=True)

    def pick(self, random):
        path = random.choice(sorted(self.files))
        return path, random.choice(self.files[path])

    @rule(single=st.booleans(), count=st.integers(1, 3))
    def add_file(self, single, count):
        path = self.new_name(single)
        self.files[path] = [Entry() for _ in range(1 if single else count)]
        self.save(path)

    @precondition(lambda self: self.files)
    @rule(random=CHOICE)
    def add_entry(self, random):
        path, entry = self.pick(random)
        if not path.endswith(".one.txt"):
            self.files[path].insert(self.files[path].index(entry), Entry())
            self.save(path)

    @precondition(lambda self: self.files)
    @rule(random=CHOICE, retitle=st.booleans())
    def edit(self, random, retitle):
        path, entry = self.pick(random)
        if not entry.touched:
            entry.touched = True
            entry.edit()
            if retitle:
                entry.title = f"{entry.title}, called otherwise {entry.edits}"
            self.save(path)

    @precondition(lambda self: self.files)
    @rule(random=CHOICE)
    def move_entry(self, random):
        path, entry = self.pick(random)
        others = sorted(one for one in self.files if not one.endswith(".one.txt") and one != path)
        if others:
            target = random.choice(others)
            self.files[path].remove(entry)
            self.files[target].insert(0, entry)
            self.save(path, target)

    @precondition(lambda self: self.files)
    @rule(random=CHOICE)
    def rename_file(self, random):
        path = random.choice(sorted(self.files))
        new = self.new_name(path.endswith(".one.txt"))
        self.files[new] = self.files.pop(path)
        self.save(new, path)

    @precondition(lambda self: len(self.files) > 1)
    @rule(random=CHOICE)
    def swap_files(self, random):
        one, other = random.sample(sorted(self.files), 2)
        if one.endswith(".one.txt") == other.endswith(".one.txt"):
            self.files[one], self.files[other] = self.files[other], self.files[one]
            self.save(one, other)

    @precondition(lambda self: self.files)
    @rule(random=CHOICE)
    def delete_entry(self, random):
        path, entry = self.pick(random)
        self.files[path].remove(entry)
        if entry.uid and not entry.touched:  # an unindexed edit is lost for good
            self.deleted.append(entry)
        self.save(path)

    @precondition(lambda self: self.deleted and self.indexed)
    @rule(random=CHOICE)
    def bring_back(self, random):
        entry = self.deleted.pop(random.randrange(len(self.deleted)))
        entry.touched = True  # it is known again by its very words
        path = self.new_name(single=True)
        self.files[path] = [entry]
        self.save(path)

    @precondition(lambda self: not self.indexed)
    @rule()
    def index(self):
        self.project.index()
        self.indexed = True
        for entry in itertools.chain(*self.files.values()):
            entry.touched = False
        self.compare()
        before = self.project.rows()
        self.project.index()
        assert self.project.rows() == before

    def compare(self):
        memories = {memory.title: memory for memory in self.project.memories()}
        wanted = {e.title: (path, e) for path, entries in self.files.items() for e in entries}
        assert memories.keys() == wanted.keys()
        assert self.project.db.memories.count_live() == len(wanted)
        for title, (path, entry) in wanted.items():
            memory = memories[title]
            assert entry.uid in (None, memory.uid)
            entry.uid = memory.uid
            assert memory.path == path
            assert memory.revision.draft.body == entry.text.rstrip("\n")
            lines = (self.project.root / path).read_text().split("\n")
            assert lines[memory.lines[0] - 1] == f"# {title}"
            history = self.project.db.memories.history(memory.uid)
            assert [one.number for one in history] == [*range(1, len(history) + 1)]

    @invariant()
    def the_ledger_is_whole(self):
        assert self.project.db.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.mark.slow
def test_a_uid_survives_whatever_happens_to_its_file(monkeypatch):
    monkeypatch.setattr("indexer.pipeline.read_head", lambda root, paths: NO_HEAD)

    run(Files, settings=settings(max_examples=30, stateful_step_count=25, deadline=None))
