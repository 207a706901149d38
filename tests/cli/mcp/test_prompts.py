from __future__ import annotations

import re

import pytest
from mcp import MCPError
from mcp_types import INVALID_PARAMS

from tests.cli.mcp.conftest import server_of, tools, with_client


def prompt(name, **arguments) -> str:
    result = with_client(server_of(None), lambda client: client.get_prompt(name, arguments))
    (message,) = result.messages
    assert message.role == "user"
    return message.content.text


def test_prompts_are_listed_with_their_arguments():
    listed = with_client(server_of(None), lambda client: client.list_prompts()).prompts

    assert {each.name: {one.name: one.required for one in each.arguments} for each in listed} == {
        "change_with_memory": {"task": True, "modules": False},
        "recall_before_change": {"task": True, "modules": False},
        "record_what_we_learned": {"task": False, "outcome": False},
    }


def test_recalling_names_the_change_and_its_modules():
    said = prompt("recall_before_change", task="Replace {Redis}", modules="queue, api")

    assert "Change: Replace {Redis}\nModules: queue, api\n" in said
    assert "memory_brief" in said
    assert "Modules:" not in prompt("recall_before_change", task="x")


def test_the_loop_briefs_and_checks_before_and_learns_after():
    said = prompt("change_with_memory", task="Replace Redis", modules="queue")

    assert "Task: Replace Redis\nModules: queue\n" in said
    steps = ("action start", "memory_plan check", "memory_record", "action finish")
    assert sorted(steps, key=said.index) == list(steps)


def test_every_tool_that_a_prompt_names_is_there():
    names = tools().keys()

    for name in ("change_with_memory", "recall_before_change", "record_what_we_learned"):
        assert set(re.findall(r"memory_[a-z_]+", prompt(name, task="x"))) <= names


def test_recording_may_say_what_was_done():
    assert "Task: moved\n" in prompt("record_what_we_learned", task="moved")
    assert "Outcome:" not in prompt("record_what_we_learned", task="moved")


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        (
            "recall_before_change",
            {},
            "recall_before_change: task is required. It takes task, modules.",
        ),
        (
            "record_what_we_learned",
            {"task": "x", "why\n": "y"},
            "record_what_we_learned: there is no argument 'why\\n'. It takes task, outcome.",
        ),
        (
            "recall",
            {},
            "There is no prompt 'recall'. There are change_with_memory, recall_before_change, "
            "record_what_we_learned.",
        ),
    ],
)
def test_a_prompt_that_cannot_be_had_is_an_invalid_request_and_no_fault_of_ours(
    name, arguments, said, caplog
):
    with pytest.raises(MCPError) as raised:
        prompt(name, **arguments)

    assert (raised.value.code, raised.value.message) == (INVALID_PARAMS, said)
    assert caplog.records == []
