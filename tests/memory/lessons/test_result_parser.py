"""Reading what came of a run, in whatever shape it is told."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.errors import InvalidResult
from memory.lessons.metric_parser import metric_words, metrics_words, read_metrics
from memory.lessons.result_parser import read_result
from memory.models.details import Measured
from memory.models.runs import Result
from memory.texts.numbers import plain_number

P95 = Measured(metric="p95", before=430, after=380, unit="ms")


def test_the_shape_of_continuous_learning_is_read_as_it_stands():
    said = {
        "success": True,
        "approach": "Strangler fig",
        "situation": "145 endpoints",
        "metrics": {"p95": {"before": 430, "after": 380, "unit": "ms"}, "errors": 3},
        "issues": ["Two ways to log in"],
        "alternative": "A gateway",
        "lessons": "Measure first",
    }

    assert read_result(said) == Result(
        success=True,
        approach="Strangler fig",
        situation="145 endpoints",
        metrics=(P95, Measured(metric="errors", after=3)),
        issues=("Two ways to log in",),
        alternative="A gateway",
        lessons=("Measure first",),
    )


def test_the_stored_shapes_say_by_themselves_whether_it_worked():
    worked = read_result({"pattern": "Outbox", "context": "Lost events", "outcome": {"lost": 0}})
    failed = read_result({"pattern": "Dual write", "issues": ["Drift"], "alternative": "Outbox"})

    assert (worked.success, worked.approach, worked.situation) == (True, "Outbox", "Lost events")
    assert worked.metrics == (Measured(metric="lost", after=0),)
    assert (failed.success, failed.issues, failed.alternative) == (False, ("Drift",), "Outbox")


def test_a_result_may_be_wrapped_in_a_message():
    inner = {"success": False, "approach": "Big bang"}

    message = read_result({"from": "coordinator-backend", "to": "memory", "result": inner})

    assert message.sender == "coordinator-backend"
    assert message.extra == {"to": "memory"}
    assert read_result({"result": inner}) == read_result(inner)


def test_what_has_no_field_is_kept_as_it_is():
    said = {"success": True, "duration": "3 weeks", "team": {"size": 4}}

    assert read_result(said).extra == {"duration": "3 weeks", "team": {"size": 4}}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ([], "one JSON object"),
        ("it worked", "one JSON object"),
        ({}, "success"),
        ({"approach": "Outbox"}, "success"),
        ({"success": "perhaps"}, "neither true nor false"),
        ({"sucess": True}, "is it 'success'"),
        ({"success": True, "lesons": ["x"]}, "is it 'lessons'"),
        ({"success": True, "approach": "a", "pattern": "b"}, "give one of them"),
        ({"success": True, "approach": {"a": 1}}, "approach"),
        ({"success": True, "metrics": 5}, "metrics"),
        ({"success": True, "result": {"success": True}}, "both in the result and around it"),
        ({"result": "good"}, "result"),
        ({"success": True, "approach": "a\0b"}, "NUL"),
        ({"success": True, "issues": ["\ud800"]}, "half a character"),
        ({"success": True, "a\0": 1}, "NUL"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(said, words):
    with pytest.raises(InvalidResult) as caught:
        read_result(said)

    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize(
    "said",
    [
        {"p95": {"before": 430, "after": 380, "unit": "ms"}},
        {"p95": {"from": "430 ms", "to": "380 ms"}},
        {"p95": "430 -> 380 ms"},
        {"p95": "430ms → 380ms"},
        {"p95": "from 430 to 380 ms"},
        [{"metric": "p95", "before": 430, "after": 380, "unit": "ms"}],
        [{"name": "p95", "baseline": 430, "now": 380, "unit": "ms"}],
        [{"p95": "430 => 380 ms"}],
        ["p95: 430 -> 380 ms"],
        "p95 430 -> 380 ms",
    ],
)
def test_a_change_of_a_metric_can_be_told_in_many_ways(said):
    assert read_metrics(said) == (P95,)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"p95": "-12 %"}, "p95: -12 %"),  # by how much it changed, not what it is
        ({"p95": {"api": 3, "web": 4}}, "p95: api: 3; web: 4"),
        ({"p95": True}, "p95: yes"),
        ("It went well; nobody complained", "It went well; nobody complained"),
        ({"p95": {"before": "430 ms", "after": "0.4 s"}}, "p95: before: 430 ms; after: 0.4 s"),
        ({"p95": {"before": 430}}, "p95 430 before"),
        ({"p95": "430 s -> 380 ms"}, "p95: 430 s -> 380 ms"),
        ("p95: 430 -> 380 ms; all is well", "p95: 430 -> 380 ms; all is well"),
    ],
)
def test_what_says_no_plain_numbers_is_kept_in_words(said, words):
    assert metrics_words(read_metrics(said)) == words


def test_several_metrics_may_stand_in_one_text():
    said = read_metrics("p95: 430 -> 380 ms; errors: 12 -> 3")

    assert said == (P95, Measured(metric="errors", before=12, after=3))


# Any result, told in any shape that is accepted, is read as the same.

_words = st.text("abcdefgh XYZ0123.,é", min_size=1, max_size=20).map(str.strip).filter(bool)
_numbers = st.floats(-1e6, 1e6, allow_nan=False).map(lambda number: round(number, 3) + 0.0)
_units = st.sampled_from(["", "ms", "%", "jobs/s"])
_names = st.text("abcdefgh_", min_size=1, max_size=8).map(lambda name: f"m{name}")
_metrics = st.lists(
    st.builds(Measured, metric=_names, before=_numbers, after=_numbers, unit=_units),
    max_size=3,
    unique_by=lambda one: one.metric,
).map(tuple)
_texts = st.lists(_words, max_size=3).map(tuple)
_results = st.builds(
    Result,
    success=st.booleans(),
    approach=_words,
    situation=_words,
    metrics=_metrics,
    issues=_texts.filter(len),
    alternative=_words,
    lessons=_texts,
    helped=_texts,
    commits=_texts,
)


def _as_object(one: Measured) -> dict:
    return {"before": one.before, "after": one.after, "unit": one.unit}


def _as_words(one: Measured) -> str:
    return f"{plain_number(one.before)} -> {plain_number(one.after)} {one.unit}".strip()


_METRIC_SHAPES = (
    lambda metrics: {one.metric: _as_object(one) for one in metrics},
    lambda metrics: {one.metric: _as_words(one) for one in metrics},
    lambda metrics: [{"metric": one.metric, **_as_object(one)} for one in metrics],
    lambda metrics: [metric_words(one) for one in metrics],
    lambda metrics: "; ".join(map(metric_words, metrics)),
)
_NAMES = ({}, {"approach": "pattern", "situation": "context", "metrics": "outcome"})
_WRAPPED = (lambda said: said, lambda said: {"result": said})


@pytest.mark.slow
@given(
    _results, st.sampled_from(_METRIC_SHAPES), st.sampled_from(_NAMES), st.sampled_from(_WRAPPED)
)
def test_every_accepted_shape_gives_the_same_result(result, shape, names, wrapped):
    said = result.model_dump(exclude_defaults=True) | {"metrics": shape(result.metrics)}
    for field in ("issues", "lessons", "helped", "commits"):
        values = list(getattr(result, field))
        said[field] = values[0] if len(values) == 1 else values
    told = {names.get(name, name): value for name, value in said.items()}

    assert read_result(wrapped(told)) == result


@pytest.mark.slow
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["success", "approach", "metrics", "issues", "result", "x", "after"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_is_read_or_refused_with_a_reason(said):
    with suppress(InvalidResult):
        assert isinstance(read_result(said), Result)


def test_issues_and_an_alternative_say_that_an_approach_failed():
    said = {"approach": "Dual write", "issues": ["Drift"], "alternative": "Outbox"}

    assert not read_result(said).success
    assert read_result(said) == read_result({"success": False} | said)


@pytest.mark.parametrize(
    ("said", "same"),
    [
        ({"patterns": [{"pattern": "Outbox", "context": "x"}]},
         {"pattern": "Outbox", "context": "x"}),
        ({"patterns": ["Outbox"]}, {"success": True, "approach": "Outbox"}),
        ({"antipatterns": [{"approach": "Dual write"}]},
         {"success": False, "approach": "Dual write"}),
        ({"patterns": [], "anti-patterns": ["Dual write"]}, {"antipattern": "Dual write"}),
        ({"bestPractices": ["Measure"]}, {"success": True, "lessons": ["Measure"]}),
        ({"best_practices": [{"practice": "Measure"}]}, {"success": True, "lessons": "Measure"}),
        ({"lessons": ["Measure"]}, {"success": True, "lessons": "Measure"}),
    ],
)  # fmt: skip
def test_a_stored_collection_is_read_as_what_it_holds(said, same):
    assert read_result(said) == read_result(same)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"patterns": ["a", "b"]}, "one result at a time"),
        ({"patterns": ["a"], "antipatterns": ["b"]}, "patterns and antipatterns"),
        ({"patterns": [3]}, "an object or a text"),
        ({"patterns": [{"pattern": "a", "context": "b"}], "context": "c"}, "context"),
        ({"success": True, "approach": {"a": 1}}, "a text, and is an object"),
    ],
)
def test_a_collection_that_is_no_single_result_is_refused_with_what_is_accepted(said, words):
    with pytest.raises(InvalidResult, match=words) as caught:
        read_result(said)

    assert "\n" not in str(caught.value)
