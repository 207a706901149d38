import os
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from indexer.freshness.look import check_anchors, look_again
from memory.models.selection import NOW
from tests.builders import Project


class History:
    """A repository that is made commit by commit, a day apart, with a ledger beside it."""

    def __init__(self, folder):
        self.project = Project(folder)
        self.root = self.project.root
        self._day = datetime(2026, 1, 1, 12, tzinfo=UTC)
        self.git("init", "-q", "-b", "main")
        self.git("config", "user.name", "Dana")
        self.git("config", "user.email", "dana@example.com")

    def git(self, *arguments):
        at = self._day.isoformat()
        environment = os.environ | {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
        done = subprocess.run(
            ["git", "-C", str(self.root), *arguments],
            check=True,
            capture_output=True,
            text=True,
            env=environment,
        )
        return done.stdout.strip()

    def write(self, **files):
        """Write files; `a__b_py` is `a/b.py`."""
        for name, text in files.items():
            path = name.replace("__", "/")
            stem, _, ending = path.rpartition("_")
            self.project.write(f"{stem}.{ending}", text)

    def commit(self, message="Go on"):
        self._day += timedelta(days=1)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def move(self, old, new):
        (self.root / new).parent.mkdir(parents=True, exist_ok=True)
        self.git("mv", old, new)

    def say(self, text, *, name="notes"):
        """Commit a memory with this text."""
        self.project.write(f"{name}.one.txt", f"# {name}\n{text}\n")
        commit = self.commit("Say it")
        self.project.index()
        return commit

    def look(self):
        """Look again as an index run does; what is said of the anchors, by memory and name."""
        problems = look_again(self.project.ledger, self.root)
        assert problems == []
        return self.found()

    def look_at_all(self):
        check_anchors(self.project.ledger, self.root, None)
        return self.found()

    def found(self):
        by_title = self.project.uids()
        known = self.project.db.anchors.freshness(NOW, by_title.values())
        return {
            (title, one.name): one
            for title, uid in by_title.items()
            if uid in known
            for one in known[uid].anchors
        }

    def verdict(self, name, *, title="notes"):
        """What becomes of one anchor, as an index run and a look at everything agree."""
        one = self.look().get((title, name))
        whole = self.look_at_all().get((title, name))
        assert whole is None or one is None or one.verdict == whole.verdict
        return whole


@pytest.fixture
def history(tmp_path):
    history = History(tmp_path)
    yield history
    history.project.close()
