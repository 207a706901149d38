"""Reports of coverage that a project has: coverage.py, LCOV, Cobertura, Clover, JaCoCo and Go.

A report is taken from where tools put it, the newest of several; which form it has, its content
says. To read another form, add a function to `_FORMS`: from the text to lines by path, or None.
"""

from __future__ import annotations

import json
import posixpath
import re
import xml.etree.ElementTree as ET  # expat bounds what entities may expand to
from collections import Counter, defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from indexer.code.report_files import LARGEST, day_of, folders, newest, written_after
from indexer.code.report_paths import beside
from memory.code.coverage import CoverageReport, FileCoverage
from memory.texts.plain_file import read_with_stat

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from pathlib import Path

_MOST_LINES = 20_000_000  # of a report of Go, which has them by the first and the last of a block
_PLACES = (
    "coverage.json", "coverage.xml", "coverage.lcov", "lcov.info", "cobertura.xml", "clover.xml",
    "cover.out", "coverage.out", "coverage.txt", "coverage/lcov.info", "coverage/clover.xml",
    "coverage/cobertura-coverage.xml", "coverage/coverage.json", "build/logs/clover.xml",
    "target/site/jacoco/jacoco.xml", "build/reports/jacoco/test/jacocoTestReport.xml",
)  # fmt: skip
_GO = re.compile(r"^(?P<path>.+):(?P<first>\d+)\.\d+,(?P<last>\d+)\.\d+ \d+ (?P<count>\d+)$")


class LineCoverage(NamedTuple):
    """The lines of one file in a report, and how often each was run."""

    counts: dict[int, int]
    tests: dict[str, set[int]]


Found = dict[str, LineCoverage]


def read_coverage(root: Path, files: Collection[str]) -> CoverageReport | None:
    """The newest report of a project; None where there is none that can be read.

    Args:
        root: Where to look, there and in each folder of it.
        files: The code, as paths from the root.
    """
    for path, seen in newest(folder / place for folder in folders(root) for place in _PLACES):
        try:
            found, written = _parsed(path, seen.st_mtime_ns)
        except OSError:
            continue
        if found:
            return _placed(root, path, written, found, files)
    return None


@lru_cache(maxsize=4)
def _parsed(path: Path, _mtime_ns: int) -> tuple[Found | None, float]:
    """What a report says, and when it was written."""
    said, opened = read_with_stat(path, LARGEST)
    return parse_report(said.decode("utf-8", "replace").replace("\r\n", "\n")), opened.st_mtime


def parse_report(text: str) -> Found | None:
    """The lines of each file in a report, by the path that it gives; None for anything else."""
    for form in _FORMS:
        try:
            found = form(text)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError, ET.ParseError):
            continue
        if found:
            return found
    return None


def _placed(
    root: Path, report: Path, written: float, found: Found, files: Collection[str]
) -> CoverageReport:
    """The report by the project's own paths: as they are, or the only one that ends so."""
    by_name: dict[str, list[str]] = defaultdict(list)
    for path in files:
        by_name[posixpath.basename(path)].append(path)
    named = {said: beside(root, report, said) for said in found}
    elsewhere = _root_elsewhere(named.values(), by_name)
    placed: dict[str, FileCoverage] = {}
    unplaced = 0
    for said, lines in found.items():
        own = _own(named[said], elsewhere, by_name)
        if own is None:
            unplaced += 1
            continue
        run = frozenset(line for line, count in lines.counts.items() if count)
        tests = {test: frozenset(ran) for test, ran in lines.tests.items()}
        placed[own] = FileCoverage(run, frozenset(lines.counts) - run, tests)
    older = written_after(written, root, placed)
    name = report.relative_to(root).as_posix()
    return CoverageReport(name, day_of(written), placed, unplaced, older)


def _root_elsewhere(said: Iterable[str], by_name: Mapping[str, Sequence[str]]) -> str:
    """The folder in which the project lay when the report was made, as most of its paths say."""
    roots = Counter(
        one.removesuffix(path)
        for one in said
        for path in by_name.get(posixpath.basename(one), ())
        if f"/{one}".endswith(f"/{path}")
    )
    return max(roots, key=lambda root: (root == "", roots[root], -len(root)), default="")


