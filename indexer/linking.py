"""Looks up what every memory refers to, once the files have been taken in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from indexer.resolution import Directory, names_in, names_of, names_of_path
from memory.ledger.store_facts import LINKED, REMOTES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memory.ledger.interface.database import Database, Ledger
    from memory.ledger.interface.relations import Referral


def link_references(ledger: Ledger, *, anew: bool = False) -> int:
    """Point every reference at the memory that it means, or at none.

    Looked up are those of changed memories, those that mean one, and those that hold a name which
    one has or had: a record that was missing may have come and a number that was clear may have
    become ambiguous. What was found stays found when it is removed: whoever looks at an earlier
    day sees both.

    Args:
        ledger: Whose references.
        anew: Look up all of them.

    Returns:
        How many references changed what they point at.
    """
    db = ledger.db
    latest = db.changes.latest()
    done = 0 if anew else int(db.facts.find(LINKED) or 0)
    if done == latest:
        return 0
    changed = db.changes.memories(done)
    named = db.links.known(changed)
    names = {one: names_of(named[one]) if one in named else set() for one in changed}
    own = db.links.referrals_of(changed)
    held = {one.link_id: names_in(one.target) for one in own}
    with ledger.writing():
        if anew:
            db.links.forget_names()
        touched = set().union(*names.values(), *db.links.names_of(changed).values())
        db.links.save_names(names)
        db.links.save_link_names(held)
        asked = {one.link_id: one for one in (*own, *db.links.referrals_to(touched, changed))}
        meant = meanings(db, (asked[link_id] for link_id in sorted(asked)))
        targets = {}
        for link_id, one in sorted(asked.items()):
            target = meant[link_id]
            was_removed = one.found is not None and not one.is_there
            if target != one.found and not (target is None and was_removed):
                targets[link_id] = target
        db.links.point(targets.items())
        db.facts.save(LINKED, str(latest))
    return len(targets)


def meanings(db: Database, asked: Iterable[Referral]) -> dict[int, str | None]:
    """The uid of the memory that each reference means, by the reference's id; None for none.

    Of several of one number the one that refers back to who asks is meant, if just one does.
    """
    asked = list(asked)
    named = db.links.named(set().union(*(names_in(one.target) for one in asked)))
    directory = Directory(named, json.loads(db.facts.find(REMOTES) or "[]"))
    found = {one.link_id: directory.resolve(one.target, one.path) for one in asked}
    shared = {
        one.link_id: directory.sharing(one.target, one.path)
        for one in asked
        if found[one.link_id] is None
    }
    sharing = {uid for uids in shared.values() for uid in uids}
    if not sharing:
        return found
    back = [(one.uid, names_in(one.target)) for one in db.links.referrals_from(sharing)]
    for one in asked:
        own = names_of_path(one.path or "")
        fitting = {uid for uid, names in back if uid in shared.get(one.link_id, ()) and names & own}
        if len(fitting) == 1:
            found[one.link_id] = fitting.pop()
    return found
