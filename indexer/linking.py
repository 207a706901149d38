"""Looks up what every memory refers to, once the files have been taken in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.resolution import Directory, Known
from memory.ledger.links import newest_references, save_targets
from memory.ledger.memories import names_of_live

if TYPE_CHECKING:
    from memory.ledger.connection import Ledger


def link_references(ledger: Ledger) -> int:
    """Point every reference at the memory that it means, or at none.

    All are looked up anew, since a record that was missing may have come and a number that
    was clear may have become ambiguous. What was found stays found when it is removed: whoever
    looks at an earlier day sees both.

    Returns:
        How many references changed what they point at.
    """
    live = names_of_live(ledger.db)
    uids = {name[0] for name in live}
    directory = Directory(Known(*names) for names in live)
    changed = []
    for reference in newest_references(ledger.db):
        target = directory.resolve(reference.target, reference.path)
        was_removed = reference.found is not None and reference.found not in uids
        if target != reference.found and not (target is None and was_removed):
            changed.append((reference.link_id, target))
    with ledger.writing() as db:
        save_targets(db, changed)
    return len(changed)
