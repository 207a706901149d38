"""What an agent is told when it is started by another."""

import json

import pytest

from cli.hooks.subagent import LIMIT
from tests.builders import a_draft

FLAGS = [
    {"id": "F-1", "from": "queue-agent", "to": "api-agent", "description": "Jobs get lost."},
    {"id": "F-2", "from": "api-agent", "to": "auth-agent", "description": "Keys leak."},
    {"id": "F-3", "to": "queue", "description": "Old news.", "status": "resolved"},
]
DEFINITION = """\
---
name: worker-agent
description: Owns the `queue` module.
---

Be careful.
"""


@pytest.fixture
def team(shop):
    shop.write(".claude/memory/agents/queue-agent/knowledge.md", "# Acks\n\nAck after the work.\n")
    shop.write(".claude/agents/worker-agent.md", DEFINITION)
    shop.write(
        ".claude/memory/learned/patterns.md",
        "# Patterns\n\n## Drain before a deploy\n\n- **Modules:** queue\n- **Outcome:** No loss.\n",
    )
    shop.log(json.dumps({"flags": FLAGS}), ".claude/memory/flags/pending.json")
    return shop


def told(shop, agent_type):
    return shop.said("SubagentStart", agent_type=agent_type, agent_id="a-1")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["queue-agent", "queue", "Queue_Agent", "ops:queue-agent"])
def test_an_agent_is_told_its_flags_lessons_notes_and_the_decisions_in_force(team, name):
    said = told(team, name)

    assert "Ack after the work." in said
    assert "Drain before a deploy" in said
    assert "Jobs get lost." in said
    assert "Move background jobs to RabbitMQ" in said
    assert 'trust="agent"' in said
    for other in ("Keys leak", "Old news", "Limit request rates", "decision “Use Redis"):
        assert other not in said


@pytest.mark.slow
def test_an_agent_has_the_modules_that_its_definition_says_it_owns(team):
    said = told(team, "worker-agent")

    assert "Move background jobs to RabbitMQ" in said
    assert "Be careful" not in said  # it is started with that anyway


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Explore", "Plan", "general-purpose", "", "agent", "billing"])
def test_an_agent_of_whom_nothing_is_known_is_told_nothing(team, name):
    assert team.answer("SubagentStart", agent_type=name) == {}


@pytest.mark.slow
def test_much_keeps_the_limit_and_says_that_there_is_more(team):
    for number in range(12):
        draft = a_draft(
            title=f"Note {number} 😀",
            body=f"{number}: " + "what was seen 😀 " * 200,
            modules=("queue",),
            agent="queue-agent",
        )
        team.memory.record(draft, author="agent:queue-agent")

    said = told(team, "queue-agent")

    assert "more by the tool memory_search of the MCP server archmem." in said
    assert len(said.encode("utf-16-le")) // 2 <= LIMIT


@pytest.mark.slow
def test_the_same_memory_gives_the_same_text(team):
    assert told(team, "queue-agent") == told(team, "queue-agent")
