"""How many statements of SQL an answer costs: no more for more hits, few for a step more."""

import json
import shutil
from pathlib import Path

import pytest

from indexer.project import open_project
from memory.models.plan import Plan, Step

SAMPLE = Path(__file__).parent.parent / "data" / "sample"
OF_A_SEARCH, OF_A_CHECK, OF_A_STEP = 12, 14, 3  # of a check one asks for checks of decisions


@pytest.fixture
def sample(tmp_path, word_model):
    shutil.copytree(SAMPLE, tmp_path / "files")
    with open_project(tmp_path / "files", store=tmp_path / "store") as project:
        project.index(accept_removals=True)
        yield project


def statements(project, ask):
    """How many a second asking takes; what FTS5 asks of its own tables is left out."""
    ask()
    seen = []
    project.ledger.db.conn.set_trace_callback(seen.append)
    ask()
    project.ledger.db.conn.set_trace_callback(None)
    return sum(not one.startswith("--") for one in seen)


@pytest.mark.slow
@pytest.mark.parametrize("question", ["how are jobs queued", "lessons about webhooks"])
def test_a_search_takes_as_many_statements_whatever_the_limit(sample, question):
    few, many = (
        statements(sample, lambda limit=limit: sample.search(question, limit=limit))
        for limit in (10, 100)
    )

    assert max(few, many) <= OF_A_SEARCH


@pytest.mark.slow
def test_a_step_more_of_a_plan_takes_three_statements_at_most(sample):
    lines = (SAMPLE / "plan_steps.jsonl").read_text("utf-8").splitlines()
    steps = [Step(text=json.loads(line)["step"]) for line in lines]

    for number in (1, 5, 20):
        plan = Plan(steps=tuple(steps[:number]))
        count = statements(sample, lambda plan=plan: sample.check(plan))
        assert count <= OF_A_CHECK + OF_A_STEP * number
