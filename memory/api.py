"""The verbs of archmem, one method each."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from memory.errors import ArchMemError
from memory.learning.bearing import with_bearing
from memory.ledger.links import fetch_links
from memory.ledger.memories import (
    fetch_by_revision,
    fetch_history,
    fetch_memory,
    find_uid,
    list_memories,
    titles_of,
)
from memory.ledger.news import differences_since, newest_revision
from memory.models.answer import (
    Answer,
    Change,
    Event,
    Listed,
    News,
    Recorded,
    Shown,
    Told,
    Tried,
)
from memory.models.selection import EVERYTHING, NOW, Lens, Selection
from memory.models.timeline import tell_timeline
from memory.retrieval.standings import fetch_standings, named_in
from memory.upkeep import Upkeep

if TYPE_CHECKING:
    from memory.models.revision import Draft

EMBED_AT_ONCE = 64  # texts: with what a killed index run left, recording waits for two seconds


class ArchMem(Upkeep):
    """The memory of one project; `indexer.open_project` gives one.

    Close it, or use it in a `with` statement. One thread at a time uses it; for another thread
    there are twins.
    """

    def search(
        self, question: str, *, selection: Selection = EVERYTHING, limit: int = 10
    ) -> Answer:
        """The memories that answer a question best; what is in force before what it replaced.

        The answer says that it is not complete when the model could not be asked.
        """
        from memory.retrieval.search import search

        with self._ledger.reading() as db:
            answer = search(db, question, selection, meaning=self._meaning, limit=limit)
            hits = with_bearing(db, selection.lens, answer.hits)
        return answer.model_copy(update={"hits": hits})

    def related(self, uid: str, *, limit: int = 10) -> Answer:
        """The memories that have to do with one: linked to it, or about the same.

        Raises:
            UnknownMemory, AmbiguousUid: `uid`, or what begins like it, is not one memory.
        """
        from memory.retrieval.related import related

        with self._ledger.reading() as db:
            answer = related(db, find_uid(db, uid), meaning=self._meaning, limit=limit)
            hits = with_bearing(db, NOW, answer.hits)
        return answer.model_copy(update={"hits": hits})

    def tried(self, question: str, *, modules: tuple[str, ...] = (), limit: int = 5) -> Tried:
        """The refactorings that come nearest to a plan: what was tried, and what came of it.

        Args:
            question: The plan, in plain words.
            modules: Only what touched one of these; none for all.
            limit: At most so many.
        """
        from memory.retrieval.tried import tried

        with self._ledger.reading() as db:
            found = tried(db, question, modules, meaning=self._meaning, limit=limit)
            attempts = with_bearing(db, NOW, found.attempts)
        return found.model_copy(update={"attempts": attempts})

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
            shown = Shown(memory=memory, standing=standing, links=tuple(links), titles=titles)
            return with_bearing(db, lens, [shown])[0]

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
            return with_bearing(db, selection.lens, list(itertools.islice(listed, limit)))

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
