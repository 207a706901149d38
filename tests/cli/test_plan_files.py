"""What is read as the steps of a plan."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.plan_files import read_plan, read_plan_file
from memory.errors import PlanUnreadable
from memory.models.plan import LONGEST_STEP, MOST_STEPS


def texts(text):
    return [step["text"] for step in read_plan(text, "plan")]


def test_list_items_numbered_steps_and_checkboxes_are_steps():
    page = "# Plan\n\nWords.\n\n1. Use a queue\n2. Drop cron\n\n- [ ] Test it\n- [x] Ship `it`\n"

    assert texts(page) == ["Use a queue", "Drop cron", "Test it", "Ship it"]


def test_a_step_says_on_which_line_it_stands():
    page = "# Plan\n\n- One thing\n- Another\n  - Nested in it\n\n## More\n\n- Last\n"

    assert [step["line"] for step in read_plan(page, "plan")] == [3, 4, 5, 9]


def test_modules_and_reasons_belong_to_their_step():
    page = (
        "- Use a queue\n  - Modules: api, `queue`\n  - Why: cron is late\n  - Owner: dana\n- Next"
    )
    first, second = read_plan(page, "plan")

    assert first["modules"] == ["api", "queue"]
    assert first["rationale"] == "cron is late"
    assert (second["text"], second["modules"]) == ("Next", [])


def test_an_item_that_only_announces_others_is_no_step():
    assert texts("- Phase one:\n  - Use a queue\n  - Drop cron\n") == ["Use a queue", "Drop cron"]


def test_the_rows_of_a_table_are_steps():
    page = (
        "| # | Task | Modules |\n|---|---|---|\n| 1 | Use a queue | api, jobs |\n| 2 | Test | |\n"
    )
    steps = read_plan(page, "plan")

    assert [step["text"] for step in steps] == ["Use a queue", "Test"]
    assert steps[0]["modules"] == ["api", "jobs"]


def test_numbered_headings_are_steps_where_nothing_is_listed_below_them():
    page = "# Plan\n\n## Step 1: Use a queue\n\nBecause.\n\n## Step 2: Then\n\n- Drop cron\n"

    assert texts(page) == ["Use a queue", "Drop cron"]


def test_a_page_that_lists_nothing_has_a_step_in_each_heading_or_paragraph():
    assert texts("# Plan\n\n## Use a queue\n\nWords.\n\n## Drop cron\n") == [
        "Use a queue",
        "Drop cron",
    ]
    assert texts("Use a queue\nfor mail.\n\nDrop cron.\n") == [
        "Use a queue for mail.",
        "Drop cron.",
    ]


def test_lines_that_are_not_wrapped_are_steps():
    said = "Move sessions to Redis\nTake the old table away once nobody reads it\nTell Dana\n"
    assert texts(said) == said.splitlines()
    assert [step["line"] for step in read_plan(said, "plan")] == [1, 2, 3]

    assert len(texts("Move the sessions of all users to\nRedis, then drop the old table\n")) == 1
    assert len(texts("Move sessions\nto Redis\n")) == 1


@pytest.mark.parametrize("title", ["Non-goals", "Out of scope", "Alternatives considered", "Risks"])
def test_what_is_said_about_a_plan_is_no_step(title):
    aside = f"## {title}\n\n- Kafka\n\n### Deeper\n\n- Redis\n\n"
    page = f"# Plan\n\n- Use a queue\n\n{aside}## Then\n\n- Test"

    assert texts(page) == ["Use a queue", "Test"]


def test_code_and_comments_are_no_steps():
    assert texts("- Use a queue\n\n```\n- code\n```\n\n<!--\n- hidden\n-->\n") == ["Use a queue"]


def test_json_is_a_list_of_texts_or_objects():
    said = ["Use a queue", {"intent": "Drop cron", "modules": ["jobs"], "why": "late"}]

    steps = read_plan(json.dumps(said), "plan")

    assert [step["text"] for step in steps] == ["Use a queue", "Drop cron"]
    assert (steps[1]["modules"], steps[1]["rationale"]) == (["jobs"], "late")
    assert read_plan(json.dumps({"steps": said}), "plan") == steps


def test_a_coordinators_migration_plan_is_read_phase_by_phase():
    phases = {
        "phase_1": {"duration": "2 weeks", "tasks": ["Gateway setup"], "assigned_to": ["dana"]},
        "phase_2": {"tasks": ["Client migration", "Testing"]},
    }
    answer = {
        "from": "coordinator",
        "response": {"migration_plan": phases, "risks": [{"risk": "x"}]},
    }

    assert texts(json.dumps(answer)) == ["Gateway setup", "Client migration", "Testing"]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("", "no steps were found"),
        ("{}", "no steps were found"),
        ("[1]", "item 1 of the plan is neither a text nor an object"),
        ('[{"modules": ["api"]}]', "item 1 of the plan has no text"),
        ('[{"text": "x", "modules": [1]}]', "the modules of item 1 of the plan are no list"),
        ('{"steps": [', "not readable as JSON"),
        (json.dumps(["x"] * (MOST_STEPS + 1)), f"501 steps are more than {MOST_STEPS}"),
        (json.dumps(["x" * (LONGEST_STEP + 1)]), "step 1 is longer than 4,000 characters"),
    ],
)
def test_what_holds_no_plan_is_told_in_one_line(said, reason):
    with pytest.raises(PlanUnreadable) as refused:
        read_plan(said, "plan.md")

    assert str(refused.value).startswith("plan.md: ")
    assert reason in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(PlanUnreadable, match="there is no such file"):
        read_plan_file(str(tmp_path / "none.md"))
    with pytest.raises(PlanUnreadable, match="not UTF-8 at byte 0"):
        read_plan_file(str(tmp_path / "binary"))


@pytest.mark.slow
@given(st.text(max_size=400))
def test_any_text_is_a_plan_or_refused(text):
    try:
        steps = read_plan(text, "plan")
    except PlanUnreadable:
        return
    assert all(step["text"].strip() for step in steps)
