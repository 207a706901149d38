"""The installed `archmem mcp` and a real client, through a whole session."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.error
import urllib.request

import anyio
import pytest
from mcp import Client, MCPError, StdioServerParameters, stdio_client

from tests.machine import ARCHMEM, eventually

pytestmark = pytest.mark.slow


def session(machine, project, steps, era="auto"):
    """What a client's steps give, in a process of `archmem mcp` that is gone afterwards."""
    server = StdioServerParameters(
        command=str(ARCHMEM),
        args=["mcp", "--results", "structure"],
        env=dict(os.environ),
        cwd=project,
    )

    async def run():
        async with Client(stdio_client(server), mode=era) as client:
            return await steps(client)

    return anyio.run(run)


async def found(client, question: str) -> list[str]:
    result = await client.call_tool("memory_search", {"question": question})
    assert not result.is_error, result
    assert len(result.content[0].text) < 60, "nothing is said twice"
    return [hit["title"] for hit in result.structured_content["hits"]]


def test_what_one_session_records_the_next_one_finds(machine):
    shop = machine.shop()
    machine.run("--project", shop, "index")

    async def first(client):
        assert "Move background jobs to RabbitMQ" in await found(client, "which job queue?")
        recorded = await client.call_tool(
            "memory_record",
            {
                "kind": "lesson",
                "title": "Retry webhooks with jitter",
                "body": "At a fixed interval all clients come back at once.",
                "details": {"form": "pattern"},
                "author": "payments",
            },
        )
        assert not recorded.is_error, recorded
        return await found(client, "clients come back at the same moment")

    async def second(client):
        return await found(client, "clients come back at the same moment")

    assert session(machine, shop, first)[0] == "Retry webhooks with jitter"
    machine.run("stop")
    assert session(machine, shop, second)[0] == "Retry webhooks with jitter"
    assert "Retry webhooks with jitter" in "".join(
        file.read_text() for file in (shop / ".claude/memory/learned").iterdir()
    )


@pytest.mark.parametrize("era", ["legacy", "auto", "2026-07-28"])
def test_clients_of_both_eras_of_the_protocol_are_served(machine, era):
    shop = machine.shop()
    machine.run("--project", shop, "index")

    async def ask(client):
        tools = {tool.name for tool in (await client.list_tools()).tools}
        read = await client.read_resource("memory://decisions")
        prompts = [prompt.name for prompt in (await client.list_prompts()).prompts]
        prompt = await client.get_prompt("recall_before_change", {"task": "größere Änderung"})
        with pytest.raises(MCPError, match="No memory"):
            await client.read_resource("memory://Größe")
        return tools, read.contents[0].text, prompts, prompt, await found(client, "which queue?")

    tools, decisions, prompts, prompt, titles = session(machine, shop, ask, era)

    assert "memory_search" in tools
    assert decisions.startswith("# Decisions in force")
    assert "recall_before_change" in prompts
    assert "größere Änderung" in prompt.messages[0].content.text
    assert "Move background jobs to RabbitMQ" in titles


def test_whatever_a_client_sends_the_engine_goes_on_answering(machine):
    """Messages of both eras, whole and with a part missing or another in its place."""
    shop = machine.shop()
    machine.run("--project", shop, "index")
    version = "io.modelcontextprotocol/protocolVersion"
    meta = {"_meta": {version: "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}}
    about = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {}}
    whole = [
        ("initialize", about),
        ("initialize", about | {"protocolVersion": "2099-01-01"}),
        ("tools/call", {"name": "memory_search", "arguments": {"question": "queue"}}),
        ("tools/call", {"name": "memory_search", "arguments": {"question": "queue"}, **meta}),
        ("server/discover", meta),
        ("subscriptions/listen", meta),
        ("resources/read", {"uri": "memory://Größe", **meta}),
        ("ping", {}),
    ]
    requests = []
    for method, params in whole:
        without = [{k: v for k, v in params.items() if k != name} for name in params]
        changed = [params | {name: other} for name in params for other in (None, 7, [[]])]
        requests += [(method, each) for each in (params, *without, *changed)]
    lines = [
        json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        for number, (method, params) in enumerate(requests)
    ]

    done = subprocess.run(
        [ARCHMEM, "--project", shop, "mcp"],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert sorted(answer["id"] for answer in answers) == list(range(len(requests)))
    assert all(("result" in answer) != ("error" in answer) for answer in answers)
    assert done.stderr == ""


def test_a_project_without_a_memory_is_told_so(machine):
    shop = machine.shop()

    async def ask(client):
        return await client.call_tool("memory_search", {"question": "anything"})

    result = session(machine, shop, ask)

    assert result.is_error
    assert "No memory at" in result.content[0].text


def test_the_same_tools_answer_by_http(machine):
    shop = machine.shop()
    machine.run("--project", shop, "index")
    machine.run("stop")
    machine.start("serve", "--port", "0")
    assert eventually((machine.runtime / "engine.json").exists)
    said = json.loads((machine.runtime / "engine.json").read_text())

    def ask(project: str | None) -> dict:
        call = {"name": "memory_search", "arguments": {"question": "background jobs in RabbitMQ"}}
        headers = {
            "Authorization": f"Bearer {said['token']}",
            "Content-Type": "application/json",
            "Accept": "application/json, text/event-stream",
        }
        request = urllib.request.Request(
            f"http://127.0.0.1:{said['port']}/mcp",
            data=json.dumps(
                {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
            ).encode(),
            headers=headers | ({"archmem-project": project} if project else {}),
        )
        with urllib.request.urlopen(request, timeout=20) as reply:
            return json.load(reply)

    assert "Move background jobs to RabbitMQ" in ask(str(shop))["result"]["content"][0]["text"]
    with pytest.raises(urllib.error.HTTPError, match="400"):
        ask(None)