def _own(said: str, elsewhere: str, by_name: Mapping[str, Sequence[str]]) -> str | None:
    """The file of the project that a report means; None where that is not clear."""
    named = by_name.get(posixpath.basename(said), ())
    if (own := said.removeprefix(elsewhere)) in named and said.startswith(elsewhere):
        return own
    ending = [path for path in named if path.endswith(f"/{said}")]
    return ending[0] if len(ending) == 1 else None


def _coverage_py(text: str) -> Found | None:
    if not text.lstrip().startswith("{"):
        return None
    found = {}
    for path, said in json.loads(text)["files"].items():
        counts = dict.fromkeys(said["missing_lines"], 0) | dict.fromkeys(said["executed_lines"], 1)
        tests: dict[str, set[int]] = defaultdict(set)
        for line, contexts in said.get("contexts", {}).items():
            for context in contexts:
                if context:
                    tests[context.partition("|")[0]].add(int(line))
        found[path] = LineCoverage(counts, dict(tests))
    return found


def _lcov(text: str) -> Found | None:
    found: Found = {}
    test = ""
    lines = LineCoverage({}, {})
    for row in text.splitlines():
        name, colon, said = row.partition(":")
        if not colon:
            continue
        if name == "TN":
            test = said.strip()
        elif name == "SF":
            lines = found.setdefault(said.strip(), LineCoverage({}, {}))
        elif name == "DA":
            line, count = (int(part) for part in said.split(",")[:2])
            lines.counts[line] = lines.counts.get(line, 0) + count
            if test and count:
                lines.tests.setdefault(test, set()).add(line)
    return found


def _xml(text: str) -> Found | None:
    if not text.lstrip("\ufeff \r\n\t").startswith("<"):
        return None
    root = ET.fromstring(text)  # noqa: S314 - see above
    if root.tag == "report":
        return _jacoco(root)
    return _clover(root) if root.find("project") is not None else _cobertura(root)


def _cobertura(root: ET.Element) -> Found:
    sources = [one.text.strip() for one in root.iter("source") if one.text and one.text.strip()]
    found: Found = {}
    for one in root.iter("class"):
        path = one.attrib["filename"]
        if len(sources) == 1 and not path.startswith("/"):
            path = posixpath.join(sources[0], path)
        lines = found.setdefault(path, LineCoverage({}, {}))
        for line in one.iter("line"):
            lines.counts[int(line.attrib["number"])] = int(line.attrib["hits"])
    return found


def _clover(root: ET.Element) -> Found:
    found: Found = {}
    for one in root.iter("file"):
        lines = found.setdefault(one.get("path") or one.attrib["name"], LineCoverage({}, {}))
        for line in one.findall("line"):
            if line.get("type") != "method":
                lines.counts[int(line.attrib["num"])] = int(line.attrib["count"])
    return found


def _jacoco(root: ET.Element) -> Found:
    found: Found = {}
    for package in root.iter("package"):
        for one in package.findall("sourcefile"):
            path = posixpath.join(package.attrib["name"], one.attrib["name"])
            counts = {int(line.attrib["nr"]): int(line.attrib["ci"]) for line in one.iter("line")}
            found[path] = LineCoverage(counts, {})
    return found


def _go(text: str) -> Found | None:
    if not text.startswith("mode:"):
        return None
    found: Found = {}
    left = _MOST_LINES
    for row in text.splitlines()[1:]:
        if said := _GO.match(row):
            lines = found.setdefault(said["path"], LineCoverage({}, {}))
            first, last = int(said["first"]), int(said["last"])
            left -= max(0, last - first)
            if left < 0:
                raise ValueError("more lines than any code has")
            for line in range(first, last + 1):
                lines.counts[line] = max(lines.counts.get(line, 0), int(said["count"]))
    return found


_FORMS: tuple[Callable[[str], Found | None], ...] = (_coverage_py, _xml, _go, _lcov)
