from __future__ import annotations

import logging
from pathlib import Path

import pytest

from cli.client.errors import EngineOfOtherVersion
from cli.mcp.failures import unknown_arguments
from memory.errors import StoreNotFound
from memory.models.request import LONGEST_QUESTION
from tests.cli.mcp.conftest import FailingCaller, call, server_of, with_client

ARGUMENTS = {
    "memory_search": {"question": "x"},
    "memory_get": {"uid": "x"},
    "memory_timeline": {"module": "x"},
    "memory_related": {"uid": "x"},
    "memory_record": {"kind": "note", "author": "a", "title": "x"},
    "memory_flags": {},
    "memory_status": {},
}


def refusal(server, name, **arguments) -> str:
    result = call(server, name, **arguments)
    assert result.is_error
    assert result.structured_content is None
    (content,) = result.content
    return content.text


@pytest.mark.parametrize(("tool", "arguments"), ARGUMENTS.items())
def test_an_error_of_ours_is_one_line_with_what_to_do(tool, arguments):
    server = server_of(FailingCaller(StoreNotFound(Path("/shop/.archmem"))))

    said = refusal(server, tool, **arguments)

    assert said == "No memory at /shop/.archmem. Run `archmem index` there first."


@pytest.mark.parametrize(("tool", "arguments"), ARGUMENTS.items())
def test_a_memory_that_could_not_be_asked_is_not_nothing_found(tool, arguments):
    server = server_of(FailingCaller(ConnectionRefusedError(111, "Connection refused")))

    said = refusal(server, tool, **arguments)

    assert said.startswith("The memory could not be asked: ")
    assert "does not mean that nothing is known" in said


@pytest.mark.parametrize(("tool", "arguments"), ARGUMENTS.items())
def test_a_fault_of_ours_tells_its_traceback_to_the_log_only(tool, arguments, caplog):
    server = server_of(FailingCaller(RuntimeError("inner secret")))

    with caplog.at_level(logging.ERROR):
        said = refusal(server, tool, **arguments)

    assert said.startswith("archmem failed")
    assert "does not mean that nothing is known" in said
    assert "inner secret" in caplog.text


@pytest.mark.slow
def test_an_unknown_argument_is_refused_with_those_that_there_are(server):
    said = refusal(server, "memory_search", question="x", module="queue")

    assert said.startswith("memory_search has no argument 'module'. It takes question (required), ")


def test_a_wrong_argument_is_one_line(server):
    said = refusal(server, "memory_search", question="x", kinds=["idea"], limit="many")

    assert said.startswith("memory_search: kinds.0: Input should be 'decision', ")
    assert "limit: Input should be a valid integer" in said
    assert "\n" not in said


def test_a_question_that_the_memory_does_not_take_is_one_line(server, caller):
    said = refusal(server, "memory_search", question="x" * (LONGEST_QUESTION + 1))

    assert said == (
        "search: question: String should have at most 20000 characters. Nothing was done."
    )
    assert caller.asked == []


def test_a_filter_that_the_memory_does_not_take_is_no_fault_of_ours(server, caller):
    said = refusal(server, "memory_search", question="x", modules=["m" * 5_000])

    assert said.startswith("search: selection.modules.0: String should have at most 4096 ")
    assert caller.asked == []


@pytest.mark.parametrize(("tool", "arguments"), ARGUMENTS.items())
def test_after_an_upgrade_the_old_process_is_to_be_restarted(tool, arguments):
    server = server_of(FailingCaller(EngineOfOtherVersion("2.0", "1.0")))

    said = refusal(server, tool, **arguments)

    assert said == (
        "The engine is archmem 2.0, this is archmem 1.0. "
        "Restart the program that runs `archmem mcp`: archmem was upgraded meanwhile."
    )


def test_what_is_no_date_and_no_commit_is_refused(server):
    nothing = refusal(server, "memory_search", question="x", as_of=" ")
    no_commit = refusal(server, "memory_search", question="x", as_of="last tuesday")

    assert nothing.startswith("as_of: '' is no date and no commit; give a day such as ")
    assert no_commit.startswith("'last tuesday' is no commit: ")
    assert no_commit.endswith("or a date.")


@pytest.mark.parametrize(("limit", "asked"), [(0, 2), (1, 2), (1000, 51)])
def test_sizes_out_of_bounds_become_the_nearest_within(server, caller, limit, asked):
    assert not call(server, "memory_search", question="x", limit=limit, max_tokens=0).is_error

    assert caller.asked[-1][1].limit == asked


@pytest.mark.parametrize(
    "error", [StoreNotFound(Path("/shop")), OSError("gone"), RuntimeError("inner secret")]
)
@pytest.mark.parametrize("uri", ["memory://decisions", "memory://flags/pending", "memory://dec-1"])
def test_a_resource_that_cannot_be_read_is_an_error(error, uri):
    from mcp import MCPError

    server = server_of(FailingCaller(error))

    with pytest.raises(MCPError) as raised:
        with_client(server, lambda client: client.read_resource(uri))

    assert "inner secret" not in str(raised.value)
    assert ("No memory at /shop" in str(raised.value)) == isinstance(error, StoreNotFound)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"question": "x", "modules": None, "limit": None}, {"question": "x"}),
        ({"question": "x", "kinds": "decision"}, {"question": "x", "kinds": ["decision"]}),
        ({"question": None}, {"question": None}),
        ({"question": "x", "kinds": '["decision"]'}, {"question": "x", "kinds": '["decision"]'}),
        ({"question": "x", "as_of": "2024-01-01"}, {"question": "x", "as_of": "2024-01-01"}),
    ],
)
def test_null_is_left_out_and_one_text_is_a_list_of_one(sent, kept):
    server = server_of(FailingCaller(RuntimeError()))
    (tool,) = [each for each in server._tool_manager.list_tools() if each.name == "memory_search"]

    assert tool.as_meant(sent) == kept


def test_a_tool_without_arguments_says_that_it_takes_none():
    said = unknown_arguments("memory_status", {"x"}, {"properties": {}})

    assert said == "memory_status has no argument 'x'. It takes none."
