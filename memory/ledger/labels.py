"""Which modules a memory concerns: those its source names, and those its text is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.ledger.fulltext import any_of
from memory.ledger.selecting import is_derived

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from memory.ledger.connection import Database


def known_modules(db: Database) -> list[str]:
    """Every module that the source of some live memory names, in alphabetical order.

    Folders that archmem itself took for modules are not among them: most are none.
    """
    sql = f"""
        SELECT DISTINCT l.value FROM labels AS l JOIN memories AS m ON m.newest = l.revision_id
        JOIN revisions AS r ON r.id = m.newest
        WHERE l.name = 'module' AND r.removed = 0 AND NOT {is_derived("r")} ORDER BY 1
    """
    return [value for (value,) in db.execute(sql)]


def unlabelled_texts_with(
    db: Database, module: str, *, after: int = 0
) -> Iterator[tuple[int, str, str]]:
    """Live revisions with a module's name in their text and no label: id, title, body.

    Only those that came after the revision with the id `after`.
    """
    sql = """
        SELECT r.id, r.title, json_extract(r.draft, '$.body') FROM revisions AS r
        JOIN memories AS m ON m.newest = r.id
        WHERE r.removed = 0 AND r.id IN (
            SELECT rowid FROM revisions_text WHERE revisions_text MATCH ? AND rowid > ?
        ) AND NOT EXISTS (SELECT 1 FROM labels WHERE revision_id = r.id AND name = 'module')
    """
    return iter(db.execute(sql, [any_of([module]), after]))


def forget_mentions(db: Database, modules: Iterable[str] | None = None) -> None:
    """The newest revisions are no longer noted to be about these modules; None for all.

    What was noted of older revisions stays, for whoever looks at an earlier day.
    """
    sql = "DELETE FROM labels WHERE name = 'mention'"
    newest = "revision_id IN (SELECT newest FROM memories)"
    if modules is None:
        db.execute(f"{sql} AND {newest}")
    else:
        every = [(module,) for module in modules]
        db.conn.executemany(f"{sql} AND value = ? AND {newest}", every)


def save_mentions(db: Database, mentions: Iterable[tuple[int, str]]) -> None:
    """Note which modules revisions are about though they do not say so."""
    db.conn.executemany(
        "INSERT OR IGNORE INTO labels (revision_id, name, value) VALUES (?, 'mention', ?)",
        list(mentions),
    )
