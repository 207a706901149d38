"""Tells what of a project's code nobody reads: other languages, and frameworks without a reader.

Without this an answer of nothing would look like there being nothing.
"""

from __future__ import annotations

import fnmatch
from collections import Counter
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from memory.code.codebase import Unresolved
from memory.code.testing import is_test
from memory.texts.formatting import counted
from memory.texts.lexicon import read_lexicon

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.project_code import CodeProject

_SORTS = ("routes", "tables")  # of `data/lexicon/code.toml`
_ENDS = (".", "/", "\\")  # of a part of a name that is imported


@cache
def _languages() -> dict[str, str]:
    return {
        ending: name
        for name, endings in read_lexicon("code")["languages"].items()
        for ending in endings
    }


@cache
def _foreign(name: str) -> tuple[str, str] | None:
    """A pattern for files that are called so and not read, and what they are of."""
    for tool, patterns in read_lexicon("code")["files"].items():
        for pattern in patterns:
            if fnmatch.fnmatchcase(name.lower(), pattern):
                return pattern, tool
    ending = name.rpartition(".")[2]
    return (f"*.{ending}", _languages()[ending]) if ending in _languages() else None


def is_foreign(path: str) -> bool:
    """Whether a file is of a language or a tool that is known and not read."""
    return _foreign(path.rpartition("/")[2]) is not None


def foreign_files(paths: Iterable[str]) -> dict[str, str]:
    """Why files of languages and tools that are not read were not, by a pattern for each."""
    counts = Counter(_foreign(path.rpartition("/")[2]) for path in paths)
    return {
        found[0]: f"{counted(count, 'file')} of {found[1]}"
        for found, count in sorted(counts.items(), key=str)
        if found is not None
    }


def foreign_frameworks(project: CodeProject) -> Iterator[Unresolved]:
    """What a framework without a reader may define, once for each, where it is first imported."""
    places: dict[str, dict[str, int]] = {}  # by what is imported: the files, and the line in each
    for path, facts in project.files.items():
        for one in () if is_test(path) else facts.imports:
            places.setdefault(one.target, {}).setdefault(path, one.line)
    found: dict[tuple[str, str], dict[str, int]] = {}
    for target, files in places.items():
        for framework in _frameworks(target):
            found.setdefault(framework, {}).update(files)
    for (sort, name), files in sorted(found.items()):
        path = min(files)
        count = counted(len(files), "file")
        reason = f"{sort} of {name} are not read; {count} may have some"
        yield Unresolved(path, files[path], f"unread {sort}", name, reason)


@lru_cache(maxsize=50_000)  # imports of a project or two
def _frameworks(target: str) -> tuple[tuple[str, str], ...]:
    """What an import is of that is not read, each with what it may define."""
    return tuple(
        (sort, name)
        for sort in _SORTS
        for name, beginnings in read_lexicon("code")[sort].items()
        if any(_is_of(target, beginning) for beginning in beginnings)
    )


def _is_of(target: str, beginning: str) -> bool:
    return target == beginning or target.startswith(tuple(beginning + end for end in _ENDS))
