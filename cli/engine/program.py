"""Tells when the program that runs here is no longer the one that is installed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import cli
import indexer
import memory


def program_stamp() -> str:
    """Names the program as it lies on the disk: paths, sizes and times of its files.

    An upgrade, and in a checkout an edit, changes it; so does taking the program away.
    """
    stamp = hashlib.blake2b(digest_size=16)
    for package in (memory, indexer, cli):
        for root in package.__path__:
            for file in sorted(_sources(root)):
                stamp.update(repr(file).encode("utf-8", "surrogatepass"))
    return stamp.hexdigest()


def _sources(root: str) -> list[tuple[str, int, int]]:
    found: list[tuple[str, int, int]] = []
    waiting = [root]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir():
                        waiting.append(entry.path)
                    elif Path(entry.name).suffix in {".py", ".json"}:
                        about = entry.stat()
                        found.append((entry.path, about.st_size, about.st_mtime_ns))
        except OSError:  # gone, or on its way: the next look sees the rest
            continue
    return found
