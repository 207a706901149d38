"""The tokens of a code base: as this process holds them, as the ledger keeps them, or read anew."""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from indexer.apart import apart_each
from indexer.code.code_files import LARGEST
from indexer.code.token_reader import read_tokens, tokenizer
from indexer.git.process import GitFailed
from indexer.git.repository import Repository, blob_id
from memory.code.clone_tokens import tokens_from_json
from memory.ledger.keeping import keep_derived
from memory.texts.plain_file import read_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from indexer.apart import TooHeavy
    from memory.code.clone_tokens import FileTokens
    from memory.code.codebase import CodeBase
    from memory.ledger.interface.database import Ledger

_SAVED_AT_ONCE = 500  # files

_held: dict[tuple[str, str], FileTokens | None] = {}  # by language and blob
_guard = threading.Lock()


def tokens_of(
    ledger: Ledger, code: CodeBase, load: Callable[[Mapping[str, str]], Mapping[str, bytes]]
) -> dict[str, FileTokens]:
    """The tokens of each file of a language with a grammar, by path.

    Args:
        ledger: Where they are kept.
        code: Which files.
        load: Gives the contents by blob, of blobs by path; those that it cannot give are left out.
    """
    wanted: dict[str, dict[str, str]] = {}
    for path, file in code.files.items():
        if path in code.blobs and path not in code.unread:  # it would not be parsed now either
            wanted.setdefault(file.language, {})[path] = code.blobs[path]
    with _guard:
        for language, blobs in sorted(wanted.items()):
            missing = {path: blob for path, blob in blobs.items() if (language, blob) not in _held}
            if missing:
                _take(ledger, language, missing, load)
        used = {(language, blob) for language, own in wanted.items() for blob in own.values()}
        if len(_held) > 2 * len(used):
            for key in _held.keys() - used:
                del _held[key]
        return {
            path: tokens
            for language, blobs in wanted.items()
            for path, blob in blobs.items()
            if (tokens := _held.get((language, blob))) is not None
        }


def load_from(root: Path) -> Callable[[Mapping[str, str]], Mapping[str, bytes]]:
    """Gives contents by blob, of blobs by path: from disk while they are there, else from git."""

    def load(blobs: Mapping[str, str]) -> dict[str, bytes]:
        found = {}
        for path, blob in blobs.items():
            try:
                content = read_plain(root / path, LARGEST, follow=False)
            except OSError:
                continue
            if blob_id(content, like=blob) == blob:
                found[blob] = content
        if rest := set(blobs.values()) - found.keys():
            with suppress(GitFailed):  # no repository, or not with these
                found |= Repository(root).blobs(rest)
        return found

    return load


def _take(
    ledger: Ledger,
    language: str,
    missing: Mapping[str, str],
    load: Callable[[Mapping[str, str]], Mapping[str, bytes]],
) -> None:
    name = tokenizer(language)
    kept = ledger.db.code.facts(name, set(missing.values()))
    for blob, said in kept.items():
        _held[language, blob] = tokens_from_json(said)
    rest = [path for path, blob in missing.items() if blob not in kept]
    for first in range(0, len(rest), _SAVED_AT_ONCE):
        new: dict[str, str] = {}
        contents = load({path: missing[path] for path in rest[first : first + _SAVED_AT_ONCE]})
        read = apart_each(partial(read_tokens, language), [*contents.values()], _none)
        for blob, tokens in zip(contents, read, strict=True):
            _held[language, blob] = tokens
            if tokens is not None:
                new[blob] = tokens.to_json()
        _keep(ledger, name, new)


def _none(_: TooHeavy) -> None:
    """The tokens of a file that is too heavy to be read."""


def _keep(ledger: Ledger, name: str, tokens: Mapping[str, str]) -> None:
    if tokens:
        keep_derived(ledger, lambda db: db.code.save_facts(name, tokens))
