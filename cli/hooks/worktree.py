"""What was changed in a worktree since a session began, as git knows it.

It takes no lock that a person's git would have to wait for, and gives up after a second in all.
"""

from __future__ import annotations

import os
import subprocess
import time
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from pathlib import Path

PATIENCE = 1.0  # seconds for all that one hook asks of git
FILES = 2_000  # more uncommitted files than this are not looked at
_ENTRIES = 200  # of the reflog
#: Set for what git's hooks run, these name the hook's repository, whatever folder is asked about.
_OF_OTHERS = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE"})


class Worktree:
    """A worktree, asked within one hook."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._until = time.monotonic() + PATIENCE

    def dirty(self) -> dict[str, str] | None:
        """Uncommitted and untracked files by path, each with a digest of its path and state.

        None where git could not say, or there are too many.
        """
        said = self._git(
            *("status", "--porcelain", "-z", "--no-renames"),
            *("--untracked-files=all", "--ignore-submodules=all"),
        )
        if said is None:
            return None
        paths = [entry[3:] for entry in said.split("\0") if len(entry) > 3]
        return {path: self._state(path) for path in paths} if len(paths) <= FILES else None

    def changed(self, began: datetime, dirty: Collection[str] | None) -> set[str] | None:
        """Paths that were committed, or are uncommitted and were not so when a session began.

        None where git could not say. What was pulled, merged or checked out is not counted.

        Args:
            began: When that was.
            dirty: The digests that `dirty` gave then.
        """
        now = self.dirty() if dirty is not None else {}
        committed = self._committed(began)
        if now is None or committed is None:
            return None
        before = frozenset(dirty or ())
        return committed | {path for path, digest in now.items() if digest not in before}

    def _committed(self, began: datetime) -> set[str] | None:
        """The files of the commits that were made here in later seconds, in whatever branch."""
        wanted = ("-n", str(_ENTRIES), "--date=unix", "--format=%H %gd %gs")
        log = self._git("reflog", "show", *wanted, "HEAD", "--")
        commits = [
            commit
            for commit, entry, what in (line.split(" ", 2) for line in (log or "").splitlines())
            if what.startswith("commit") and _moment(entry) > int(began.timestamp())
        ]
        if not commits:  # or no reflog: a repository without a commit has none
            return set()
        said = self._git(
            *("diff-tree", "--stdin", "--root", "-r", "-z", "--name-only", "--no-commit-id"),
            stdin="\n".join(commits) + "\n",
        )
        return None if said is None else {path for path in said.split("\0") if path}

    def _state(self, path: str) -> str:
        try:
            found = (self._root / path).lstat()
        except OSError:
            said = path
        else:
            said = f"{path}\0{found.st_size}\0{found.st_mtime_ns}"
        return blake2b(said.encode("utf-8", "surrogateescape"), digest_size=6).hexdigest()

    def _git(self, *arguments: str, stdin: str = "") -> str | None:
        """What git says; None where it fails, or is not done in time."""
        environment = {name: said for name, said in os.environ.items() if name not in _OF_OTHERS}
        try:
            done = subprocess.run(
                ["git", "-C", str(self._root), *arguments],
                input=stdin.encode(),
                capture_output=True,
                env=environment | {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
                check=True,
                timeout=max(0.01, self._until - time.monotonic()),
            )
        except (OSError, subprocess.SubprocessError):
            return None
        return done.stdout.decode("utf-8", "surrogateescape")


def _moment(entry: str) -> int:
    """Seconds since 1970 of a reflog's entry, `HEAD@{1700000000}`."""
    digits = entry.partition("@{")[2].rstrip("}")
    return int(digits) if digits.isdecimal() else 0
