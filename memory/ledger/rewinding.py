"""Takes a copy of a ledger to another moment: what is known of files anew, revisions shown again.

Nothing here is for a ledger that people rely on: it lets go of what cannot be had again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from memory.models.file import MAIN, READ, STALE

if TYPE_CHECKING:
    from memory.ledger.connection import Database


class Unfiled(NamedTuple):
    """A revision of a memory that no file says."""

    uid: str
    revision_id: int
    commit: str | None  # that was checked out when it was recorded
    is_newest: bool


def forget_working_tree(db: Database) -> None:
    """All files are to be looked at again, and what hung on those of today is forgotten.

    A file that is as it was when it was last read need not be parsed again. Records that wait
    for their file, and files of other worktrees, are no longer waited for.
    """
    db.execute("DELETE FROM files WHERE worktree != ?", [MAIN])
    db.execute(
        """
        UPDATE files SET mtime_ns = -1, state = CASE
            WHEN state = :read AND path NOT IN (
                SELECT path FROM memories WHERE pending_file AND path IS NOT NULL
            ) THEN state ELSE :stale END
        """,
        {"read": READ, "stale": STALE},
    )
    db.execute(
        """
        INSERT OR IGNORE INTO files
            (path, size, mtime_ns, content_hash, state, problem, read_at_ns, worktree, said)
        SELECT DISTINCT path, 0, -1, NULL, :stale, NULL, 0, :main, '' FROM memories
        WHERE path IS NOT NULL
        """,
        {"stale": STALE, "main": MAIN},
    )
    db.execute("UPDATE files SET content_hash = NULL WHERE state = ?", [STALE])
    db.execute("UPDATE memories SET pending_file = 0")
    db.execute("DELETE FROM anchors")


def unfiled_revisions(db: Database) -> list[Unfiled]:
    """The revisions of memories that no file says and nobody removed, the oldest first."""
    sql = """
        SELECT m.uid, r.id, json_extract(r.source, '$.commit'), r.id = m.newest
        FROM memories AS m JOIN revisions AS newest ON newest.id = m.newest
        JOIN revisions AS r ON r.memory_id = m.id
        WHERE m.path IS NULL AND newest.removed = 0 AND r.removed = 0 ORDER BY r.id
    """
    return [
        Unfiled(uid, number, commit, bool(is_newest))
        for uid, number, commit, is_newest in db.execute(sql)
    ]


def show_again(db: Database, uid: str, revision_id: int) -> None:
    """A revision is the newest one of its memory, whatever was recorded after it."""
    db.execute("UPDATE memories SET newest = ? WHERE uid = ?", [revision_id, uid])


def settle_on(db: Database, change: int) -> None:
    """Revisions that came after this change stay only where they say something new.

    A memory that says again what it said before is shown with the number and the moment under
    which that was recorded. One that was removed is not known at all: it may have come later.
    """
    sql = "SELECT ifnull(max(revision_id), 0) FROM changes WHERE seq <= ?"
    after = db.execute(sql, [change]).fetchone()[0]
    db.execute(
        """
        UPDATE memories SET newest = earlier.id FROM (
            SELECT newest.id AS of, max(e.id) AS id FROM revisions AS newest
            JOIN revisions AS e ON e.memory_id = newest.memory_id AND e.digest = newest.digest
            WHERE newest.id > :after AND NOT newest.removed AND e.id <= :after AND NOT e.removed
            GROUP BY newest.id
        ) AS earlier WHERE memories.newest = earlier.of
        """,
        {"after": after},
    )
    db.execute(
        """
        UPDATE memories SET newest = NULL
        WHERE newest IN (SELECT id FROM revisions WHERE id > ? AND removed)
        """,
        [after],
    )
    shown = "SELECT newest FROM memories WHERE newest IS NOT NULL"
    links = f"SELECT id FROM links WHERE revision_id > ? AND revision_id NOT IN ({shown})"
    db.execute(f"DELETE FROM link_names WHERE link_id IN ({links})", [after])
    for table, column in (
        ("labels", "revision_id"),
        ("links", "revision_id"),
        ("passages", "revision_id"),
        ("revisions", "id"),
    ):
        db.execute(f"DELETE FROM {table} WHERE {column} > ? AND {column} NOT IN ({shown})", [after])


def queue_what_shows(db: Database, model: str) -> None:
    """Of the texts of memories that are there, those wait that a model has not embedded."""
    db.execute("DELETE FROM embedding_queue")
    db.execute(
        """
        INSERT INTO embedding_queue (text_hash)
        SELECT DISTINCT p.text_hash FROM passages AS p
        JOIN memories AS m ON m.newest = p.revision_id
        JOIN revisions AS r ON r.id = m.newest
        WHERE NOT r.removed AND NOT EXISTS (
            SELECT 1 FROM embeddings WHERE model = ? AND text_hash = p.text_hash
        )
        """,
        [model],
    )
