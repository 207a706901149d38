"""Makes a sound ledger of all that can still be read of a damaged one."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from memory.ledger.sqlite.seals import SEALED, is_sound, register
from memory.models.memory import Draft, Passage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from memory.ledger.sqlite.database import SqliteDatabase
    from memory.ledger.sqlite.seals import SealedTable

Derived = tuple[str, list[Passage]]  # the words that are searched beside a title, and passages

_BLOBS = {"vector", "facts"}  # columns that hold no text

#: What is left of memories, revisions and what hangs on them when some of them are lost.
_UNHELD = (
    "DELETE FROM revisions WHERE memory_id NOT IN (SELECT id FROM memories)",
    # Of a memory whose newest revision is lost the one before it is told; the damage names it.
    """
    UPDATE memories SET newest = (
        SELECT id FROM revisions WHERE memory_id = memories.id AND number > 0
        ORDER BY number DESC LIMIT 1
    )
    WHERE newest IS NOT NULL
    AND newest NOT IN (SELECT id FROM revisions WHERE memory_id = memories.id)
    """,
    "DELETE FROM memories WHERE newest IS NULL",
    "DELETE FROM revisions WHERE memory_id NOT IN (SELECT id FROM memories)",
    *(
        f"DELETE FROM {table} WHERE revision_id NOT IN (SELECT id FROM revisions)"
        for table in ("labels", "links", "passages", "anchors")
    ),
    "DELETE FROM links WHERE target_id NOT IN (SELECT id FROM memories)",
    "DELETE FROM names WHERE memory_id NOT IN (SELECT id FROM memories)",
    "DELETE FROM link_names WHERE link_id NOT IN (SELECT id FROM links)",
    """
    UPDATE changes SET memory_id = NULL
    WHERE memory_id IS NOT NULL AND memory_id NOT IN (SELECT id FROM memories)
    """,
)


def salvage(path: Path, into: SqliteDatabase, derive: Callable[[Draft], Derived]) -> None:
    """Copy every sound row of a ledger into an empty one, and make the full text anew.

    Args:
        path: The damaged file, which is only read.
        into: A ledger whose schema is there.
        derive: What is kept of a memory beside its draft.
    """
    has_log = path.with_name(f"{path.name}-wal").exists()
    how = "mode=ro" if has_log else "mode=ro&immutable=1"
    source = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)
    source.text_factory = bytes
    register(source)
    into.execute("PRAGMA foreign_keys = OFF")
    try:
        with into.atomic():
            for table in SEALED:
                _copy(source, table, into)
            for statement in _UNHELD:
                into.execute(statement)
            _derive_anew(into, derive)
            _queue(into)
            into.keep_words_digest()
    finally:
        source.close()
        into.execute("PRAGMA foreign_keys = ON")


def _copy(source: sqlite3.Connection, table: SealedTable, into: SqliteDatabase) -> None:
    columns = ", ".join(table.columns)
    marks = ", ".join("?" * len(table.columns))
    sql = f"INSERT OR IGNORE INTO {table.name} ({columns}) VALUES ({marks})"
    texts = [name not in _BLOBS or table.name == "code_files" for name in table.columns]
    for row in _rows(source, table):
        values = [_text(value) if text else value for value, text in zip(row, texts, strict=True)]
        into.execute(sql, values)


def _rows(source: sqlite3.Connection, table: SealedTable) -> Iterator[tuple[Any, ...]]:
    """The sound rows, from both ends as far as the pages can be read."""
    columns = ", ".join(f"t.{name}" for name in table.columns)
    seen: set[tuple[Any, ...]] = set()
    keys = [table.columns.index(name) for name in table.key]
    for order in ("ASC", "DESC"):
        by = ", ".join(f"t.{name} {order}" for name in table.key)
        sql = f"""
            SELECT {columns}, {is_sound(table.name, "t")} FROM {table.name} AS t NOT INDEXED
            ORDER BY {by}
        """
        try:
            for *row, sound in source.execute(sql):
                key = tuple(row[at] for at in keys)
                if sound and key not in seen:
                    seen.add(key)
                    yield tuple(row)
        except sqlite3.DatabaseError:
            continue
        return


def _text(value: Any) -> Any:
    return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value


def _queue(into: SqliteDatabase) -> None:
    """Embed again what has no embedding any more."""
    into.execute(
        """
        INSERT OR IGNORE INTO embedding_queue (text_hash)
        SELECT DISTINCT p.text_hash FROM passages AS p
        JOIN memories AS m ON m.newest = p.revision_id
        WHERE p.text_hash NOT IN (SELECT text_hash FROM embeddings)
        """
    )


def _derive_anew(into: SqliteDatabase, derive: Callable[[Draft], Derived]) -> None:
    """Make the words anew, and the passages of what lacks some."""
    into.has_new_words = True
    sql = """
        SELECT r.id, r.title, r.draft, count(p.id) FROM revisions AS r
        LEFT JOIN passages AS p ON p.revision_id = r.id
        WHERE r.number > 0 AND NOT r.removed GROUP BY r.id ORDER BY r.id
    """
    for revision_id, title, draft, count in into.execute(sql).fetchall():
        said = Draft.model_validate_json(draft)
        words, passages = derive(said)
        into.passages.add_words(revision_id, title, words)
        _refer_anew(into, revision_id, said)
        if count != len(passages):
            into.execute("DELETE FROM passages WHERE revision_id = ?", [revision_id])
            into.passages.add(revision_id, passages)


def _refer_anew(into: SqliteDatabase, revision_id: int, draft: Draft) -> None:
    """Make links and labels anew where some are lost; what they mean, an index run looks up."""
    sql = "SELECT count(*) FROM links WHERE revision_id = ?"
    if into.execute(sql, [revision_id]).fetchone()[0] != len(draft.references):
        into.execute("DELETE FROM links WHERE revision_id = ?", [revision_id])
        into.links.add(revision_id, draft.references)
    into.conn.executemany(
        "INSERT OR IGNORE INTO labels (revision_id, name, value) VALUES (?, ?, ?)",
        [
            *((revision_id, "module", one) for one in draft.modules),
            *((revision_id, "tag", one) for one in draft.tags),
        ],
    )
