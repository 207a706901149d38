"""The code base at a commit, from git's objects alone; the worktree is not looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.code.code_files import LARGEST, is_installed, left_out
from indexer.code.not_read import foreign_files, is_foreign
from indexer.code.project_code import CodeProject, assemble
from indexer.code.registry import language_of, read_files
from memory.code.history import NOT_HERE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence

    from indexer.git.repository import Repository
    from memory.code.codebase import CodeBase
    from memory.code.facts import FileFacts

    Kept = Callable[[str, set[str]], Mapping[str, FileFacts]]

_REGULAR = "100"  # how the mode of a file begins; that of a link is 120000


def code_at(
    repository: Repository,
    commit: str,
    known: MutableMapping[tuple[str, str], FileFacts],
    modules: Mapping[str, Sequence[str]],
    kept: Kept | None = None,
    ignore: Sequence[str] = (),
) -> CodeBase:
    """What the code said at a commit.

    Args:
        repository: Which one.
        commit: Its hash.
        known: Facts by blob and language, which those that are read are added to.
        modules: As for `indexer.code.project_code.assemble`.
        kept: Gives the facts of a language that are known elsewhere, by blob.
        ignore: Patterns of files that are not read.
    """
    blobs: dict[str, tuple[str, str]] = {}
    foreign = set()
    tree = list(repository.tree(commit))
    for entry in tree:
        if not entry.mode.startswith(_REGULAR) or is_installed(entry.path):
            continue
        if language := language_of(entry.path):
            blobs[entry.path] = (entry.blob, language)
        elif is_foreign(entry.path):
            foreign.add(entry.path)
    beside = (entry.path for entry in tree)
    gone = left_out(repository, blobs.keys() | foreign, beside, ignore)
    blobs = {path: said for path, said in blobs.items() if path not in gone}
    if kept:
        _take_kept(kept, set(blobs.values()) - known.keys(), known)
    new = {blob for blob, language in blobs.values() if (blob, language) not in known}
    sizes = repository.sizes(new)
    contents = repository.blobs(blob for blob, size in sizes.items() if size <= LARGEST)
    for language, own in _by_language(blobs.values()).items():
        read = [blob for blob in own if blob in contents]
        facts = read_files(language, [contents[blob] for blob in read])
        known.update(zip([(blob, language) for blob in read], facts, strict=True))
    files = {path: known[key] for path, key in blobs.items() if key in known}
    unread = {
        path: f"larger than {LARGEST:,} bytes" if blob in sizes else NOT_HERE
        for path, (blob, language) in blobs.items()
        if (blob, language) not in known
    }
    unread |= foreign_files(foreign - gone)
    return assemble(CodeProject(files), unread, {path: blobs[path][0] for path in files}, modules)


def _take_kept(
    kept: Kept,
    wanted: Iterable[tuple[str, str]],
    known: MutableMapping[tuple[str, str], FileFacts],
) -> None:
    for language, blobs in _by_language(wanted).items():
        for blob, facts in kept(language, blobs).items():
            known[blob, language] = facts


def _by_language(wanted: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    by_language: dict[str, set[str]] = {}
    for blob, language in wanted:
        by_language.setdefault(language, set()).add(blob)
    return by_language
