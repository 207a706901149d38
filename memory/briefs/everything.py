"""Gathers the whole memory for a brief, as much of it as could have room."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from memory.briefs.brief_items import Gathered, ItemMaker
from memory.briefs.nearness import Nearness
from memory.briefs.scoring import SliceOwner
from memory.kinds import SPECS
from memory.kinds.vocabulary import Kind
from memory.ledger.project_modules import module_names
from memory.metrics.measurement_series import latest_of, read_tracks
from memory.models.selection import Selection
from memory.standings import fetch_standings
from memory.texts.agent_names import alike

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memory.ledger.interface.database import Database
    from memory.models.selection import Lens


PAST = 0.5  # what is over, or was measured again, counts for so much


def gather_all(
    db: Database,
    task: str,
    modules: Sequence[str],
    agents: Sequence[str],
    lens: Lens,
    most: int,
) -> Gathered:
    """The whole memory, as far as the lens shows it; every agent has a slice if none is named.

    Nothing is asked of the model. What somebody wrote comes before what archmem worked out, what
    is in force before what is over, then the newest first. Items are the first `most` of it.
    """
    known = tuple(module_names(db))
    ids = db.memories.listed_ids(Selection(lens=lens))
    standings = fetch_standings(db, lens, ids)
    tracks = read_tracks(db, lens)
    series = {track.newest.uid: latest_of(track) for track in tracks}
    again = {one.uid for track in tracks for one in track.measured} - series.keys()
    order = {
        one.uid: (bool(one.derived), float(not standings[one.uid].in_force or one.uid in again))
        for one in db.memories.heads(ids.values())
    }
    blocking = {*db.flags.blocking(lens)}
    in_order = sorted(ids, key=lambda uid: (ids[uid] not in blocking, order[uid]))
    memories = db.memories.at_revisions([ids[uid] for uid in in_order[:most]])
    names = agents or db.memories.agents()
    owners = tuple(SliceOwner(name, frozenset(alike(name, names)), frozenset()) for name in names)
    shown = [memories[ids[uid]] for uid in in_order[:most]]
    make = ItemMaker(db, lens, shown, series, owners, standings)
    items = []
    for place, listed in enumerate(make.listed):
        is_derived_, over = order[listed.memory.uid]
        own = frozenset(listed.memory.revision.draft.modules)
        near = Nearness(0.0, PAST if over else 1.0, (is_derived_, float(place)))
        items.append(make.item(listed, near=near, modules=own))
    kinds = db.memories.own_statuses()
    return Gathered(
        task=task,
        modules=tuple(dict.fromkeys(modules)),
        owners=owners,
        items=tuple(items),
        beyond=Counter(
            SPECS[Kind(kinds[uid][0])].section(standings[uid].status, standings[uid].in_force)
            for uid in in_order[most:]
        ),
        counts=db.labels.counts(lens, modules or known),
        spoken_of={},
        known_modules=known,
        nearby=(),
        total=len(ids),
        known=True,
        reason="",
    )
