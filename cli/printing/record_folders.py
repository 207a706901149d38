"""Folders of decision records in words: which are read, and which only look like it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.texts.formatting import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from memory.models.report import RecordFolder

MOST = 8  # folders of each sort; `--json` has all


def taken(folders: Iterable[RecordFolder]) -> Iterator[str]:
    """The folders that are read, and why."""
    yield from _first(
        f"{one.path}: {_counted(one, 'decision record')} ({one.why})"
        for one in folders
        if one.taken
    )


def passed(folders: Iterable[RecordFolder]) -> Iterator[str]:
    """The folders that are not read, why, and what to write if they are to be."""
    yield from _first(
        f"{one.path}: {_counted(one, 'page')} called like "
        f"{'a decision log' if one.is_log else 'decision records'}, not taken "
        f"({one.why}); if they are, write {one.advice} into archmem.toml"
        for one in folders
        if not one.taken
    )


def _counted(one: RecordFolder, what: str) -> str:
    return counted(one.pages, "entry", "entries") if one.is_log else counted(one.pages, what)


def _first(lines: Iterable[str]) -> Iterator[str]:
    said = list(lines)
    yield from said[:MOST]
    if len(said) > MOST:
        yield f"and {len(said) - MOST:,} more such folders, which --json has"
