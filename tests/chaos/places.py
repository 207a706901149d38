"""A folder that is put back between two tries, and what it says when no moment or uid counts."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sqlite3
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sqlite_utils import Database

from memory.errors import VectorIndexDamaged
from memory.ledger.sqlite.examining import examine
from memory.ledger.sqlite.seals import register
from memory.retrieval.vector_seal import check_seal

if TYPE_CHECKING:
    from collections.abc import Iterator

UID = re.compile(r"\b(?:[a-z]{3}-[a-z2-7]{8}|[0-9a-f]{32})\b")  # or the hash of what has some
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z|[+-]\d\d:\d\d)?|\b\d{8}T\d+")
#: Of the words of all texts one that a moment has, and how often it is there.
OF_A_MOMENT = re.compile(r"\('\d+[tz]?', \d+, \d+\)")
PROJECT, LEDGER, VECTORS = "project/", ".archmem/memory.db", ".archmem/vectors/"
#: Columns that tell two runs of the same apart; seals are compared by `examine`.
_OF_ONE_RUN = {"seal", "mtime_ns", "read_at_ns"}


def without_moments(text: str) -> str:
    return MOMENT.sub("THEN", UID.sub("UID", text))


class _Kept(NamedTuple):
    content: bytes | str  # of a link, where it leads
    mode: int
    mtime_ns: int


class Place:
    """A folder as it was when it was kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files: dict[str, _Kept] = {}
        self._folders: dict[str, int] = {}  # modes
        self._stamps: dict[str, tuple[int, int, int]] = {}
        for name, found in self.found().items():
            path = folder / name
            if stat.S_ISDIR(found.st_mode):
                self._folders[name] = found.st_mode
                continue
            content = str(path.readlink()) if path.is_symlink() else path.read_bytes()
            self._files[name] = _Kept(content, found.st_mode, found.st_mtime_ns)
            self._stamps[name] = _stamp(found)

    def found(self) -> dict[str, os.stat_result]:
        """What is there, folders before what is in them."""
        return dict(_below(str(self.folder), ""))

    def put_back(self) -> None:
        """Write what is not as it was, into the same file where it is there; take away the rest."""
        found = self.found()
        for name in reversed(found):
            is_folder = stat.S_ISDIR(found[name].st_mode)
            if name not in (self._folders if is_folder else self._files):
                path = self.folder / name
                path.rmdir() if is_folder else path.unlink()
                found = {one: of for one, of in found.items() if one != name}
        for name, mode in self._folders.items():
            if name not in found:
                (self.folder / name).mkdir()
            if name not in found or found[name].st_mode != mode:
                (self.folder / name).chmod(mode)
        for name, kept in self._files.items():
            if name not in found or not self.is_as_kept(name, found[name]):
                path = self.folder / name
                _write(path, kept)
                self._stamps[name] = _stamp(path.lstat())

    def is_as_kept(self, name: str, found: os.stat_result) -> bool:
        return self._stamps.get(name) == _stamp(found)


def _below(folder: str, before: str) -> Iterator[tuple[str, os.stat_result]]:
    with os.scandir(folder) as there:
        for one in sorted(there, key=lambda one: one.name):
            name = before + one.name
            yield name, one.stat(follow_symlinks=False)
            if one.is_dir(follow_symlinks=False):
                yield from _below(one.path, f"{name}/")


def _stamp(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_ino, found.st_size, found.st_mtime_ns


def _write(path: Path, kept: _Kept) -> None:
    if isinstance(kept.content, str):
        path.unlink(missing_ok=True)
        path.symlink_to(kept.content)
        return
    if path.is_symlink():
        path.unlink()
    path.write_bytes(kept.content)
    path.chmod(kept.mode)
    os.utime(path, ns=(kept.mtime_ns, kept.mtime_ns))


def mark(place: Place) -> str:
    """Equal for two states of a project that tell the same: of ledgers the rows are compared.

    What cannot be read has a mark that no other state has.
    """
    said = hashlib.blake2b(digest_size=16)
    found = {
        name.removeprefix(PROJECT): one
        for name, one in place.found().items()
        if name.startswith(PROJECT) and not stat.S_ISDIR(one.st_mode)
    }
    for name, one in found.items():
        if not name.startswith((".git/", VECTORS, LEDGER)):
            said.update(f"{without_moments(name)}\0".encode())
            is_told = not name.startswith(".archmem/") and not place.is_as_kept(PROJECT + name, one)
            said.update((place.folder / PROJECT / name).read_bytes() if is_told else b"")
    said.update(_rows(place, LEDGER, found))
    of_vectors = {name: one for name, one in found.items() if name.startswith(VECTORS)}
    if not all(place.is_as_kept(PROJECT + name, one) for name, one in of_vectors.items()):
        said.update(_rows(place, f"{VECTORS}chroma.sqlite3", found))
        said.update(_of_seal(place.folder / PROJECT / VECTORS).encode())
    sizes = {one: of.st_size for one, of in of_vectors.items() if not one.endswith("seal.json")}
    said.update(f"{without_moments(str(sizes))}".encode())
    return said.hexdigest()


def _rows(place: Place, name: str, found: dict[str, os.stat_result]) -> bytes:
    there = [one for one in (name, f"{name}-wal", f"{name}-journal") if one in found]
    if there == [name] and place.is_as_kept(PROJECT + name, found[name]):
        return b"as it was"
    with tempfile.TemporaryDirectory() as folder:
        for one in there:
            shutil.copy(place.folder / PROJECT / one, folder)
        try:
            said = _dump(Path(folder, Path(name).name)) if name in there else f"none {there}"
        except sqlite3.Error as error:
            said = f"{error} {os.urandom(8).hex()}"
    return said.encode("utf-8", "surrogatepass")


def _dump(file: Path) -> str:
    ledger = sqlite3.connect(file)
    try:
        register(ledger)
        names = ledger.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        tables = [name for (name,) in names if not name.startswith("revisions_text")]
        lines = [f"{examine(Database(ledger))}"] if "memories" in tables else []
        for table in tables:
            columns = [row[1] for row in ledger.execute(f"PRAGMA table_info({table})")]
            told = ", ".join(f'"{one}"' for one in columns if one not in _OF_ONE_RUN)
            rows = [f"{row}" for row in ledger.execute(f"SELECT {told} FROM {table}")]
            rows = [row for row in rows if not OF_A_MOMENT.fullmatch(row)]
            lines += [table, *sorted(without_moments("\n".join(rows)).splitlines())]
    finally:
        ledger.close()
    return "\n".join(lines)


def _of_seal(folder: Path) -> str:
    try:
        return str(check_seal(folder))
    except VectorIndexDamaged as error:
        return error.reason
