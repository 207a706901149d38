"""Drafts beside the files that are written, and what becomes of one whose writer is gone."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from memory.texts.process_names import PROCESS, is_gone, this_process

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST = 40  # letters of a file's name, of 4 bytes at most: a name may have 255
#: `.NAME.`, something random, on which machine by which process, and what is read and written.
_DRAFT = re.compile(rf"\..{{1,40}}\.[a-z0-9_]{{8}}-{PROCESS}-([0-9a-f]{{16}})([0-9a-f]{{16}})\.tmp")


def make_draft(file: Path, old: bytes, new: bytes) -> tuple[int, str]:
    """An empty file beside one that is to be written: its descriptor and its path."""
    said = f"-{this_process()}-{_digest(old)}{_digest(new)}.tmp"
    return tempfile.mkstemp(prefix=f".{file.name[:_LONGEST]}.", suffix=said, dir=file.parent)


def sweep(folders: Iterable[Path]) -> None:
    """Take away the drafts of processes of this machine that are gone, and of nobody else.

    One that holds neither what was read nor what was to be written stays: somebody may have
    changed the file at the very moment at which the two changed places.
    """
    for folder in folders:
        with suppress(OSError), os.scandir(folder) as there:
            for one in there:
                if (named := _DRAFT.fullmatch(one.name)) and one.is_file(follow_symlinks=False):
                    _take_away(Path(one.path), *named.groups())


def _take_away(draft: Path, machine: str, process: str, old: str, new: str) -> None:
    if is_gone(machine, process):
        said = draft.read_bytes()
        if not said or _digest(said) in (old, new):
            draft.unlink()


def _digest(said: bytes) -> str:
    return hashlib.blake2b(said, digest_size=8).hexdigest()
