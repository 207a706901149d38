"""What stands where a report was may be another thing when it is opened, and may say anything."""

from __future__ import annotations

import errno
import os
import time

import pytest

from indexer.code import coverage_reports, junit_reader, report_files, sarif_reader, timings
from indexer.code.coverage_reports import parse_report, read_coverage
from indexer.code.junit_reader import read_test_results
from indexer.code.report_files import day_of
from indexer.code.sarif_reader import read_reported
from indexer.code.timings import read_timings
from tests.builders import make_fifo

READERS = {
    "coverage.out": (coverage_reports, lambda root: read_coverage(root, ["a.go"])),
    "junit.xml": (junit_reader, lambda root: read_test_results(root, ["a.go"])),
    "scan.sarif": (sarif_reader, lambda root: read_reported(root).results),
    "pyspy.txt": (timings, lambda root: read_timings(root).sampled),
}
SAID = {
    "coverage.out": "mode: set\na.go:1.1,2.2 1 1\n",
    "junit.xml": '<testsuite name="a"><testcase name="b"/></testsuite>',
    "scan.sarif": '{"runs": [{"tool": {"driver": {"name": "x"}}, "results": [{"ruleId": "r", '
    '"locations": [{"physicalLocation": {"artifactLocation": {"uri": "a.go"}}}]}]}]}',
    "pyspy.txt": "main (a.py:1);run (a.py:2) 12\n",
}


@pytest.fixture(params=READERS)
def report(request, tmp_path):
    """A report of each kind, its module and what reads it."""
    file = tmp_path / request.param
    file.write_text(SAID[request.param])
    (tmp_path / "a.go").write_text("package a\n")
    (tmp_path / "a.py").write_text("x = 1\n")
    return (file, *READERS[request.param])


def test_each_report_is_read(report):
    file, _, read = report

    assert read(file.parent)


@pytest.mark.parametrize("report", ["pyspy.txt", "coverage.out"], indirect=True)
def test_a_report_that_could_not_be_opened_once_is_read_the_next_time(report, monkeypatch):
    file, module, read = report

    def refuse(path, most):
        raise PermissionError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(module, "read_with_stat", refuse)
        assert not read(file.parent)
        if module is timings:
            assert read_timings(file.parent).left_out == {file.name: "Permission denied"}

    assert read(file.parent)


@pytest.mark.posix
@pytest.mark.parametrize("make", [make_fifo, lambda file: file.symlink_to("/dev/zero")])
def test_a_report_that_becomes_another_thing_before_it_is_opened_is_not_read(
    report, monkeypatch, make
):
    file, module, read = report

    def slipped_in(paths):
        found = report_files.newest(paths)
        file.unlink()
        make(file)
        return found

    monkeypatch.setattr(module, "newest", slipped_in)

    assert not read(file.parent)


@pytest.mark.parametrize("moment", [1e12, -1e12])
def test_a_report_of_a_day_that_no_calendar_has_is_read(report, moment):
    """An archive gives its files any time."""
    file, _, read = report
    try:
        os.utime(file, (moment, moment))
    except (OSError, OverflowError):
        pytest.skip("this file system has no such time")

    assert read(file.parent)


def test_a_folder_that_may_not_be_looked_at_is_passed_over(report, monkeypatch):
    file, _, read = report
    (file.parent / "private").mkdir()
    looked = type(file).iterdir

    def refused(folder):
        if folder.name == "private":
            raise PermissionError(13, "Permission denied", str(folder))
        return looked(folder)

    monkeypatch.setattr(type(file), "iterdir", refused)

    assert read(file.parent)


@pytest.mark.parametrize("last", ["9" * 12, "9" * 40])
def test_a_block_of_more_lines_than_any_code_has_takes_no_time(last):
    began = time.process_time()

    assert parse_report(f"mode: set\na.go:1.1,{last}.2 1 1\n") is None

    assert time.process_time() - began < 1


def test_a_day_that_no_calendar_has_is_unknown():
    assert day_of(0) == "1970-01-01"
    assert day_of(1e12) == "unknown day"
