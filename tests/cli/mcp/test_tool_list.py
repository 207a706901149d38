from __future__ import annotations

import json

import pytest

from cli.mcp.prompts import INSTRUCTIONS
from cli.verbs.record import fields_of
from memory.kinds import RECORDABLE
from memory.kinds.vocabulary import Kind
from tests.cli.mcp.conftest import call, server_of, tools, with_client

NAMES = [
    "memory_brief",
    "memory_code",
    "memory_search",
    "memory_get",
    "memory_timeline",
    "memory_related",
    "memory_tried",
    "memory_baselines",
    "memory_explain",
    "memory_record",
    "memory_run",
    "memory_plan",
    "memory_learn",
    "memory_flags",
    "memory_verify",
    "memory_consolidate",
    "memory_status",
]
WRITING = {"memory_record", "memory_run", "memory_plan", "memory_learn", "memory_flags"} | {
    "memory_verify",
    "memory_consolidate",
}


def listed(mode):
    server = server_of(None, "text")
    result = with_client(server, lambda client: client.list_tools(), mode=mode)
    return result.model_dump(mode="json", by_alias=True, exclude_none=True)


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_the_whole_list_costs_a_model_less_than_13_kilobytes(mode):
    said = json.dumps(listed(mode), ensure_ascii=False, separators=(",", ":"))

    assert len(said.encode()) < 13_000


def test_instructions_are_short_and_say_when_to_recall_and_when_to_record():
    server = server_of(None, "text")

    async def instructions(client):
        return client.instructions

    assert with_client(server, instructions) == INSTRUCTIONS
    assert len(INSTRUCTIONS.encode()) < 2048
    assert "Before a systemic change" in INSTRUCTIONS
    beside = {"memory_related", "memory_timeline", "memory_explain", "memory_status"}
    assert all(name in INSTRUCTIONS for name in NAMES if name not in beside)


def test_every_tool_says_what_it_does_to_its_surroundings():
    tools = listed("legacy")["tools"]

    assert [tool["name"] for tool in tools] == NAMES
    for tool in tools:
        hints = tool["annotations"]
        assert hints.pop("title")
        writes = tool["name"] in WRITING
        of_what_writes = {
            "destructiveHint": False,
            "idempotentHint": tool["name"] != "memory_run",  # each start opens another one
        }
        assert hints == {
            "readOnlyHint": not writes,
            "openWorldHint": False,
            **(of_what_writes if writes else {}),
        }


def test_every_tool_is_explained_and_has_schemas_without_references():
    for tool in listed("legacy")["tools"]:
        assert len(tool["description"]) > 80
        assert tool["inputSchema"]["type"] == "object"
        assert "$ref" not in json.dumps(tool)
        assert "title" not in tool["inputSchema"]


def test_a_field_that_is_called_title_stays_in_its_schema():
    record = tools()["memory_record"]

    assert "title" in record.parameters["properties"]


def test_fields_of_every_kind_that_can_be_recorded_are_named():
    record = tools()["memory_record"]

    assert record.parameters["properties"]["kind"]["enum"] == list(RECORDABLE)
    assert "severity(critical|high|medium|low)" in fields_of(Kind.FLAG)
    assert "moved[{what,origin,destination}]" in fields_of(Kind.REFACTORING)
    assert "value#" in fields_of(Kind.BASELINE)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("results", "has_text", "has_structure"),
    [("text", True, False), ("structure", False, True), ("both", True, True)],
)
def test_a_result_comes_in_the_form_that_was_wanted(caller, results, has_text, has_structure):
    server = server_of(caller, results)
    listed = with_client(server, lambda client: client.list_tools()).tools

    result = call(server, "memory_search", question="which job queue?")

    assert ("RabbitMQ" in result.content[0].text) == has_text
    assert (result.structured_content is not None) == has_structure
    assert all((tool.output_schema is not None) == has_structure for tool in listed)
