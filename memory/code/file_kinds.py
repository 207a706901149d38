"""Files that change a schema or describe an interface, by their paths."""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING

from memory.code.testing import is_test
from memory.texts.lexicon import read_lexicon

if TYPE_CHECKING:
    from collections.abc import Iterable


def schema_files(paths: Iterable[str]) -> list[str]:
    """Those of some files that say what a schema is, or change it."""
    return _matching("schema_files", paths)


def interface_files(paths: Iterable[str]) -> list[str]:
    """Those that describe an interface to others."""
    return _matching("interface_files", paths)


def _matching(table: str, paths: Iterable[str]) -> list[str]:
    patterns = read_lexicon("triage")[table]
    return [
        path
        for path in paths
        if not is_test(path)
        and any(fnmatch.fnmatchcase(f"/{path.casefold()}", pattern) for pattern in patterns)
    ]
