"""Which modules a memory concerns: those its source names, and those its text is about."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from memory.ledger.fulltext import any_of
from memory.ledger.selecting import is_derived, seen_through

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memory.ledger.connection import Database
    from memory.models.selection import Lens

#: The spelling of a module by the first revision that names it and still holds.
_FIRST = f"""
SELECT l.value FROM labels AS l JOIN memories AS m ON m.newest = l.revision_id
JOIN revisions AS r ON r.id = m.newest
WHERE l.name = 'module' AND l.value = {{}} AND r.removed = 0 AND NOT {is_derived("r")}
ORDER BY l.revision_id LIMIT 1
"""


def known_modules(db: Database) -> list[str]:
    """Every module that the source of some live memory names, in alphabetical order.

    Folders that archmem itself took for modules are not among them: most are none.
    """
    sql = f"""
        WITH RECURSIVE named(value) AS (  -- each once, from one to the next by the index
            SELECT min(value) FROM labels WHERE name = 'module'
            UNION ALL SELECT (
                SELECT min(value) FROM labels WHERE name = 'module' AND value > named.value
            ) FROM named WHERE value IS NOT NULL
        )
        SELECT ({_FIRST.format("named.value")}) AS spelling FROM named
        WHERE spelling IS NOT NULL
    """
    return [value for (value,) in db.execute(sql)]


def modules_named_by(db: Database, memory_ids: Iterable[int]) -> set[str]:
    """Every module that some revision of these memories names, in each of its spellings."""
    sql = """
        SELECT value FROM labels WHERE name = 'module' AND revision_id IN (
            SELECT id FROM revisions WHERE memory_id IN (SELECT value FROM json_each(?))
        )
    """
    return {value for (value,) in db.execute(sql, [json.dumps(list(memory_ids))])}


def known_module(db: Database, module: str) -> str | None:
    """A module as the first live memory that names it writes it; None where none does."""
    row = db.execute(_FIRST.format("?"), [module]).fetchone()
    return str(row[0]) if row else None


def unlabelled_texts(db: Database, memory_ids: Iterable[int]) -> list[tuple[int, str, str]]:
    """Of these memories the live revisions that name no module: id, title and body."""
    test = "m.id IN (SELECT value FROM json_each(?))"
    return _unlabelled(db, test, json.dumps(list(memory_ids)))


def unlabelled_texts_with(db: Database, module: str) -> list[tuple[int, str, str]]:
    """The same of all memories that may have a module's name in their text."""
    test = "r.id IN (SELECT rowid FROM revisions_text WHERE revisions_text MATCH ?)"
    return _unlabelled(db, test, any_of([module]))


def forget_mentions(db: Database, modules: Iterable[str]) -> None:
    """The newest revisions are no longer noted to be about these modules.

    What was noted of older revisions stays, for whoever looks at an earlier day.
    """
    sql = """
        DELETE FROM labels WHERE name = 'mention' AND value = ?
        AND revision_id IN (SELECT newest FROM memories)
    """
    db.conn.executemany(sql, [(module,) for module in modules])


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


def _unlabelled(db: Database, test: str, value: str) -> list[tuple[int, str, str]]:
    sql = f"""
        SELECT r.id, r.title, json_extract(r.draft, '$.body') FROM memories AS m
        JOIN revisions AS r ON r.id = m.newest WHERE {test} AND r.removed = 0
        AND NOT EXISTS (SELECT 1 FROM labels WHERE revision_id = r.id AND name = 'module')
    """
    return db.execute(sql, [value]).fetchall()
