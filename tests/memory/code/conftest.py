"""Code bases made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from memory.code.codebase import CodeBase, CodeFile, CodePlace, Edge, Grade, Symbol, Table
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Callable


def a_code_base(edges, *, symbols=(), tables: tuple[Table, ...] = (), opaque: int = 0) -> CodeBase:
    """Files are those that edges name, as "file:symbol"; an edge is (source, target[, grade])."""
    drawn, paths = [], set()
    for number, (source, target, *more) in enumerate(edges, 1):
        one, other = (CodePlace(*each.split(":")) for each in (source, target))
        typed = "typing" in more
        grades = [each for each in more if each != "typing"]
        drawn.append(Edge(one, other, Grade(grades[0] if grades else "import"), number, typed))
        paths |= {one.path, other.path}
    named = [CodePlace(*each.split(":")) for each in symbols]
    named += [place for edge in drawn for place in edge[:2] if place.symbol]
    files = {
        path: CodeFile(
            path,
            path.removesuffix(".py").replace("/", "."),
            "python",
            10,
            is_test(path),
            path.partition("/")[0],
            opaque,
        )
        for path in sorted({*paths, *(place.path for place in named)})
    }
    found = {place: Symbol(place, "class", 1, 9, "public") for place in named}
    return CodeBase(files, tuple(drawn), found, (), tables, (), {})


@pytest.fixture
def code() -> Callable[..., CodeBase]:
    return a_code_base
