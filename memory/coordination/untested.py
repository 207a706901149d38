"""Which files no test is known to reach, however it may."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from memory.code.apart import is_command, is_seed
from memory.code.codebase import Grade

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memory.code.codebase import CodeBase

#: What a framework starts whatever it is asked for, by bases and by annotations.
_STARTED = re.compile(r"ServiceProvider$|\bAppConfig$")
_ANNOTATED = re.compile(r"^@?(?:Module|Configuration|SpringBootApplication)\b")


def untested_files(code: CodeBase) -> frozenset[str]:
    """The files that nothing leads to from a test, nor from what a test may ask for or start.

    That is a route, or what its framework starts by itself.
    What implements something may stand behind it; of a package of Go all files are there.
    """
    packages: dict[str, list[str]] = {}
    for path, file in code.files.items():
        if file.language == "go":
            packages.setdefault(path.rpartition("/")[0], []).append(path)
    implementing: dict[str, set[str]] = {}
    for edge in code.edges:
        if edge.grade is Grade.INHERIT:
            implementing.setdefault(edge.target.path, set()).add(edge.source.path)
    waiting = [path for path, file in code.files.items() if file.is_test]
    for route in code.routes:
        waiting += [route.file, route.registered.rpartition(":")[0]]
    waiting += _started(code)
    reached: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in code.files and path not in reached:
            reached.add(path)
            waiting += [*code.needs_of.get(path, ()), *implementing.get(path, ())]
            if code.files[path].language == "go":
                waiting += packages.pop(path.rpartition("/")[0], ())
    return frozenset(
        path
        for path in code.files
        if path not in reached and not is_command(path) and not is_seed(path)
    )


def _started(code: CodeBase) -> Iterator[str]:
    for place, one in code.symbols.items():
        if any(map(_STARTED.search, one.bases)) or any(map(_ANNOTATED.match, one.annotations)):
            yield place.path
