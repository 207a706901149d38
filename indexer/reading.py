"""One file from disk to text, or the reason why there is none."""

from __future__ import annotations

import codecs
import contextlib
import hashlib
import itertools
import os
import re
import stat
import time
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, BinaryIO

from indexer.formats.document import Document, Problem
from indexer.markup.elements import without_code
from indexer.scanner import SeenFile

if TYPE_CHECKING:
    from pathlib import Path

#: In 40 public projects no page has 0.6 MB; a step over two takes 0.1 s.
MAX_BYTES = 2 * 1024 * 1024
#: A file written less than this ago may be between an editor's truncate and its write, so it
#: is left to settle. Long for that, short for a person; in one run it is waited for once.
SETTLE_NS = 50_000_000

# A FIFO put in a file's place must not make us wait, nor a link lead us elsewhere.
_MORE_OPEN_FLAGS = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
#: Control characters that texts in one-byte encodings do not hold.
_HIGH_RUN = re.compile(rb"[\x80-\xff]{4,}+")  # two characters of two bytes
_CONTROL = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f]")

#: A line by which git or another program sets the sides of a conflict off.
_MARKER = re.compile(r"(?:<{7,}|>{7,})(?: .*)?|={7,}")


class FileState(StrEnum):
    """How a file was found when it was last looked at; only *gone* means that it is not there."""

    READ = "read"
    NOT_PARSEABLE = "not_parseable"  # it is text, but not of its format
    GONE = "gone"
    UNREADABLE = "unreadable"
    HALF_WRITTEN = "half_written"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_TEXT = "not_text"


@dataclass(frozen=True)
class FileText:
    """A file's text, and what it was read from."""

    document: Document
    problems: tuple[Problem, ...]
    raw: bytes  # as they lie on disk
    content_hash: str  # of `raw`: blake2b of 16 bytes, in hex
    seen: SeenFile  # with size and mtime as they were when it was read
    read_at_ns: int  # just before the first byte was read, by the clock that gives mtimes


@dataclass(frozen=True)
class Unread:
    """Why there is no text."""

    state: FileState
    problem: Problem


def read_document(root: Path, seen: SeenFile) -> FileText | Unread:
    """Read and decode one file that a walk found; never waits for more than `SETTLE_NS`.

    The text is from one moment: if the file changes under the reader it counts as half
    written, for the next run to read. Bytes that are not UTF-8 are read by `_decoded`'s
    best guess, and a problem names their first line.
    """
    path = root / (seen.target or seen.path)
    try:
        with open(path, "rb", opener=_open_at_once) as file:
            read = _read_open(file, seen)
        return _with_fields(root, read) if seen.beside and isinstance(read, FileText) else read
    except (FileNotFoundError, NotADirectoryError):
        return _unread(FileState.GONE, seen, "vanished before it could be read")
    except OSError as error:
        return _unread(FileState.UNREADABLE, seen, f"cannot be read: {error.strerror}")


def _with_fields(root: Path, read: FileText) -> FileText | Unread:
    """A file with what another one beside it says of it; alone where that one cannot be read."""
    seen = read.seen
    beside = read_document(root, SeenFile(seen.beside or "", 0, 0))
    if isinstance(beside, Unread):
        return beside if beside.state is FileState.HALF_WRITTEN else read
    other = beside.seen
    size, mtime = seen.size + other.size, max(seen.mtime_ns, other.mtime_ns)
    return replace(
        read,
        document=replace(read.document, beside=beside.document.text),
        problems=(*read.problems, *beside.problems),
        content_hash=content_hash(read.raw + beside.raw),
        seen=replace(seen, size=size, mtime_ns=mtime),
        read_at_ns=min(read.read_at_ns, beside.read_at_ns),
    )


def document_of(path: str, raw: bytes) -> Document | None:
    """The text of what a file holds, or held; None where there is nothing to read."""
    decoded = _decoded(raw, path)
    return Document(path, decoded[0]) if decoded and not _unusable(decoded[0]) else None


def content_hash(raw: bytes) -> str:
    """Names what a file holds."""
    return hashlib.blake2b(raw, digest_size=16).hexdigest()


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | _MORE_OPEN_FLAGS)


