"""A report that nests deeper than Python reads is no report; the others are read all the same."""

import pytest

from indexer.code.coverage_reports import parse_report
from indexer.code.otlp import read_otlp
from indexer.code.sarif_reader import read_reported
from memory.code.timed import TimeSource

DEEP = ['{"a":' * 100_000, "[" * 100_000, '{"files": {"a": ' + "[" * 100_000]


@pytest.mark.parametrize("text", DEEP, ids=["objects", "lists", "both"])
def test_it_is_passed_over(tmp_path, text):
    (tmp_path / "deep.sarif").write_text(text)

    assert parse_report(text) is None
    assert read_reported(tmp_path).left_out == {"deep.sarif": "no SARIF that can be read"}
    assert read_otlp(text, TimeSource("traces.json", 0.0, "2026-01-01")) is None
