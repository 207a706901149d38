from __future__ import annotations

import pytest
from mcp import MCPError

from cli.mcp.budget import BYTES_A_TOKEN
from cli.mcp.resources import MAX_TOKENS
from tests.cli.mcp.conftest import with_client


@pytest.fixture
def read(server):
    def read_uri(uri: str) -> str:
        (content,) = with_client(server, lambda client: client.read_resource(uri)).contents
        assert content.mime_type == "text/markdown"
        return content.text

    return read_uri


def test_resources_are_listed(server):
    async def uris(client):
        resources = await client.list_resources()
        templates = await client.list_resource_templates()
        return {str(each.uri) for each in resources.resources}, [
            each.uri_template for each in templates.resource_templates
        ]

    assert with_client(server, uris) == (
        {"memory://decisions", "memory://flags/pending"},
        ["memory://{uid}"],
    )


def test_a_memory_is_a_resource(read, uid_of):
    said = read(f"memory://{uid_of('RabbitMQ')}")

    assert said.startswith("<memory-")
    assert "Quorum queues" in said
    assert f"supersedes {uid_of('Redis')}" in said


def test_decisions_that_are_in_force_are_a_resource(read):
    said = read("memory://decisions")

    assert "Move background jobs to RabbitMQ" in said
    assert "Use Redis lists" not in said
    assert said.index("token buckets") < said.index("RabbitMQ")


def test_flags_that_are_open_are_a_resource(read, told):
    told("memory_record", kind="flag", author="a", title="Settled", details={"status": "resolved"})

    said = read("memory://flags/pending")

    assert "A revoked token keeps working" in said
    assert "Settled" not in said


def test_an_unknown_memory_is_no_resource(read):
    with pytest.raises(MCPError, match="No memory 'dec-nope'"):
        read("memory://dec-nope")


@pytest.mark.slow
def test_resources_are_bounded_and_say_what_they_leave_out(read, told):
    for number in range(12):
        told(
            "memory_record",
            kind="flag",
            author="a",
            title=f"Flag {number}",
            details={"suggested_action": "do this " * 500},
        )

    said = read("memory://flags/pending")

    assert len(said.encode()) <= MAX_TOKENS * BYTES_A_TOKEN
    assert "more are left out here" in said