def _read_open(file: BinaryIO, seen: SeenFile) -> FileText | Unread:
    _let_settle(os.fstat(file.fileno()).st_mtime_ns)
    read_at_ns = time.time_ns()
    before = os.fstat(file.fileno())
    if not stat.S_ISREG(before.st_mode):
        return _unread(FileState.UNREADABLE, seen, "not a regular file, so it was not read")
    if before.st_size > MAX_BYTES:
        what = f"too large to be read: {before.st_size:,} bytes, the limit is {MAX_BYTES:,}"
        return _unread(FileState.TOO_LARGE, seen, what)
    raw = file.read(MAX_BYTES + 1)
    after = os.fstat(file.fileno())
    unchanged = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    if not unchanged or len(raw) != after.st_size:
        return _unread(FileState.HALF_WRITTEN, seen, "was being written while it was read")
    decoded = _decoded(raw, seen.path)
    if decoded is None:
        return _unread(FileState.NOT_TEXT, seen, "not text in UTF-8 or UTF-16")
    text, problems = decoded
    unusable = _unusable(text)
    if unusable:
        return _unread(unusable[0], seen, unusable[1])
    return FileText(
        Document(seen.path, text),
        problems,
        raw,
        content_hash(raw),
        replace(seen, size=after.st_size, mtime_ns=after.st_mtime_ns),
        read_at_ns,
    )


def _unusable(text: str) -> tuple[FileState, str] | None:
    """Why there is nothing to read in a text, if that is so."""
    if not text.strip():
        return FileState.EMPTY, "empty"
    if _has_conflict(text):
        what = "holds a merge conflict; what is known from it stays as it is until that is solved"
        return FileState.NOT_PARSEABLE, what
    return None


def _has_conflict(text: str) -> bool:
    """Whether two sides of a merge, or what somebody left of them, stand in a text and not in code.

    A side may open a fence, so that only the first marker is sure to stand outside code.
    """
    if "<<<<<<<" not in text and ">>>>>>>" not in text:
        return False
    all_, shown = _markers(text), _markers(without_code(text))
    first = next((line for line, sign in shown if sign == "<"), None)
    if first is not None:
        return any(line > first and sign in "=>" for line, sign in all_)
    rule = next((line for line, sign in shown if sign == "="), None)
    return rule is not None and any(line > rule and sign == ">" for line, sign in shown)


def _markers(text: str) -> list[tuple[int, str]]:
    """The lines of a text that are markers, by number, each with its sign."""
    lines = enumerate(text.split("\n"))
    return [(number, line[0]) for number, line in lines if _MARKER.fullmatch(line)]


def _let_settle(mtime_ns: int) -> None:
    age = time.time_ns() - mtime_ns
    if 0 <= age < SETTLE_NS:
        time.sleep((SETTLE_NS - age) / 1e9)


def _unread(state: FileState, seen: SeenFile, what: str) -> Unread:
    return Unread(state, Problem(seen.path, what))


def _decoded(raw: bytes, path: str) -> tuple[str, tuple[Problem, ...]] | None:
    """The text with plain newlines and without byte order mark; None if it is not text."""
    problems: tuple[Problem, ...] = ()
    is_utf16 = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = raw.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        if is_utf16 or _CONTROL.search(raw):
            return None
        text, problems = _decoded_by_blocks(raw, path)
    if "\0" in text:
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n"), problems


def _decoded_by_blocks(raw: bytes, path: str) -> tuple[str, tuple[Problem, ...]]:
    """Each run of lines that are not UTF-8 decoded by its own encoding, the rest as UTF-8."""
    raw = raw.removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    texts: list[str] = []
    guessed: dict[str, list[int]] = {}  # the numbers of the lines read as an encoding
    numbered = enumerate(raw.split(b"\n"), start=1)
    for is_utf8, block in itertools.groupby(numbered, key=lambda line: _is_utf8(line[1])):
        numbers, lines = zip(*block, strict=True)
        joined = b"\n".join(lines)
        encoding = "utf-8" if is_utf8 else _encoding_of(joined)
        texts.append(joined.decode(encoding))
        if not is_utf8:
            guessed.setdefault(encoding, []).extend(numbers)
    problems = tuple(
        Problem(path, f"not UTF-8 (lines like this: {len(at)}), read as {name.upper()}", at[0])
        for name, at in guessed.items()
    )
    return "\n".join(texts), problems


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _encoding_of(block: bytes) -> str:
    """The likeliest encoding of bytes that are not UTF-8; they can be decoded by it.

    GB18030 can decode much Western text too, but there it swallows the ASCII letter after
    each accented one, and two of those seldom stand together ("Größe"). In Chinese text nearly
    every character is two bytes above 0x7F, beside another such.
    """
    high_bytes = sum(byte > 0x7F for byte in block)
    together = sum(map(len, _HIGH_RUN.findall(block)))
    with contextlib.suppress(UnicodeDecodeError):
        characters = sum(character > "\x7f" for character in block.decode("gb18030"))
        if high_bytes > 1.5 * characters and 2 * together >= high_bytes:
            return "gb18030"
    with contextlib.suppress(UnicodeDecodeError):
        block.decode("cp1252")
        return "cp1252"
    return "latin-1"
