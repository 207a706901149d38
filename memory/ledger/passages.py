"""Passages of revisions, the texts that are embedded and shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from memory.ledger.changes import latest_change as newest_passage
from memory.ledger.embeddings import enqueue
from memory.ledger.selecting import is_selected
from memory.models.passage import Passage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from memory.ledger.connection import Database
    from memory.models.selection import Selection

__all__ = [
    "all_texts",
    "count_passages",
    "newest_passage",
    "passage_texts",
    "passages_at",
    "passages_of",
    "revisions_with_texts",
    "save_passages",
    "text_hashes_of",
    "texts_since",
]


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
    enqueue(db, hashes)


def passages_of(db: Database, revision_id: int) -> list[Passage]:
    """All passages of a revision, in the order of its text."""
    sql = """
        SELECT title, heading, text, first_line, last_line FROM passages
        WHERE revision_id = ? ORDER BY position
    """
    return [
        Passage(title, heading, text, None if first is None else (first, last))
        for title, heading, text, first, last in db.execute(sql, [revision_id])
    ]


def passage_texts(db: Database, places: Mapping[int, int]) -> dict[int, str]:
    """The text of one passage of each of these revisions, by revision.

    Args:
        db: An open ledger.
        places: Which passage, by revision: 0 for the first.
    """
    sql = """
        SELECT w.key, p.text FROM json_each(?) AS w JOIN passages AS p
        ON p.revision_id = CAST(w.key AS INTEGER) AND p.position = w.value
    """
    return {int(key): text for key, text in db.execute(sql, [json.dumps(places)])}


def passages_at(
    db: Database, places: Iterable[tuple[int, int | None]]
) -> dict[tuple[int, int | None], list[Passage]]:
    """The passages at these places of revisions, by place; all of one that names no position.

    Args:
        db: An open ledger.
        places: Pairs of a revision and a position from 0, or None.
    """
    sql = """
        SELECT p.revision_id, w.value ->> 1, p.title, p.heading, p.text, p.first_line, p.last_line
        FROM json_each(?) AS w JOIN passages AS p ON p.revision_id = w.value ->> 0
            AND p.position = ifnull(w.value ->> 1, p.position)
        ORDER BY p.revision_id, p.position
    """
    found: dict[tuple[int, int | None], list[Passage]] = {}
    for revision_id, position, title, heading, text, first, last in db.execute(
        sql, [json.dumps(list(places))]
    ):
        lines = None if first is None else (first, last)
        passage = Passage(title, heading, text, lines)
        found.setdefault((revision_id, position), []).append(passage)
    return found


def text_hashes_of(db: Database, revision_ids: Iterable[int]) -> dict[int, list[str]]:
    """The hashes of these revisions' embedded texts, by revision, in the order of its text."""
    sql = """
        SELECT revision_id, text_hash FROM passages
        WHERE revision_id IN (SELECT value FROM json_each(?)) ORDER BY revision_id, position
    """
    hashes: dict[int, list[str]] = {}
    for revision_id, text_hash in db.execute(sql, [json.dumps(list(revision_ids))]):
        hashes.setdefault(revision_id, []).append(text_hash)
    return hashes


def revisions_with_texts(
    db: Database, text_hashes: Iterable[str], selection: Selection
) -> dict[str, list[int]]:
    """The selected revisions that hold each of these texts, which are left out if none does."""
    test, values = is_selected(selection, "p.revision_id")
    sql = f"""
        SELECT p.text_hash, p.revision_id FROM passages AS p
        WHERE p.text_hash IN (SELECT value FROM json_each(?)) AND {test}
    """
    holders: dict[str, list[int]] = {}
    for text_hash, revision_id in db.execute(sql, [json.dumps(list(text_hashes)), *values]):
        holders.setdefault(text_hash, []).append(revision_id)
    return holders


def count_passages(db: Database) -> int:
    """How many passages there are, of all revisions."""
    return int(db.execute("SELECT count(*) FROM passages").fetchone()[0])


def all_texts(db: Database) -> set[str]:
    """The hashes of all passages' texts."""
    return {text_hash for (text_hash,) in db.execute("SELECT DISTINCT text_hash FROM passages")}


def texts_since(db: Database, change: int) -> set[str]:
    """The hashes of the texts of all revisions that came after a change."""
    sql = """
        SELECT text_hash FROM passages
        WHERE revision_id IN (SELECT revision_id FROM changes WHERE seq > ?)
    """
    return {text_hash for (text_hash,) in db.execute(sql, [change])}
