"""Which commit holds a file exactly as it lies in the working tree."""

from __future__ import annotations

import hashlib
import os
import subprocess
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

#: Set for what git's hooks run, these name the hook's repository, whatever folder is asked about.
OF_OTHERS = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY"})
NAMED = 50  # paths: asked for so few by name, git need not list the whole tree
GIT_TIMEOUT = 30  # seconds; listing the tree of a large monorepo takes about one


class Head(NamedTuple):
    """The commit that is checked out, and the blob ids of its files by path."""

    commit: str | None
    blobs: dict[str, str]

    def commit_of(self, path: str, content: bytes) -> str | None:
        """The commit, if the file has this very content in it; else None."""
        blob = self.blobs.get(path)
        if blob is None:
            return None
        algorithm = "sha256" if len(blob) == 64 else "sha1"
        said = hashlib.new(algorithm, b"blob %d\0" % len(content) + content, usedforsecurity=False)
        return self.commit if said.hexdigest() == blob else None


NO_HEAD = Head(None, {})


def read_head(root: Path, paths: Sequence[str] | None = None) -> Head:
    """The commit checked out at `root`; without git or a commit, one that holds nothing.

    A citation without a commit is still a citation, so a missing git costs no more than that.

    Args:
        root: A worktree, or a folder in one.
        paths: The files whose blobs are wanted, relative to `root`; None for all.
    """
    listed = ["-r", "--", "."] if paths is None or len(paths) > NAMED else ["--", *paths]
    try:
        commit = _git(root, "rev-parse", "--verify", "HEAD").strip()
        # Of the commit, as HEAD may move on meanwhile; literally, as a name may hold a `:` or `*`.
        listing = _git(root, "--literal-pathspecs", "ls-tree", "-z", commit, *listed)
    except (OSError, subprocess.SubprocessError):
        return NO_HEAD
    blobs = {}
    for entry in listing.split("\0"):
        described, _, path = entry.partition("\t")
        if path:
            blobs[path] = described.split()[2]
    return Head(commit, blobs)


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(root), *arguments],
        capture_output=True,
        env={name: value for name, value in os.environ.items() if name not in OF_OTHERS},
        check=True,
        timeout=GIT_TIMEOUT,
    )
    return done.stdout.decode("utf-8", "surrogateescape")
