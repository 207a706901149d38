"""Keeps a memory in step with what it is derived from; what whoever runs it calls, the engine."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from memory.errors import ArchMemError, StoreBusy
from memory.ledger import store_facts
from memory.ledger.project_modules import known_modules
from memory.ledger.sqlite.schema import SCHEMA_VERSION
from memory.ledger.times import from_text, to_text
from memory.lessons.runs import open_runs
from memory.models.answer import Change, News, StoreStatus
from memory.models.report import (
    HistoryReport,
    IndexReport,
    Progress,
    RecordFolder,
    no_progress,
)
from memory.models.selection import NOW
from memory.review.lint import find_faults
from memory.standings import fetch_standings

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from datetime import date

    from memory.ledger.interface.database import Database
    from memory.retrieval.embedding import OnStage
    from memory.retrieval.embedding_queue import Embedded
    from memory.session import Session

EMBED_AT_ONCE = 64  # texts: with what a killed index run left, recording waits for two seconds


class Upkeep:
    """The parts of `index`, and what is asked between them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._ledger = session.ledger

    def index(
        self,
        *,
        accept_removals: bool,
        history: bool,
        since: datetime | None,
        most: int | None,
        on_progress: Progress,
        on_stage: OnStage | None,
        should_stop: Callable[[], bool] | None,
    ) -> IndexReport:
        """All of it; see `ArchMem.index`."""
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
        if report.files_read:
            with self._ledger.reading() as db:
                changes["faults"] = len(find_faults(db, self._session.root))
        changes["seconds"] = time.monotonic() - started
        return report.model_copy(update=changes)

    def index_again(self, on_progress: Progress) -> IndexReport:
        """As an index run without wishes."""
        return self.index(
            accept_removals=False,
            history=False,
            since=None,
            most=None,
            on_progress=on_progress,
            on_stage=None,
            should_stop=None,
        )

    def take_in(
        self,
        *,
        only: Collection[str] | None = None,
        accept_removals: bool = False,
        on_progress: Progress = no_progress,
        look: bool = True,
    ) -> IndexReport:
        """Read the files; wait for nobody who embeds.

        Args:
            only: Paths to look at, with what is below them, relative to the root; None for all.
            accept_removals: As for `index`.
            on_progress: Told about the stages `read` and `keep`.
            look: Do what `look_again` does, too.

        Raises:
            StoreBusy: another is indexing; it will see what changed.
        """
        with self._ledger.reading():
            report = self._session.project.take_in(
                self._ledger,
                only=only,
                accept_removals=accept_removals,
                on_progress=on_progress,
            )
            if look and (problems := self.look_again()):
                report = report.model_copy(update={"problems": (*report.problems, *problems)})
            with self._ledger.writing() as db:
                db.facts.save(store_facts.LAST_INDEX, to_text(datetime.now(UTC)))
                db.facts.save(store_facts.PROBLEMS, json.dumps(report.problems))
        return report.model_copy(update={"pending": self.count_pending()})

    def read_history(
        self,
        *,
        since: datetime | None = None,
        most: int | None = None,
        on_progress: Progress = no_progress,
        look: bool = True,
    ) -> HistoryReport:
        """Read git's history, as far as it is new.

        Args:
            since: Read commits from then on; None for as far back as before, or the beginning.
            most: Read at most so many, the latest; None for as many as before, or 20,000.
            on_progress: Told about the stage `history`, in commits.
            look: Do what `look_again` does, too.

        Raises:
            StoreBusy: another is indexing.
        """
        with self._ledger.reading():
            report = self._session.project.read_history(
                self._ledger, since=since, most=most, on_progress=on_progress
            )
            if look and (problems := self.look_again()):
                report = report.model_copy(update={"problems": (*report.problems, *problems)})
        return report

    def look_again(self) -> tuple[str, ...]:
        """Look at what of that which memories name may be another than at the last look.

        Returns:
            What hinders it, in lines; nothing as a rule.
        """
        with self._ledger.reading():
            return tuple(self._session.project.check_anchors(self._ledger, again=True))

    def read_code(self, *, should_stop: Callable[[], bool] | None = None) -> bool:
        """Read what is new in the code; whether it is known now.

        Args:
            should_stop: Asked every few seconds; what was read by then is kept. None for not to
                begin with what takes long.
        """
        project = self._session.project
        with self._ledger.reading():
            if should_stop is None:
                return project.code_soon(self._ledger) is not None
            return project.code_unless(self._ledger, should_stop) is not None

    @contextmanager
    def telling_of_code(self, on_progress: Progress) -> Iterator[None]:
        """As long as the block lasts this is told how far reading the code has come."""
        project = self._session.project
        project.on_reading = on_progress
        try:
            yield
        finally:
            project.on_reading = no_progress

    def lacked_code(self) -> bool:
        """Whether an answer went without the code, as reading it takes long; told once."""
        project = self._session.project
        lacked, project.lacked_code = project.lacked_code, False
        return lacked

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
            return db.refactorings.has_derived()

    def embed(
        self,
        *,
        wait: bool = True,
        on_progress: Progress = no_progress,
        on_stage: OnStage | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> Embedded:
        """Embed everything that waits for it, what came last first.

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
            return self._session.meaning.catch_up(
                wait=wait,
                on_progress=on_progress,
                on_stage=on_stage,
                should_stop=should_stop or (lambda: False),
            )

    def embed_what_came(self) -> str:
        """Embed what was just kept if that takes no time; what went wrong, or nothing."""
        meaning = self._session.meaning
        try:
            if meaning.is_ready and self.count_pending() <= EMBED_AT_ONCE:
                with self._ledger.reading():
                    meaning.catch_up_a_little()
        except (ArchMemError, OSError) as error:  # it is safe, and the next index run embeds it
            return str(error)
        return ""

    def count_pending(self) -> int:
        """How many texts wait to be embedded."""
        with self._ledger.reading() as db:
            return db.embeddings.count_queued()

    def was_reviewed(self, today: date) -> bool:
        """Whether `ArchMem.review` was done on this day or later."""
        with self._ledger.reading() as db:
            return (db.facts.find(store_facts.REVIEWED) or "") >= today.isoformat()

    def news(self, *, since: int | None = None) -> News:
        """What changed since a mark of an earlier call; without one, just where to read on from."""
        with self._ledger.reading() as db:
            mark = db.changes.latest()
            found = db.changes.differences(since)[::-1] if since is not None else []
            memories = db.memories.at_revisions([one.revision_id for one in found])
        changes = (Change(what=one.what, memory=memories[one.revision_id]) for one in found)
        return News(mark=mark, changes=tuple(changes))

    def status(self) -> StoreStatus:
        """See `ArchMem.status`."""
        with self._ledger.reading() as db:
            indexed_at = db.facts.find(store_facts.LAST_INDEX)
            return StoreStatus(
                folder=str(self._session.folder),
                schema_version=SCHEMA_VERSION,
                memories=_count_by_status(db),
                passages=db.passages.count(),
                pending_embeddings=db.embeddings.count_queued(),
                pending_files=db.memories.count_pending(),
                model=db.facts.find(store_facts.MODEL),
                last_index=from_text(indexed_at) if indexed_at else None,
                modules=known_modules(db),
                folders=tuple(
                    RecordFolder.model_validate(one)
                    for one in json.loads(db.facts.find(store_facts.FOLDERS) or "[]")
                ),
                problems=tuple(json.loads(db.facts.find(store_facts.PROBLEMS) or "[]")),
                open_runs=open_runs(db),
            )


def _count_by_status(db: Database) -> dict[str, dict[str, int]]:
    """How many memories there are, by kind and by standing or `removed`."""
    counted: dict[str, dict[str, int]] = {}
    statuses = db.memories.own_statuses()
    stood = fetch_standings(db, NOW, statuses, only_bound=True)
    for uid, (kind, own) in statuses.items():
        status = own if own == "removed" or uid not in stood else str(stood[uid].status)
        counts = counted.setdefault(kind, {})
        counts[status] = counts.get(status, 0) + 1
    return counted
