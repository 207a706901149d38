"""The coordinator's definition: what it may say, and when it may be replaced or taken away."""

from __future__ import annotations

import json
import re

import pytest

from cli.agents import claude
from cli.agents.claude import READING_TOOLS, with_agent, without_agent
from cli.agents.json_places import LeftAlone
from cli.recording.drafts import make_draft
from cli.verbs import all_tools
from indexer.markup.page import read_page
from memory.config import data_folder
from memory.kinds.vocabulary import Kind

RELATIONS = {"supersedes", "amends", "rests_on", "resolves", "caused_by", "relates_to"}
TEMPLATE = (data_folder() / "claude" / claude.DEFINITION).read_text(encoding="utf-8")
EXAMPLES = [json.loads(said) for said in re.findall(r"```json\n(.*?)\n```", TEMPLATE, re.DOTALL)]


@pytest.fixture
def tools():
    return {tool.name: tool for tool in all_tools(None)}


@pytest.fixture
def earlier(monkeypatch):
    """A definition that an earlier archmem wrote."""
    with monkeypatch.context() as patched:
        patched.setattr(claude, "_template", lambda: "---\nname: old\n---\nOld.\n")
        return with_agent(None)


def test_the_front_matter_is_what_claude_code_reads():
    front = read_page(with_agent(None)).front

    assert front.problem is None
    assert front.data.keys() == {"name", "description", "tools"}
    assert front.data["name"] == "coordinator-backend"


@pytest.mark.slow
def test_it_names_the_tools_there_are_and_no_others(tools):
    front = read_page(TEMPLATE).front
    listed = str(front.data["tools"]).split(", ")

    assert [name for name in listed if name.startswith("mcp__")] == [
        f"mcp__archmem__{name}" for name in tools
    ]
    assert set(re.findall(r"\bmemory_\w+", TEMPLATE)) == tools.keys()


@pytest.mark.slow
def test_the_tools_that_may_be_allowed_are_those_that_only_read(tools):
    reading = [name for name, tool in tools.items() if tool.annotations.read_only_hint]

    assert sorted(READING_TOOLS) == sorted(f"mcp__archmem__{name}" for name in reading)


@pytest.mark.slow
def test_every_argument_in_an_example_is_one_of_its_tool(tools):
    calls = [
        json.loads(" ".join(said.split()))
        for said in re.findall(r"`(\{.*?\})`", TEMPLATE, re.DOTALL)
    ]
    takes = set().union(*(tool.parameters["properties"] for tool in tools.values()))

    assert len(calls) >= 4
    for call in calls:
        assert call.keys() <= takes
    for example in EXAMPLES:
        assert example.keys() <= tools["memory_record"].parameters["properties"].keys()


def test_every_kind_has_an_example_that_can_be_recorded():
    assert [example["kind"] for example in EXAMPLES] == [
        "decision", "refactoring", "baseline", "flag", "lesson", "note",
    ]  # fmt: skip
    for example in EXAMPLES:
        fields = {name: said for name, said in example.items() if name not in RELATIONS}
        del fields["author"]
        make_draft(Kind(fields.pop("kind")), fields)


def test_it_is_short_enough_to_be_read():
    assert len(TEMPLATE.splitlines()) <= 145


def test_a_definition_as_archmem_wrote_it_is_brought_up_to_date(earlier):
    assert with_agent(earlier) == with_agent(None)
    assert with_agent(with_agent(None)) == with_agent(None)
    assert without_agent(earlier) is None
    assert without_agent(None) is None


def test_line_ends_that_git_changed_are_no_edit(earlier):
    updated = with_agent(earlier.replace("\n", "\r\n"))

    assert updated == with_agent(None).replace("\n", "\r\n")
    assert with_agent(updated) == updated
    assert without_agent(updated) is None


@pytest.mark.parametrize("install", [True, False])
def test_an_edited_definition_is_left_alone(earlier, install):
    for edited in (earlier + "More.\n", earlier.replace("Old", "New")):
        with pytest.raises(LeftAlone, match="was edited"):
            (with_agent if install else without_agent)(edited)


def test_somebody_elses_definition_is_left_alone():
    theirs = TEMPLATE + "We wrote this."

    assert without_agent(theirs) == theirs
    with pytest.raises(LeftAlone, match="did not write"):
        with_agent(theirs)
