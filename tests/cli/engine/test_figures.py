"""What the engine counts of its calls, and how it tells them."""

from __future__ import annotations

import json
import logging
import re

import pytest

from cli.engine import figures
from cli.engine.figures import CallCounts, log_to, prometheus
from memory.errors import InvalidRequest


@pytest.fixture
def counted():
    made = CallCounts()
    for error in (None, None, InvalidRequest("search", "no"), ValueError("odd")):
        try:
            with made.counting("search"):
                if error:
                    raise error
        except (InvalidRequest, ValueError):
            continue
    return made


@pytest.fixture
def logging_as_before():
    root, ours = logging.getLogger(), logging.getLogger("cli.engine")
    before = root.handlers[:], root.level, ours.level
    yield
    for handler in root.handlers:
        if handler not in before[0]:
            handler.close()
    root.handlers[:], root.level = before[0], before[1]
    ours.setLevel(before[2])


def test_what_was_refused_and_what_failed_are_told_apart(counted):
    told = counted.told()

    one = told["calls"]["search"]
    assert (told["under_way"], one["calls"], one["refused"], one["failed"]) == (0, 4, 1, 1)
    assert set(one["seconds"]) == {"0.5", "0.95", "0.99"}


def test_prometheus_can_read_every_line(counted):
    health = {"figures": counted.told(), "tasks": [], "open": ["/a"], "resident_bytes": None}

    lines = prometheus(health).splitlines()

    line = re.compile(
        r'# TYPE \w+ (gauge|counter|summary)|\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? \S+'
    )
    assert not [one for one in lines if not line.fullmatch(one)]
    assert 'archmem_errors_total{call="search",kind="failed"} 1' in lines
    assert 'archmem_call_seconds_count{call="search"} 4' in lines


@pytest.mark.posix
@pytest.mark.usefixtures("logging_as_before")
def test_the_log_is_lines_of_json_that_begin_anew_when_it_is_full(tmp_path, monkeypatch):
    monkeypatch.setattr(figures, "LOG_BYTES", 2_000)
    file = tmp_path / "engine.jsonl"

    log_to(file)
    for number in range(100):
        logging.getLogger("cli.engine.app").warning("said %d", number)

    said = [json.loads(line) for line in file.read_text().splitlines()]
    assert said[-1] | {"at": ""} == {
        "at": "",
        "level": "warning",
        "logger": "cli.engine.app",
        "said": "said 99",
    }
    assert {one.name for one in tmp_path.iterdir()} == {
        "engine.jsonl",
        *(f"engine.jsonl.{number}" for number in (1, 2, 3)),
    }
    assert file.stat().st_mode & 0o077 == 0
