"""The verbs that answer from what is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.as_of import through_lens
from memory.evidence.bearing import with_bearing
from memory.ledger.links import fetch_links
from memory.ledger.memories import (
    fetch_by_revision,
    fetch_history,
    fetch_memory,
    find_uid,
    titles_of,
)
from memory.ledger.news import differences_since, newest_revision
from memory.metrics.measurement_series import chosen, read_series
from memory.models.answer import (
    Answer,
    Change,
    Event,
    Listed,
    News,
    Shown,
    Told,
    Tried,
)
from memory.models.selection import EVERYTHING, NOW, Lens, Selection
from memory.models.timeline import tell_timeline
from memory.retrieval.listing import list_selected
from memory.retrieval.standings import fetch_standings, named_in
from memory.upkeep import Upkeep

if TYPE_CHECKING:
    from memory.models.series import Series


class Questions(Upkeep):
    """What is known, found and shown."""

    @through_lens
    def search(
        self, question: str, *, selection: Selection = EVERYTHING, limit: int = 10
    ) -> Answer:
        """The memories that answer a question best; what is in force before what it replaced.

        The answer says that it is not complete when the model could not be asked.
        """
        from memory.learning.outcomes import earned
        from memory.retrieval.search import search

        with self._ledger.reading() as db:
            answer = search(
                db, question, selection, meaning=self._meaning, limit=limit, earned=earned
            )
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

    @through_lens
    def tried(
        self, question: str, *, modules: tuple[str, ...] = (), limit: int = 5, lens: Lens = NOW
    ) -> Tried:
        """The refactorings that come nearest to a plan: what was tried, and what came of it.

        Args:
            question: The plan, in plain words.
            modules: Only what touched one of these; none for all.
            limit: At most so many.
            lens: From when to look.
        """
        from memory.retrieval.tried import tried

        with self._ledger.reading() as db:
            found = tried(db, question, modules, meaning=self._meaning, limit=limit, lens=lens)
            attempts = with_bearing(db, lens, found.attempts)
        return found.model_copy(update={"attempts": attempts})

    @through_lens
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

    @through_lens
    def list(
        self, selection: Selection = EVERYTHING, *, limit: int | None = None
    ) -> tuple[Listed, ...]:
        """The memories of a selection, the one that began to hold last first."""
        with self._ledger.reading() as db:
            return with_bearing(db, selection.lens, list_selected(db, selection, limit))

    @through_lens
    def timeline(self, module: str, *, lens: Lens = NOW) -> tuple[Event, ...]:
        """How a module evolved: everything that is known of it, oldest first, undated first."""
        with self._ledger.reading() as db:
            return tell_timeline(list_selected(db, Selection(modules=(module,), lens=lens)))

    @through_lens
    def baselines(
        self,
        metric: str = "",
        *,
        modules: tuple[str, ...] = (),
        environment: str = "",
        lens: Lens = NOW,
    ) -> tuple[Series, ...]:
        """The measurements of a metric, or of all, as series: by metric and environment.

        Args:
            metric: Its name, or else a part of it; "" for all.
            modules: Only what was measured of one of these; none for all.
            environment: A part of its name; "" for all.
            lens: From when to look.
        """
        with self._ledger.reading() as db:
            return chosen(read_series(db, lens), metric, modules, environment)

    def news(self, *, since: int | None = None) -> News:
        """What changed since a mark of an earlier call; without one, just where to read on from."""
        with self._ledger.reading() as db:
            mark = newest_revision(db)
            found = differences_since(db, since)[::-1] if since is not None else []
            memories = fetch_by_revision(db, [one.revision_id for one in found])
        changes = (Change(what=one.what, memory=memories[one.revision_id]) for one in found)
        return News(mark=mark, changes=tuple(changes))
