"""Single facts about a store: which model its vectors are from, when it was last indexed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memory.ledger.connection import Database

PROJECT = "project"  # whose ledger it is: JSON, see belonging
MODEL = "embedding_model"
PARSED_BY = "parsed_by"  # the version of archmem that read the files last
LAST_INDEX = "last_index"  # a moment, see times
UNLINKED = "unlinked"  # since when references and modules wait for an index run; "" if not
LABELLED = "labelled"  # JSON: up to which change, and for which modules, mentions were looked for
LINKED = "linked"  # up to which change references were looked up
BLIND = "blind"  # what the last walk could not look at: a JSON list of pairs, path and line
REVIEWED = "reviewed"  # the day, in UTC, on which review triggers were looked at last
HISTORY = "history"  # how far git's history was read: JSON, see indexer.history.history_reader
ANCHORS = "anchors"  # how far what memories name was looked at: JSON, see indexer.freshness.mark
PROBLEMS = "problems"  # of the project's files as they were last read: a JSON list of lines


def find_fact(db: Database, name: str) -> str | None:
    """What is noted under a name, if anything is."""
    row = db.execute("SELECT value FROM facts WHERE name = ?", [name]).fetchone()
    return None if row is None else str(row[0])


def save_fact(db: Database, name: str, value: str) -> None:
    """Note a fact in place of what was noted under its name."""
    db.execute("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", [name, value])


def find_facts(db: Database, prefix: str) -> dict[str, str]:
    """What is noted under names that begin so, by name."""
    sql = "SELECT name, value FROM facts WHERE substr(name, 1, length(:prefix)) = :prefix"
    return dict(db.execute(f"{sql} ORDER BY name", {"prefix": prefix}).fetchall())


def remove_facts(db: Database, names: Iterable[str]) -> None:
    """Nothing is noted under these names any more."""
    db.conn.executemany("DELETE FROM facts WHERE name = ?", [(name,) for name in names])
