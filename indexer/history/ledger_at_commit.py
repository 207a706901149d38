"""Takes a copy of the ledger to a commit: as if that were checked out, and nothing came after it.

What a file says there is taken in as any index run does it, so that a memory keeps its identity
through edits, renames and returns.
"""

from __future__ import annotations

import os
import posixpath
import tempfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from indexer.discovery.looks import may_tell
from indexer.discovery.telling import knowing_folders
from indexer.formats.registry import finder, formats
from indexer.git.head import HeadCommit
from indexer.git.process import GitFailed
from indexer.git.repository import WHOLE, Repository
from indexer.history.history_reader import find_history_mark, read_history, save_history_mark
from indexer.history.refactoring_drafts import undoers_of
from indexer.pipeline import look_up, take_in
from indexer.reading import MAX_BYTES
from memory.config import SETTINGS_FILE, load_settings
from memory.errors import ConfigInvalid, UnknownCommit
from memory.ledger.store_facts import UNLINKED
from memory.ledger.times import to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from indexer.git.repository import TreeEntry
    from memory.config import Settings
    from memory.ledger.interface.database import Ledger

_FILES, _LINK = ("100644", "100755", "100664"), "120000"  # modes
_IGNORE_FILES = (".gitignore", ".archmemignore")
_HOPS = 8  # links that lead to links


def rewind(ledger: Ledger, root: Path, commit: str, settings: Settings) -> None:
    """Afterwards a copy of the ledger knows what a commit leads to, and nothing else.

    Raises:
        UnknownCommit: the repository has not all of it.
    """
    git = _RepositoryAt(root, commit)
    try:
        at = git.moment(commit)
        newest = ledger.db.changes.latest()
        with ledger.writing() as db:
            db.rewinding.forget_working_tree()
        _keep_what_led_to(ledger, git, at)
        _take_in_tree(ledger, git, settings, at)
        if ledger.db.refactorings.has_derived():
            read_history(ledger, root, kept=settings.history_limit, git=git, at=at)
        with ledger.writing() as db:
            db.rewinding.settle_on(newest)
            db.facts.save(UNLINKED, to_text(at))
        look_up(ledger)
    except GitFailed as error:
        raise UnknownCommit(commit[:12], str(error)) from error


class _RepositoryAt(Repository):
    def __init__(self, root: Path, commit: str) -> None:
        super().__init__(root)
        self._commit = commit

    def head(self) -> str:
        return self._commit

    def reached(self, names: Collection[str]) -> set[str]:
        """Those of these commits, by full or shortened hashes, that lead to this one."""
        whole = self.present([name for name in names if len(name) >= WHOLE])
        short = {
            name for name in names if len(name) < WHOLE and self.is_ancestor(name, self._commit)
        }
        return short | (whole - self.beyond(whole, self._commit))

    def astray(self, hashes: object) -> set[str]:  # noqa: ARG002
        return set()  # what does not lead to the commit has gone before its history is read


def _take_in_tree(ledger: Ledger, git: _RepositoryAt, settings: Settings, at: datetime) -> None:
    tree = _Checkout(git, git.head())
    with tempfile.TemporaryDirectory(prefix="archmem-") as name:
        folder = Path(name)
        if tree.lay_out_settings(folder):
            try:
                settings = load_settings(folder, {})
            except ConfigInvalid:  # then; today's are the best guess
                (folder / SETTINGS_FILE).unlink()
        known = formats(settings.record_folders)
        find = finder(knowing_folders(ledger.db, known))
        head = tree.lay_out(
            folder, lambda path: find(path) is not None or may_tell(path), int(at.timestamp())
        )
        ignore = settings.ignore
        take_in(ledger, folder, known, ignore=ignore, accept_removals=True, head=head, at=at)


def _keep_what_led_to(ledger: Ledger, git: _RepositoryAt, at: datetime) -> None:
    """Of what no file says only that stays which was recorded at a commit that leads to this one.

    A memory is as its last such revision has it.
    """
    revisions = ledger.db.rewinding.unfiled()
    reached = git.reached({one.commit for one in revisions if one.commit})
    shown = {one.uid: one for one in revisions if one.commit in reached}
    with ledger.writing() as db:
        for one in revisions:
            if not one.is_newest:
                continue
            if one.uid in shown:
                db.rewinding.show_again(one.uid, shown[one.uid].revision_id)
            else:
                db.memories.remove(one.uid, db.memories.fetch(one.uid).revision.source, at)
    _read_reverts_anew(ledger, git)


def _read_reverts_anew(ledger: Ledger, git: _RepositoryAt) -> None:
    """All history is read anew where a refactoring was undone, or done again, only later."""
    live = [one for one in ledger.db.refactorings.derived() if not one.revision.removed]
    undoers = {name for one in live for name in undoers_of(one.revision.draft)}
    if undoers - git.reached(undoers):
        with ledger.writing() as db:
            save_history_mark(db, find_history_mark(db).model_copy(update={"by": "", "tips": ()}))


class _Checkout:
    """The files of a commit; they are fetched when they are laid out in a folder."""

    def __init__(self, git: Repository, commit: str) -> None:
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

    def lay_out(
        self, folder: Path, accepts: Callable[[PurePosixPath], bool], at: int
    ) -> HeadCommit:
        """Put the files that are wanted into a folder, with the links that lead to some.

        All are dated `at`, in seconds since 1970.

        Returns:
            The commit, with the blobs of these files.
        """
        links = self._links_to_wanted(accepts)
        wanted = {
            path
            for path in self._files
            if posixpath.basename(path) in _IGNORE_FILES or accepts(PurePosixPath(path))
        }
        wanted.update(path for paths in links.values() for path in paths)
        self._write(folder, sorted(wanted), at=at)
        for link in links:
            (folder / link).parent.mkdir(parents=True, exist_ok=True)
            (folder / link).symlink_to(self._links[link])
        return HeadCommit(self.commit, {path: self._files[path].blob for path in wanted})

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

    def _fetch(self, entries: Iterable[TreeEntry]) -> Mapping[str, bytes | int]:
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

    def _lacking(self, missing: Sequence[TreeEntry]) -> UnknownCommit:
        named = f" ({missing[0].path})" if missing else ""
        reason = f"this clone has not all of its files{named}"
        return UnknownCommit(self.commit[:12], reason)


def _is_safe(path: str) -> bool:
    """Whether a path stays within the folder that it is laid out in, and is no repository's own."""
    parts = path.split("/")
    return not any(part in ("", ".", "..") or part.lower() == ".git" for part in parts)
