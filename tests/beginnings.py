"""Stores that begin as copies of one that was made as their user's are."""

import tempfile
from functools import cache, wraps
from pathlib import Path

from memory.ledger.sqlite import connection

CHROMA = "chroma.sqlite3"


def copied_ledger(migrate):
    """Instead of creating a ledger's tables one by one; an older one is migrated as ever."""

    @wraps(migrate)
    def copy_or_migrate(ledger):
        if ledger.db.execute("SELECT 1 FROM sqlite_master").fetchone():
            migrate(ledger)
        else:
            empty_ledger().conn.backup(ledger.db.conn)

    return copy_or_migrate


@cache
def empty_ledger():
    db = connection._connect(":memory:")
    connection._bring_up_to_date(db)
    return db


def copied_vectors(connect):
    """Instead of having Chroma migrate a new database."""

    @cache
    def empty_vectors():
        with tempfile.TemporaryDirectory() as name:
            connect(Path(name)).close()
            return Path(name, CHROMA).read_bytes()

    @wraps(connect)
    def copy_and_connect(folder):
        if not folder.exists():
            folder.mkdir(mode=0o700)
            (folder / CHROMA).write_bytes(empty_vectors())
        return connect(folder)

    return copy_and_connect
