"""The file of a ledger: whether it is one, of which version, and how a whole one gets its name."""

from __future__ import annotations

import os
import re
import secrets
import sqlite3
import stat
import struct
from contextlib import suppress
from pathlib import Path

from memory.errors import StoreDamaged, StoreNotWritable
from memory.ledger.adoption import LOGS, made_here
from memory.texts.plain_file import read_beginning
from memory.texts.process_names import PROCESS, is_gone, this_process

MOST_VERSIONS = 999  # a greater number is no schema's
#: A ledger that is being made, or what goes with it: for which name, and by which process.
_DRAFT = re.compile(rf"\..{{1,200}}\.{PROCESS}-[0-9a-f]{{8}}(?:{'|'.join((*LOGS, '-shm'))})?")


def schema_version(path: Path) -> int:
    """The version of a ledger, read without writing a byte.

    Even a connection that only reads makes the files that go with a write-ahead log, unless it
    is told that nothing changes; it may be told so while there is no such log.

    Raises:
        StoreDamaged: the file is no ledger, or only the beginning of one.
    """
    about = path.stat()
    size = about.st_size
    if not stat.S_ISREG(about.st_mode):
        raise StoreDamaged(path, "it is not a file")
    if size == 0:
        raise StoreDamaged(path, "it has no bytes")
    has_log = path.with_name(f"{path.name}-wal").exists()
    if not has_log and size < (wanted := _size_in_header(path)):
        raise StoreDamaged(path, f"{wanted - size:,} of its {wanted:,} bytes are missing")
    how = "mode=ro" if has_log else "mode=ro&immutable=1"
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)
    try:
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
        # Looking for a table, SQLite sees whether the file is as long as its header says, too.
        sql = "SELECT 1 FROM sqlite_schema WHERE name = 'memories'"
        if not connection.execute(sql).fetchone():
            raise StoreDamaged(path, "there is no memory in it")
    finally:
        connection.close()
    if not 0 <= version <= MOST_VERSIONS:
        raise StoreDamaged(path, f"its header says that its schema has the version {version}")
    return version


def _size_in_header(path: Path) -> int:
    """How many bytes a database has by its header (sqlite.org/fileformat2.html, 1.3)."""
    try:
        header = read_beginning(path, 100)
    except OSError as error:
        raise StoreDamaged(path, f"it cannot be read: {error.strerror}") from error
    if len(header) < 100 or not header.startswith(b"SQLite format 3\0"):
        return 0
    page_size, pages = struct.unpack(">H", header[16:18])[0], struct.unpack(">I", header[28:32])[0]
    return int(pages * (65_536 if page_size == 1 else page_size))


def identity(path: Path) -> tuple[int, int] | None:
    """Which file it is as long as it is open; None where there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def put_in_place_of(draft: Path, path: Path, *, kept: str = "") -> None:
    """Give a complete ledger another one's name, while nobody else writes.

    Args:
        draft: It, closed.
        path: Its name from now on; there need not be one.
        kept: The name for the log of the one that was there, which would be played into this one;
            by itself that of one that was taken away is left, and that of an empty one removed.
    """
    ensure_whole(draft)
    made_here(draft)
    kept = kept or ("" if path.exists() else f"{path.name}.left")
    for suffix in (*LOGS, "-shm"):
        log = path.with_name(path.name + suffix)
        with suppress(FileNotFoundError):
            log.rename(path.with_name(kept + suffix)) if kept else log.unlink()
    draft.replace(path)


def put(draft: Path, path: Path) -> None:
    """Give a file its name, unless there is one of that name."""
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    except OSError:  # a file system without links
        if not path.exists():
            draft.rename(path)


def ensure_whole(draft: Path) -> None:
    """Nothing of a ledger that was closed stands in its log alone.

    SQLite says nothing of a log that it could not write back when the last connection closed, and
    keeps it; without it the file is a part of a ledger.

    Raises:
        StoreNotWritable: there is such a log.
    """
    log = draft.with_name(f"{draft.name}-wal")
    if log.exists() and log.stat().st_size:
        raise StoreNotWritable(draft.parent, "what was written could not be completed")


def new_draft(path: Path) -> Path:
    """Where to make a ledger that is to have the name `path`; nothing is there yet."""
    return path.with_name(f".{path.name}.{this_process()}-{secrets.token_hex(4)}")


def sweep(folder: Path) -> None:
    """Take away what processes that are gone left of ledgers that they made in a folder."""
    with suppress(OSError), os.scandir(folder) as there:
        for one in there:
            if (made_by := _DRAFT.fullmatch(one.name)) and is_gone(*made_by.groups()):
                Path(one.path).unlink(missing_ok=True)


def discard(draft: Path) -> None:
    """Afterwards there is no such ledger, nor a log of one; what the disk keeps, `sweep` takes."""
    for suffix in ("", *LOGS, "-shm"):
        with suppress(OSError):
            draft.with_name(draft.name + suffix).unlink()
