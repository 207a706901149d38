"""What came of tests, as far as reports of the project say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

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


def cases_of(
    results: ReportedTests, path: str, name: str = "", others: Collection[str] = ()
) -> list[CaseResult]:
    """The tests of a file, or the one of a name in it; of several reports the newest counts.

    A case that may as well be of one of the other test files of the project is of none.
    """
    wanted = name.rpartition("::")[2]
    found = {
        (one.suite, one.name): one
        for one in results.cases
        if (not name or one.name.partition("[")[0] == wanted) and _is_of(one, path)
    }
    rivals = [one for one in others if one != path]
    return [
        one
        for one in found.values()
        if one.file == path or not any(_is_of(one, rival) for rival in rivals)
    ]


def _is_of(case: CaseResult, path: str) -> bool:
    if case.file:
        file = case.file.replace("\\", "/")
        return file == path or file.endswith(f"/{path}") or path.endswith(f"/{file}")
    # A class of its own may stand behind the name of the file.
    dotted = f".{path.rpartition('.')[0].replace('/', '.')}"
    parts = case.suite.split(".")
    return any(
        dotted.endswith(f".{'.'.join(parts[:end])}") for end in range(len(parts), 0, -1)
    ) and (dotted.rpartition(".")[2] in parts)
