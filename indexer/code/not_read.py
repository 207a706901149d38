"""Tells what of a project's code nobody reads: other languages, and frameworks without a reader.

Without this an answer of nothing would look like there being nothing.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from memory.code.codebase import Unresolved
from memory.code.testing import is_test
from memory.texts.formatting import counted
from memory.texts.lexicon import read_lexicon

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.project import CodeProject

_SORTS = ("routes", "tables")  # of `data/lexicon/code.toml`
_ENDS = (".", "/", "\\")  # of a part of a name that is imported


@cache
def _languages() -> dict[str, str]:
    return {
        ending: name
        for name, endings in read_lexicon("code")["languages"].items()
        for ending in endings
    }


def is_foreign(path: str) -> bool:
    """Whether a file is of a language that is known and not read."""
    return path.rpartition(".")[2] in _languages()


def foreign_files(paths: Iterable[str]) -> dict[str, str]:
    """Why files of languages that are not read were not, by a pattern for those of each ending."""
    counts: dict[str, int] = {}
    for path in paths:
        ending = path.rpartition(".")[2]
        counts[ending] = counts.get(ending, 0) + 1
    return {
        f"*.{ending}": f"{counted(count, 'file')} of {_languages()[ending]}"
        for ending, count in sorted(counts.items())
    }


def foreign_frameworks(project: CodeProject) -> Iterator[Unresolved]:
    """What a framework without a reader may define, once for each, where it is first imported."""
    places: dict[str, dict[str, int]] = {}  # by what is imported: the files, and the line in each
    for path, facts in project.files.items():
        for one in () if is_test(path) else facts.imports:
            places.setdefault(one.target, {}).setdefault(path, one.line)
    for sort in _SORTS:
        for name, beginnings in read_lexicon("code")[sort].items():
            found: dict[str, int] = {}
            for target, files in places.items():
                if any(_is_of(target, beginning) for beginning in beginnings):
                    found |= files
            if found:
                path = min(found)
                count = counted(len(found), "file")
                reason = f"{sort} of {name} are not read; {count} may have some"
                yield Unresolved(path, found[path], f"unread {sort}", name, reason)


def _is_of(target: str, beginning: str) -> bool:
    return target == beginning or target.startswith(tuple(beginning + end for end in _ENDS))
