"""Takes words out of a ledger so that no byte of them stays in its file."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any

from memory.ledger.interface.upkeep import Erasing
from memory.ledger.sqlite.redacting import redacted_rows
from memory.ledger.sqlite.repository import SqliteRepository
from memory.ledger.sqlite.seals import SEALED
from memory.ledger.store_facts import ERASING, FORGOTTEN, PROBLEMS
from memory.models.memory import Draft, Passage
from memory.models.rewriting import rewritten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from memory.ledger.interface.upkeep import Redact
    from memory.ledger.sqlite.database import SqliteDatabase
    from memory.ledger.sqlite.salvage import Derived

#: What hangs on a memory, and by what; the order is that in which it can go.
_HANGS = (
    ("anchors", "memory_id IN ({m}) OR revision_id IN ({r})"),
    ("link_names", "link_id IN (SELECT id FROM links WHERE revision_id IN ({r}))"),
    ("labels", "revision_id IN ({r})"),
    ("links", "revision_id IN ({r})"),
    ("passages", "revision_id IN ({r})"),
    ("names", "memory_id IN ({m})"),
    ("changes", "memory_id IN ({m})"),
)


class SqliteErasing(SqliteRepository, Erasing):
    """`Erasing` in SQLite."""

    def find_words(self, redact: Redact) -> dict[str, list[str]]:
        return find_words(self._db, redact)

    def erase_words(self, redact: Redact, derive: Callable[[Draft], Derived]) -> None:
        erase_words(self._db, redact, derive)

    def erase_memories(self, uids: Iterable[str], derive: Callable[[Draft], Derived]) -> None:
        erase_memories(self._db, uids, derive)

    def mark(self, name: str, said: dict[str, str]) -> None:
        self._db.facts.save(f"{FORGOTTEN}{name}", json.dumps(said))
        self._db.facts.save(ERASING, "1")

    def vacuum(self) -> bool:
        self._db.execute("PRAGMA temp_store = MEMORY")
        self._db.execute("PRAGMA secure_delete = ON")
        self._db.execute("VACUUM")
        return not self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]


def find_words(db: SqliteDatabase, redact: Redact) -> dict[str, list[str]]:
    """Where some words stand, by table: the uids of memories, or keys of rows."""
    found: dict[str, list[str]] = {}
    for table, column, row, _ in redacted_rows(db, redact):
        known = found.setdefault(table, [])
        name = _owner(db, table, row) or f"{column} {row[0]!s:.40}"
        known += [] if name in known else [name]
    passages = "SELECT id, title, heading, text FROM passages"
    for id_, *texts in db.execute(passages).fetchall():
        if any(redact(text) != text for text in texts):
            known = found.setdefault("passages", [])
            name = _owner(db, "passages", (id_,))
            known += [] if name in known else [name]
    if blobs := sorted({blob for _, blob in _code_rows(db, redact)}):
        found["code_facts"] = _code_paths(db, blobs)
    return found


def erase_words(db: SqliteDatabase, redact: Redact, derive: Callable[[Draft], Derived]) -> None:
    """Replace some words wherever they stand; the caller holds the transaction."""
    for table, column, row, new in list(redacted_rows(db, redact)):
        keys = next(one.key for one in SEALED if one.name == table)
        test = " AND ".join(f"{key} = ?" for key in keys)
        db.execute(f"UPDATE OR REPLACE {table} SET {column} = ? WHERE {test}", [new, *row])
        if (table, column) == ("revisions", "draft"):
            digest = Draft.model_validate_json(new).digest
            db.execute("UPDATE revisions SET digest = ? WHERE id = ?", [digest, *row])
    passages = "SELECT id, title, heading, text FROM passages"
    for id_, *texts in db.execute(passages).fetchall():
        redacted = [redact(text) for text in texts]
        if redacted != texts:
            text_hash = Passage(redacted[0], redacted[1], redacted[2], None).text_hash
            db.execute(
                "UPDATE passages SET title = ?, heading = ?, text = ?, text_hash = ? WHERE id = ?",
                [*redacted, text_hash, id_],
            )
            db.embeddings.enqueue([text_hash])
    for key in _code_rows(db, redact):
        db.execute("DELETE FROM code_facts WHERE extractor = ? AND blob = ?", key)
    _clean_up(db, derive)


def erase_memories(
    db: SqliteDatabase, uids: Iterable[str], derive: Callable[[Draft], Derived]
) -> None:
    """Take out memories with all that hangs on them; the caller holds the transaction."""
    wanted = json.dumps(list(uids))
    memories = "SELECT id FROM memories WHERE uid IN (SELECT value FROM json_each(:uids))"
    revisions = f"SELECT id FROM revisions WHERE memory_id IN ({memories})"
    given = {"uids": wanted}
    db.execute(f"UPDATE links SET target_id = NULL WHERE target_id IN ({memories})", given)
    for table, test in _HANGS:
        db.execute(f"DELETE FROM {table} WHERE {test.format(m=memories, r=revisions)}", given)
    db.execute(f"UPDATE memories SET newest = NULL WHERE id IN ({memories})", given)
    db.execute(f"DELETE FROM changes WHERE memory_id IN ({memories})", given)
    db.execute(f"DELETE FROM revisions WHERE memory_id IN ({memories})", given)
    db.execute(f"DELETE FROM memories WHERE id IN ({memories})", given)
    for uid in json.loads(wanted):
        db.execute("DELETE FROM consolidations WHERE instr(said, ?)", [uid])
    db.facts.remove([PROBLEMS])
    _clean_up(db, derive)


def _clean_up(db: SqliteDatabase, derive: Callable[[Draft], Derived]) -> None:
    """Afterwards there is no embedding without a text, and the full text is made anew."""
    held = "SELECT text_hash FROM passages"
    db.execute(f"DELETE FROM embeddings WHERE text_hash NOT IN ({held})")
    db.execute(f"DELETE FROM embedding_queue WHERE text_hash NOT IN ({held})")
    db.execute("INSERT INTO revisions_text (revisions_text) VALUES ('delete-all')")
    db.has_new_words = True
    sql = "SELECT id, title, draft FROM revisions WHERE number > 0 AND NOT removed ORDER BY id"
    for revision_id, title, draft in db.execute(sql).fetchall():
        words, _ = derive(Draft.model_validate_json(draft))
        db.passages.add_words(revision_id, title, words)


def _code_rows(db: SqliteDatabase, redact: Redact) -> list[tuple[str, str]]:
    """The facts of code of which a text has the words in it; between two texts there are none."""
    rows = db.execute("SELECT extractor, blob, facts FROM code_facts").fetchall()
    return [
        (extractor, blob)
        for extractor, blob, facts in rows
        if _has_words(zlib.decompress(facts).decode(), redact)
    ]


def _has_words(facts: str, redact: Redact) -> bool:
    try:
        said = json.loads(facts)
    except ValueError:  # tokens, which are kept in lines
        return redact(facts) != facts
    return bool(rewritten(said, redact) != said)


def _code_paths(db: SqliteDatabase, blobs: list[str]) -> list[str]:
    """The files of code that have some contents; a content that none has any more as it is."""
    sql = """
        SELECT DISTINCT coalesce(f.path, b.value) FROM json_each(?) AS b
        LEFT JOIN code_files AS f ON f.blob = b.value ORDER BY 1
    """
    return [row[0] for row in db.execute(sql, [json.dumps(blobs)])]


def _owner(db: SqliteDatabase, table: str, row: tuple[Any, ...]) -> str:
    """The uid of the memory that a row belongs to; "" for none."""
    by = {"memories": "m.id", "revisions": "r.id", "names": "m.id", "anchors": "m.id"}
    if table in by:
        id_, test = (row[1] if table == "names" else row[0]), by[table]
    elif table in ("links", "passages", "link_names"):
        held = {"link_names": "links"}.get(table, table)
        id_ = row[1] if table == "link_names" else row[0]
        test = f"r.id = (SELECT revision_id FROM {held} WHERE id = ?) AND 1 "
        sql = "SELECT m.uid FROM revisions AS r JOIN memories AS m ON m.id = r.memory_id WHERE "
        found = db.execute(sql + test, [id_]).fetchone()
        return found[0] if found else ""
    elif table == "labels":
        id_, test = row[0], "r.id"
    else:
        return ""
    sql = "SELECT m.uid FROM memories AS m LEFT JOIN revisions AS r ON r.memory_id = m.id"
    found = db.execute(f"{sql} WHERE {test} = ? LIMIT 1", [id_]).fetchone()
    return found[0] if found else ""
