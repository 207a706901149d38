from __future__ import annotations

from cli.mcp.server import build_server
from tests.cli.mcp.conftest import with_client


def prompt(name, **arguments) -> str:
    result = with_client(build_server(None), lambda client: client.get_prompt(name, arguments))
    (message,) = result.messages
    assert message.role == "user"
    return message.content.text


def test_prompts_are_listed_with_their_arguments():
    listed = with_client(build_server(None), lambda client: client.list_prompts()).prompts

    assert {each.name: {one.name: one.required for one in each.arguments} for each in listed} == {
        "recall_before_change": {"task": True, "modules": False},
        "record_what_we_learned": {"task": False, "outcome": False},
    }


def test_recalling_names_the_change_and_its_modules():
    said = prompt("recall_before_change", task="Replace {Redis}", modules="queue, api")

    assert "Change: Replace {Redis}\nModules: queue, api\n" in said
    assert "memory_search" in said
    assert "Modules:" not in prompt("recall_before_change", task="x")


def test_recording_may_say_what_was_done():
    assert "Task: moved\n" in prompt("record_what_we_learned", task="moved")
    assert "Outcome:" not in prompt("record_what_we_learned", task="moved")
