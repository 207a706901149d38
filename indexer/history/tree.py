"""The files of a commit, laid out in a folder as a checkout would have them."""

from __future__ import annotations

import os
import posixpath
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from indexer.commits import Head
from indexer.history.git import GitFailed
from indexer.reading import MAX_BYTES
from memory.config import SETTINGS_FILE
from memory.errors import UnknownCommit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from indexer.history.git import Entry, Git

_FILES, _LINK = ("100644", "100755", "100664"), "120000"  # modes
_IGNORE_FILES = (".gitignore", ".archmemignore")
_HOPS = 8  # links that lead to links


class Tree:
    """What a commit holds; files are fetched when they are laid out."""

    def __init__(self, git: Git, commit: str) -> None:
        """Look at what there is.

        Raises:
            UnknownCommit: the repository has not all of it.
        """
        self._git = git
        self.commit = commit
        entries = [entry for entry in git.tree(commit) if _is_safe(entry.path)]
        self._files = {entry.path: entry for entry in entries if entry.mode in _FILES}
        links = [entry for entry in entries if entry.mode == _LINK]
        texts = self._fetch(links)
        self._links = {
            path: os.fsdecode(text) for path, text in texts.items() if isinstance(text, bytes)
        }

    def lay_out_settings(self, folder: Path) -> bool:
        """Put the settings into a folder; whether there are any."""
        return bool(self._write(folder, [SETTINGS_FILE], at=0))

    def lay_out(self, folder: Path, accepts: Callable[[PurePosixPath], bool], at: int) -> Head:
        """Put the files that are wanted into a folder, with the links that lead to some.

        Args:
            folder: An empty one, or with the settings in it.
            accepts: Whether a path is wanted.
            at: When they are to have been written, in seconds since 1970.

        Returns:
            The commit, with the blobs of these files.
        """
        links = self._links_to_wanted(accepts)
        wanted = {path for path in self._files if _is_wanted(path, accepts)}
        wanted.update(path for paths in links.values() for path in paths)
        self._write(folder, sorted(wanted), at=at)
        for link in links:
            (folder / link).parent.mkdir(parents=True, exist_ok=True)
            (folder / link).symlink_to(self._links[link])
        return Head(self.commit, {path: self._files[path].blob for path in wanted})

    def _links_to_wanted(self, accepts: Callable[[PurePosixPath], bool]) -> dict[str, list[str]]:
        """Links within the tree by which wanted files are reached, with those files."""
        found = {}
        for link in self._links:
            target = self._target(link)
            reached = [
                path
                for path in self._files
                if target is not None
                and (path == target or path.startswith(f"{target}/"))
                and accepts(PurePosixPath(link + path.removeprefix(target)))
            ]
            if reached:
                found[link] = reached
        return found

    def _target(self, link: str) -> str | None:
        """Where a link leads within the tree; None if it leads out of it, or in a circle."""
        for _ in range(_HOPS):
            text = self._links[link]
            target = posixpath.normpath(posixpath.join(posixpath.dirname(link), text))
            if text.startswith("/") or target.split("/")[0] in ("..", "."):
                return None
            if target not in self._links:
                return target
            link = target
        return None

    def _write(self, folder: Path, paths: Iterable[str], *, at: int) -> int:
        entries = [self._files[path] for path in paths if path in self._files]
        texts = self._fetch(entries)
        for entry in entries:
            file = folder / entry.path
            file.parent.mkdir(parents=True, exist_ok=True)
            text = texts[entry.path]
            file.write_bytes(text if isinstance(text, bytes) else b"")
            if isinstance(text, int):  # nobody reads it, but it is to be said that it is there
                os.truncate(file, text)
            os.utime(file, (at, at))
        return len(entries)

    def _fetch(self, entries: Iterable[Entry]) -> Mapping[str, bytes | int]:
        """What these hold, by path; of what is too long to be read, how many bytes.

        Raises:
            UnknownCommit: the repository has not all of it.
        """
        entries = list(entries)
        try:
            sizes = self._git.sizes({entry.blob for entry in entries})
        except GitFailed as error:  # a partial clone would fetch what it lacks, and may not
            raise self._lacking([one for one in entries if one.blob in str(error)]) from error
        missing = [entry for entry in entries if entry.blob not in sizes]
        if missing:
            raise self._lacking(missing)
        blobs = self._git.blobs(blob for blob, size in sizes.items() if size <= MAX_BYTES)
        return {entry.path: blobs.get(entry.blob, sizes[entry.blob]) for entry in entries}

    def _lacking(self, missing: Sequence[Entry]) -> UnknownCommit:
        named = f" ({missing[0].path})" if missing else ""
        reason = f"this clone has not all of its files{named}"
        return UnknownCommit(self.commit[:12], reason)


def _is_safe(path: str) -> bool:
    """Whether a path stays within the folder that it is laid out in, and is no repository's own."""
    parts = path.split("/")
    return not any(part in ("", ".", "..") or part.lower() == ".git" for part in parts)


def _is_wanted(path: str, accepts: Callable[[PurePosixPath], bool]) -> bool:
    return path.rpartition("/")[2] in _IGNORE_FILES or accepts(PurePosixPath(path))
