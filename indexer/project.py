"""A project as archmem opens it: its files, its settings, its memory."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.project_root import find_project, other_worktrees, remote_names
from memory.api import ArchMem
from memory.config import load_settings, store_folder
from memory.errors import StoreHasLink
from memory.keeping.forgetting import finish
from memory.ledger.adoption import ensure_ours
from memory.ledger.ownership import ensure_belongs
from memory.models.report import no_progress
from memory.session import LEDGER, Session, create_store

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from indexer.project_root import ProjectRoots
    from memory.code.checks.check import Check
    from memory.code.clone_tokens import FileTokens
    from memory.code.cochange import CoChange
    from memory.code.codebase import CodeBase
    from memory.code.coverage import CoverageReport
    from memory.code.history import CodeHistory
    from memory.code.past_changes import PastChanges
    from memory.code.ran_tests import ReportedTests
    from memory.code.timed import Timings
    from memory.code.tool_reports import Reports
    from memory.config import Settings
    from memory.ledger.interface.database import Ledger
    from memory.models.answer import Rebuilt, Recorded, Written
    from memory.models.harvest import Harvested
    from memory.models.memory import Draft
    from memory.models.report import HistoryReport, IndexReport, Progress
    from memory.retrieval.model import Model, SharedModels


SOON = 300  # files of code, which are read in a second or two


class WorktreeFiles:
    """The files of one worktree."""

    def __init__(self, roots: ProjectRoots, settings: Settings) -> None:
        self._roots = roots
        self._root = roots.worktree
        self._settings = settings
        self.lacked_code = False
        self.on_reading: Progress = no_progress

    def take_in(
        self,
        ledger: Ledger,
        *,
        only: Collection[str] | None,
        accept_removals: bool,
        on_progress: Progress,
    ) -> IndexReport:
        """Bring the ledger up to date with them, or with those at certain paths."""
        from indexer.discovery.telling import knowing_folders
        from indexer.formats.auto_memory import auto_memory_files
        from indexer.formats.registry import finder, formats
        from indexer.history.git_calendar import read_calendar
        from indexer.history.vouching import vouch
        from indexer.pipeline import take_in

        notes = auto_memory_files(self._roots.main, self._settings.claude_auto_memory)
        elsewhere = other_worktrees(self._roots)
        known = formats(self._settings.record_folders)
        report = take_in(
            ledger,
            self._root,
            known,
            ignore=self._settings.ignore,
            modules=self._modules(),
            outside=tuple(notes),
            main=self._roots.main,
            elsewhere=elsewhere,
            remotes=remote_names(self._roots),
            only=only,
            accept_removals=accept_removals,
            on_progress=on_progress,
        )
        if self._root != self._roots.main and self._roots.main in elsewhere:
            return report  # the main worktree's history is the project's
        told = read_calendar(ledger, self._root, knowing_folders(ledger.db, known))
        if only is None or report.added or report.revised:
            vouch(ledger, self._root, finder(knowing_folders(ledger.db, known)))
        problems = [line for line in report.problems if line not in told.settled]
        return report.model_copy(update={"problems": (*problems, *told.problems)})

    def read_history(
        self,
        ledger: Ledger,
        *,
        since: datetime | None,
        most: int | None,
        on_progress: Progress,
    ) -> HistoryReport:
        """Bring the ledger up to date with the refactorings that git's history tells of."""
        from indexer.history.history_reader import read_history

        return read_history(
            ledger,
            self._root,
            since=since,
            most=most,
            kept=self._settings.history_limit,
            on_progress=on_progress,
        )

    def record(self, ledger: Ledger, draft: Draft, author: str) -> Recorded:
        """Keep a draft in the ledger and write it to the file where its kind belongs."""
        from indexer.discovery.telling import knowing_folders
        from indexer.formats.registry import finder, formats
        from indexer.record_files import with_superseded
        from indexer.recording import amend, record

        find = finder(knowing_folders(ledger.db, formats(self._settings.record_folders)))
        recorded = record(ledger, self._root, draft, author, find)

        def say(uid: str, said: Draft) -> Recorded:
            return amend(ledger, self._root, uid, said, author, find_format=find)

        return with_superseded(ledger, recorded, say)

    def amend(
        self, ledger: Ledger, uid: str, draft: Draft, author: str, after: int | None = None
    ) -> Recorded:
        """Keep a revision of a memory and write it where its text stands."""
        from indexer.discovery.telling import knowing_folders
        from indexer.formats.registry import finder, formats
        from indexer.recording import amend

        find = finder(knowing_folders(ledger.db, formats(self._settings.record_folders)))
        return amend(ledger, self._root, uid, draft, author, after, find)

    def remove(self, ledger: Ledger, uid: str, author: str, after: int | None) -> Recorded:
        """Take a memory away, and its entry out of its file."""
        from indexer.discovery.telling import knowing_folders
        from indexer.formats.registry import finder, formats
        from indexer.removing import remove
        from memory.models.report import no_progress

        if ledger.db.memories.fetch(uid).pending_file:  # it may stand in a file that nobody noted
            self.take_in(ledger, only=None, accept_removals=False, on_progress=no_progress)
        find = finder(knowing_folders(ledger.db, formats(self._settings.record_folders)))
        return remove(ledger, self._root, uid, author, after, find)

    def harvest(
        self,
        ledger: Ledger,
        *,
        accept: Sequence[str],
        edited: str,
        refuse: Sequence[str],
        since: datetime | None,
        most: int | None,
        sessions: bool,
        author: str,
        model: Model,
    ) -> Harvested:
        """Propose decisions that the history tells of, or accept and refuse what was proposed.

        With `sessions`, those that people took in sessions of coding agents.
        """
        from indexer.harvest.harvester import Wishes, harvest, harvest_sessions

        wishes = Wishes(accept, edited, refuse)
        if sessions:
            worktrees = {self._roots.main.resolve(), self._root.resolve()}
            return harvest_sessions(ledger, self._root, worktrees, wishes, since, author)
        return harvest(ledger, self._root, wishes, since, most, author, model)

    def import_notes(self, ledger: Ledger, source: Path) -> tuple[str, int]:
        """Write what another tool remembers into a file of notes; its path, how many are new."""
        from indexer.importing.importer import import_notes

        def known_among(uids: Sequence[str]) -> set[str]:
            return {one.uid for one in ledger.db.memories.with_uids(uids)}

        written = import_notes(self._root, source, known_among)
        return written.path, written.added

    def check_anchors(self, ledger: Ledger, *, again: bool = False) -> Sequence[str]:
        """Look at what memories name, and keep what was found; what hinders it, in lines."""
        from indexer.freshness.look import check_anchors, look_again

        main = self._roots.main
        return look_again(ledger, main) if again else check_anchors(ledger, main, None)

    def code(self, ledger: Ledger) -> CodeBase:
        """What the code of the worktree says now; what is learned of files is kept."""
        code = self._code(ledger, None)
        assert code is not None  # noqa: S101 - as nothing bounds it
        return code

    def code_at(self, commit: str) -> CodeBase:
        """What the code said at a commit, by its full hash."""
        from indexer.code.code_at_commit import code_at
        from indexer.git.repository import Repository

        ignore = self._settings.ignore
        return code_at(Repository(self._root), commit, {}, self._modules(), ignore=ignore)

    def code_history(self, ledger: Ledger) -> CodeHistory:
        """The code along git's history."""
        from indexer.code.past import GitHistory

        return GitHistory(ledger, self._root, self._modules(), self._settings.ignore)

    def contracts(self) -> Sequence[Check]:
        """The checks that files of other tools declare."""
        from indexer.code.contracts.registry import read_contracts

        return read_contracts(self._root)

    def tokens(self, ledger: Ledger, code: CodeBase) -> Mapping[str, FileTokens]:
        """The tokens of the files of a code base, by path; what is not on disk is git's."""
        from indexer.code.token_reading import load_from, tokens_of

        return tokens_of(ledger, code, load_from(self._root))

    def code_soon(self, ledger: Ledger) -> CodeBase | None:
        """The same, or None where that takes longer than somebody waits who asked for more."""
        code = self._code(ledger, SOON)
        self.lacked_code |= code is None
        return code

    def code_unless(self, ledger: Ledger, should_stop: Callable[[], bool]) -> CodeBase | None:
        """The same, or None where it should stop before that."""
        return self._code(ledger, None, should_stop)

    def _code(
        self, ledger: Ledger, most: int | None, should_stop: Callable[[], bool] = lambda: False
    ) -> CodeBase | None:
        from indexer.code.code_reader import read_code

        return read_code(
            ledger,
            self._root,
            ignore=self._settings.ignore,
            modules=self._modules(),
            most=most,
            should_stop=should_stop,
            on_progress=self.on_reading,
        )

    def rebuild_code(self, ledger: Ledger) -> Rebuilt:
        """Read all code anew; what was kept of it otherwise is replaced."""
        from indexer.code.code_reader import replace_kept

        ignore = self._settings.ignore
        return replace_kept(ledger, self._root, ignore=ignore, modules=self._modules())

    def _modules(self) -> Mapping[str, Sequence[str]]:
        """The folders of each module that the project declares, by its name."""
        from indexer.module_rules import declared_modules

        return declared_modules(self._root, self._settings.modules)

    def coverage(self, code: CodeBase) -> CoverageReport | None:
        """Which lines tests run, by the newest report of the project; None without one."""
        from indexer.code.coverage_reports import read_coverage

        return read_coverage(self._root, code.files)

    def test_results(self, code: CodeBase) -> ReportedTests | None:
        """What came of tests by the project's reports; None where there is none."""
        from indexer.code.junit_reader import read_test_results

        return read_test_results(self._root, code.files)

    def reported(self) -> Reports:
        """What reports of other tools in the project say."""
        from indexer.code.sarif_reader import read_reported

        return read_reported(self._root)

    def timings(self) -> Timings:
        """What traces and profiles in the project say of times."""
        from indexer.code.timings import read_timings

        return read_timings(self._root)

    def changed_together(self, ledger: Ledger) -> CoChange | None:
        """Which files the latest commits changed together; None without git."""
        from indexer.code.cochange_reader import read_changes

        return read_changes(ledger, self._root)

    def merged(self, ledger: Ledger) -> PastChanges | None:
        """What came to the main line before; None without git."""
        from indexer.code.merged import read_merged

        return read_merged(ledger, self._root)

    def changed_paths(self, commit: str) -> Sequence[str]:
        """The files in which the worktree differs from a commit, by any name of it."""
        from indexer.git.repository import Repository

        repository = Repository(self._root)
        return sorted(repository.changed_since(repository.commit_of(commit)))

    def changed_lines(self, commit: str) -> Mapping[str, Sequence[tuple[int, int]]]:
        """The lines, first and last, in which files differ from a commit, by any name of it."""
        from indexer.git.repository import Repository

        repository = Repository(self._root)
        return repository.changed_lines(repository.commit_of(commit))

    def rewind(self, ledger: Ledger, commit: str) -> None:
        """Take a copy of the ledger to a commit, by its full hash."""
        from indexer.history.ledger_at_commit import rewind

        rewind(ledger, self._root, commit, self._settings)

    def departed(self, paths: Collection[str], modules: Collection[str]) -> Collection[str]:
        """Those of these that git knows to have been there, and that are no longer."""
        from indexer.freshness.path_history import departed

        return departed(self._root, paths, modules)

    def last_written(self, path: str, lines: tuple[int, int]) -> Written | None:
        """Who committed the latest of some lines of a file; None where git cannot say."""
        from indexer.git.signatures import last_written

        return last_written(self._root, path, lines)

    def commit_of(self, name: str) -> str:
        """The full hash of the commit that git knows by a name."""
        from indexer.git.repository import Repository

        return Repository(self._root).commit_of(name)

    def author(self) -> str:
        """A human, by the name that git knows here, or else by login."""
        return default_author(self._root)


