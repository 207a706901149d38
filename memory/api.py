"""The verbs of archmem, one method each."""

from __future__ import annotations

import itertools
import json
import time
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, Self

from memory.config import ensure_store_folder
from memory.errors import ArchMemError, StoreBusy
from memory.ledger import facts
from memory.ledger.connection import open_ledger
from memory.ledger.embeddings import count_queued
from memory.ledger.links import fetch_links
from memory.ledger.memories import (
    count_pending_files,
    fetch_history,
    fetch_memory,
    find_uid,
    list_memories,
    own_statuses,
)
from memory.ledger.migrations import SCHEMA_VERSION
from memory.ledger.passages import count_passages
from memory.ledger.times import from_text, to_text
from memory.models.answer import (
    Answer,
    Event,
    Listed,
    Recorded,
    Shown,
    StoreStatus,
    Told,
)
from memory.models.report import IndexReport, Progress, no_progress
from memory.models.selection import EVERYTHING, NOW, Lens, Selection
from memory.models.timeline import tell_timeline
from memory.retrieval.standings import fetch_standings

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from memory.config import Settings
    from memory.ledger.connection import Ledger
    from memory.models.revision import Draft
    from memory.retrieval.embedding import OnStage
    from memory.retrieval.meaning import Meaning

LEDGER = "memory.db"
EMBED_AT_ONCE = 64  # texts: with what a killed index run left, recording waits for two seconds


class ProjectFiles(Protocol):
    """The files of a project, as far as archmem reads and writes them."""

    def take_in(
        self, ledger: Ledger, *, accept_removals: bool, on_progress: Progress
    ) -> IndexReport:
        """Bring the ledger up to date with the files."""
        ...

    def record(self, ledger: Ledger, draft: Draft, author: str) -> Recorded:
        """Keep a draft in the ledger and write it to the file where its kind belongs."""
        ...


