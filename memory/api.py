"""The verbs of archmem, one method each."""

from __future__ import annotations

import itertools
import json
import time
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, Self

from memory.config import ensure_store_folder
from memory.errors import ArchMemError, StoreBusy, StoreNotFound
from memory.ledger import facts
from memory.ledger.connection import open_ledger
from memory.ledger.embeddings import count_queued
from memory.ledger.links import fetch_links
from memory.ledger.memories import (
    count_pending_files,
    fetch_by_revision,
    fetch_history,
    fetch_memory,
    find_uid,
    list_memories,
    own_statuses,
    titles_of,
)
from memory.ledger.migrations import SCHEMA_VERSION
from memory.ledger.news import differences_since, newest_revision
from memory.ledger.passages import count_passages
from memory.ledger.times import from_text, to_text
from memory.models.answer import (
    Answer,
    Change,
    Event,
    Listed,
    News,
    Recorded,
    Shown,
    StoreStatus,
    Told,
    Tried,
)
from memory.models.report import HistoryReport, IndexReport, Progress, no_progress
from memory.models.selection import EVERYTHING, NOW, Lens, Selection
from memory.models.timeline import tell_timeline
from memory.retrieval.shared import Shared
from memory.retrieval.standings import fetch_standings, named_in

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path
    from types import TracebackType

    from memory.config import Settings
    from memory.ledger.connection import Database, Ledger
    from memory.models.revision import Draft
    from memory.retrieval.embedding import OnStage
    from memory.retrieval.embedding_queue import Embedded
    from memory.retrieval.meaning import Meaning
    from memory.retrieval.model import Model, Models

LEDGER = "memory.db"
EMBED_AT_ONCE = 64  # texts: with what a killed index run left, recording waits for two seconds


class ProjectFiles(Protocol):
    """The files of a project, as far as archmem reads and writes them."""

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


