"""A plan is read in whatever shape it comes, and refused in one line that says where."""

from __future__ import annotations

import pytest

from cli.plan_pages import markdown_phases
from memory.errors import InvalidRequest
from memory.planning.plan_reader import read_phases

PAGE = """\
# Split billing out

Goal: bill by itself

## Phase 1: Preparation

- Test `billing/api.py`
  Owner: payments-agent
- [ ] Move the types
  - Modules: billing, orders
  - After: 1
- Gates:
  - no new major findings
  - a test reaches billing/__init__.py

Way back: revert the commits

### Integration points
- one format of invoices

## Migration

1. Move billing out

### Gates
- orders must not import billing

## Risks

- it may be late
"""


def test_a_page_has_a_phase_for_each_heading_and_its_facts_in_whatever_form():
    read = read_phases(markdown_phases(PAGE))
    first, second = read.phases

    assert (read.title, read.request) == ("Split billing out", "bill by itself")
    assert (first.name, second.name) == ("Preparation", "Migration")
    assert [(one.text, one.agent, one.modules, one.after) for one in first.steps] == [
        ("Test billing/api.py", "payments-agent", (), ()),
        ("Move the types", "", ("billing", "orders"), (1,)),
    ]
    assert first.gates == ("no new major findings", "a test reaches billing/__init__.py")
    assert (first.way_back, first.integration_points) == (
        "revert the commits",
        ("one format of invoices",),
    )
    assert second.gates == ("orders must not import billing",)
    assert [one.text for one in second.steps] == ["Move billing out"]


@pytest.mark.parametrize("label", ["Gates:\n", "**Gates:**\n\n", "*Quality gates*:\n"])
def test_a_list_below_a_label_is_what_the_label_says(label):
    page = f"# P\n\n## One\n\n- Move it\n\n{label}- every check holds\n- nothing uses X\n"

    (phase,) = read_phases(markdown_phases(page)).phases

    assert [one.text for one in phase.steps] == ["Move it"]
    assert phase.gates == ("every check holds", "nothing uses X")


@pytest.mark.parametrize(
    "said",
    [
        {"phases": [{"name": "one", "steps": ["a", "b"]}, {"name": "two", "steps": ["c"]}]},
        {
            "migration_plan": [
                {"phase": "one", "tasks": ["a", "b"]},
                {"name": "two", "steps": ["c"]},
            ]
        },
        {"analysis": {"migration_plan": {"one": {"tasks": ["a", "b"]}, "two": {"tasks": ["c"]}}}},
        {"from": "x", "analysis": {"phases": {"one": ["a", "b"], "two": [{"text": "c"}]}}},
        [{"name": "one", "steps": [{"task": "a"}, "b"]}, {"name": "two", "steps": ["c"]}],
    ],
)
def test_phases_are_a_list_or_an_object_wherever_a_coordinator_puts_them(said):
    phases = read_phases(said).phases

    assert [(one.name, [step.text for step in one.steps]) for one in phases] == [
        ("one", ["a", "b"]),
        ("two", ["c"]),
    ]


def test_whoever_alone_a_phase_is_assigned_to_does_its_steps():
    said = {
        "phase_1": {"tasks": ["a", {"text": "b", "agent": "dana"}], "assigned_to": ["eve"]},
        "phase_2": {"tasks": ["c"], "assigned_to": ["dana", "eve"], "duration": "2 weeks"},
    }
    first, second = read_phases({"query": "Do it", "migration_plan": said}).phases

    assert [one.agent for one in first.steps] == ["eve", "dana"]
    assert (first.name, first.agents) == ("phase 1", ())
    assert (second.agents, second.duration, second.steps[0].agent) == (
        ("dana", "eve"),
        "2 weeks",
        "",
    )


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({}, "no steps"),
        ([], "no steps"),
        ("do it", "neither a list nor an object"),
        ({"phases": [{"name": "one"}]}, "phase 1 has no list of `steps`"),
        ({"phases": ["a", {"steps": ["b"]}]}, "phase 1 is no object"),
        ({"phases": [{"name": "one", "steps": [3]}]}, "step 1 of phase 1 is neither"),
        ({"steps": [{"modules": "a"}]}, "step 1 of the plan has no text"),
        ({"steps": [{"text": "a", "after": 7}]}, "after step 7, which there is not"),
        ({"steps": [{"text": "a", "after": [1]}]}, "after step 1, which there is not"),
        ({"steps": [{"text": "a", "modules": 3}]}, "modules of step 1 of the plan"),
        ({"steps": [{"text": "a", "after": ["x"]}]}, "after.0 of step 1 of the plan"),
        ({"steps": ["a"] * 501}, "501 steps are more than 500"),
    ],
)
def test_what_is_no_plan_is_refused_in_one_line(said, fault):
    with pytest.raises(InvalidRequest) as refused:
        read_phases(said)

    assert fault in str(refused.value)
    assert "\n" not in str(refused.value)
