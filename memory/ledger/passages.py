"""Passages of revisions, the texts that are embedded and shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from memory.ledger.selecting import selected
from memory.models.passage import Passage

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from memory.ledger.connection import Database
    from memory.models.selection import Selection


def save_passages(db: Database, revision_id: int, passages: Sequence[Passage]) -> None:
    """Keep a revision's passages and queue their texts for embedding.

    A text that another revision has too is queued again, which costs nothing: its
    embedding is found by its hash.
    """
    hashes = [passage.text_hash for passage in passages]
    db.conn.executemany(
        """
        INSERT INTO passages (revision_id, position, title, heading, text,
                              first_line, last_line, text_hash)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
            (
                revision_id,
                position,
                passage.title,
                passage.heading,
                passage.text,
                *(passage.lines or (None, None)),
                text_hash,
            )
            for position, (passage, text_hash) in enumerate(zip(passages, hashes, strict=True))
        ],
    )
    db.conn.executemany(
        "INSERT OR IGNORE INTO embedding_queue (text_hash) VALUES (?)", [(key,) for key in hashes]
    )


class Placed(NamedTuple):
    """A passage and the revision that it is of."""

    revision_id: int
    text_hash: str
    passage: Passage


def passages_of(db: Database, revision_ids: Iterable[int]) -> list[Placed]:
    """All passages of these revisions, in the order of revision and position."""
    sql = """
        SELECT revision_id, text_hash, title, heading, text, first_line, last_line FROM passages
        WHERE revision_id IN (SELECT value FROM json_each(?)) ORDER BY revision_id, position
    """
    return [
        Placed(row[0], row[1], Passage(row[2], row[3], row[4], (row[5], row[6]) if row[5] else None))
        for row in db.execute(sql, [json.dumps(list(revision_ids))])
    ]


def revisions_with_texts(
    db: Database, text_hashes: Iterable[str], selection: Selection
) -> dict[str, list[int]]:
    """The selected revisions that hold each of these texts; texts that none holds are left out."""
    ids, values = selected(selection)
    sql = f"""
        SELECT text_hash, revision_id FROM passages
        WHERE text_hash IN (SELECT value FROM json_each(?)) AND revision_id IN ({ids})
    """
    holders: dict[str, list[int]] = {}
    for text_hash, revision_id in db.execute(sql, [json.dumps(list(text_hashes)), *values]):
        holders.setdefault(text_hash, []).append(revision_id)
    return holders


def count_passages(db: Database) -> int:
    """How many passages there are, of all revisions."""
    return int(db.execute("SELECT count(*) FROM passages").fetchone()[0])


def count_texts(db: Database) -> int:
    """How many different texts there are among all passages."""
    return int(db.execute("SELECT count(DISTINCT text_hash) FROM passages").fetchone()[0])
