"""How far what memories name was looked at, so that the next look is only at what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from memory.ledger.facts import ANCHORS, find_fact, save_fact
from memory.version import VERSION

if TYPE_CHECKING:
    from memory.ledger.connection import Database


class Mark(BaseModel):
    """What was looked at, and in which state of the repository."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    by: str = VERSION  # another may judge otherwise
    revision: int = 0  # the newest one that was looked at
    head: str = ""  # the commit that was checked out; "" without git
    grafts: str = ""  # where a shallow clone ended
    dirty: tuple[str, ...] = ()  # what the worktree had changed, with when


NOTHING = Mark(by="")


def find_mark(db: Database) -> Mark:
    """How far they were looked at; not at all where that cannot be told."""
    try:
        return Mark.model_validate_json(find_fact(db, ANCHORS) or "")
    except ValidationError:
        return NOTHING


def save_mark(db: Database, mark: Mark) -> None:
    """Note how far they were looked at."""
    save_fact(db, ANCHORS, mark.model_dump_json())
