"""Relations between memories: as their sources assert them, and looked up by name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from memory.ledger.selecting import UNFILED, is_derived, seen_through
from memory.models.kinds import Kind, LinkType
from memory.models.link import Link

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from memory.ledger.connection import Database
    from memory.models.revision import Reference
    from memory.models.selection import Lens


class Known(NamedTuple):
    """A memory that was not removed, as far as it takes to be found by a reference.

    What archmem worked out itself and runs go by their uids only: nobody who writes the title
    of a decision means a commit, or a task, of the same words.
    """

    uid: str
    title: str  # "" of what is called by its uid only
    path: str | None = None  # relative to the project root
    number: int | None = None
    metric: str = ""  # of a baseline, as are the following
    day: str = ""  # such as 2025-03-17; "" where its source does not say
    value: float | None = None


class Referral(NamedTuple):
    """A reference of a memory's newest revision, and what it was last found to mean."""

    link_id: int
    target: str  # as written
    uid: str  # of the memory that refers
    path: str | None  # where that memory stands
    found: str | None  # the uid it was last found to mean
    is_there: bool  # whether that one was not removed since


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
    """Every reference of the revisions that are newest and came after the one with this id."""
    return _referrals(db, "l.revision_id > ?", after)


def save_targets(db: Database, targets: Iterable[tuple[int, str | None]]) -> None:
    """Set what references point at: pairs of a link's id and a uid, or None for nothing."""
    db.conn.executemany(
        "UPDATE links SET target_id = (SELECT id FROM memories WHERE uid = ?) WHERE id = ?",
        [(uid, link_id) for link_id, uid in targets],
    )


def point_at_uids(db: Database, uid: str) -> None:
    """Point what the newest revision of a memory refers to at the memories with those uids."""
    sql = """
        UPDATE links SET target_id = (SELECT id FROM memories WHERE uid = links.target)
        WHERE revision_id = (SELECT newest FROM memories WHERE uid = ?)
    """
    db.execute(sql, [uid])


def fetch_chains(
    db: Database, lens: Lens, uids: Iterable[str], types: Sequence[LinkType]
) -> tuple[set[str], list[Link]]:
    """The memories that chains of such links lead to from these, either way, and the links.

    Args:
        db: An open ledger.
        lens: From when to look.
        uids: Where the chains begin; they are among what is reached.
        types: Of the links that are followed.
    """
    seen, values = seen_through(lens)
    sql = f"""
        WITH RECURSIVE bound (near, far, type, inverse, partial, evidence) AS NOT MATERIALIZED (
            SELECT s.memory_id, l.target_id, l.type, l.inverse, l.partial, l.evidence
            FROM links AS l JOIN ({seen}) AS s ON s.id = l.revision_id
            WHERE s.removed = 0 AND l.target_id != s.memory_id
            AND l.type IN ({", ".join("?" * len(types))})
        ), reached (id) AS (
            SELECT id FROM memories WHERE uid IN (SELECT value FROM json_each(?))
            UNION SELECT far FROM reached JOIN bound ON near = reached.id
            UNION SELECT near FROM reached JOIN bound ON far = reached.id
        )
        SELECT a.uid, b.uid, type, inverse, partial, evidence
        FROM bound JOIN memories AS a ON a.id = near JOIN memories AS b ON b.id = far
        WHERE near IN reached
    """
    wanted = set(uids)
    rows = db.execute(sql, [*values, *types, json.dumps(sorted(wanted))])
    links = _links(rows)
    return wanted | {end for link in links for end in (link.source, link.target)}, links


