"""Passages, their words and their embeddings, in SQLite."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from memory.ledger.interface.texts import Embeddings, Matches, Passages
from memory.ledger.sqlite.repository import SqliteRepository, UnsoundRow
from memory.ledger.sqlite.seals import is_sound
from memory.ledger.sqlite.selecting import (
    any_of,
    is_selected,
)
from memory.models.memory import Passage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from memory.models.selection import Selection


_IS_SOUND = is_sound("embeddings", "e")
TITLE_WEIGHT = 3.0  # of a word in the title against one in the body


class SqlitePassages(SqliteRepository, Passages):
    """`Passages` in SQLite."""

    def add(self, revision_id: int, passages: Sequence[Passage]) -> None:
        hashes = [passage.text_hash for passage in passages]
        self._db.conn.executemany(
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
        self._db.embeddings.enqueue(hashes)

    def of(self, revision_id: int) -> list[Passage]:
        sql = """
            SELECT title, heading, text, first_line, last_line FROM passages
            WHERE revision_id = ? ORDER BY position
        """
        return [
            Passage(title, heading, text, None if first is None else (first, last))
            for title, heading, text, first, last in self._db.execute(sql, [revision_id])
        ]

    def texts(self, places: Mapping[int, int]) -> dict[int, str]:
        sql = """
            SELECT w.key, p.text FROM json_each(?) AS w JOIN passages AS p
            ON p.revision_id = CAST(w.key AS INTEGER) AND p.position = w.value
        """
        return {int(key): text for key, text in self._db.execute(sql, [json.dumps(places)])}

    def hashes_of(self, revision_ids: Iterable[int]) -> dict[int, list[str]]:
        sql = """
            SELECT revision_id, text_hash FROM passages
            WHERE revision_id IN (SELECT value FROM json_each(?)) ORDER BY revision_id, position
        """
        hashes: dict[int, list[str]] = {}
        for revision_id, text_hash in self._db.execute(sql, [json.dumps(list(revision_ids))]):
            hashes.setdefault(revision_id, []).append(text_hash)
        return hashes

    def holders(self, text_hashes: Iterable[str], selection: Selection) -> dict[str, list[int]]:
        test, values = is_selected(selection, "p.revision_id")
        sql = f"""
            SELECT p.text_hash, p.revision_id FROM passages AS p
            WHERE p.text_hash IN (SELECT value FROM json_each(?)) AND {test}
        """
        holders: dict[str, list[int]] = {}
        for text_hash, revision_id in self._db.execute(
            sql, [json.dumps(list(text_hashes)), *values]
        ):
            holders.setdefault(text_hash, []).append(revision_id)
        return holders

    def count(self) -> int:
        return int(self._value("SELECT count(*) FROM passages"))

    def hashes(self) -> set[str]:
        return set(self._values("SELECT DISTINCT text_hash FROM passages"))

    def hashes_since(self, change: int) -> set[str]:
        sql = """
            SELECT text_hash FROM passages
            WHERE revision_id IN (SELECT revision_id FROM changes WHERE seq > ?)
        """
        return set(self._values(sql, [change]))

    def add_words(self, revision_id: int, title: str, body: str) -> None:
        self._db.execute(
            "INSERT INTO revisions_text (rowid, title, body) VALUES (?, ?, ?)",
            [revision_id, title, body],
        )
        self._db.has_new_words = True

    def count_words(self, stems: Iterable[str]) -> tuple[dict[str, int], int]:
        sql = """
            SELECT term, doc FROM revisions_words WHERE term IN (SELECT value FROM json_each(?))
            UNION ALL SELECT NULL, count(*) FROM revisions WHERE number > 0
        """
        counts = dict(self._db.execute(sql, [json.dumps(list(stems))]).fetchall())
        return counts, counts.pop(None)

    def match_each(
        self, words: Sequence[str], selections: Sequence[Selection], *, limit: int
    ) -> Matches:
        chosen: list[list[int]] = [[] for _ in selections]
        scores: dict[int, float] = {}
        if not words:
            return Matches(chosen, scores)
        tests = [is_selected(selection, "given.id") for selection in selections]
        # Selected afterwards, from the best down and only as far as rows are fetched: told to look
        # at given rows only, FTS5 would answer the whole question again for each of them.
        sql = f"""
            WITH given AS MATERIALIZED (
                SELECT rowid AS id, -bm25(revisions_text, {TITLE_WEIGHT}, 1.0) AS score
                FROM revisions_text WHERE revisions_text MATCH ? ORDER BY score DESC, id
            )
            SELECT id, score {", NULL" * len(tests)} FROM given UNION ALL
            SELECT id, NULL, {", ".join(test for test, _ in tests)} FROM given
        """
        values = [value for _, some in tests for value in some]
        cursor = self._db.execute(sql, [any_of(words), *values])
        for revision_id, score, *selected in cursor:
            if score is not None:
                scores[revision_id] = score
                continue
            for ids, is_in in zip(chosen, selected, strict=True):
                if is_in and len(ids) < limit:
                    ids.append(revision_id)
            if all(len(ids) == limit for ids in chosen):
                break
        cursor.close()
        return Matches(chosen, scores)


class SqliteEmbeddings(SqliteRepository, Embeddings):
    """`Embeddings` in SQLite."""

    def queued(self) -> list[str]:
        sql = """
            SELECT q.text_hash FROM embedding_queue AS q
            JOIN passages AS p ON p.text_hash = q.text_hash
            GROUP BY q.text_hash ORDER BY max(p.id)
        """
        return self._values(sql)

    def queued_since(self, change: int) -> list[str]:
        sql = """
            SELECT text_hash FROM passages
            WHERE revision_id IN (SELECT revision_id FROM changes WHERE seq > ?)
            AND EXISTS (SELECT 1 FROM embedding_queue AS q WHERE q.text_hash = passages.text_hash)
            ORDER BY id
        """
        return self._values(sql, [change])

    def texts(self, text_hashes: Iterable[str]) -> dict[str, str]:
        sql = """
            SELECT p.text_hash, p.title, p.heading, p.text FROM json_each(?) AS wanted
            CROSS JOIN passages AS p
                ON p.id = (SELECT id FROM passages WHERE text_hash = wanted.value LIMIT 1)
        """
        return {
            text_hash: Passage(title, heading, text, None).embedded_text
            for text_hash, title, heading, text in self._db.execute(
                sql, [json.dumps(list(text_hashes))]
            )
        }

    def count_queued(self) -> int:
        return self._db.glance().waiting

    def state(self) -> tuple[str | None, int]:
        glance = self._db.glance()
        return glance.model, glance.waiting

    def dequeue(self, text_hashes: Iterable[str]) -> None:
        self._db.conn.executemany(
            "DELETE FROM embedding_queue WHERE text_hash = ?", [(key,) for key in text_hashes]
        )

    def enqueue(self, text_hashes: Iterable[str]) -> None:
        self._db.conn.executemany(
            "INSERT OR IGNORE INTO embedding_queue (text_hash) VALUES (?)",
            [(key,) for key in text_hashes],
        )

    def add(self, model: str, text_hashes: Sequence[str], vectors: NDArray[np.float32]) -> None:
        self._db.conn.executemany(
            "INSERT OR REPLACE INTO embeddings (model, text_hash, vector) VALUES (?, ?, ?)",
            [
                (model, key, vector.astype("<f4").tobytes())
                for key, vector in zip(text_hashes, vectors, strict=True)
            ],
        )
        self._db.execute("INSERT INTO changes (what) VALUES ('embedded')")

    def fetch(
        self, model: str, text_hashes: Sequence[str]
    ) -> tuple[list[str], NDArray[np.float32]]:
        keys: list[str] = []
        blobs: list[bytes] = []
        for start in range(0, len(text_hashes), 500):
            some = list(text_hashes[start : start + 500])
            sql = (
                f"SELECT text_hash, vector, {self._is_sound()} FROM embeddings AS e "
                f"WHERE model = ? AND text_hash IN ({', '.join('?' * len(some))})"
            )
            for key, blob, sound in self._db.execute(sql, [model, *some]):
                _ensure_sound(key, sound)
                keys.append(key)
                blobs.append(blob)
        return keys, _matrix(blobs)

    def fetch_all(self, model: str) -> tuple[list[str], NDArray[np.float32]]:
        sql = f"""
            SELECT text_hash, vector, {self._is_sound()} FROM embeddings AS e
            WHERE model = ? ORDER BY text_hash
        """
        rows = self._db.execute(sql, [model]).fetchall()
        for key, _, sound in rows:
            _ensure_sound(key, sound)
        return [row[0] for row in rows], _matrix([row[1] for row in rows])

    def _is_sound(self) -> str:
        return "1" if self._db.is_examined else _IS_SOUND

    def count(self, model: str, *, at_most: int = -1) -> int:
        sql = "SELECT count(*) FROM (SELECT 1 FROM embeddings WHERE model = ? LIMIT ?)"
        return int(self._value(sql, [model, at_most]))


def _ensure_sound(text_hash: str, sound: int) -> None:
    if not sound:
        raise UnsoundRow(f"the embedding of the text {text_hash} is not as it was written")


def _matrix(blobs: Sequence[bytes]) -> NDArray[np.float32]:
    if not blobs:
        return np.empty((0, 0), dtype=np.float32)
    return np.frombuffer(b"".join(blobs), dtype="<f4").reshape(len(blobs), -1)
