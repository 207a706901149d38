"""How far git's history has been read, so that the next run reads only what came since."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from indexer.history.shelf import commits_of
from memory.ledger.facts import HISTORY, find_fact, save_fact
from memory.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memory.ledger.connection import Database
    from memory.models.revision import Memory

MOST = 20_000  # commits: years of most projects, and read in seconds


class Bounds(BaseModel):
    """How far back the first run looks."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    since: AwareDatetime | None = None  # None for the beginning
    most: int = MOST  # commits, the latest ones

    def widened(self, since: AwareDatetime | None, most: int | None) -> Bounds:
        """These, further back where that is asked for; None asks for nothing."""
        return Bounds(
            since=since and self.since and min(since, self.since),
            most=max(most or 0, self.most),
        )


class Mark(BaseModel):
    """What was read, and under which conditions."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    by: str = ""  # the version of archmem, as another may judge otherwise
    tips: tuple[str, ...] = ()  # commits: they and everything before them are read
    bounds: Bounds | None = None
    grafts: str = ""  # where a shallow clone ended
    recorded: str = ""  # which commits people had recorded, as a hash


def find_mark(db: Database) -> Mark:
    """How far it has been read; not at all where that cannot be told."""
    try:
        return Mark.model_validate_json(find_fact(db, HISTORY) or "{}")
    except ValidationError:
        return Mark()


def save_mark(db: Database, mark: Mark) -> None:
    """Note how far it has been read."""
    save_fact(db, HISTORY, mark.model_dump_json())


def conditions(recorded: Iterable[Memory], grafts: str, bounds: Bounds) -> Mark:
    """What reading depends on now; where it was something else, all is read anew."""
    names = sorted({name for memory in recorded for name in commits_of(memory.revision.draft)})
    said = hashlib.blake2b("\n".join(names).encode(), digest_size=16).hexdigest()
    return Mark(by=VERSION, bounds=bounds, grafts=grafts, recorded=said)
