"""Reports of test results that a project has: JUnit's XML, which most test runners write."""

from __future__ import annotations

import xml.etree.ElementTree as ET  # expat bounds what entities may expand to
from typing import TYPE_CHECKING

from indexer.code.report_files import LARGEST, day_of, folders, newest, written_after
from indexer.code.report_paths import beside
from memory.code.ran_tests import CaseResult, Outcome, ReportedTests
from memory.texts.plain_file import read_with_stat

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

MOST = 2_000  # reports: some runners write one for each class
_PLACES = (
    "junit.xml", "junit-report.xml", "report.xml", "test-results.xml", "test-report.xml",
    "test-results/*.xml", "test-reports/*.xml", "reports/junit*.xml", "TEST-*.xml",
    "build/test-results/*/*.xml", "target/surefire-reports/*.xml",
)  # fmt: skip


def read_test_results(root: Path, files: Collection[str]) -> ReportedTests | None:
    """What the reports of a project say; None where there is none.

    Args:
        root: Where to look, there and in each folder of it.
        files: The code, as paths from the root.
    """
    reports: list[str] = []
    times: list[float] = []
    cases: list[CaseResult] = []
    for path in _reports(root):
        try:
            said, opened = read_with_stat(path, LARGEST)
        except OSError:
            continue
        if own := list(_cases(root, path, said)):
            reports.append(path.relative_to(root).as_posix())
            times.append(opened.st_mtime)
            cases += own
    if not reports:
        return None
    older = written_after(min(times), root, files)
    return ReportedTests(tuple(reports), day_of(max(times)), cases, older)


def _reports(root: Path) -> list[Path]:
    """Those there are, the newest last."""
    paths = {path for folder in folders(root) for place in _PLACES for path in folder.glob(place)}
    sound = [path for path, seen in newest(paths) if seen.st_size <= LARGEST]
    return sound[:MOST][::-1]


def _cases(root: Path, path: Path, said: bytes) -> Iterator[CaseResult]:
    try:
        whole = ET.fromstring(said)  # noqa: S314 - see above
    except ET.ParseError:
        return
    if whole.tag not in {"testsuites", "testsuite"}:
        return
    for suite in whole.iter("testsuite"):
        for case in suite.findall("testcase"):
            file = case.get("file") or suite.get("file")
            yield CaseResult(
                file=beside(root, path, file) if file else "",
                suite=case.get("classname") or suite.get("name") or "",
                name=case.get("name") or "",
                outcome=_outcome(case),
            )


def _outcome(case: ET.Element) -> Outcome:
    tags = {one.tag for one in case}
    if tags & {"failure", "error"}:
        return "failed"
    return "skipped" if "skipped" in tags else "passed"
