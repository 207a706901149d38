"""What each worktree of a project contributes: what changes in it.

File states are kept per worktree. In the main worktree every file is read when it is first
seen; in a linked one only those that the main one does not have. What the main one has as well
is noted, and read once it changes there. So what holds of a path is what was last changed or
added in some worktree, and looking at one worktree after the other changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from indexer.project_root import find_project
from memory.models.report import MAIN, NOTED, STALE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from memory.ledger.interface.database import Database, Ledger
    from memory.models.memory import Memory
    from memory.models.report import KnownFile


class Worktrees(NamedTuple):
    """The worktree that is looked at, among those of its project that are there."""

    here: str  # as `KnownFile.worktree`
    others: Mapping[str, Path]  # where they lie

    def known_here(
        self, db: Database, only: Collection[str] | None, *, anew: bool
    ) -> dict[str, KnownFile]:
        """What is known of this worktree's files, by path; `anew` to read again all that holds."""
        known = db.files.known(only, worktree=self.here)
        if not anew:
            return known
        return {
            path: row if row.state == NOTED else row._replace(state=STALE, content_hash=None)
            for path, row in known.items()
        }

    def held_by_main(self, db: Database, paths: Collection[str]) -> dict[str, KnownFile]:
        """Those of a linked worktree's files that the main worktree has as well, by path."""
        main = self.others.get(MAIN)
        if self.here == MAIN or main is None:
            return {}
        rows = db.files.known(paths)
        return {path: rows[path] for path in paths if path in rows and (main / path).exists()}

    def had_elsewhere(self, paths: Iterable[str]) -> set[str]:
        """Those of these paths at which another worktree has something."""
        return {
            path for path in paths if any((one / path).exists() for one in self.others.values())
        }

    def read_others_anew(self, ledger: Ledger) -> None:
        """What holds from other worktrees is read again when they are looked at."""
        if ledger.db.files.of_others([self.here]):
            with ledger.writing() as db:
                db.files.reopen_all(besides=self.here)

    def wake_for_lost(self, ledger: Ledger) -> list[KnownFile]:
        """The files of worktrees that are gone; another one reads what held from them."""
        lost = ledger.db.files.of_others([self.here, *self.others])
        if lost:
            with ledger.writing() as db:
                for worktree, paths in _by_worktree(lost).items():
                    db.files.wake_elsewhere(paths, worktree=worktree)
        return lost

    def removable(
        self,
        db: Database,
        missing: Sequence[Memory],
        known: Mapping[str, KnownFile],
        gone: Collection[str],
    ) -> tuple[Memory, ...]:
        """The memories that this worktree may remove, of those that it has nowhere.

        An entry stays that another worktree's file says in the words that hold. Only the main
        worktree removes it all the same, where its own file said it before.

        `gone` are files that are in no worktree any more, with all that they said.
        """
        theirs = defaultdict(set)
        paths = {memory.path for memory in missing if memory.path}
        for row in db.files.elsewhere(paths.difference(gone), worktree=self.here):
            if row.worktree in self.others:
                theirs[row.path].update(row.said.split())

        def is_ours(memory: Memory) -> bool:
            path, digest = memory.path or "", memory.revision.draft.digest
            if digest not in theirs[path]:
                return True
            return self.here == MAIN and path in known and digest in known[path].said.split()

        return tuple(memory for memory in missing if is_ours(memory))

    def forget_gone(
        self,
        ledger: Ledger,
        gone: Sequence[str],
        stay: Collection[str],
        lost: Sequence[KnownFile],
    ) -> None:
        """Afterwards nothing is known of files that are gone, here or with their worktree.

        What another worktree has stays known here until it has been looked at there: if it goes
        from there before that, nobody else would miss it.
        """
        rows = ledger.db.files.elsewhere(stay, worktree=self.here)
        seen_there = {row.path for row in rows if row.worktree in self.others}
        going = [path for path in gone if path not in stay or path in seen_there]
        if not going and not lost:
            return
        with ledger.writing() as db:
            for worktree, paths in _by_worktree(lost).items():
                db.files.forget(paths, worktree=worktree)
            db.files.forget(going, worktree=self.here)


def name_worktrees(root: Path, main: Path | None, elsewhere: Iterable[Path]) -> Worktrees:
    """The worktrees by the names under which the ledger knows their files."""
    main = main or root
    names = {
        path: MAIN if path == main else str(path).encode("utf-8", "backslashreplace").decode()
        for path in (root, *elsewhere)
    }
    return Worktrees(names[root], {names[path]: path for path in elsewhere if path != root})


def worktree_name(root: Path) -> str:
    """The name under which the ledger knows the files of the worktree at `root`."""
    roots = find_project(root)
    main = roots.main if roots.worktree == root else root
    return name_worktrees(root, main, ()).here


def _by_worktree(files: Iterable[KnownFile]) -> dict[str, list[str]]:
    by_worktree = defaultdict(list)
    for file in files:
        by_worktree[file.worktree].append(file.path)
    return by_worktree