def default_author(project: Path) -> str:
    """A human, by the name that git knows in this project, or else by login."""
    import getpass

    from indexer.git.process import GitFailed, GitProcess

    try:
        name = GitProcess(project).ask("config", "user.name", seconds=5).strip()
    except GitFailed:  # no git here, or one that waits for something
        name = ""
    try:
        return f"human:{name or getpass.getuser()}"
    except (OSError, KeyError):  # a container may run as a user without a name
        return "human:unknown"


def open_project(
    start: Path | str = ".",
    *,
    store: Path | str | None = None,
    create: bool = True,
    models: SharedModels | None = None,
    environment: Mapping[str, str] = os.environ,
    owner: str | None = None,
    unadopted: bool = False,
) -> ArchMem:
    """The memory of the project that a folder is in.

    Args:
        start: Any folder of the project.
        store: Where the memory lies, if not at the root of the main worktree.
        create: Make an empty memory where there is none.
        models: The models of this process; None to load one for this memory alone.
        environment: Where `ARCHMEM_MODEL` and `ARCHMEM_PRECISION` may stand.
        owner: Who owns the memory while it is open, in words; None to be one of many.
        unadopted: Open one that came from elsewhere, too, to see what is in it.

    Raises:
        ProjectNotFound: `start` is not a folder.
        StoreNotAdopted: The memory came from elsewhere.
        StoreHasLink, StoreHasPipe: Something of it is no file of its own.
        StoreNotFound: There is no memory, and `create` is false.
        StoreOwned: Another process owns it.
        StoreOfAnotherProject: It is that of another project.
        StoreTooNew, StoreDamaged: There is one that cannot be used.
        ConfigInvalid: `archmem.toml` cannot be understood.
    """
    roots = find_project(Path(start))
    folder = store_folder(roots.main, Path(store) if store is not None else None)
    settings = load_settings(roots.worktree, environment)
    if roots.main != roots.worktree:
        settings = settings.with_model_of(load_settings(roots.main, environment))
    if folder.is_symlink() and _is_committed(folder):
        raise StoreHasLink(folder)
    if not unadopted:
        ensure_ours(folder / LEDGER, _is_committed)
    if create:
        create_store(folder)
    files = WorktreeFiles(roots, settings)
    session = Session(roots.worktree, folder, files, settings, models=models, owner=owner)
    return _of_this_project(ArchMem(session), roots)


