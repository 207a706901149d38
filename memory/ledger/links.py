"""Relations between memories: as their sources assert them, and looked up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from memory.ledger.selecting import seen_through
from memory.models.kinds import LinkType
from memory.models.link import Link

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from memory.ledger.connection import Database
    from memory.models.revision import Reference
    from memory.models.selection import Lens


class Referral(NamedTuple):
    """A reference, and what it was last found to mean."""

    link_id: int
    target: str  # as written
    uid: str  # of the memory that refers
    path: str | None  # where that memory stands
    found: str | None  # the uid it was last found to mean


def save_references(db: Database, revision_id: int, references: Iterable[Reference]) -> None:
    """Keep what a revision refers to; the targets are looked up later."""
    db.conn.executemany(
        """
        INSERT INTO links (revision_id, type, inverse, partial, target, evidence)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
        [
            (revision_id, ref.type, ref.inverse, ref.partial, ref.target, ref.evidence)
            for ref in references
        ],
    )


def newest_references(db: Database, *, after: int = 0) -> list[Referral]:
    """Every reference of the revisions that are newest, whether it has a target or not.

    Only those of revisions that came after the one with the id `after`.
    """
    sql = """
        SELECT l.id, l.target, m.uid, m.path, t.uid FROM links AS l
        JOIN memories AS m ON m.newest = l.revision_id
        LEFT JOIN memories AS t ON t.id = l.target_id
        WHERE l.revision_id > ? ORDER BY l.id
    """
    return [Referral(*row) for row in db.execute(sql, [after])]


def save_targets(db: Database, targets: Iterable[tuple[int, str | None]]) -> None:
    """Set what references point at: pairs of a link's id and a uid, or None for nothing known."""
    db.conn.executemany(
        "UPDATE links SET target_id = (SELECT id FROM memories WHERE uid = ?) WHERE id = ?",
        [(uid, link_id) for link_id, uid in targets],
    )


def fetch_links(
    db: Database,
    lens: Lens,
    uids: Iterable[str] | None = None,
    *,
    types: Sequence[LinkType] = (),
) -> list[Link]:
    """The links that the lens shows, each once, in their plain direction.

    A memory that says "superseded by X" gives the same link as X saying that it supersedes
    the memory. Links asserted by removed memories are not shown.

    Args:
        db: An open ledger.
        lens: From when to look.
        uids: Only links with one of these at either end; None for all.
        types: Only links of these types; none for all.
    """
    seen, values = seen_through(lens)
    sql = f"""
        SELECT a.uid, b.uid, l.type, l.inverse, l.partial, l.evidence
        FROM links AS l JOIN ({seen}) AS s ON s.id = l.revision_id
        JOIN memories AS a ON a.id = s.memory_id
        JOIN memories AS b ON b.id = l.target_id
        WHERE s.removed = 0 AND a.id != b.id
    """
    if uids is not None:
        # As one JSON value, since there may be more of them than SQLite can bind; each end
        # by itself, since no index serves an OR over two tables.
        sql = f"""
            WITH wanted AS (
                SELECT id FROM memories WHERE uid IN (SELECT value FROM json_each(?))
            )
            {sql} AND l.id IN (
                SELECT id FROM links WHERE target_id IN wanted
                UNION SELECT l.id FROM revisions AS r JOIN links AS l ON l.revision_id = r.id
                WHERE r.memory_id IN wanted
            )
        """
        values = [json.dumps(sorted(set(uids))), *values]
    if types:
        sql += f" AND l.type IN ({', '.join('?' * len(types))})"
        values = [*values, *types]
    links: dict[tuple[str, str, str], Link] = {}
    for near, far, type_, inverse, partial, evidence in db.execute(sql, values):
        ends = (far, near) if inverse else (near, far)
        link = Link(
            type=LinkType(type_),
            source=ends[0],
            target=ends[1],
            partial=bool(partial),
            evidence=evidence,
            asserted_by=near,
        )
        known = links.get((type_, *ends))
        if known is None or (link.partial and not known.partial):
            links[(type_, *ends)] = link
    return sorted(links.values(), key=lambda link: (link.source, link.type, link.target))
