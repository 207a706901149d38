"""Reports of test results that a project has: JUnit's XML, which most test runners write."""

from __future__ import annotations

import xml.etree.ElementTree as ET  # expat bounds what entities may expand to
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from indexer.code.report_paths import beside
from memory.code.ran_tests import CaseResult, Outcome, ReportedTests

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

LARGEST = 50_000_000  # bytes
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
    found = [(path, cases) for path in _reports(root) if (cases := list(_cases(root, path)))]
    if not found:
        return None
    times = [path.stat().st_mtime for path, _ in found]
    return ReportedTests(
        reports=tuple(path.relative_to(root).as_posix() for path, _ in found),
        day=datetime.fromtimestamp(max(times), UTC).date().isoformat(),
        cases=[case for _, cases in found for case in cases],
        older=frozenset(
            path
            for path in files
            if (root / path).exists() and (root / path).stat().st_mtime > min(times)
        ),
    )


def _reports(root: Path) -> list[Path]:
    """Those there are, the newest last."""
    folders = [root, *(one for one in root.iterdir() if one.is_dir() and one.name[0] != ".")]
    paths = {path for folder in folders for place in _PLACES for path in folder.glob(place)}
    sound = [path for path in paths if path.is_file() and path.stat().st_size <= LARGEST]
    return sorted(sound, key=lambda path: (path.stat().st_mtime, str(path)))[-MOST:]


def _cases(root: Path, path: Path) -> Iterator[CaseResult]:
    try:
        whole = ET.fromstring(path.read_bytes())  # noqa: S314 - see above
    except (ET.ParseError, OSError):
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
