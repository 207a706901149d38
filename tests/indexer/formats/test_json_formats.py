"""Baselines, refactorings and flags, in all the shapes that JSON is written in.

No real `baselines.json` or `history.json` was found in public (FORMATS.md, section 1), so these
shapes are made up after the documents that describe them.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.formats.document import Document, Parsed
from indexer.formats.json_kinds import BaselineFormat, FlagFormat, RefactoringFormat
from memory.kinds.vocabulary import LinkType, Status

FORMATS = {
    "baselines": (BaselineFormat(), ".claude/memory/performance/baselines.json"),
    "refactorings": (RefactoringFormat(), ".claude/memory/refactorings/history.json"),
    "flags": (FlagFormat(), ".claude/memory/flags/pending.json"),
    "processed": (FlagFormat(), ".claude/memory/flags/processed.json"),
}


def read(name: str, text: object) -> Parsed:
    format_, path = FORMATS[name]
    said = text if isinstance(text, str) else json.dumps(text, indent=1)
    return format_.parse(Document(path, said))


ENTRY = {"metric": "p95", "value": 230, "unit": "ms"}


@pytest.mark.parametrize(
    "document",
    [
        [ENTRY],
        {"baselines": [ENTRY]},
        {"metrics": {"p95": {"value": 230, "unit": "ms"}}, "last_updated": "2026-01-02"},
        {"p95": {"value": 230, "unit": "ms"}},
        {"version": 2, "p95": "230ms"},
        {"baselines": {"p95": "230 ms average"}},
        {"Baselines": [{"metricName": "p95", "baseline": "230ms"}]},
    ],
)
def test_a_baseline_is_found_wherever_it_stands(document):
    [draft] = read("baselines", document).drafts

    assert (draft.details.metric, draft.details.value, draft.details.unit) == ("p95", 230, "ms")
    assert draft.details.value_text
    assert draft.modules == ()


@pytest.mark.parametrize(
    "document",
    [
        {"payments": {"p95": {"value": 230}}},
        {"modules": {"payments": {"p95": 230}}},
        {"payments": [{"metric": "p95", "value": 230}]},
        [{"metric": "p95", "value": 230, "module": "payments"}],
        [{"metric": "p95", "value": 230, "affected-modules": ["payments"]}],
    ],
)
def test_a_mapping_around_baselines_names_their_module(document):
    [draft] = read("baselines", document).drafts

    assert draft.modules == ("payments",)
    assert draft.details.metric == "p95"
    assert draft.key == "payments/p95"


def test_percentiles_are_a_baseline_each():
    document = {"checkout": {"p50": 120, "p95": "300ms", "unit": "ms", "requests": 900}}

    first, second = read("baselines", document).drafts

    assert (first.details.metric, first.details.value) == ("checkout p50", 120)
    assert (second.details.metric, second.details.value_text) == ("checkout p95", "300ms")
    assert first.details.n == 900


@pytest.mark.parametrize(
    ("said", "value", "unit"),
    [
        ("3s → 150ms (20x improvement)", 150, "ms"),
        ("from 3s to 150 ms", 150, "ms"),
        ("<50ms", 50, "ms"),
        ("500ms average", 500, "ms"),
        ("1,200 req/s", 1200, "req/s"),
        ("84%", 84, "%"),
        ("3.2/10", 3.2, "/10"),
        ("47 complaints", 47, ""),
        ("2-3s", None, ""),
        ("fast enough", None, ""),
    ],
)
def test_prose_is_read_for_a_value(said, value, unit):
    [draft] = read("baselines", {"m": said}).drafts

    assert (draft.details.value, draft.details.unit) == (value, unit)
    assert draft.details.value_text == said


def test_every_field_of_a_baseline_is_read_and_the_rest_is_kept():
    entry = {
        "name": "checkout", "current": 430, "units": "ms", "stdDev": 38, "sample_size": 131500,
        "lowerIsBetter": True, "env": {"cpu": 4}, "sha": "abc", "threshold": "<800ms",
        "measured_at": "2025-11-10T08:00:00", "tags": "a, b", "paths": ["x.py"], "flaky": None,
    }  # fmt: skip

    [draft] = read("baselines", [entry]).drafts

    details = draft.details
    assert (details.value, details.spread, details.n, details.better) == (430, 38, 131500, "lower")
    assert (details.environment, details.commit, details.threshold) == ("cpu: 4", "abc", 800)
    assert draft.valid_from == datetime(2025, 11, 10, 8, tzinfo=UTC)
    assert draft.tags == ("a", "b")
    assert draft.extra == {"paths": ["x.py"]}
    assert draft.title == "checkout: 430 ms"


def test_measurements_of_one_metric_are_told_apart_by_date():
    entries = [{**ENTRY, "date": "2024-05-27"}, {**ENTRY, "date": "2024-07-08"}]

    assert [each.key for each in read("baselines", entries).drafts] == [
        "p95@2024-05-27",
        "p95@2024-07-08",
    ]


def test_entries_know_their_lines():
    text = (
        '// head\n{\n "baselines": [\n  {"metric": "a", "value": 1}, /* x\n */ {\n'
        '  "metric": "b",\n  "value": 2,\n  },\n ]\n}\n'
    )

    parsed = read("baselines", text)

    assert [draft.lines for draft in parsed.drafts] == [(4, 4), (5, 8)]
    assert parsed.problems == ()


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('{"baselines": [\n {"metric": "a"', 2, 16),
        ('[\n{"metric": "a", "value": }]', 2, 26),
        ('["a"] x', 1, 7),
        ("{]", 1, 2),
        ('/* open\n[{"metric": "a"}]', 2, 18),
        ("[" * 100_000, 1, 1),
        ('{"a":' * 90 + "1" + "}" * 90, 1, 1),
    ],
)
def test_what_is_no_json_fails_with_line_and_column(text, line, column):
    parsed = read("baselines", text)

    [problem] = parsed.problems
    assert parsed.failed
    assert problem.line == line
    assert f"column {column})" in problem.what


@pytest.mark.parametrize("text", ["", "\ufeff", "\n", "[]", "{}", '{"baselines": []}', "null", "3"])
def test_empty_documents_hold_nothing_and_do_not_fail(text):
    parsed = read("flags", text)

    assert (parsed.drafts, parsed.failed) == ((), False)


def test_an_entry_that_cannot_be_used_is_named_and_the_others_are_kept():
    text = (
        '[\n{"metric": "a", "value": 1},\n3,\n{"value": 4},\n["x"],\n{"metric": "b", "value": 2}\n]'
    )

    parsed = read("baselines", text)

    assert [draft.details.metric for draft in parsed.drafts] == ["a", "b"]
    assert [problem.line for problem in parsed.problems] == [3, 4, 5]
    assert not parsed.failed


def test_odd_numbers_names_and_characters_do_no_harm():
    text = (
        '\ufeff[{"metric": "a", "value": NaN, "n": ' + "9" * 5000 + ', "x": 1e999},\n'
        '{"metric": "b\\ud800", "value": 1,\n "value": 2}]'
    )

    parsed = read("baselines", text)

    first, second = parsed.drafts
    assert (first.details.value, first.details.value_text) == (None, "NaN")
    assert first.extra["x"] == "1e999"
    assert (second.details.metric, second.details.value) == ("b?", 2)
    assert [(each.line, each.what) for each in parsed.problems] == [
        (3, "'value' is said twice; the last one counts")
    ]


def test_a_refactoring_says_what_moved_and_what_it_did():
    entry = {
        "id": "R-1", "title": "Split", "date": "2025-01-02", "modules": ["a", "b"],
        "moved": [{"what": "f", "from": "x.py", "to": "y.py"}, "g.py -> h.py"],
        "reason": "tangled", "expectedEffect": "less", "results": {"p95": "3s → 150ms"},
        "commit": "abc", "reverted": {"by": "def", "reason": "slow"}, "status": "rolled back",
        "decision": "docs/adr/0001-x.md", "effort": "2 days",
    }  # fmt: skip

    [draft] = read("refactorings", [entry]).drafts

    details = draft.details
    assert draft.key == "r-1"
    assert [(each.what, each.origin, each.destination) for each in details.moved] == [
        ("f", "x.py", "y.py"),
        ("", "g.py", "h.py"),
    ]
    assert (details.why, details.measured_effect) == ("tangled", "p95: 3s → 150ms")
    assert (details.status, details.reverted_by, details.revert_reason) == (
        Status.REVERTED,
        "def",
        "slow",
    )
    assert draft.extra["effort"] == "2 days"
    assert draft.extra["id"] == "R-1"
    [reference] = draft.references
    assert (reference.type, reference.inverse) == (LinkType.TRIED_IN, True)


def test_the_list_a_refactoring_stands_in_is_its_status():
    document = {"completed": [{"name": "A", "why": "x"}], "planned": [{"name": "B", "why": "y"}]}

    assert [each.status for each in read("refactorings", document).drafts] == [
        Status.DONE,
        Status.PLANNED,
    ]


FLAG = {
    "id": "F-1", "type": "PERFORMANCE", "module_affected": "payments", "found_by": "api-agent",
    "description": "Checkout is slow. Very.", "severity": "HIGH",
    "timestamp": "2025-08-16T20:26:15.123456",
    "context": {"p95": 3}, "suggested_action": "Cache", "status": "pending",
}  # fmt: skip


@pytest.mark.parametrize(
    "document",
    [[FLAG], {"flags": [FLAG], "last_updated": "x", "processed_count": 3}, {"F-1": FLAG}],
)
def test_a_flag_is_found_wherever_it_stands(document):
    [draft] = read("flags", document).drafts

    assert draft.key == "f-1"
    assert draft.title == "Checkout is slow"
    assert (draft.status, draft.details.severity) == (Status.OPEN, "high")
    assert draft.valid_from == datetime(2025, 8, 16, 20, 26, 15, 123456, tzinfo=UTC)
    assert draft.modules == ("payments",)
    assert draft.extra["context"] == {"p95": 3}


def test_a_flag_for_several_modules_without_id_or_status():
    flag = {
        "type": "SCRIPT_SECURITY_REVIEW", "affects_multiple": ["a", "b"], "context": "words",
        "agents_to_notify": ["x-agent", "y-agent"], "description": "Injection", "blocking": True,
    }  # fmt: skip

    [draft] = read("flags", [flag]).drafts

    assert draft.modules == ("a", "b")
    assert draft.details.receivers == ("x-agent", "y-agent")
    assert (draft.status, draft.details.blocking) == (Status.OPEN, True)
    assert draft.key == "script-security-review-injection"


def test_a_processed_flag_is_the_same_flag_resolved():
    text = f"""{{"processed_flags": [{{
      "original_flag": {json.dumps(FLAG)}, /* as it was */
      "resolution": {{"resolved_by": "payments-agent", "resolution_date": "2025-09-01",
        "solution_applied": "Cached.", "performance_improvement": "500ms → 45ms"}},
      "verification": {{"by": "dana"}}}}]}}"""

    [pending] = read("flags", [FLAG]).drafts
    [draft] = read("processed", text).drafts

    assert draft.key == pending.key
    assert draft.status is Status.RESOLVED
    assert draft.details.resolution.startswith("Cached.\n")
    assert "500ms → 45ms" in draft.details.resolution
    assert draft.valid_to == datetime(2025, 9, 1, tzinfo=UTC)
    assert draft.extra["verification"] == {"by": "dana"}


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["flags", "metric", "value", "title", "type", "status", "moved", "p95",
                             "references", "original_flag", "resolution", "date", "uid", "x", "n"]),
            inner, max_size=4,
        ),
        max_leaves=12,
    ),
    st.integers(0, 400),
)  # fmt: skip
def test_no_json_makes_a_format_fail(value, cut):
    text = json.dumps(value)
    for name in FORMATS:
        read(name, text)
        read(name, text[:cut])


@pytest.mark.parametrize("name", ["message", "text", "note", "summary", "details"])
def test_a_flag_may_call_its_description_something_else(name):
    said = "Refunds are booked twice."
    entry = {"from": "api-agent", "to": "payments-agent", name: said, "severity": "high"}

    parsed = read("flags", {"flags": [entry]})

    assert not parsed.problems
    [draft] = parsed.drafts
    assert (draft.title, draft.body.split("\n")[0]) == (said.rstrip("."), said)
    assert (draft.details.sender, draft.details.receivers) == ("api-agent", ("payments-agent",))
