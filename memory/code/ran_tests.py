"""What came of tests, as far as reports of the project say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

Outcome: TypeAlias = Literal["passed", "failed", "skipped"]


class CaseResult(NamedTuple):
    """One test in a report."""

    file: str  # as the report names it; "" where it does not
    suite: str  # its class in full: "tests.orders.test_views.TestShow", "com.shop.OrderTest"
    name: str
    outcome: Outcome


class ReportedTests(NamedTuple):
    """The reports of a project, the newest last."""

    reports: tuple[str, ...]  # their paths
    day: str  # on which the newest was written, in UTC
    cases: Sequence[CaseResult]
    older: frozenset[str]  # files of the code that were written after the oldest


def cases_of(results: ReportedTests, path: str, name: str = "") -> list[CaseResult]:
    """The tests of a file, or the one of a name in it; of several reports the newest counts."""
    dotted = path.rpartition(".")[0].replace("/", ".")
    found = {(one.suite, one.name): one for one in results.cases if _is_of(one, path, f".{dotted}")}
    wanted = name.rpartition("::")[2]
    return [one for one in found.values() if not name or one.name.partition("[")[0] == wanted]


def _is_of(case: CaseResult, path: str, dotted: str) -> bool:
    if case.file:
        file = case.file.replace("\\", "/")
        return file == path or file.endswith(f"/{path}") or path.endswith(f"/{file}")
    # A class of its own may stand behind the name of the file.
    parts = case.suite.split(".")
    return any(
        dotted.endswith(f".{'.'.join(parts[:end])}") for end in range(len(parts), 0, -1)
    ) and (dotted.rpartition(".")[2] in parts)
