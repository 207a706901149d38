"""Whatever happens to the files, what is taken in by batches is what a fresh index would find."""

import random
import shutil
import time
from pathlib import Path

import pytest

from indexer.formats.registry import format_for, formats
from indexer.pipeline import take_in
from indexer.project_root import ProjectRoots
from indexer.recording import record
from indexer.watching import Tuning, Watcher
from memory.ledger.sqlite.connection import open_ledger
from tests.builders import EntryFormat, Project, a_decision
from tests.indexer.watching.conftest import LIMIT

FORMATS = [EntryFormat()]
FOLDERS = ["", "a", "a/b", "c", "c/d/e", "ignored", "node_modules/x"]


class Hand:
    """Does to a project's files what people and programs do, at random."""

    def __init__(self, root: Path, seed: int, *, is_wild: bool) -> None:
        self._root = root
        self._random = random.Random(seed)
        self._written = 0
        self._deeds = [
            self.write, self.write, self.replace, self.edit, self.edit, self.rename_file,
            self.rename_folder, self.delete, self.delete_folder, self.burst, self.pause,
            self.pause,
        ]  # fmt: skip
        if is_wild:
            self._deeds += [self.ignore, self.make_link]

    def act(self, times: int) -> None:
        for _ in range(times):
            self._random.choice(self._deeds)()

    def write(self) -> None:
        path = self._somewhere()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self._text())

    def replace(self) -> None:
        if file := self._some_file():
            other = file.with_name(f".{file.name}.tmp")
            other.write_text(self._text())
            other.replace(file)

    def edit(self) -> None:
        if file := self._some_file():
            with file.open("a") as opened:
                opened.write(f"More, {self._random.random()}.\n")

    def rename_file(self) -> None:
        if file := self._some_file():
            target = self._somewhere()
            target.parent.mkdir(parents=True, exist_ok=True)
            file.rename(target)

    def rename_folder(self) -> None:
        if folder := self._some_folder():
            target = self._somewhere().with_suffix("")
            if not target.is_relative_to(folder) and not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                folder.rename(target)

    def delete(self) -> None:
        if file := self._some_file():
            file.unlink()

    def delete_folder(self) -> None:
        if folder := self._some_folder():
            shutil.rmtree(folder)

    def burst(self) -> None:
        """As a checkout: under git's lock some files are made anew, others go."""
        lock = self._root / ".git/index.lock"
        lock.touch()
        for _ in range(self._random.randint(5, 40)):
            self._random.choice([self.write, self.write, self.edit, self.delete])()
        lock.unlink()

    def ignore(self) -> None:
        folder = self._random.choice([self._root, self._some_folder() or self._root])
        what = self._random.choice(["", "b\n", "1*.txt\n", "e/\n"])
        (folder / self._random.choice([".gitignore", ".archmemignore"])).write_text(what)

    def make_link(self) -> None:
        link = self._root / f"link{self._random.randint(0, 2)}"
        if link.is_symlink():
            link.unlink()
        else:
            link.symlink_to(self._random.choice(["ignored", "a", "c/d", "nowhere"]))

    def pause(self) -> None:
        time.sleep(self._random.choice([0.0, 0.01, 0.1, 0.3]))

    def _text(self) -> str:
        self._written += 1
        return f"# Title {self._written}\nWords that only number {self._written} has.\n"

    def _somewhere(self) -> Path:
        folder = self._random.choice(FOLDERS)
        return self._root / folder / f"{self._random.randint(0, 30)}.one.txt"

    def _some_file(self) -> Path | None:
        files = sorted(self._root.rglob("*.one.txt"))
        return self._random.choice(files) if files else None

    def _some_folder(self) -> Path | None:
        found = (one for one in self._root.rglob("*") if one.is_dir() and not one.is_symlink())
        folders = sorted(one for one in found if ".git" not in one.parts)
        return self._random.choice(folders) if folders else None


@pytest.fixture
def watchers_ledger(project):
    """The project's, opened for the watcher's thread."""
    ledger = open_ledger(project.store / "memory.db")
    yield ledger
    ledger.close()


def wait_until(holds) -> None:
    deadline = time.monotonic() + 3 * LIMIT
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def known(ledger_of) -> tuple[set, set]:
    """What a ledger says of memories, whatever they are called, and of files."""
    memories = {
        (one.title, one.revision.draft.body, one.path, one.lines) for one in ledger_of.memories()
    }
    files = {(path, row.content_hash) for path, row in ledger_of.db.files.known().items()}
    return memories, files


@pytest.mark.slow
def test_what_is_recorded_is_no_news_and_makes_no_loop(project, watchers_ledger):
    root = project.root
    roots = ProjectRoots(root, root, None)
    reports = []

    def on_batch(batch):
        report = take_in(watchers_ledger, root, formats(), only=batch.paths)
        reports.append((batch.paths, report.added, report.revised))

    tuning = Tuning(quiet=0.05)
    with Watcher(roots, accepts=format_for, on_batch=on_batch, tuning=tuning):
        wait_until(lambda: len(reports) == 1)
        recorded = record(project.ledger, root, a_decision(title="Known"), "human:dana")
        wait_until(lambda: len(reports) == 2)
        time.sleep(0.5)

    assert reports == [(None, 0, 0), ({recorded.path}, 0, 0)]


@pytest.mark.slow
@pytest.mark.parametrize("is_wild", [False, True], ids=["files", "links and ignore files too"])
@pytest.mark.parametrize("seed", range(2))
def test_batches_leave_the_ledger_as_a_fresh_index_would(
    project, watchers_ledger, tmp_path, seed, is_wild
):
    root = project.root
    (root / ".git").mkdir()
    (root / ".gitignore").write_text("ignored\n")
    hand = Hand(root, seed, is_wild=is_wild)
    hand.act(50)
    taken_in = []

    def on_batch(batch):
        take_in(watchers_ledger, root, FORMATS, only=batch.paths, accept_removals=True)
        taken_in.append(batch)

    tuning = Tuning(quiet=0.03, longest=0.1, pause=0.01, burst=60, look_every=0.2)
    roots = ProjectRoots(root, root, root / ".git")
    watcher = Watcher(roots, accepts=FORMATS[0].accepts, on_batch=on_batch, tuning=tuning)
    with watcher:
        for turn in range(4):
            hand.act(50)
            # What happened before a file was written is in no later batch than that file.
            (root / f"last{turn}.txt").write_text(f"# Last {turn}\nNothing after it.\n")
            wait_until(lambda name=f"last{turn}.txt": name in project.db.files.known())
            time.sleep(0.1)
    assert not watcher.state.said
    (tmp_path / "fresh").mkdir()
    fresh = Project(tmp_path / "fresh")
    take_in(fresh.ledger, root, FORMATS)

    assert known(project) == known(fresh)
    assert is_wild or sum(batch.paths is not None for batch in taken_in) > 0
    fresh.close()
