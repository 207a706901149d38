"""The code base of a worktree, kept in step with its files: only what changed is read.

What a file says depends on its bytes alone and is kept in the ledger by their hash; the code base
is made of all of it anew whenever a file has changed, so however it came about, it is the same.
"""

from __future__ import annotations

import hashlib
import os
import stat
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from indexer.code.cochange_reader import KEPT_AS as COMMITS
from indexer.code.code_files import LARGEST, select_code
from indexer.code.merged import KEPT_AS as MERGED
from indexer.code.project_code import CodeProject, assemble
from indexer.code.registry import CONFIG, extractor, language_of, languages, read_files
from indexer.code.token_reader import read_tokens, tokenizer
from indexer.code.token_reading import load_from, tokens_of
from indexer.git.repository import blob_id
from indexer.scanner import MTIME_GRAIN_NS
from memory.code.duplication import forget as forget_clones
from memory.code.facts import facts_from_json
from memory.code.findings.auditing import look
from memory.code.findings.rule import AuditSubject
from memory.code.findings.snapshots import KEPT_AS as SNAPSHOTS
from memory.code.health_runs import KEPT_AS as HEALTH
from memory.ledger.interface.code import CodeFileRow
from memory.ledger.keeping import keep_derived
from memory.models.answer import Rebuilt
from memory.models.report import no_progress
from memory.texts.plain_file import read_plain, read_with_stat

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from indexer.code.code_files import SelectedCode
    from memory.code.clone_tokens import FileTokens
    from memory.code.codebase import CodeBase
    from memory.code.facts import FileFacts
    from memory.ledger.interface.database import Database, Ledger
    from memory.models.report import Progress

NO_MODULES: Mapping[str, Sequence[str]] = {}
MOST_HELD = 2  # code bases in one process; each is about a hundred times its facts on disk
BESIDE = (COMMITS, MERGED, SNAPSHOTS, HEALTH)  # what is kept beside the facts of files
_SAVED_AT_ONCE = 100  # files: who should stop waits for so many
_PATIENCE = 1.0  # seconds for who reads a few files just now


