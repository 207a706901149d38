"""Embeddings by model and text, and the queue of texts that the vector index still lacks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from memory.ledger.facts import MODEL
from memory.models.passage import Passage

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from memory.ledger.connection import Database


def queued_texts(db: Database) -> list[str]:
    """The hashes of all queued texts, the one that came into the ledger last at the end."""
    sql = """
        SELECT q.text_hash FROM embedding_queue AS q
        JOIN passages AS p ON p.text_hash = q.text_hash
        GROUP BY q.text_hash ORDER BY max(p.id)
    """
    return [text_hash for (text_hash,) in db.execute(sql)]


def queued_since(db: Database, change: int) -> list[str]:
    """The same of revisions that came after a change; quick however long the queue is."""
    sql = """
        SELECT text_hash FROM passages
        WHERE revision_id IN (SELECT revision_id FROM changes WHERE seq > ?)
        AND EXISTS (SELECT 1 FROM embedding_queue AS q WHERE q.text_hash = passages.text_hash)
        ORDER BY id
    """
    return [text_hash for (text_hash,) in db.execute(sql, [change])]


def embedded_texts(db: Database, text_hashes: Iterable[str]) -> dict[str, str]:
    """What is embedded for these hashes, in their order."""
    sql = """
        SELECT p.text_hash, p.title, p.heading, p.text FROM json_each(?) AS wanted
        CROSS JOIN passages AS p
            ON p.id = (SELECT id FROM passages WHERE text_hash = wanted.value LIMIT 1)
    """
    return {
        text_hash: Passage(title, heading, text, None).embedded_text
        for text_hash, title, heading, text in db.execute(sql, [json.dumps(list(text_hashes))])
    }


def count_queued(db: Database) -> int:
    """How many texts the vector index still lacks."""
    return int(db.execute("SELECT count(*) FROM embedding_queue").fetchone()[0])


def embedding_state(db: Database) -> tuple[str | None, int]:
    """The model that embedded this memory, and how many texts the vector index still lacks."""
    sql = "SELECT (SELECT value FROM facts WHERE name = ?), count(*) FROM embedding_queue"
    model, waiting = db.execute(sql, [MODEL]).fetchone()
    return model, int(waiting)


def dequeue(db: Database, text_hashes: Iterable[str]) -> None:
    """The vector index has these."""
    db.conn.executemany(
        "DELETE FROM embedding_queue WHERE text_hash = ?", [(key,) for key in text_hashes]
    )


def enqueue(db: Database, text_hashes: Iterable[str]) -> None:
    """The vector index lacks these."""
    db.conn.executemany(
        "INSERT OR IGNORE INTO embedding_queue (text_hash) VALUES (?)",
        [(key,) for key in text_hashes],
    )


def save_embeddings(
    db: Database, model: str, text_hashes: Sequence[str], vectors: NDArray[np.float32]
) -> None:
    """Cache embeddings: `vectors[i]`, of length 1, is of the text named `text_hashes[i]`."""
    db.conn.executemany(
        "INSERT OR REPLACE INTO embeddings (model, text_hash, vector) VALUES (?, ?, ?)",
        [
            (model, key, vector.astype("<f4").tobytes())
            for key, vector in zip(text_hashes, vectors, strict=True)
        ],
    )
    db.execute("INSERT INTO changes (what) VALUES ('embedded')")


def fetch_embeddings(
    db: Database, model: str, text_hashes: Sequence[str]
) -> tuple[list[str], NDArray[np.float32]]:
    """The cached embeddings among those asked for, in no particular order.

    Returns:
        n hashes, and their vectors as an array of n rows; (0, 0) where none is cached.
    """
    keys: list[str] = []
    blobs: list[bytes] = []
    for start in range(0, len(text_hashes), 500):
        some = list(text_hashes[start : start + 500])
        sql = (
            "SELECT text_hash, vector FROM embeddings "
            f"WHERE model = ? AND text_hash IN ({', '.join('?' * len(some))})"
        )
        for key, blob in db.execute(sql, [model, *some]):
            keys.append(key)
            blobs.append(blob)
    return keys, _matrix(blobs)


def fetch_all_embeddings(db: Database, model: str) -> tuple[list[str], NDArray[np.float32]]:
    """Every cached embedding of a model, by text hash."""
    sql = "SELECT text_hash, vector FROM embeddings WHERE model = ? ORDER BY text_hash"
    rows = db.execute(sql, [model]).fetchall()
    return [row[0] for row in rows], _matrix([row[1] for row in rows])


def count_embeddings(db: Database, model: str, *, at_most: int = -1) -> int:
    """How many embeddings of a model are cached, counted up to `at_most` if that is set.

    SQLite has to walk past every vector to count them.
    """
    sql = "SELECT count(*) FROM (SELECT 1 FROM embeddings WHERE model = ? LIMIT ?)"
    return int(db.execute(sql, [model, at_most]).fetchone()[0])


def _matrix(blobs: Sequence[bytes]) -> NDArray[np.float32]:
    if not blobs:
        return np.empty((0, 0), dtype=np.float32)
    return np.frombuffer(b"".join(blobs), dtype="<f4").reshape(len(blobs), -1)
