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
from memory.models.answer import Answer

class Caller:
    def call(self, verb, **request):
        print("somebody prints")
        return Answer(question="") if verb == "search" else ()

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
    assert "Nothing is recorded" in answers[2]["content"][0]["text"]
    assert answers[3]["contents"][0]["text"].startswith("# Decisions in force")
    assert (rest, process.returncode) == ("", 0)
    assert narrated.splitlines() == ["somebody prints", "somebody prints", "heavy: set()"]


SLOW = """
import sys, time
from cli.mcp.server import serve_stdio
from memory.models.answer import Answer

class Caller:
    def call(self, verb, **request):
        time.sleep(0.3)
        return Answer(question="")

serve_stdio(Caller())
"""


def served(*messages: dict) -> subprocess.CompletedProcess:
    """What comes of messages after which stdin ends at once."""
    sent = "".join(json.dumps(message) + "\n" for message in messages)
    return subprocess.run(
        [sys.executable, "-c", SLOW],
        input=sent,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )


def test_what_was_asked_before_stdin_ended_is_answered():
    questions = [{**SEARCH, "id": number} for number in range(2, 12)]

    said = served(HELLO, READY, *questions)

    answers = [json.loads(line) for line in said.stdout.splitlines()]
    assert sorted(answer["id"] for answer in answers) == list(range(1, 12))
    assert all("result" in answer for answer in answers)
    assert said.stderr == ""


def test_mistakes_of_a_client_leave_nothing_on_stderr():
    mistakes = [
        request(2, "prompts/get", name="recall_before_change"),
        request(3, "prompts/get", name="none"),
        request(4, "prompts/get", name="recall_before_change", arguments={"task": 5}),
        request(5, "tools/call", name="none", arguments={}),
        request(6, "tools/call", name="memory_search", arguments={"question": 5}),
        request(7, "tools/call", name="memory_search", arguments=[1]),
        request(8, "resources/read", uri="memory://a/b"),
        request(9, "resources/read"),
        request(10, "none"),
        HELLO | {"id": 11, "params": {}},
    ]

    said = served(HELLO, READY, *mistakes)

    answers = {answer["id"]: answer for answer in map(json.loads, said.stdout.splitlines())}
    assert answers.keys() == set(range(1, 12))
    assert {answers[number]["error"]["code"] for number in (2, 3, 4, 7, 8, 9, 11)} == {-32602}
    assert said.stderr == ""


def test_a_client_that_dies_while_it_waits_is_let_go_quietly():
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        process.stdin.write("".join(json.dumps(each) + "\n" for each in (HELLO, READY, SEARCH)))
        process.stdin.flush()
        process.stdout.readline()
        process.stdin.close()
        process.stdout.close()

        assert process.stderr.read() == ""
        assert process.wait(30) == 0


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

    assert "RabbitMQ" in found.json()["result"]["content"][0]["text"]
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