@dataclass
class _Held:
    """What a process knows of one worktree's code."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    rows: dict[str, CodeFileRow] = field(default_factory=dict)
    facts: dict[str, FileFacts] = field(default_factory=dict)  # by path
    unread: dict[str, str] = field(default_factory=dict)
    modules: dict[str, Sequence[str]] = field(default_factory=dict)  # as declared
    project: CodeProject | None = None
    code: CodeBase | None = None


_held: OrderedDict[str, _Held] = OrderedDict()
_guard = threading.Lock()


def read_code(
    ledger: Ledger,
    root: Path,
    *,
    ignore: Sequence[str] = (),
    modules: Mapping[str, Sequence[str]] = NO_MODULES,
    most: int | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    on_progress: Progress = no_progress,
) -> CodeBase | None:
    """The code base of a worktree as its files are now.

    With `most`, None where more files than that have to be read for it, or are being read; None
    too where it should stop, which is asked before each lot of files: those before it are kept.
    Where several lots are to be read, progress is told of each, as the stage "code".
    What could not be kept in the ledger, as another process writes to it, is read again next time.
    """
    held = _holding(str(root))
    if not held.lock.acquire(timeout=-1 if most is None else _PATIENCE):
        return None
    try:
        return _in_step(held, ledger, root, ignore, modules, most, should_stop, on_progress)
    finally:
        held.lock.release()


def rebuild(
    root: Path,
    *,
    ignore: Sequence[str] = (),
    modules: Mapping[str, Sequence[str]] = NO_MODULES,
) -> CodeBase:
    """The same from nothing but the files."""
    held = _Held()
    found = _look(root, select_code(root, ignore), held)
    held.facts |= _facts(found.contents)
    blobs = {path: row.blob for path, row in found.rows.items()}
    return assemble(CodeProject(held.facts), found.unread, blobs, modules)


def replace_kept(
    ledger: Ledger,
    root: Path,
    *,
    ignore: Sequence[str] = (),
    modules: Mapping[str, Sequence[str]] = NO_MODULES,
) -> Rebuilt:
    """Compare what is kept with what all files say when they are read anew, and replace it.

    Raises:
        StoreBusy, StoreNotWritable: it could not be replaced.
    """
    kept = read_code(ledger, root, ignore=ignore, modules=modules)
    held = _holding(str(root))
    anew = _Held()
    found = _look(root, select_code(root, ignore), anew)
    read = _facts(found.contents)
    differing = {path for path, facts in read.items() if held.facts.get(path) != facts}
    differing |= held.facts.keys() ^ found.contents.keys()
    fresh = rebuild(root, ignore=ignore, modules=modules)
    if kept is not None and not differing and not kept.says_as(fresh):
        differing.add("the edges between files")
    elif kept is not None and not differing:
        told = look(AuditSubject(kept, tokens=partial(tokens_of, ledger, kept, load_from(root))))
        forget_clones()
        if told != look(AuditSubject(fresh, tokens=lambda: _tokens(fresh, found.contents))):
            differing.add("what the rules find")
    if differing:
        with ledger.writing() as db:
            db.code.forget_others(BESIDE)
            db.code.forget(SNAPSHOTS)
            db.code.save_files(str(root), (), list(held.rows))
        with _guard:
            _held.pop(str(root), None)
    return Rebuilt(files=len(found.rows), differing=tuple(sorted(differing)))


def _tokens(code: CodeBase, contents: Mapping[str, bytes]) -> dict[str, FileTokens]:
    read = {
        path: read_tokens(code.files[path].language, contents[path])
        for path in code.files
        if path not in code.unread
    }
    return {path: tokens for path, tokens in read.items() if tokens is not None}


def forget() -> None:
    """Afterwards this process holds no code base."""
    with _guard:
        _held.clear()


def _holding(root: str) -> _Held:
    with _guard:
        held = _held.setdefault(root, _Held())
        _held.move_to_end(root)
        while len(_held) > MOST_HELD:
            _held.popitem(last=False)
        return held


def _in_step(
    held: _Held,
    ledger: Ledger,
    root: Path,
    ignore: Sequence[str],
    modules: Mapping[str, Sequence[str]],
    most: int | None,
    should_stop: Callable[[], bool],
    on_progress: Progress,
) -> CodeBase | None:
    worktree = str(root)
    if held.code is None:
        held.rows = ledger.db.code.files(worktree)
        if most is not None and len(select_code(root, ignore).paths) - len(held.rows) > most:
            return None
    found = _look(root, select_code(root, ignore), held)
    wanted = {
        path: row.blob
        for path, row in found.rows.items()
        if path not in held.facts or held.rows.get(path, row).blob != row.blob
    }
    is_same = not wanted and not found.gone and found.unread == held.unread
    is_same = is_same and held.modules == modules
    if not _take(held, ledger, wanted, found, root, should_stop, on_progress):
        return None
    for path in found.gone:
        held.facts.pop(path, None)
    _save(ledger, worktree, [found.rows[path] for path in found.changed], found.gone)
    held.rows, held.unread, held.modules = found.rows, found.unread, dict(modules)
    if held.code is not None and is_same:
        return held.code
    blobs = {path: row.blob for path, row in found.rows.items()}
    if held.project is None or not held.project.take(held.facts):
        held.project = CodeProject(held.facts)
    held.code = assemble(held.project, held.unread, blobs, modules)
    return held.code


@dataclass
class _Found:
    rows: dict[str, CodeFileRow] = field(default_factory=dict)
    changed: list[str] = field(
        default_factory=list
    )  # by their rows; what they say may be as it was
    gone: list[str] = field(default_factory=list)
    contents: dict[str, bytes] = field(default_factory=dict)  # of what was opened
    unread: dict[str, str] = field(default_factory=dict)

    def lose(self, path: str, reason: str) -> None:
        """Take in that a file which was looked at cannot be read any more."""
        del self.rows[path]
        self.unread[path] = reason
        self.gone.append(path)
        self.changed = [one for one in self.changed if one != path]


def _look(root: Path, selected: SelectedCode, held: _Held) -> _Found:
    """Which of the files differ from what is known of them."""
    found = _Found(unread=dict(selected.foreign))
    base = str(root)
    for path in selected.paths:
        try:
            seen = os.lstat(f"{base}/{path}")
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            found.unread[path] = error.strerror or "cannot be read"
            continue
        if not stat.S_ISREG(seen.st_mode):
            continue
        if seen.st_size > LARGEST:
            found.unread[path] = f"larger than {LARGEST:,} bytes"
            continue
        known = held.rows.get(path)
        if known and _is_unchanged(known, seen):
            found.rows[path] = known
            continue
        read_at_ns = time.time_ns()
        try:
            content, seen = read_with_stat(f"{base}/{path}", LARGEST, follow=False)
        except OSError as error:
            found.unread[path] = error.strerror or "cannot be read"
            continue
        blob = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False)
        now = CodeFileRow(path, seen.st_size, seen.st_mtime_ns, blob.hexdigest(), read_at_ns)
        found.rows[path] = now
        found.changed.append(path)
        if known is None or known.blob != now.blob:
            found.contents[path] = content
    found.gone = sorted(held.rows.keys() - found.rows.keys())
    return found


def _is_unchanged(known: CodeFileRow, seen: os.stat_result) -> bool:
    same = (known.size, known.mtime_ns) == (seen.st_size, seen.st_mtime_ns)
    is_untouched = seen.st_ctime_ns <= known.read_at_ns  # nobody can set that back
    return same and is_untouched and known.mtime_ns + MTIME_GRAIN_NS < known.read_at_ns


def _take(
    held: _Held,
    ledger: Ledger,
    wanted: Mapping[str, str],
    found: _Found,
    root: Path,
    should_stop: Callable[[], bool],
    on_progress: Progress,
) -> bool:
    """Learn what these files say, from the ledger or anew; whether that was done to its end."""

    def learn(blobs: Mapping[str, Sequence[str]], told: Mapping[str, FileFacts]) -> None:
        for blob, facts in told.items():
            held.facts |= dict.fromkeys(found.rows.keys() & blobs[blob], facts)

    by_extractor: dict[str, dict[str, list[str]]] = {}
    for path, blob in wanted.items():
        said = extractor(language_of(path) or "")
        by_extractor.setdefault(said, {}).setdefault(blob, []).append(path)
    lots: list[tuple[str, dict[str, list[str]]]] = []
    for name, blobs in sorted(by_extractor.items()):
        kept = ledger.db.code.facts(name, blobs)
        learn(blobs, {blob: facts_from_json(said) for blob, said in kept.items()})
        rest = [(blob, paths) for blob, paths in blobs.items() if blob not in kept]
        starts = range(0, len(rest), _SAVED_AT_ONCE)
        lots += [(name, dict(rest[first : first + _SAVED_AT_ONCE])) for first in starts]
    total, done = sum(len(at_once) for _, at_once in lots), 0
    tell = on_progress if total > _SAVED_AT_ONCE else no_progress
    for name, at_once in lots:
        if should_stop():
            return False
        tell("code", done, total)
        learn(at_once, _read_and_keep(ledger, name, _contents(found, root, at_once), at_once))
        done += len(at_once)
    tell("look", 0, 0)
    return True


def _read_and_keep(
    ledger: Ledger,
    name: str,
    contents: Mapping[str, bytes],
    paths: Mapping[str, Sequence[str]],
) -> dict[str, FileFacts]:
    """What files say that one extractor reads, by blob."""
    read = _facts({paths[blob][0]: content for blob, content in contents.items()})
    facts = {blob: read[paths[blob][0]] for blob in contents}
    is_same = {blob for blob, content in contents.items() if blob_id(content, like=blob) == blob}
    _keep(ledger, name, {blob: facts[blob].to_json() for blob in is_same})  # others were changed
    return facts


def _contents(found: _Found, root: Path, blobs: Mapping[str, Sequence[str]]) -> dict[str, bytes]:
    said = {blob: _content(found, root, paths) for blob, paths in blobs.items()}
    return {blob: content for blob, content in said.items() if content is not None}


def _content(found: _Found, root: Path, paths: Sequence[str]) -> bytes | None:
    """What files that hold the same hold; those that cannot be read any more are unread."""
    for path in paths:
        if path in found.contents:
            return found.contents[path]
        try:
            return read_plain(root / path, LARGEST, follow=False)
        except OSError as error:
            found.lose(path, error.strerror or "cannot be read")
    return None


def _facts(contents: Mapping[str, bytes]) -> dict[str, FileFacts]:
    """What files say, by path."""
    by_language: dict[str, list[str]] = {}
    for path in contents:
        by_language.setdefault(language_of(path) or "", []).append(path)
    return {
        path: facts
        for language, paths in by_language.items()
        for path, facts in zip(
            paths, read_files(language, [contents[one] for one in paths]), strict=True
        )
    }


def _keep(ledger: Ledger, name: str, facts: Mapping[str, str]) -> None:
    if facts:
        keep_derived(ledger, lambda db: db.code.save_facts(name, facts))


def _save(
    ledger: Ledger, worktree: str, changed: Sequence[CodeFileRow], gone: Sequence[str]
) -> None:
    def write(db: Database) -> None:
        db.code.save_files(worktree, changed, gone)
        known = (*map(extractor, (*languages(), CONFIG)), *map(tokenizer, languages()))
        db.code.forget_others({*BESIDE, *known})

    if changed or gone:
        keep_derived(ledger, write)
