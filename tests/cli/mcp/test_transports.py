from __future__ import annotations

from contextlib import asynccontextmanager

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from cli.mcp.server import HttpEndpoint

HEADERS = {
    "Accept": "application/json, text/event-stream",
    "Content-Type": "application/json",
    "Host": "127.0.0.1:8321",
}


def request(number: int, method: str, **params) -> dict:
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}


HELLO = request(
    1,
    "initialize",
    protocolVersion="2025-06-18",
    capabilities={},
    clientInfo={"name": "test", "version": "1"},
)
READ = request(3, "resources/read", uri="memory://decisions")


@pytest.fixture
def post(caller):
    """Send a message over HTTP."""
    endpoint = HttpEndpoint(caller, hosts=["archmem"])

    @asynccontextmanager
    async def lifespan(_app):
        async with endpoint.running():
            yield

    app = Starlette(routes=[Route("/mcp", endpoint=endpoint)], lifespan=lifespan)
    with TestClient(app) as client:

        def send(message: dict, **headers):
            return client.post("/mcp", json=message, headers=HEADERS | headers)

        yield send


@pytest.mark.slow
def test_over_http_every_request_stands_for_itself(post):
    assert post(HELLO).json()["result"]["serverInfo"]["name"] == "archmem"
    found = post(request(2, "tools/call", name="memory_search", arguments={"question": "queue"}))
    read = post(READ)

    assert "RabbitMQ" in found.json()["result"]["content"][0]["text"]
    assert "RabbitMQ" in read.json()["result"]["contents"][0]["text"]
    assert "mcp-session-id" not in found.headers


@pytest.mark.slow
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:80", "[::1]:80", "archmem"])
def test_hosts_that_are_known_are_answered(post, host):
    assert post(HELLO, Host=host).status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.example"}, {"Host": "evil.example:8321"}, {"Origin": "http://evil.example"}],
)
def test_a_web_page_cannot_reach_it(post, headers):
    assert post(HELLO, **headers).status_code in (403, 421)
