"""What lies beside records: a script that shows a proposal, and none of the program."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from indexer.formats.record_names import (
    is_called_like_record,
    is_named_for_records,
    named_folder,
    record_folder,
)
from indexer.source_paths import is_code

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


def folders_of_records(records: Iterable[str], files: Collection[str]) -> frozenset[str]:
    """The folders that are called so, hold records, and hold fewer files of code than those.

    Args:
        records: The paths of all files that memories are from.
        files: The paths of all files.
    """
    pages = Counter(folder for one in records if (folder := _called_folder(PurePosixPath(one))))
    return frozenset(
        folder
        for folder, count in pages.items()
        if sum(is_within(file, [folder]) and is_code(file) for file in files) < count
    )


def is_within(path: str, folders: Iterable[str]) -> bool:
    """Whether a file lies in one of these folders, or below it."""
    return any(path.startswith(f"{folder}/") for folder in folders)


def _called_folder(record: PurePosixPath) -> str:
    folder = record_folder(record)
    is_called = is_named_for_records(folder) and is_called_like_record(record)
    return folder if is_called or named_folder(record) else ""