def fetch_links(
    db: Database,
    lens: Lens,
    uids: Iterable[str] | None = None,
    *,
    types: Sequence[LinkType] = (),
) -> list[Link]:
    """The links that the lens shows, each once, in their plain direction.

    A memory that says "superseded by X" gives the same link as X saying that it supersedes
    the memory. A removed memory asserts nothing: a tombstone has no references.

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
        WHERE a.id != b.id
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
    return _links(db.execute(sql, values))


def _links(rows: Iterable[tuple[str, str, str, int, int, str]]) -> list[Link]:
    """Each link once, in its plain direction, by source, type and target."""
    links: dict[tuple[str, str, str], Link] = {}
    for near, far, type_, inverse, partial, evidence in rows:
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


def known_memories(db: Database, memory_ids: Iterable[int]) -> dict[int, Known]:
    """Those of these memories that were not removed, by their ids."""
    return _known(db, "SELECT value FROM json_each(?)", memory_ids)


def memories_named(db: Database, names: Iterable[str]) -> list[Known]:
    """The memories that any of these names is noted for, in the order in which they came."""
    ids = "SELECT memory_id FROM names WHERE name IN (SELECT value FROM json_each(?))"
    return list(_known(db, ids, names).values())


def names_of(db: Database, memory_ids: Iterable[int]) -> dict[int, set[str]]:
    """The names that are noted for these memories, by their ids."""
    sql = "SELECT memory_id, name FROM names WHERE memory_id IN (SELECT value FROM json_each(?))"
    found: dict[int, set[str]] = {}
    for memory_id, name in db.execute(sql, [_json(memory_ids)]):
        found.setdefault(memory_id, set()).add(name)
    return found


def save_names(db: Database, names: Mapping[int, set[str]]) -> None:
    """Note the names of memories, by their ids, in place of those that were noted."""
    db.conn.executemany("DELETE FROM names WHERE memory_id = ?", [(one,) for one in names])
    db.conn.executemany(
        "INSERT INTO names (name, memory_id) VALUES (?, ?)",
        [(name, memory_id) for memory_id, all_ in names.items() for name in sorted(all_)],
    )


def forget_names(db: Database) -> None:
    """No name is noted any more, of a memory or of a reference."""
    db.execute("DELETE FROM names")
    db.execute("DELETE FROM link_names")


def referrals_of(db: Database, memory_ids: Iterable[int]) -> list[Referral]:
    """What the newest revisions of these memories refer to."""
    return _referrals(db, "m.id IN (SELECT value FROM json_each(?))", _json(memory_ids))


def referrals_to(db: Database, names: Iterable[str], memory_ids: Iterable[int]) -> list[Referral]:
    """The references of newest revisions that hold one of these names or mean one of these."""
    held = "SELECT link_id FROM link_names WHERE name IN (SELECT value FROM json_each(?))"
    meant = "l.target_id IN (SELECT value FROM json_each(?))"
    return [
        *_referrals(db, f"l.id IN ({held})", _json(names)),
        *_referrals(db, meant, _json(memory_ids)),
    ]


def save_link_names(db: Database, names: Mapping[int, set[str]]) -> None:
    """Note the names that references hold, by their links' ids."""
    db.conn.executemany(
        "INSERT OR IGNORE INTO link_names (name, link_id) VALUES (?, ?)",
        [(name, link_id) for link_id, all_ in names.items() for name in sorted(all_)],
    )


def _known(db: Database, ids: str, values: Iterable[int | str]) -> dict[int, Known]:
    sql = f"""
        SELECT m.id, m.uid,
        CASE WHEN {is_derived("r")} OR m.kind IN {UNFILED} THEN '' ELSE r.title END, m.path,
        json_extract(r.draft, '$.details.number'),
        CASE m.kind WHEN '{Kind.BASELINE}' THEN json_extract(r.draft, '$.details.metric')
        ELSE '' END, ifnull(substr(r.valid_from, 1, 10), ''),
        json_extract(r.draft, '$.details.value')
        FROM memories AS m JOIN revisions AS r ON r.id = m.newest
        WHERE m.id IN ({ids}) AND r.removed = 0 ORDER BY m.id
    """
    return {row[0]: Known(*row[1:]) for row in db.execute(sql, [_json(values)])}


def _referrals(db: Database, test: str, value: int | str) -> list[Referral]:
    sql = f"""
        SELECT l.id, l.target, m.uid, m.path, t.uid, ifnull(NOT tr.removed, 0) FROM links AS l
        JOIN memories AS m ON m.newest = l.revision_id
        LEFT JOIN memories AS t ON t.id = l.target_id
        LEFT JOIN revisions AS tr ON tr.id = t.newest
        WHERE {test} ORDER BY l.id
    """
    return [Referral(*row) for row in db.execute(sql, [value])]


def _json(values: Iterable[int | str]) -> str:
    """As one value, since there may be more of them than SQLite can bind."""
    return json.dumps(list(values))
