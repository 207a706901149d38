"""Which modules a memory concerns: those its source names, and those its text is about."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from memory.ledger.fulltext import any_of
from memory.ledger.selecting import is_derived, seen_through

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from memory.ledger.connection import Database
    from memory.models.selection import Lens


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


def modules_of(db: Database, revision_ids: Iterable[int]) -> dict[int, list[str]]:
    """The modules that these revisions concern, by what they say or are about, by revision."""
    sql = """
        SELECT revision_id, value FROM labels WHERE name IN ('module', 'mention')
        AND revision_id IN (SELECT value FROM json_each(?)) ORDER BY revision_id, value
    """
    found: dict[int, list[str]] = {}
    for revision_id, module in db.execute(sql, [json.dumps(list(revision_ids))]):
        found.setdefault(revision_id, []).append(module)
    return found


def module_counts(db: Database, lens: Lens, modules: Iterable[str]) -> dict[str, dict[str, int]]:
    """How many memories the lens shows of each of these modules, by kind; every module is told.

    A module is the one that was asked for however its case is written.
    """
    wanted = list(modules)
    counts: dict[str, dict[str, int]] = {module.casefold(): {} for module in wanted}
    seen, values = seen_through(lens)
    sql = f"""
        SELECT l.value, m.kind, count(DISTINCT s.id) FROM ({seen}) AS s
        JOIN memories AS m ON m.id = s.memory_id JOIN labels AS l ON l.revision_id = s.id
        WHERE s.removed = 0 AND l.name IN ('module', 'mention')
        AND l.value IN (SELECT value FROM json_each(?)) GROUP BY 1, 2 ORDER BY 1, 2
    """
    for module, kind, count in db.execute(sql, [*values, json.dumps(wanted)]):
        counts[module.casefold()][kind] = count
    return {module: counts[module.casefold()] for module in wanted}
