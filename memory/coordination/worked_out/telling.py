"""Statements of counts and places, as all kinds of requests tell them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from memory.models.coordination import Statement
from memory.texts.formatting import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from memory.code.codebase import CodeBase
    from memory.models.findings import Finding

CITED = 5  # places of one statement
Where = tuple[str, int]  # file and line


def by_module(
    code: CodeBase, places: Iterable[Where], said: str, what: str = "known place"
) -> Iterator[Statement]:
    """How many places each module has, most first: "views writes it in 7 known places"."""
    found: dict[str, list[Where]] = defaultdict(list)
    for path, line in sorted(set(places)):
        if path in code.files and not code.files[path].is_test:
            found[code.files[path].module].append((path, line))
    for module, own in sorted(found.items(), key=lambda one: (-len(one[1]), one[0])):
        yield Statement(
            text=f"{module} {said} in {counted(len(own), what)}",
            value=len(own),
            citations=cited(own),
        )


def cited(places: Iterable[Where]) -> tuple[str, ...]:
    """The first of some places."""
    told = dict.fromkeys(f"{path}:{line}" for path, line in places)
    return tuple(told)[:CITED]


def of_finding(one: Finding, told: str = "") -> Statement:
    """A finding with its places and what would settle it."""
    do = f"; {one.do}" if one.do else ""
    spots = [(spot.file, spot.line) for spot in one.spots]
    return Statement(text=f"{one.message}{told}{do}", citations=(*cited(spots), one.id))
