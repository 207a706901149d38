"""A scripted agent without a model coordinates a change of the sample, from task to lesson."""

from __future__ import annotations

import pytest

from benchmarks.coordinated import coordinate
from benchmarks.made_project import sample_project
from indexer.project import open_project
from tests.cli.mcp.conftest import DirectCaller, call, server_of


@pytest.fixture
def sample(tmp_path, word_model):
    root = sample_project(tmp_path / "sample")
    with open_project(root) as memory:
        memory.index()
    return root


@pytest.mark.slow
def test_the_loop_from_task_to_lesson(sample):
    caller = DirectCaller(sample)
    server = server_of(caller, "structure")
    said = []

    def ask(tool, arguments):
        result = call(server, tool, **arguments)
        assert not result.is_error, result.content
        return result.structured_content

    try:
        ended = coordinate(ask, sample, said.append)
    finally:
        caller.close()

    gates = [row for row in ended["status"]["rows"] if "gate" in row]
    assert [row["answer"] for row in gates] == ["met"] * 4 + ["cannot tell"]
    assert gates[2]["words"] == "1 of 1 imports gone"
    assert ended["closed"]["verdict"] == "done"
    assert [row["what"] for row in ended["closed"]["rows"]] == ["added", "added"]
    lesson = next(
        row["lesson"] for row in ended["closed"]["rows"] if row["form"] == "best_practice"
    )
    assert lesson in [hit["uid"] for hit in ended["found"]["hits"]]
    assert "payments-agent" in "\n".join(said)