def _is_committed(file: Path) -> bool:
    """Whether git tracks a file, in whichever repository its folder is.

    What lies beside the file may be made to look like a repository; so git is asked at the root.
    """
    from indexer.git.process import GitFailed, GitProcess

    file = file.parent.resolve() / file.name
    git = GitProcess(find_project(file.parent).worktree)
    try:
        return bool(git.ask("--literal-pathspecs", "ls-files", "-z", "--", str(file)))
    except GitFailed:  # there is no repository, or no git
        return False


def worktree_twin(
    memory: ArchMem,
    start: Path | str,
    *,
    models: SharedModels | None = None,
) -> ArchMem:
    """A twin of an open memory for another worktree of its project.

    Files and settings are those of the worktree; the model stays that of the memory.

    Raises:
        ProjectNotFound: `start` is not a folder.
        StoreOfAnotherProject: It is in another project than the memory.
        ConfigInvalid: `archmem.toml` cannot be understood.
    """
    roots = find_project(Path(start))
    settings = load_settings(roots.worktree)
    files = WorktreeFiles(roots, settings)
    twin = memory.twin(root=roots.worktree, files=files, settings=settings, models=models)
    return _of_this_project(twin, roots)


def _of_this_project(memory: ArchMem, roots: ProjectRoots) -> ArchMem:
    """The memory, if it is that of this project; else it is closed, and that is said."""
    try:
        ensure_belongs(memory.ledger, roots.main)
        finish(memory.session)
    except BaseException:
        memory.close()
        raise
    return memory
