"""What the library asks of a project: its files, its repository, and who works on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

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
    from memory.ledger.interface.database import Ledger
    from memory.models.answer import Rebuilt, Recorded, Written
    from memory.models.harvest import Harvested
    from memory.models.memory import Draft
    from memory.models.report import HistoryReport, IndexReport, Progress
    from memory.retrieval.model import Model


class ProjectFiles(Protocol):
    """A project, as far as archmem reads and writes it; `ledger` is what it is brought into."""

    lacked_code: bool  # somebody asked for the code soon and did not get it
    on_reading: Progress  # is told how far reading the code has come

    def take_in(
        self,
        ledger: Ledger,
        *,
        only: Collection[str] | None,
        accept_removals: bool,
        on_progress: Progress,
    ) -> IndexReport:
        """Bring the ledger up to date with the files, or with those at certain paths."""
        ...

    def read_history(
        self,
        ledger: Ledger,
        *,
        since: datetime | None,
        most: int | None,
        on_progress: Progress,
    ) -> HistoryReport:
        """Bring the ledger up to date with the refactorings that git's history tells of."""
        ...

    def record(self, ledger: Ledger, draft: Draft, author: str) -> Recorded:
        """Keep a draft in the ledger and write it to the file where its kind belongs."""
        ...

    def amend(
        self, ledger: Ledger, uid: str, draft: Draft, author: str, after: int | None = None
    ) -> Recorded:
        """Keep a revision of a memory and write it where its text stands, whoever wrote that.

        Raises:
            ChangedMeanwhile: `after` is a number, and not that of its newest revision.
        """
        ...

    def remove(self, ledger: Ledger, uid: str, author: str, after: int | None) -> Recorded:
        """Take a memory away, and its entry out of its file."""
        ...

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

        Raises:
            InvalidRequest: there is no history.
        """
        ...

    def import_notes(self, ledger: Ledger, source: Path) -> tuple[str, int]:
        """Write what another tool remembers into a file of notes; its path, how many are new.

        Raises:
            InvalidRequest: it is of no tool that is known, or cannot be read.
        """
        ...

    def check_anchors(self, ledger: Ledger, *, again: bool = False) -> Sequence[str]:
        """Look at what memories name, and keep what was found.

        Args:
            ledger: Of the memories.
            again: Only at what may be another than it was at the last look.

        Returns:
            What hinders it, in lines; nothing as a rule.
        """
        ...

    def code(self, ledger: Ledger) -> CodeBase:
        """What the code of the worktree says now; what is learned of files is kept."""
        ...

    def code_at(self, commit: str) -> CodeBase:
        """What the code said at a commit, by its full hash."""
        ...

    def code_history(self, ledger: Ledger) -> CodeHistory:
        """The code along git's history."""
        ...

    def contracts(self) -> Sequence[Check]:
        """The checks that files of other tools declare."""
        ...

    def tokens(self, ledger: Ledger, code: CodeBase) -> Mapping[str, FileTokens]:
        """The tokens of the files of a code base, by path, of its commit or of the worktree."""
        ...

    def code_soon(self, ledger: Ledger) -> CodeBase | None:
        """The same, or None where that takes longer than somebody waits who asked for more."""
        ...

    def code_unless(self, ledger: Ledger, should_stop: Callable[[], bool]) -> CodeBase | None:
        """The same, or None where it should stop before that; what was read is kept."""
        ...

    def rebuild_code(self, ledger: Ledger) -> Rebuilt:
        """Read all code anew; what was kept of it otherwise is replaced."""
        ...

    def coverage(self, code: CodeBase) -> CoverageReport | None:
        """Which lines tests run, by the newest report of the project; None without one."""
        ...

    def test_results(self, code: CodeBase) -> ReportedTests | None:
        """What came of tests by the project's reports; None where there is none."""
        ...

    def reported(self) -> Reports:
        """What reports of other tools in the project say."""
        ...

    def timings(self) -> Timings:
        """What traces and profiles in the project say of times."""
        ...

    def changed_together(self, ledger: Ledger) -> CoChange | None:
        """Which files the latest commits changed together; None without git."""
        ...

    def merged(self, ledger: Ledger) -> PastChanges | None:
        """What came to the main line before; None without git."""
        ...

    def changed_paths(self, commit: str) -> Sequence[str]:
        """The files in which the worktree differs from a commit, by any name of it.

        Raises:
            UnknownCommit: git knows none.
        """
        ...

    def changed_lines(self, commit: str) -> Mapping[str, Sequence[tuple[int, int]]]:
        """The lines, first and last, in which files differ from a commit, by any name of it.

        Raises:
            UnknownCommit: git knows none.
        """
        ...

    def rewind(self, ledger: Ledger, commit: str) -> None:
        """Take a copy of the ledger to a commit, by its full hash: to what led to it.

        Raises:
            UnknownCommit: the repository has not all of it.
        """
        ...

    def departed(self, paths: Collection[str], modules: Collection[str]) -> Collection[str]:
        """Those of these that git knows to have been there, and that are no longer."""
        ...

    def last_written(self, path: str, lines: tuple[int, int]) -> Written | None:
        """Who committed the latest of some lines of a file; None where git cannot say."""
        ...

    def commit_of(self, name: str) -> str:
        """The full hash of the commit that git knows by a name.

        Raises:
            UnknownCommit: it knows none, or there is no git.
        """
        ...

    def author(self) -> str:
        """Who works here, as the author of a source: "human:dana"."""
        ...
