"""What Python code gives as plain dictionaries and texts is read as the command line reads it."""

from __future__ import annotations

import pytest

from indexer.project import open_project
from memory.errors import InvalidRequest, InvalidResult
from memory.lessons.result_parser import read_result
from memory.models.plan import MOST_STEPS, Plan, Step
from memory.plans.plan_parser import plan_of

AUTHOR = "agent:coordinator"
DONE = {"success": True, "approach": "Quorum queues", "lessons": ("Drain before a deploy",)}


def test_a_place_is_given_as_text(tmp_path):
    (tmp_path / "shop").mkdir()
    with open_project(str(tmp_path / "shop"), store=str(tmp_path / "kept")) as memory:
        assert memory.folder == tmp_path / "kept"


@pytest.mark.slow
def test_a_run_is_finished_with_a_mapping(memory):
    one, two = (
        memory.run_start(task, with_brief=False, author=AUTHOR).uid for task in ("One", "Two")
    )

    finished = memory.run_finish(one, DONE, author=AUTHOR)
    as_result = memory.run_finish(two, read_result(DONE | {"lessons": []}), author=AUTHOR)

    assert [lesson.what for lesson in finished.learned.lessons] == ["added", "added"]
    assert [lesson.what for lesson in as_result.learned.lessons] == ["supported"]


@pytest.mark.slow
def test_it_is_learned_from_a_mapping_and_what_has_no_field_is_named(memory):
    learned = memory.learn(DONE | {"foo": 1}, author=AUTHOR)

    assert learned.kept == ("foo",)
    assert [lesson.title for lesson in learned.lessons] == [
        "Quorum queues",
        "Drain before a deploy",
    ]


@pytest.mark.slow
def test_what_was_learned_before_is_told_again(memory):
    first = memory.learn(DONE, author=AUTHOR)

    again = memory.learn(DONE, author=AUTHOR)

    assert not again.is_new
    assert [one.uid for one in again.lessons] == [one.uid for one in first.lessons]


@pytest.mark.slow
def test_what_was_learned_is_told_again_though_its_lesson_was_taken_away(memory):
    first = memory.learn(DONE, author=AUTHOR)
    for path in {one.path for one in first.lessons}:
        (memory.root / path).unlink()
    memory.index(accept_removals=True)

    again = memory.learn(DONE, author=AUTHOR)

    assert [one.title for one in again.lessons] == [one.title for one in first.lessons]


@pytest.mark.slow
def test_a_result_that_says_nothing_leaves_no_run(memory):
    before = memory.run_list()

    with pytest.raises(InvalidResult, match="What was done"):
        memory.learn({"success": True}, author=AUTHOR)

    assert memory.run_list() == before


@pytest.mark.slow
def test_a_plan_is_checked_as_a_list_of_texts_or_as_lines(memory):
    steps = ["Move jobs to Redis lists", "Measure"]

    by_list = memory.check(steps)

    assert by_list == memory.check("- Move jobs to Redis lists\n2. Measure\n")
    assert by_list == memory.check(Plan(steps=tuple(Step(text=text) for text in steps)))


@pytest.mark.parametrize(
    "said", ["", "\n- \n", [], [7], ["x" * 5_000], ["x"] * (MOST_STEPS + 1)], ids=range(6)
)
def test_what_is_no_plan_is_refused_in_one_line(said):
    with pytest.raises(InvalidRequest) as caught:
        plan_of(said)

    assert "\n" not in str(caught.value)
