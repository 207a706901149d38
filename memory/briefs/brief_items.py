"""What may be told in a brief, one by one and all together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from memory.briefs.render_memory import RenderedMemory, render_memory
from memory.briefs.scoring import USEFUL, BriefPlace, SliceOwner, is_derived, place_of, warns, worth
from memory.kinds.vocabulary import Kind
from memory.lessons.evidence import with_bearing
from memory.models.answer import Listed
from memory.models.details import Served
from memory.models.flags import is_blocking, urgency
from memory.standings import fetch_standings, named_in
from memory.texts.words import content_words

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from memory.briefs.nearness import Nearness
    from memory.kinds.spec import BriefSection
    from memory.ledger.interface.database import Database
    from memory.models.memory import Memory
    from memory.models.selection import Lens
    from memory.models.series import Series
    from memory.models.standing import Standing
    from memory.retrieval.candidates import Candidate


OTHER_SORT = 0.75  # what is left of the likeness of two sorts


@dataclass(frozen=True)
class BriefItem:
    """Something that may be told in a brief."""

    uid: str
    place: BriefPlace
    near: Nearness
    worth: float  # of reading it, 0 or more
    modules: frozenset[str]  # that it concerns, by its source or by its text
    vector: NDArray[np.float32] | None  # what it is about, of length 1
    words: frozenset[str]  # of its title
    sort: Hashable  # what is of another sort is less alike than it seems
    urgency: tuple[float | str, ...] | None  # of a flag: the smaller, the more urgent
    is_blocking: bool
    warns: bool  # tells of what did not work
    is_derived: bool  # worked out, and not written down by anybody
    memory: Memory
    render: Callable[[], RenderedMemory]
    stands_for: int = 1  # so many memories

    @property
    def is_doubted(self) -> bool:
        """Whether it gives orders to whoever reads it."""
        return bool(self.memory.revision.source.orders)

    @property
    def served(self) -> Served:
        """What is kept of it with a run."""
        revision = self.memory.revision
        return Served(uid=self.uid, revision=revision.number, digest=revision.draft.digest)

    def likeness(self, other: BriefItem) -> float:
        """The cosine of what both are about; of their titles' words where one has none.

        Memories of different kinds or standings are less alike than they seem: that something
        was undone is told neither by the decision to do it nor by the second attempt.
        """
        if self.vector is not None and other.vector is not None:
            alike = float(self.vector @ other.vector)
        else:
            union = len(self.words | other.words)
            alike = len(self.words & other.words) / union if union else 0.0
        return alike if self.sort == other.sort else alike * OTHER_SORT


@dataclass(frozen=True)
class Gathered:
    """All that a brief is made of."""

    task: str
    modules: tuple[str, ...]  # given, or named in the task
    owners: tuple[SliceOwner, ...]
    items: tuple[BriefItem, ...]
    beyond: Mapping[BriefSection, int]  # how many more there are that no brief has room for
    counts: Mapping[str, Mapping[str, int]]  # memories by module asked about, and by kind
    spoken_of: Mapping[str, int]  # how many items name a module under which nothing is filed
    known_modules: tuple[str, ...]
    nearby: tuple[str, ...]  # modules of what is to the point, where none was asked about
    total: int  # memories that the lens shows
    known: bool  # whether anything is known to answer the task
    reason: str  # why it is not complete; "" where it is


class ItemMaker:
    """Makes items of memories, with what bears on them and the titles that they name."""

    def __init__(
        self,
        db: Database,
        lens: Lens,
        memories: Sequence[Memory],
        series: Mapping[str, Series],
        owners: Sequence[SliceOwner],
        standings: Mapping[str, Standing] | None = None,  # where they are known already
    ) -> None:
        if standings is None:
            standings = fetch_standings(db, lens, [one.uid for one in memories])
        bare = [Listed(memory=one, standing=standings[one.uid]) for one in memories]
        self.listed = with_bearing(db, lens, bare)
        self._titles = db.memories.titles(named_in(one.standing for one in bare))
        self._series = series
        self._owners = owners
        self.weights: Mapping[str, float] | None = None  # of a task's words by stem

    def item(
        self,
        listed: Listed,
        *,
        near: Nearness,
        modules: frozenset[str],
        earned: float = 0.0,
        candidate: Candidate | None = None,
        passage: str = "",
    ) -> BriefItem:
        """One item; without a candidate, nothing was asked that it might answer."""
        memory = listed.memory
        return BriefItem(
            uid=memory.uid,
            place=place_of(listed, modules, self._owners),
            near=near,
            worth=worth(listed, near.useful, earned) if near.useful >= USEFUL else 0.0,
            modules=modules,
            vector=candidate.centroid if candidate else None,
            words=frozenset(content_words(memory.title) if candidate else ()),
            sort=(memory.kind, listed.standing.status),
            urgency=urgency(listed) if memory.kind is Kind.FLAG else None,
            is_blocking=is_blocking(listed),
            warns=warns(listed),
            is_derived=is_derived(listed),
            memory=memory,
            render=partial(
                render_memory,
                listed,
                self._titles,
                passage=passage,
                series=self._series.get(memory.uid),
                weights=self.weights,
            ),
        )
