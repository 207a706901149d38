import queue
import threading
import time
from pathlib import PurePosixPath

import pytest

from indexer.project_root import ProjectRoots
from indexer.watching import Batch, Cause, Mode, Tuning, Watcher, WatcherState

LIMIT = 10.0  # seconds: what has not come by then does not come
QUICK = Tuning(quiet=0.1, pause=0.02, look_every=0.1, retry_after=0.1, poll_every=0.05, share=1.0)


class Watched:
    """A folder of `*.md` files that is watched, and what the watcher told of it."""

    def __init__(self, folder):
        self.root = folder / "project"
        self.git_dir = self.root / ".git"
        (self.root / "docs").mkdir(parents=True)
        self.git_dir.mkdir()
        self.batches: queue.Queue[Batch] = queue.Queue()
        self.states: list[WatcherState] = []
        self.on_batch = lambda batch: None
        self.watcher = None

    def make(self, tuning=QUICK, **options):
        roots = ProjectRoots(self.root, self.root, self.git_dir)
        self.watcher = Watcher(
            roots,
            accepts=lambda path: PurePosixPath(path).suffix == ".md",
            on_batch=self._hear,
            on_state=self.states.append,
            tuning=tuning,
            **options,
        )
        return self.watcher

    def start(self, **options):
        """Watch; afterwards the first batch has come and the folders are watched."""
        self.make(**options).start()
        assert self.next().cause is Cause.START

    def _hear(self, batch):
        self.batches.put(batch)
        self.on_batch(batch)

    def next(self) -> Batch:
        return self.batches.get(timeout=LIMIT)

    def until(self, *paths) -> set[str]:
        """The paths of all batches until each of these was in one."""
        seen: set[str] = set()
        while not seen.issuperset(paths):
            batch = self.next()
            assert batch.paths is not None, batch
            seen |= batch.paths
        return seen

    def until_cause(self, cause) -> Batch:
        while (batch := self.next()).cause is not cause:
            pass
        return batch

    def all_that_comes(self) -> set[str]:
        """The paths of all batches up to now: those before a file that is written now."""
        name = f"sentinel-{time.monotonic_ns()}.md"
        self.write(name)
        return {path for path in self.until(name) if not path.startswith("sentinel")}

    def wait_for(self, mode) -> WatcherState:
        deadline = time.monotonic() + LIMIT
        while self.watcher.state.mode is not mode:
            assert time.monotonic() < deadline, self.watcher.state
            time.sleep(0.01)
        return self.watcher.state

    def write(self, path, text="words\n"):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def replace(self, path, text="other words\n"):
        """As an editor saves: a new file, then renamed to the old one's name."""
        other = (self.root / path).with_name(f".{PurePosixPath(path).name}.tmp")
        other.write_text(text)
        other.replace(self.root / path)


@pytest.fixture
def watched(tmp_path):
    before = set(threading.enumerate())
    watched = Watched(tmp_path)
    yield watched
    if watched.watcher is not None:
        watched.watcher.stop()
        assert watched.watcher.state.mode is Mode.STOPPED
    left = set(threading.enumerate()) - before
    assert not left, f"threads are left: {left}"
