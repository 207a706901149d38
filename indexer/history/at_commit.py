"""Takes a copy of the ledger to a commit: as if that were checked out, and nothing came after it.

What a file says there is taken in as any index run does it, so that a memory keeps its identity
through edits, renames and returns.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.formats.registry import formats
from indexer.history.drafts import undoers_of
from indexer.history.git import Git, GitFailed
from indexer.history.mark import find_mark, save_mark
from indexer.history.reading import read_history
from indexer.history.tree import Tree
from indexer.pipeline import look_up, take_in
from memory.config import SETTINGS_FILE, load_settings
from memory.errors import ConfigInvalid, UnknownCommit
from memory.ledger.derived import derived_refactorings, has_derived
from memory.ledger.facts import UNLINKED, save_fact
from memory.ledger.memories import count_revisions, fetch_memory, remove_memory
from memory.ledger.rewinding import (
    forget_working_tree,
    settle_on,
    show_again,
    unfiled_revisions,
)
from memory.ledger.times import to_text

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from memory.config import Settings
    from memory.ledger.connection import Ledger

WHOLE = 40  # digits of a hash that is written in full


def rewind(ledger: Ledger, root: Path, commit: str, settings: Settings) -> None:
    """Afterwards a copy of the ledger knows what a commit leads to, and nothing else.

    Args:
        ledger: The copy.
        root: A worktree of the project.
        commit: Its full hash.
        settings: Which folders to look at, where the commit has no settings of its own.

    Raises:
        UnknownCommit: the repository has not all of it.
    """
    git = _GitAt(root, commit)
    try:
        at = git.moment(commit)
        newest = count_revisions(ledger.db)
        with ledger.writing() as db:
            forget_working_tree(db)
        _keep_what_led_to(ledger, git, at)
        _take_in_tree(ledger, git, settings, at)
        if has_derived(ledger.db):
            read_history(ledger, root, kept=settings.history_limit, git=git, at=at)
        with ledger.writing() as db:
            settle_on(db, newest)
            save_fact(db, UNLINKED, to_text(at))
        look_up(ledger)
    except GitFailed as error:
        raise UnknownCommit(commit[:12], str(error)) from error


class _GitAt(Git):
    """A repository seen from one of its commits."""

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


def _take_in_tree(ledger: Ledger, git: _GitAt, settings: Settings, at: datetime) -> None:
    tree = Tree(git, git.head())
    with tempfile.TemporaryDirectory(prefix="archmem-") as name:
        folder = Path(name)
        if tree.lay_out_settings(folder):
            try:
                settings = load_settings(folder, {})
            except ConfigInvalid:  # then; today's are the best guess
                (folder / SETTINGS_FILE).unlink()
        known = formats(settings.record_folders)
        head = tree.lay_out(
            folder,
            lambda path: any(one.accepts(path) for one in known),
            int(at.timestamp()),
        )
        take_in(
            ledger,
            folder,
            known,
            ignore=settings.ignore,
            accept_removals=True,
            head=head,
            at=at,
        )


def _keep_what_led_to(ledger: Ledger, git: _GitAt, at: datetime) -> None:
    """Of what no file says only that stays which was recorded at a commit that leads to this one.

    A memory is as its last such revision has it.
    """
    revisions = unfiled_revisions(ledger.db)
    reached = git.reached({one.commit for one in revisions if one.commit})
    shown = {one.uid: one for one in revisions if one.commit in reached}
    with ledger.writing() as db:
        for one in revisions:
            if not one.is_newest:
                continue
            if one.uid in shown:
                show_again(db, one.uid, shown[one.uid].revision_id)
            else:
                remove_memory(db, one.uid, fetch_memory(db, one.uid).revision.source, at)
    _read_reverts_anew(ledger, git)


def _read_reverts_anew(ledger: Ledger, git: _GitAt) -> None:
    """All history is read anew where a refactoring was undone, or done again, only later."""
    live = [one for one in derived_refactorings(ledger.db) if not one.revision.removed]
    undoers = {name for one in live for name in undoers_of(one.revision.draft)}
    if undoers - git.reached(undoers):
        with ledger.writing() as db:
            save_mark(db, find_mark(db).model_copy(update={"by": "", "tips": ()}))
