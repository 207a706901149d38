"""Keeps a memory in step with what it is derived from, and tells what state it is in."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from memory.as_of import AsOf
from memory.errors import StoreBusy
from memory.ledger import facts
from memory.ledger.derived import has_derived
from memory.ledger.embeddings import count_queued
from memory.ledger.memories import count_pending_files, own_statuses
from memory.ledger.migrations import SCHEMA_VERSION
from memory.ledger.passages import count_passages
from memory.ledger.times import from_text, to_text
from memory.models.answer import StoreStatus
from memory.models.report import HistoryReport, IndexReport, Progress, no_progress
from memory.models.selection import NOW
from memory.retrieval.standings import fetch_standings
from memory.runs.runs import open_runs

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from memory.ledger.connection import Database
    from memory.retrieval.embedding import OnStage
    from memory.retrieval.embedding_queue import Embedded


class Upkeep(AsOf):
    """The verbs that bring a memory up to date."""

    def index(
        self,
        *,
        accept_removals: bool = False,
        history: bool = False,
        since: datetime | None = None,
        most: int | None = None,
        on_progress: Progress = no_progress,
        on_stage: OnStage | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> IndexReport:
        """Bring the memory up to date with the project's files, vectors included.

        While another process has the vectors open, the report says so and what is pending.

        Args:
            accept_removals: Believe it when more than a third of all memories are gone.
            history: Read git's history too, see `read_history`. Where that was done once, each
                later run goes on with it.
            since: For `read_history`.
            most: Likewise.
            on_progress: Told about the stages `read`, `keep`, `history` and `embed`.
            on_stage: Told the stages of compiling the model, the first time it is used.
            should_stop: Asked every few seconds while texts are embedded; what is left waits.

        Raises:
            StoreBusy: another process is indexing; it will see what changed.
            ModelNotFound, ModelNotUsable: the files are taken in, but nothing is embedded.
        """
        started = time.monotonic()
        report = self.take_in(accept_removals=accept_removals, on_progress=on_progress)
        if history or self._follows_history():
            told = self.read_history(since=since, most=most, on_progress=on_progress)
            if history or told.commits or told.problems:
                report = report.model_copy(update={"history": told})
        try:
            embedded = self.embed(
                on_progress=on_progress, on_stage=on_stage, should_stop=should_stop
            )
        except (StoreBusy, OSError) as error:  # the files are taken in; their vectors can wait
            said = f"{error} {error.hint}" if isinstance(error, StoreBusy) else f"Vectors: {error}"
            changes: dict[str, object] = {"problems": (*report.problems, said)}
        else:
            changes = {"embedded": embedded.encoded, "encoder_seconds": embedded.seconds}
        changes["pending"] = self.count_pending()
        changes["seconds"] = time.monotonic() - started
        return report.model_copy(update=changes)

    def take_in(
        self,
        *,
        only: Collection[str] | None = None,
        accept_removals: bool = False,
        on_progress: Progress = no_progress,
        look: bool = True,
    ) -> IndexReport:
        """The part of `index` that reads the files; waits for nobody who embeds.

        Args:
            only: Paths to look at, with what is below them, relative to the root; None for all.
            accept_removals: As for `index`.
            on_progress: Told about the stages `read` and `keep`.
            look: Do what `look_again` does, too.

        Raises:
            StoreBusy: another is indexing; it will see what changed.
        """
        with self._ledger.reading():
            report = self._files.take_in(
                self._ledger,
                only=only,
                accept_removals=accept_removals,
                on_progress=on_progress,
            )
            if look and (problems := self._files.look_again(self._ledger)):
                report = report.model_copy(update={"problems": (*report.problems, *problems)})
            with self._ledger.writing() as db:
                facts.save_fact(db, facts.LAST_INDEX, to_text(datetime.now(UTC)))
                facts.save_fact(db, facts.PROBLEMS, json.dumps(report.problems))
        return report.model_copy(update={"pending": self.count_pending()})

    def read_history(
        self,
        *,
        since: datetime | None = None,
        most: int | None = None,
        on_progress: Progress = no_progress,
        look: bool = True,
    ) -> HistoryReport:
        """The part of `index` that reads git's history; only what is new in it is read.

        Args:
            since: Read commits from then on; None for as far back as before, or the beginning.
            most: Read at most so many, the latest; None for as many as before, or 20,000.
            on_progress: Told about the stage `history`, in commits.
            look: Do what `look_again` does, too.

        Raises:
            StoreBusy: another is indexing.
        """
        with self._ledger.reading():
            report = self._files.read_history(
                self._ledger, since=since, most=most, on_progress=on_progress
            )
            if look and (problems := self._files.look_again(self._ledger)):
                report = report.model_copy(update={"problems": (*report.problems, *problems)})
        return report

    def look_again(self) -> tuple[str, ...]:
        """Look at what of that which memories name may be another than at the last look.

        Returns:
            What hinders it, in lines; nothing as a rule.
        """
        with self._ledger.reading():
            return tuple(self._files.look_again(self._ledger))

    def follow_history(self, *, look: bool = True) -> None:
        """Read what is new in git's history, if it was ever read.

        Args:
            look: Do what `look_again` does, too.

        Raises:
            StoreBusy: another is indexing.
        """
        if self._follows_history():
            self.read_history(look=look)

    def _follows_history(self) -> bool:
        with self._ledger.reading() as db:
            return has_derived(db)

    def embed(
        self,
        *,
        wait: bool = True,
        on_progress: Progress = no_progress,
        on_stage: OnStage | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> Embedded:
        """The part of `index` that embeds: everything that waits for it, what came last first.

        Args:
            wait: While another thread of this process is at it, wait for it; else return at
                once, as that one will embed what waits now. Neither is a model tried again
                then that could not be loaded before.
            on_progress: Told about the stage `embed`.
            on_stage: Told the stages of compiling the model, the first time it is used.
            should_stop: Asked every few seconds; what is left then goes on waiting.

        Returns:
            How many texts the model encoded here, and the seconds that it took.

        Raises:
            StoreBusy: another process has the vectors open.
            OSError: they are out of reach.
            ModelNotFound, ModelNotUsable: the model that is set cannot serve.
        """
        with self._ledger.reading():
            return self._meaning.catch_up(
                wait=wait,
                on_progress=on_progress,
                on_stage=on_stage,
                should_stop=should_stop or (lambda: False),
            )

    def count_pending(self) -> int:
        """How many texts wait to be embedded."""
        with self._ledger.reading() as db:
            return count_queued(db)

    def status(self) -> StoreStatus:
        """The state of this memory; opens neither model nor vectors."""
        with self._ledger.reading() as db:
            indexed_at = facts.find_fact(db, facts.LAST_INDEX)
            return StoreStatus(
                folder=str(self.folder),
                schema_version=SCHEMA_VERSION,
                memories=_count_by_status(db),
                passages=count_passages(db),
                pending_embeddings=count_queued(db),
                pending_files=count_pending_files(db),
                model=facts.find_fact(db, facts.MODEL),
                last_index=from_text(indexed_at) if indexed_at else None,
                problems=tuple(json.loads(facts.find_fact(db, facts.PROBLEMS) or "[]")),
                open_runs=open_runs(db),
            )


def _count_by_status(db: Database) -> dict[str, dict[str, int]]:
    """How many memories there are, by kind and by standing or `removed`."""
    counted: dict[str, dict[str, int]] = {}
    statuses = own_statuses(db)
    stood = fetch_standings(db, NOW, statuses, only_bound=True)
    for uid, (kind, own) in statuses.items():
        status = own if own == "removed" or uid not in stood else str(stood[uid].status)
        counts = counted.setdefault(kind, {})
        counts[status] = counts.get(status, 0) + 1
    return counted
