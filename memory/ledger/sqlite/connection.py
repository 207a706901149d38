"""Opening the ledger: one SQLite file, its settings, its writers' lock."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import zlib
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from memory.errors import (
    ArchMemError,
    StoreBusy,
    StoreDamaged,
    StoreNotFound,
    StoreNotWritable,
    StoreTooNew,
)
from memory.ledger.adoption import LOGS, made_here
from memory.ledger.damage import MEND, Damage
from memory.ledger.interface.database import Ledger
from memory.ledger.sqlite.database import SqliteDatabase
from memory.ledger.sqlite.examining import SCHEMA, examine, schema_digest
from memory.ledger.sqlite.ledger_file import (
    discard,
    ensure_whole,
    identity,
    new_draft,
    put,
    put_in_place_of,
    schema_version,
)
from memory.ledger.sqlite.repository import UnsoundRow
from memory.ledger.sqlite.salvage import salvage
from memory.ledger.sqlite.schema import SCHEMA_VERSION, migrations
from memory.ledger.store_place import acquire_in_place
from memory.texts.plain_file import copy_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from memory.ledger.sqlite.salvage import Derived
    from memory.models.memory import Draft

BUSY_TIMEOUT = 10_000  # milliseconds; a writer's transaction takes a few
LOCK_TIMEOUT = 30.0  # seconds


class SqliteLedger(Ledger):
    """A ledger in one SQLite file."""

    def __init__(
        self,
        db: SqliteDatabase,
        path: Path,
        damage: Damage | None = None,
        unwritable: StoreNotWritable | None = None,
    ) -> None:
        """With what whoever writes is told: what lies in memory, nobody would read."""
        self._db = db
        self.path = path
        self.damage = damage
        self._unwritable = unwritable
        self._file = identity(path)

    @property
    def db(self) -> SqliteDatabase:
        return self._db

    @contextmanager
    def reading(self) -> Iterator[SqliteDatabase]:
        with _said_plainly(self.path), self._looked_into():
            yield self._db

    @contextmanager
    def _looked_into(self) -> Iterator[None]:
        """What nobody expected may come of damage, which then is what is said."""
        try:
            yield
        except (ArchMemError, sqlite3.Error):
            raise
        except UnsoundRow as error:
            raise _damaged(self.path, str(error)) from error
        except (ValueError, LookupError, TypeError, zlib.error) as error:
            if damage := self.damage or self.examine():
                raise _damaged(self.path, damage.what) from error
            raise

    @contextmanager
    def writing(self) -> Iterator[SqliteDatabase]:
        if self.damage:
            raise _damaged(self.path, self.damage.what)
        if self._unwritable:
            raise self._unwritable
        with (
            self.alone(),
            _said_plainly(self.path),
            self._db.atomic(),
        ):
            if (now := identity(self.path)) is None:
                raise StoreNotFound(self.path.parent)
            if now != self._file:  # what is written here nobody would read
                raise StoreBusy(self.path.parent, "another ledger that was put in its place")
            found = self._db.execute("PRAGMA user_version").fetchone()[0]
            if found > SCHEMA_VERSION:
                raise StoreTooNew(self.path, found, SCHEMA_VERSION)
            yield self._db
            self._db.keep_words_digest()
        self._db.forget_glance()

    def alone(self) -> AbstractContextManager[None]:
        """Nobody else writes in the block."""
        return _alone(self.path, "lock", "another process", LOCK_TIMEOUT)

    @contextmanager
    def indexing(self, *, wait: float = 0.0) -> Iterator[None]:
        with _alone(self.path, "index.lock", "another process that indexes", wait):
            yield

    def copy_to(self, path: Path) -> None:
        with _said_plainly(self.path):
            path.touch(mode=0o600)
            connection = sqlite3.connect(path)
            try:
                self._db.conn.backup(connection)
            finally:
                connection.close()

    def close(self) -> None:
        self._db.close()

    def examine(self) -> Damage | None:
        try:
            return examine(self._db)
        except sqlite3.DatabaseError as error:
            return Damage((str(error),))


@contextmanager
def _alone(path: Path, name: str, owner: str, timeout: float) -> Iterator[None]:
    from filelock import FileLock, Timeout

    lock = FileLock(path.with_name(name), mode=0o600)
    try:
        acquire_in_place(lock, timeout=timeout)
    except Timeout as error:
        raise StoreBusy(path.parent, owner) from error
    except OSError as error:
        raise StoreNotWritable(path.parent, error.strerror or str(error)) from error
    try:
        yield
    finally:
        lock.release()


def open_ledger(path: Path, *, create: bool = False, durable: bool = True) -> SqliteLedger:
    """Open the ledger at `path`, bringing an older schema up to date.

    Args:
        path: The SQLite file; its folder must exist.
        create: Make a new one where there is none.
        durable: What is written survives a power cut; a copy that can be made anew need not.

    Raises:
        StoreNotFound: There is none, and `create` is false.
        StoreTooNew: A newer archmem wrote it. Nothing is written.
        StoreDamaged: It is not a database, or not a sound one.
        StoreBusy: Another program holds it.
        StoreNotWritable: The disk, or its permissions, do not let us.
    """
    if not path.exists():
        if not create:
            raise StoreNotFound(path.parent)
        _create(path)
    with _said_plainly(path):
        found = schema_version(path)
        if found > SCHEMA_VERSION:
            raise StoreTooNew(path, found, SCHEMA_VERSION)
        ledger = _connected(path, is_old=found < SCHEMA_VERSION)
        if not durable:
            ledger.db.execute("PRAGMA synchronous = OFF")
    return ledger


def open_copy(path: Path, because: StoreNotWritable) -> SqliteLedger:
    """What a ledger says whose disk takes no writes, its log included, in memory.

    Args:
        path: Of the ledger.
        because: What whoever writes to it is told, also where the disk takes writes again by then.

    Raises:
        As `open_ledger`.
    """
    with tempfile.TemporaryDirectory(prefix="archmem-") as name:
        copied = Path(name, path.name)
        for suffix in ("", "-wal"):
            with suppress(FileNotFoundError):
                copy_plain(f"{path}{suffix}", Path(f"{copied}{suffix}"))
        source = open_ledger(copied, durable=False)
        try:
            db = _connect(":memory:")
            source.db.conn.backup(db.conn)
        finally:
            source.close()
    return SqliteLedger(db, path, unwritable=because)


def open_salvaged(path: Path, damage: Damage, derive: Callable[[Draft], Derived]) -> SqliteLedger:
    """What can still be read of a damaged ledger, in memory; nothing can be written to it.

    Args:
        path: The damaged file.
        damage: What is wrong with it.
        derive: What is kept of a memory beside its draft.

    Raises:
        StoreDamaged: nothing can be read of it.
    """
    ledger = salvaged(path, ":memory:", derive)
    ledger.damage = damage
    return ledger


def salvaged(path: Path, where: Path | str, derive: Callable[[Draft], Derived]) -> SqliteLedger:
    """A new ledger of all that is sound in another one; see `open_salvaged`."""
    with _said_plainly(path):
        db = _connect(where)
        try:
            _bring_up_to_date(db)
            salvage(path, db, derive)
        except BaseException:
            db.close()
            raise
    return SqliteLedger(db, path)


def replace_by_salvaged(path: Path, kept: Path, derive: Callable[[Draft], Derived]) -> None:
    """Put all that is sound in a damaged ledger in its place; a kill leaves the one or the other.

    It doubts every file, so that whoever indexes next reads again what was damaged.

    Args:
        path: The damaged file.
        kept: Where it is found afterwards, in the same folder.
        derive: What is kept of a memory beside its draft.

    Raises:
        StoreDamaged: nothing can be read of it.
    """
    draft = new_draft(path)
    try:
        draft.touch(mode=0o600)
        # Else more is written meanwhile.
        with _alone(path, "lock", "another process", LOCK_TIMEOUT):
            _give_back_log(path)
            with closing(salvaged(path, draft, derive)) as mended, mended.db.atomic():
                mended.db.files.doubt_all()
            try:
                os.link(path, kept)
            except FileExistsError:  # by a mending that went no further
                if not kept.samefile(path):
                    raise
            except OSError:  # a file system without links
                shutil.copy2(path, kept)
            put_in_place_of(draft, path, kept=kept.name)
    finally:
        discard(draft)


def _give_back_log(path: Path) -> None:
    """The log that a mending took from a ledger before it was killed is beside it again."""
    log = path.with_name(f"{path.name}-wal")
    for taken in path.parent.glob(f"{path.name}.damaged-*-wal"):
        kept = taken.with_name(taken.name.removesuffix("-wal"))
        if not log.exists() and kept.exists() and kept.samefile(path):
            taken.rename(log)


def _create(path: Path) -> None:
    """Make an empty ledger beside `path` and put it there whole, unless another one is faster.

    So a file of no bytes is never one that somebody was about to begin. The log of a ledger that
    was taken away is kept under another name: it would be played into the new one.
    """
    draft = new_draft(path)
    try:
        with _said_plainly(path):
            draft.touch(mode=0o600)  # the files that go with it have its mode
            ledger = _connected(draft, is_old=True)
            ledger.close()
            ensure_whole(draft)
        with ledger.alone():
            if not path.exists():
                for suffix in LOGS:
                    log = path.with_name(path.name + suffix)
                    with suppress(FileNotFoundError):
                        log.replace(log.with_name(f"{log.name}.left"))
            made_here(draft)  # before it is there: whoever is killed in between finds it again
            put(draft, path)
    finally:
        discard(draft)


def _connected(path: Path, *, is_old: bool) -> SqliteLedger:
    ledger = SqliteLedger(_connect(path), path)
    try:
        if is_old:
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
        if "Could not decode" in str(error) or "user-defined function raised" in str(error):
            raise _damaged(path, "there is text in it that is none") from error
        raise


def _connect(path: Path | str) -> SqliteDatabase:
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
    return SqliteDatabase(connection)


def _migrate(ledger: SqliteLedger) -> None:
    with ledger.writing() as db:
        # Another process may have migrated while this one waited for the lock: apply() looks.
        _bring_up_to_date(db)


def _bring_up_to_date(db: SqliteDatabase) -> None:
    migrations.apply(db)
    db.facts.save(SCHEMA, schema_digest(db))
    db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _damaged(path: Path, reason: str) -> StoreDamaged:
    """Of a ledger some of which can be read."""
    error = StoreDamaged(path, reason)
    error.hint = f"Nothing was written. {MEND}"
    return error
