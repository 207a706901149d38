"""Which lines tests run, as far as a report of the project says."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from memory.code.codebase import CodeBase, CodePlace


class FileCoverage(NamedTuple):
    """One file in a report."""

    run: frozenset[int]  # lines
    missed: frozenset[int]
    tests: Mapping[str, frozenset[int]]  # the lines that each test ran, where the report says


class CoverageReport(NamedTuple):
    """One report."""

    report: str  # its path
    day: str  # on which it was written, in UTC
    files: Mapping[str, FileCoverage]  # by path from the root
    unplaced: int  # files in it that the project has not
    older: frozenset[str]  # files that were written after it


def share(coverage: CoverageReport, paths: Iterable[str]) -> float | None:
    """The lines that were run of those that could be; None where the report has none of them."""
    found = [coverage.files[path] for path in paths if path in coverage.files]
    run = sum(len(one.run) for one in found)
    total = run + sum(len(one.missed) for one in found)
    return round(run / total, 3) if total else None


def covering_tests(
    coverage: CoverageReport, code: CodeBase, places: Iterable[CodePlace]
) -> list[str]:
    """The tests that ran a line of these definitions or files, by name."""
    found = set()
    for place in places:
        one = coverage.files.get(place.path)
        symbol = code.symbols.get(place)
        if one is None or (symbol is None and place.symbol):
            continue
        for test, lines in one.tests.items():
            if symbol is None or any(symbol.line <= line <= symbol.last_line for line in lines):
                found.add(test)
    return sorted(found)
