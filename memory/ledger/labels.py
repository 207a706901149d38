"""Which modules a memory concerns: those its source names, and those its text is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.ledger.fulltext import any_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from memory.ledger.connection import Database


def known_modules(db: Database) -> list[str]:
    """Every module that the source of some live memory names, in alphabetical order."""
    sql = """
        SELECT DISTINCT l.value FROM labels AS l JOIN memories AS m ON m.newest = l.revision_id
        JOIN revisions AS r ON r.id = m.newest
        WHERE l.name = 'module' AND r.removed = 0 ORDER BY 1
    """
    return [value for (value,) in db.execute(sql)]


def unlabelled_texts_with(db: Database, module: str) -> Iterator[tuple[int, str, str]]:
    """Live revisions with a module's name in their text and no label: id, title, body."""
    sql = """
        SELECT r.id, r.title, json_extract(r.draft, '$.body') FROM revisions AS r
        JOIN memories AS m ON m.newest = r.id
        WHERE r.removed = 0
          AND r.id IN (SELECT rowid FROM revisions_text WHERE revisions_text MATCH ?)
          AND NOT EXISTS (SELECT 1 FROM labels WHERE revision_id = r.id AND name = 'module')
    """
    return iter(db.execute(sql, [any_of([module])]))


def replace_mentions(db: Database, mentions: Iterable[tuple[int, str]]) -> None:
    """Note which modules the newest revisions are about though they do not say so.

    What was noted of older revisions stays, for whoever looks at an earlier day.
    """
    db.execute(
        "DELETE FROM labels WHERE name = 'mention' AND revision_id IN (SELECT newest FROM memories)"
    )
    db.conn.executemany(
        "INSERT OR IGNORE INTO labels (revision_id, name, value) VALUES (?, 'mention', ?)",
        list(mentions),
    )
