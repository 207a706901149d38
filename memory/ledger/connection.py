"""Opening the ledger: one SQLite file, its settings, its version, its writers' lock."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlite_utils import Database

from memory.errors import (
    StoreBusy,
    StoreDamaged,
    StoreNotFound,
    StoreNotWritable,
    StoreTooNew,
)
from memory.ledger.migrations import SCHEMA_VERSION, migrations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Database", "Ledger", "open_ledger"]

BUSY_TIMEOUT = 10_000  # milliseconds; a writer's transaction takes a few
LOCK_TIMEOUT = 30.0  # seconds


class Ledger:
    """An open ledger: `db` to read from, `writing()` to change it."""

    def __init__(self, db: Database, path: Path) -> None:
        self.db = db
        self.path = path

    @contextmanager
    def reading(self) -> Iterator[Database]:
        """`db`; what SQLite finds wrong with the file in the block is said as an error of ours.

        Raises:
            StoreDamaged, StoreBusy, StoreNotWritable: as it may be.
        """
        with _said_plainly(self.path):
            yield self.db

    @contextmanager
    def writing(self) -> Iterator[Database]:
        """One transaction, alone among all processes: everything in it happens, or nothing.

        The file lock beside SQLite's own keeps a second process from writing at the same
        moment, because SQLite before 3.51.3 can lose a checkpoint between two writers.

        Raises:
            StoreBusy: another process has been writing for half a minute.
            StoreNotWritable: the disk is full, or does not let us.
            StoreTooNew: a newer archmem has changed the schema since this one opened it.
        """
        with (
            self._alone("lock", "another process", LOCK_TIMEOUT),
            _said_plainly(self.path),
            self.db.atomic(),
        ):
            found = self.db.execute("PRAGMA user_version").fetchone()[0]
            if found > SCHEMA_VERSION:
                raise StoreTooNew(self.path, found, SCHEMA_VERSION)
            yield self.db

    @contextmanager
    def indexing(self, *, wait: float = 0.0) -> Iterator[None]:
        """Alone among all processes that plan changes from files, or change those files.

        Two that index the same new file at once would each add its memories.

        Args:
            wait: Seconds for which another may keep us waiting.

        Raises:
            StoreBusy: another process is at it.
        """
        with self._alone("index.lock", "another process that indexes", wait):
            yield

    @contextmanager
    def _alone(self, name: str, owner: str, timeout: float) -> Iterator[None]:
        from filelock import FileLock, Timeout

        if not self.path.parent.is_dir():  # moved away; a lock would make the folder anew
            raise StoreNotFound(self.path.parent)
        lock = FileLock(self.path.with_name(name))
        try:
            lock.acquire(timeout=timeout)
        except Timeout as error:
            raise StoreBusy(self.path.parent, owner) from error
        except OSError as error:
            raise StoreNotWritable(self.path.parent, error.strerror or str(error)) from error
        try:
            yield
        finally:
            lock.release()

    def close(self) -> None:
        """Let go of the file; what was committed is on disk."""
        self.db.close()

    def check(self) -> None:
        """Return when SQLite finds the whole file sound.

        Raises:
            StoreDamaged: with the first thing that is wrong.
        """
        try:
            found = self.db.execute("PRAGMA integrity_check(1)").fetchone()[0]
        except sqlite3.DatabaseError as error:
            raise StoreDamaged(self.path, str(error)) from error
        if found != "ok":
            raise StoreDamaged(self.path, found)


def open_ledger(path: Path, *, create: bool = False) -> Ledger:
    """Open the ledger at `path`, bringing an older schema up to date.

    Args:
        path: The SQLite file; its folder must exist.
        create: Make a new one where there is none.

    Raises:
        StoreNotFound: There is none, and `create` is false.
        StoreTooNew: A newer archmem wrote it. Nothing is written.
        StoreDamaged: It is not a database, or not a sound one.
        StoreBusy: Another program holds it.
        StoreNotWritable: The disk, or its permissions, do not let us.
    """
    if not create and not path.exists():
        raise StoreNotFound(path.parent)
    with _said_plainly(path):
        found = _schema_version(path)
        if found > SCHEMA_VERSION:
            raise StoreTooNew(path, found, SCHEMA_VERSION)
        ledger = Ledger(_connect(path), path)
        try:
            if found < SCHEMA_VERSION:
                _migrate(ledger)
        except BaseException:
            ledger.close()
            raise
    return ledger


_HELD = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_OUT_OF_REACH = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


@contextmanager
def _said_plainly(path: Path) -> Iterator[None]:
    """What SQLite says of the file as an error of ours; what it says of our SQL passes through."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without what extended codes add
        if code in _HELD:
            raise StoreBusy(path.parent, f"another program ({error})") from error
        if code in _OUT_OF_REACH:
            raise StoreNotWritable(path.parent, str(error)) from error
        if code in _DAMAGED:
            raise StoreDamaged(path, str(error)) from error
        raise


def _connect(path: Path) -> Database:
    connection = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT / 1000, isolation_level=None, check_same_thread=False
    )
    try:
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",  # in WAL mode NORMAL may lose acknowledged writes at a power cut
            "foreign_keys = ON",
            # One process may have dozens of connections. With four times as much, or with the
            # file mapped, a search of 10,000 memories takes as long (23 ms) and one of 50,000 a
            # tenth less; with half of it, a status of 10,000 takes 100 ms in place of 67.
            "cache_size = -16384",  # 16 MiB
        ):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return Database(connection)


def _schema_version(path: Path) -> int:
    """The version in the file's header, read without writing a byte; 0 for none.

    Even a connection that only reads makes the files that go with a write-ahead log, unless it
    is told that nothing changes; it may be told so while there is no such log.
    """
    if not path.exists() or path.stat().st_size == 0:
        return 0
    has_log = path.with_name(f"{path.name}-wal").exists()
    how = "mode=ro" if has_log else "mode=ro&immutable=1"
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)
    try:
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    finally:
        connection.close()
    return version


def _migrate(ledger: Ledger) -> None:
    with ledger.writing() as db:
        # Another process may have migrated while this one waited for the lock: apply() looks.
        migrations.apply(db)
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
