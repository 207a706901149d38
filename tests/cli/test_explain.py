"""`archmem explain`, as people use it."""

from __future__ import annotations

import pytest

from indexer.project import open_project
from memory.kinds.vocabulary import Trust
from memory.lessons.confidence import weigh
from memory.lessons.explanation import arithmetic
from memory.models.assessment import Evidence
from memory.models.runs import Result

TOLD = {
    "success": True,
    "approach": "Acknowledge a message after its work is done",
    "situation": "A deploy loses jobs that were taken from the queue",
}


@pytest.fixture
def learned(shop):
    """A pattern of the shop after two runs that did the same, the second without success."""
    with open_project(shop) as memory:
        for success in (True, False):
            memory.learn(Result.model_validate(TOLD | {"success": success}), author="agent:queue")
        (pattern,) = (
            one.memory.uid
            for one in memory.list()
            if getattr(one.memory.revision.draft.details, "form", "") == "pattern"
        )
    return pattern


def uid_of(objects, title: str) -> str:
    (uid,) = (one["uid"] for one in objects("list") if one["title"] == title)
    return uid


@pytest.mark.slow
def test_the_arithmetic_of_a_lesson_is_told_line_by_line(answer, learned):
    said = answer("explain", learned)

    for words in ("prior", "Beta(1, 1)", "for", "against", "posterior", "mean", "lower bound"):
        assert words in said
    assert "candidate" in said
    assert "least of its own" in said


@pytest.mark.slow
def test_a_program_gets_the_same_numbers(objects, learned):
    (said,) = objects("explain", learned)

    sides = [
        sum(one["weight"] for one in said["evidence"] if one["speaks_for"] is side)
        for side in (True, False)
    ]
    assert said["alpha"] == said["prior"]["alpha"] + sides[0] == 2
    assert said["beta"] == said["prior"]["beta"] + sides[1] == 2
    assert said["least_trust"] == "agent"
    assert any(line.startswith("posterior: Beta(1 + 1 = 2") for line in said["reasons"])


@pytest.mark.slow
def test_asking_twice_gives_the_same(answer, learned):
    assert answer("explain", learned) == answer("explain", learned)


@pytest.mark.usefixtures("shop")
def test_what_is_no_lesson_is_told_how_it_stands_and_why(answer, objects):
    old = uid_of(objects, "Use Redis lists as the job queue")

    said = answer("explain", old)

    assert "replaced by" in said
    assert "Move background jobs to RabbitMQ" in said
    assert "posterior" not in said


@pytest.mark.slow
def test_a_record_that_only_names_its_successor_is_not_told_to_state_no_status(
    shop, run, answer, objects
):
    folder = shop / "docs" / "adr"
    folder.mkdir(parents=True, exist_ok=True)
    for name, status in {
        "0001-old": "Invalidated by [2](0002-new.md)",
        "0002-new": "Accepted",
    }.items():
        text = f"# {name}\n\n## Status\n\n{status}\n\n## Decision\n\nWe do {name}.\n"
        (folder / f"{name}.md").write_text(text)
    assert run("index").exit_code == 0
    [old] = [one["uid"] for one in objects("list") if one["path"].endswith("0001-old.md")]
    said = " ".join(answer("explain", old).split())

    assert "superseded, not in force, by how it and other records name each other" in said


@pytest.mark.parametrize("kind", ["baseline", "flag", "decision"])
@pytest.mark.usefixtures("shop")
def test_every_kind_can_be_explained(objects, kind):
    for one in objects("list", "--kind", kind):
        (said,) = objects("explain", one["uid"])
        assert said["rank"] is None
        assert said["reasons"]


def test_a_sum_is_written_out():
    pieces = [
        Evidence(origin=f"run-{n}", kind="run", speaks_for=n < 3, weight=0.5 if n == 2 else 1.0)
        for n in range(4)
    ]

    said = list(arithmetic(weigh(pieces, Trust.TEAM)))

    assert said[0].startswith("prior: Beta(1, 1)")
    assert said[3] == "for: +0.5 run run-2"
    assert said[5] == "posterior: Beta(1 + 2×1 + 0.5 = 3.5, 1 + 1 = 2)"
    assert said[6] == "mean: 3.5 / (3.5 + 2) = 0.636"
    assert said[8].startswith("rank: candidate, as bound 0.3")