class ArchMem:
    """The memory of one project; `indexer.open_project` gives one.

    Close it, or use it in a `with` statement. One thread at a time uses it; for another thread
    there are twins.
    """

    def __init__(
        self,
        root: Path,
        folder: Path,
        files: ProjectFiles,
        settings: Settings,
        *,
        models: Models | None = None,
        owner: str | None = None,
        shared: Shared | None = None,
    ) -> None:
        """Open the memory that lies in a folder.

        Args:
            root: The project's worktree.
            folder: Where the memory lies.
            files: The project's files.
            settings: The model, and whatever else can be set.
            models: Those of this process; None to load one for this memory alone.
            owner: Who owns the memory while it is open, in words; None to be one of many.
            shared: What it has in common with its twins; closing it leaves that.

        Raises:
            StoreNotFound: There is no memory there; `create` makes one.
            StoreOwned: Another process owns it.
            StoreTooNew, StoreDamaged: It cannot be used.
        """
        if shared is None:
            if not (folder / LEDGER).exists():
                raise StoreNotFound(folder)
            shared = Shared(folder, owner=owner)
        self.root = root
        self.folder = folder
        self._files = files
        self._settings = settings
        self._models = models
        self._shared = shared
        try:
            self._ledger = open_ledger(folder / LEDGER)
        except BaseException:
            self._shared.leave()
            raise
        self._is_open = True

    @staticmethod
    def create(folder: Path) -> bool:
        """Afterwards there is a memory in the folder, empty if it is new.

        One that is there is not opened, as that may change its schema and another may own it.

        Returns:
            Whether it is new.
        """
        is_new = not (folder / LEDGER).exists()
        ensure_store_folder(folder)
        if is_new:
            open_ledger(folder / LEDGER, create=True).close()
        return is_new

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def twin(
        self,
        *,
        root: Path | None = None,
        files: ProjectFiles | None = None,
        settings: Settings | None = None,
        models: Models | None = None,
    ) -> ArchMem:
        """The same memory for another thread, or for another worktree; any thread may ask.

        It has a connection of its own to the ledger and shares the vectors. Each twin is closed
        by itself, in any order; the last one lets go of what they share.

        Args:
            root: The worktree, if it is another one.
            files: Its files likewise.
            settings: Its settings likewise; the model is that of this memory all the same.
            models: Those of this process; None for those that this one was opened with.
        """
        return ArchMem(
            root or self.root,
            self.folder,
            files or self._files,
            (settings or self._settings).with_model_of(self._settings),
            models=models or self._models,
            shared=self._shared.join(),
        )

    def close(self) -> None:
        """Let go of all files; a second time does nothing."""
        if self._is_open:
            self._is_open = False
            self._ledger.close()
            self._shared.leave()

    @property
    def ledger(self) -> Ledger:
        """Where everything lies, for those who have to know more than the verbs tell."""
        return self._ledger

    @cached_property
    def model(self) -> Model:
        """The embedding model, not loaded yet; verbs that do not ask it import nothing of it."""
        return (self._models or self._shared.models).of(self._settings)

    @cached_property
    def _meaning(self) -> Meaning:
        """What knows by meaning."""
        from memory.retrieval.meaning import Meaning

        return Meaning(self._ledger, self.model, self._shared.vectors)

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
            history: Read git's history too, see `read_history`.
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
        if history:
            told = self.read_history(since=since, most=most, on_progress=on_progress)
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
    ) -> IndexReport:
        """The part of `index` that reads the files; waits for nobody who embeds.

        Args:
            only: Paths to look at, with what is below them, relative to the root; None for all.
            accept_removals: As for `index`.
            on_progress: Told about the stages `read` and `keep`.

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
    ) -> HistoryReport:
        """The part of `index` that reads git's history; only what is new in it is read.

        Args:
            since: Read commits from then on; None for as far back as before, or the beginning.
            most: Read at most so many, the latest; None for as many as before, or 20,000.
            on_progress: Told about the stage `history`, in commits.

        Raises:
            StoreBusy: another is indexing.
        """
        with self._ledger.reading():
            return self._files.read_history(
                self._ledger, since=since, most=most, on_progress=on_progress
            )

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

    def search(
        self, question: str, *, selection: Selection = EVERYTHING, limit: int = 10
    ) -> Answer:
        """The memories that answer a question best; what is in force before what it replaced.

        The answer says that it is not complete when the model could not be asked.
        """
        from memory.retrieval.search import search

        with self._ledger.reading() as db:
            return search(db, question, selection, meaning=self._meaning, limit=limit)

    def related(self, uid: str, *, limit: int = 10) -> Answer:
        """The memories that have to do with one: linked to it, or about the same.

        Raises:
            UnknownMemory, AmbiguousUid: `uid`, or what begins like it, is not one memory.
        """
        from memory.retrieval.related import related

        with self._ledger.reading() as db:
            return related(db, find_uid(db, uid), meaning=self._meaning, limit=limit)

    def tried(self, question: str, *, modules: tuple[str, ...] = (), limit: int = 5) -> Tried:
        """The refactorings that come nearest to a plan: what was tried, and what came of it.

        Args:
            question: The plan, in plain words.
            modules: Only what touched one of these; none for all.
            limit: At most so many.
        """
        from memory.retrieval.tried import tried

        with self._ledger.reading() as db:
            return tried(db, question, modules, meaning=self._meaning, limit=limit)

    def show(self, uid: str, *, lens: Lens = NOW) -> Shown:
        """All that is known of one memory, as the lens shows it.

        Raises:
            UnknownMemory, AmbiguousUid: `uid`, or what begins like it, is not one memory.
        """
        with self._ledger.reading() as db:
            memory = fetch_memory(db, find_uid(db, uid), lens)
            links = fetch_links(db, lens, [memory.uid])
            standing = fetch_standings(db, lens, [memory.uid])[memory.uid]
            ends = {end for link in links for end in (link.source, link.target)} - {memory.uid}
            titles = titles_of(db, ends | named_in([standing]))
        return Shown(memory=memory, standing=standing, links=tuple(links), titles=titles)

    def history(self, uid: str) -> Told:
        """Every revision of a memory.

        Raises:
            UnknownMemory, AmbiguousUid: `uid`, or what begins like it, is not one memory.
        """
        with self._ledger.reading() as db:
            uid = find_uid(db, uid)
            return Told(uid=uid, revisions=tuple(fetch_history(db, uid)))

    def list(
        self, selection: Selection = EVERYTHING, *, limit: int | None = None
    ) -> tuple[Listed, ...]:
        """The memories of a selection, the one that began to hold last first."""
        with self._ledger.reading() as db:
            memories = list_memories(db, selection)
            standings = fetch_standings(db, selection.lens, [memory.uid for memory in memories])
        wanted = selection.statuses
        listed = (
            Listed(memory=memory, standing=standings[memory.uid])
            for memory in memories
            if not wanted or standings[memory.uid].status in wanted
        )
        return tuple(itertools.islice(listed, limit))

    def timeline(self, module: str, *, lens: Lens = NOW) -> tuple[Event, ...]:
        """How a module evolved: everything that is known of it, oldest first, undated first."""
        return tell_timeline(self.list(Selection(modules=(module,), lens=lens)))

    def news(self, *, since: int | None = None) -> News:
        """What changed since a mark of an earlier call; without one, just where to read on from."""
        with self._ledger.reading() as db:
            mark = newest_revision(db)
            found = differences_since(db, since)[::-1] if since is not None else []
            memories = fetch_by_revision(db, [one.revision_id for one in found])
        changes = (Change(what=one.what, memory=memories[one.revision_id]) for one in found)
        return News(mark=mark, changes=tuple(changes))

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
            )

    def record(self, draft: Draft, *, author: str) -> Recorded:
        """Keep a draft, in the ledger first and then in the project's file.

        When this returns the memory is safe. Recording the same again changes nothing. Where
        its file cannot be written, the result says why, and the next index run writes it.

        Args:
            draft: What to record.
            author: Who says so: "human:dana", "agent:payments".
        """
        with self._ledger.reading():
            recorded = self._files.record(self._ledger, draft, author)
        try:
            if self._meaning.is_ready and self.count_pending() <= EMBED_AT_ONCE:
                with self._ledger.reading():
                    self._meaning.catch_up_a_little()
        except (ArchMemError, OSError) as error:  # it is safe, and the next index run embeds it
            return recorded.model_copy(update={"not_embedded": str(error)})
        return recorded


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
