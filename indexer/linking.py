"""Looks up what every memory refers to, once the files have been taken in."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from indexer.measured import Measured
from indexer.resolution import Directory, Known
from memory.ledger.facts import LINKED, find_fact, save_fact
from memory.ledger.links import newest_references, save_targets
from memory.ledger.measurements import names_of_measured
from memory.ledger.memories import count_revisions, names_of_live

if TYPE_CHECKING:
    from memory.ledger.connection import Ledger


def link_references(ledger: Ledger, *, anew: bool = False) -> int:
    """Point every reference at the memory that it means, or at none.

    All are looked up anew when any memory has come, gone, moved or changed its name, since a
    record that was missing may have come and a number that was clear may have become ambiguous;
    otherwise only those of new revisions. What was found stays found when it is removed: whoever
    looks at an earlier day sees both.

    Args:
        ledger: Whose references.
        anew: Look up all of them in any case.

    Returns:
        How many references changed what they point at.
    """
    revision = count_revisions(ledger.db)
    live = names_of_live(ledger.db)
    measured = names_of_measured(ledger.db)
    names = hashlib.blake2b(json.dumps([live, measured]).encode(), digest_size=16).hexdigest()
    done, had_names = json.loads(find_fact(ledger.db, LINKED) or '[0, ""]')
    if anew or names != had_names:
        done = 0
    uids = {uid for uid, *_ in live}
    directory = Directory((Known(*one) for one in live), (Measured(*one) for one in measured))
    changed = []
    for reference in newest_references(ledger.db, after=done):
        target = directory.resolve(reference.target, reference.path)
        was_removed = reference.found is not None and reference.found not in uids
        if target != reference.found and not (target is None and was_removed):
            changed.append((reference.link_id, target))
    with ledger.writing() as db:
        save_targets(db, changed)
        save_fact(db, LINKED, json.dumps([revision, names]))
    return len(changed)
