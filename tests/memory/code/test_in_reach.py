"""What a brief says of the code: of a module first what the task's words call."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from memory.code.codebase import Route
from memory.code.in_reach import in_reach
from memory.code.past_changes import PastChange, PastChanges


def test_of_a_module_comes_first_what_the_task_calls_by_name(code):
    base = code([(f"api/{name}.py:f", "core/x.py:g", "call") for name in ("a", "b", "c")])
    paths = [*(f"/a{number}" for number in range(8)), "/splits", "/portfolio/calculations"]
    routes = tuple(Route("GET", path, "f", "api/a.py", 1, symbol="f") for path in paths)

    lines = in_reach(replace(base, routes=routes), None, "Split portfolioCalculator off", ["api"])

    (told,) = [one for one in lines if one.startswith("api routes (10)")]
    assert told.partition(": ")[2].startswith("GET /portfolio/calculations (api/a.py:1), GET /a0")
    assert "/splits" not in told


def test_what_a_task_likely_changes_comes_last_each_with_what_speaks_for_it(code):
    base = code([], symbols=["a/one.py:VoidInvoice", "b/two.py:g"])
    day = datetime(2026, 1, 2, tzinfo=UTC)
    past = PastChanges(
        PastChange(f"{at:040}", "Void invoices", day, day, 1, ("b/two.py",)) for at in range(2)
    )

    lines = in_reach(base, None, "Void an invoice", [], past=past)

    assert lines == [
        "likely: a/one.py (2 words of the task in its names)",
        "likely: b/two.py (touched by 2 of the changes that are likest to it)",
    ]


def test_files_that_could_not_be_read_are_told_even_where_nothing_else_is_known(code):
    base = replace(code([]), unread={"a/one.py": "Input/output error", "*.vue": "3 files of Vue"})

    assert in_reach(base, None, "Void an invoice", []) == [
        "not read (1): a/one.py (Input/output error)"
    ]