class ArchMem:
    """The memory of one project; `indexer.open_project` gives one.

    Close it, or use it in a `with` statement. Not for several threads at once.
    """

    def __init__(self, root: Path, folder: Path, files: ProjectFiles, settings: Settings) -> None:
        """Open the memory that lies in a folder.

        Args:
            root: The project's worktree.
            folder: Where the memory lies.
            files: The project's files.
            settings: The model, and whatever else can be set.

        Raises:
            StoreNotFound: There is no memory there; `create` makes one.
            StoreTooNew, StoreDamaged: It cannot be used.
        """
        self.root = root
        self.folder = folder
        self._files = files
        self._ledger = open_ledger(folder / LEDGER)
        self._settings = settings

    @staticmethod
    def create(folder: Path) -> bool:
        """Afterwards there is a memory in the folder, empty if it is new.

        Returns:
            Whether it is new.
        """
        is_new = not (folder / LEDGER).exists()
        ensure_store_folder(folder)
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

    def close(self) -> None:
        """Let go of all files; a second time does nothing."""
        if "_meaning" in self.__dict__:
            self._meaning.close()
        self._ledger.close()

    @cached_property
    def _meaning(self) -> Meaning:
        """What knows by meaning; verbs that do not ask it import nothing of it."""
        from memory.retrieval.meaning import Meaning

        return Meaning(self._ledger, self.folder, self._settings)

    def index(
        self,
        *,
        accept_removals: bool = False,
        on_progress: Progress = no_progress,
        on_stage: OnStage | None = None,
    ) -> IndexReport:
        """Bring the memory up to date with the project's files, vectors included.

        While another process has the vectors open, the report says so and what is pending.

        Args:
            accept_removals: Believe it when more than a third of all memories are gone.
            on_progress: Told about the stages `read`, `keep` and `embed`.
            on_stage: Told the stages of compiling the model, the first time it is used.

        Raises:
            StoreBusy: another process is indexing; it will see what changed.
            ModelNotFound, ModelNotUsable: the files are taken in, but nothing is embedded.
        """
        started = time.monotonic()
        report = self._files.take_in(
            self._ledger, accept_removals=accept_removals, on_progress=on_progress
        )
        with self._ledger.writing() as db:
            facts.save_fact(db, facts.LAST_INDEX, to_text(datetime.now(UTC)))
            facts.save_fact(db, facts.PROBLEMS, json.dumps(report.problems))
        try:
            embedded = self._meaning.catch_up(on_progress=on_progress, on_stage=on_stage)
        except (StoreBusy, OSError) as error:  # the files are taken in; their vectors can wait
            said = f"{error} {error.hint}" if isinstance(error, StoreBusy) else f"Vectors: {error}"
            changes: dict[str, object] = {"problems": (*report.problems, said)}
        else:
            changes = {"embedded": embedded.encoded, "encoder_seconds": embedded.seconds}
        changes["pending"] = count_queued(self._ledger.db)
        changes["seconds"] = time.monotonic() - started
        return report.model_copy(update=changes)

    def search(
        self, question: str, *, selection: Selection = EVERYTHING, limit: int = 10
    ) -> Answer:
        """The memories that answer a question best; what is in force before what it replaced.

        The answer says that it is not complete when the model could not be asked.
        """
        from memory.retrieval.search import search

        return search(self._ledger.db, question, selection, meaning=self._meaning, limit=limit)

    def related(self, uid: str, *, limit: int = 10) -> Answer:
        """The memories that have to do with one: linked to it, or about the same.

        Raises:
            UnknownMemory, AmbiguousUid: `uid`, or what begins like it, is not one memory.
        """
        from memory.retrieval.related import related

        uid = find_uid(self._ledger.db, uid)
        return related(self._ledger.db, uid, meaning=self._meaning, limit=limit)

    def show(self, uid: str, *, lens: Lens = NOW) -> Shown:
        """All that is known of one memory, as the lens shows it.

        Raises:
            UnknownMemory, AmbiguousUid: `uid`, or what begins like it, is not one memory.
        """
        db = self._ledger.db
        memory = fetch_memory(db, find_uid(db, uid), lens)
        links = fetch_links(db, lens, [memory.uid])
        ends = {end for link in links for end in (link.source, link.target)} - {memory.uid}
        return Shown(
            memory=memory,
            standing=fetch_standings(db, lens, [memory.uid])[memory.uid],
            links=tuple(links),
            titles={end: fetch_memory(db, end).title for end in sorted(ends)},
        )

    def history(self, uid: str) -> Told:
        """Every revision of a memory.

        Raises:
            UnknownMemory, AmbiguousUid: `uid`, or what begins like it, is not one memory.
        """
        uid = find_uid(self._ledger.db, uid)
        return Told(uid=uid, revisions=tuple(fetch_history(self._ledger.db, uid)))

    def list(
        self, selection: Selection = EVERYTHING, *, limit: int | None = None
    ) -> tuple[Listed, ...]:
        """The memories of a selection, the one that began to hold last first."""
        db = self._ledger.db
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

    def status(self) -> StoreStatus:
        """The state of this memory; opens neither model nor vectors."""
        db = self._ledger.db
        memories: dict[str, dict[str, int]] = {}
        statuses = own_statuses(db)
        stood = fetch_standings(db, NOW, statuses, only_bound=True)
        for uid, (kind, own) in statuses.items():
            status = own if own == "removed" or uid not in stood else str(stood[uid].status)
            counts = memories.setdefault(kind, {})
            counts[status] = counts.get(status, 0) + 1
        indexed_at = facts.find_fact(db, facts.LAST_INDEX)
        return StoreStatus(
            folder=str(self.folder),
            schema_version=SCHEMA_VERSION,
            memories=memories,
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
        recorded = self._files.record(self._ledger, draft, author)
        try:
            if self._meaning.is_ready and count_queued(self._ledger.db) <= EMBED_AT_ONCE:
                self._meaning.catch_up(on_progress=no_progress)
        except (ArchMemError, OSError) as error:  # it is safe, and the next index run embeds it
            return recorded.model_copy(update={"not_embedded": str(error)})
        return recorded
