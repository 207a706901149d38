"""Which commit is checked out, and whether a file is as it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from indexer.git.process import GitFailed, GitProcess
from indexer.git.repository import blob_id, tree_entries

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

NAMED = 50  # paths: asked for so few by name, git need not list the whole tree


class HeadCommit(NamedTuple):
    """The commit that is checked out, and the blob ids of its files by path."""

    commit: str | None
    blobs: dict[str, str]

    def commit_of(self, path: str, content: bytes) -> str | None:
        """The commit, if the file has this very content in it; else None."""
        blob = self.blobs.get(path)
        return self.commit if blob and blob_id(content, like=blob) == blob else None


NO_HEAD = HeadCommit(None, {})


def read_head(root: Path, paths: Sequence[str] | None = None) -> HeadCommit:
    """The commit checked out at `root`; without git or a commit, one that holds nothing.

    A citation without a commit is still a citation, so a missing git costs no more than that.

    With `paths`, relative to `root`, only their blobs are listed.
    """
    listed = ["-r", "--", "."] if paths is None or len(paths) > NAMED else ["--", *paths]
    git = GitProcess(root)
    try:
        commit = git.ask("rev-parse", "--verify", "HEAD").strip()
        # Of the commit, as HEAD may move on meanwhile; literally, as a name may hold a `:` or `*`.
        listing = git.run("--literal-pathspecs", "ls-tree", "-z", commit, *listed)
    except GitFailed:
        return NO_HEAD
    return HeadCommit(commit, {entry.path: entry.blob for _, entry in tree_entries(listing)})
