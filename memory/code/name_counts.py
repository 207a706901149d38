"""The words that files are called by, with all that is in them."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from memory.code.apart import is_apart
from memory.texts.words import stem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memory.code.codebase import CodeBase

_FILE_NAME = 3  # what a file is called by counts so often; what is in it, and its folders, once
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def name_counts(code: CodeBase) -> dict[str, Counter[str]]:
    """How often each stem stands in the names of a file and of all in it, by path.

    None of tests, migrations, or other people's code.
    """
    found = {path: Counter(_stems(path)) for path, file in code.files.items() if not file.is_test}
    found = {path: counts for path, counts in found.items() if not is_apart(path)}
    for path, counts in found.items():
        for word in _stems(path.rpartition("/")[2].partition(".")[0]):
            counts[word] += _FILE_NAME - 1
    for path, name in _names_inside(code):
        if path in found:
            found[path].update(_stems(name))
    return found


def _names_inside(code: CodeBase) -> Iterator[tuple[str, str]]:
    yield from ((one.path, one.symbol.rpartition(".")[2]) for one in code.symbols)
    yield from ((one.file, one.table) for one in code.tables)
    yield from ((one.file, one.path) for one in code.routes)


def _stems(name: str) -> Iterator[str]:
    return (stem(word.lower()) for word in _PARTS.findall(name) if len(word) > 1)
