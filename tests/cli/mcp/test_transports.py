from __future__ import annotations

import json
import subprocess
import sys
from contextlib import asynccontextmanager

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from cli.mcp.server import HttpEndpoint

PROGRAM = """
import sys
from cli.mcp.server import serve_stdio
from memory.models.answer import Answer, Catalogue

class Caller:
    def call(self, verb, request):
        print("somebody prints")
        return Answer(question="") if verb == "search" else Catalogue()

serve_stdio(Caller())
heavy = {"chromadb", "onnxruntime", "sqlite_utils", "torch", "numpy", "indexer"} & set(sys.modules)
print("heavy:", heavy, file=sys.stderr)
"""
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
READY = {"jsonrpc": "2.0", "method": "notifications/initialized"}
SEARCH = request(2, "tools/call", name="memory_search", arguments={"question": "x"})
READ = request(3, "resources/read", uri="memory://decisions")


def test_over_stdio_nothing_but_the_protocol_is_on_stdout_and_the_end_of_stdin_ends_it():
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )

    answers = {}
    for message in (HELLO, READY, SEARCH, READ):
        process.stdin.write(json.dumps(message) + "\n")
        process.stdin.flush()
        if "id" in message:
            answers[message["id"]] = json.loads(process.stdout.readline())["result"]
    rest, narrated = process.communicate(timeout=30)

    assert answers[1]["serverInfo"]["name"] == "archmem"
    assert answers[1]["instructions"].startswith("archmem is the architectural memory")
    assert answers[2]["structuredContent"]["hits"] == []
    assert answers[3]["contents"][0]["text"].startswith("# Decisions in force")
    assert (rest, process.returncode) == ("", 0)
    assert narrated.splitlines() == ["somebody prints", "somebody prints", "heavy: set()"]


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


def test_over_http_every_request_stands_for_itself(post):
    assert post(HELLO).json()["result"]["serverInfo"]["name"] == "archmem"
    found = post(request(2, "tools/call", name="memory_search", arguments={"question": "queue"}))
    read = post(READ)

    assert found.json()["result"]["structuredContent"]["hits"]
    assert "RabbitMQ" in read.json()["result"]["contents"][0]["text"]
    assert "mcp-session-id" not in found.headers


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:80", "[::1]:80", "archmem"])
def test_hosts_that_are_known_are_answered(post, host):
    assert post(HELLO, Host=host).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.example"}, {"Host": "evil.example:8321"}, {"Origin": "http://evil.example"}],
)
def test_a_web_page_cannot_reach_it(post, headers):
    assert post(HELLO, **headers).status_code in (403, 421)
