"""Looks up what the memories are called that an answer only names by uid."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memory.api import ArchMem
    from memory.models.standing import Standing


def titles_around(memory: ArchMem, standings: Iterable[Standing]) -> dict[str, str]:
    """The titles of all memories that these standings name, by uid."""
    uids = {
        uid
        for standing in standings
        for uids in (
            standing.replaced_by,
            standing.current,
            standing.replaces,
            standing.amended_by,
        )
        for uid in uids
    }
    return {uid: memory.show(uid).memory.title for uid in sorted(uids)}
