"""What `archmem mcp` makes of the lines of its client, with an engine that answers by itself."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.client import bridge
from cli.client.bridge import Bridge
from memory.errors import ArchMemError

HELLO = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {}}


class FakeEngine:
    """Answers each message with what it was sent, unless `says` is told otherwise."""

    def __init__(self, says=None):
        self.said = []
        self.says = says or (lambda body: {"protocolVersion": "2025-06-18"})

    def message(self, body):
        self.said.append(body)
        answer = self.says(body)
        return answer and {"jsonrpc": "2.0", "id": body["message"]["id"], "result": answer}


@pytest.fixture
def told(monkeypatch):
    """The answers to messages, or to lines, after which stdin ends at once."""

    def tell(*said, engine=None):
        engine = engine or FakeEngine()
        monkeypatch.setattr(bridge, "ensure_engine", lambda: engine)
        lines = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in said]
        writing = io.BytesIO()
        Bridge({"project": "/shop"}, "text", writing).serve(io.BytesIO(b"\n".join(lines)))
        return [json.loads(line) for line in writing.getvalue().splitlines()]

    return tell


def request(number, method="tools/call", **params):
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}


def test_requests_go_to_the_engine_with_whose_memory_is_meant_and_what_was_agreed(told):
    engine = FakeEngine()

    answers = told(HELLO, request("a", name="x"), engine=engine)

    assert {answer["id"] for answer in answers} == {0, "a"}
    assert engine.said[0]["protocol"] is None
    assert engine.said[1] == {
        "project": "/shop",
        "results": "text",
        "protocol": "2025-06-18",
        "message": request("a", name="x"),
    }


def test_news_and_answers_of_the_client_are_not_answered(told):
    engine = FakeEngine()
    news = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    answer = {"jsonrpc": "2.0", "id": 4, "result": {}}

    assert told(news, answer, b"", b"  ", engine=engine) == []
    assert engine.said == []


@pytest.mark.parametrize(
    ("line", "number", "code"),
    [
        (b"hello", None, -32700),
        (b'{"jsonrpc":"2.0","id":6,"method":', None, -32700),
        (b"\xff\xfe", None, -32700),
        (b"[" * 100_000, None, -32700),
        (b"[]", None, -32600),
        (b'{"jsonrpc":"2.0","id":7}', 7, -32600),
        (b'{"id":7,"method":"ping"}', 7, -32600),
        (b'{"jsonrpc":"2.0","id":null,"method":"ping"}', None, -32600),
        (b'{"jsonrpc":"2.0","id":1.5,"method":"ping"}', None, -32600),
        (b'{"jsonrpc":"2.0","id":8,"method":5}', 8, -32600),
    ],
)
def test_a_line_that_is_no_message_is_answered_with_an_error(told, line, number, code):
    (answer,) = told(line)

    assert (answer["id"], answer["error"]["code"]) == (number, code)


def test_half_a_surrogate_pair_is_a_sign_that_stands_for_it(told):
    engine = FakeEngine()

    told(HELLO, b'{"jsonrpc":"2.0","id":5,"method":"ping","params":{"a":"\\ud83d \\ud83d\\ude00"}}',
         engine=engine)  # fmt: skip

    assert engine.said[-1]["message"]["params"] == {"a": "\ufffd \U0001f600"}


def test_ten_requests_at_once_are_all_answered_after_stdin_ended(told):
    answers = told(*(request(number) for number in range(20)))

    assert sorted(answer["id"] for answer in answers) == list(range(20))


def test_a_request_that_is_taken_back_is_not_answered_and_not_waited_for(told):
    over = threading.Event()
    cancelled = {"method": "notifications/cancelled", "params": {"requestId": 1}}
    begun = time.monotonic()

    said = told(
        request(1),
        {"jsonrpc": "2.0", **cancelled},
        engine=FakeEngine(lambda _: over.wait(bridge.PATIENCE) and {}),
    )

    over.set()
    assert said == []
    assert time.monotonic() - begun < bridge.PATIENCE / 2


def test_who_takes_a_request_back_does_not_wait_for_it_with_the_next(told):
    over = threading.Event()
    cancelled = {"method": "notifications/cancelled", "params": {"requestId": 1}}

    def says(body):
        return {} if body["message"]["id"] == 1 and over.wait(bridge.PATIENCE * 2) else {"it": 2}

    answers = told(request(1), {"jsonrpc": "2.0", **cancelled}, request(2), engine=FakeEngine(says))

    over.set()
    assert [answer["id"] for answer in answers] == [2]


def test_the_end_comes_anyway_when_patience_is_over(told, monkeypatch):
    monkeypatch.setattr(bridge, "PATIENCE", 0.05)
    over = threading.Event()

    assert told(request(1), engine=FakeEngine(lambda _: over.wait(5) and {})) == []
    over.set()


def test_an_engine_that_cannot_be_asked_is_told_to_the_model_that_called_a_tool(told):
    def fails(_body):
        raise ArchMemError("The engine is ill.")

    tool, listing = sorted(
        told(request(1), request(2, "tools/list"), engine=FakeEngine(fails)),
        key=lambda answer: answer["id"],
    )

    assert tool["result"]["isError"]
    assert "The engine is ill." in tool["result"]["content"][0]["text"]
    assert "The engine is ill." in listing["error"]["message"]


def test_no_message_ends_the_session_whatever_it_provokes(told):
    def fails(body):
        raise RecursionError("too deep") if body["message"]["id"] < 2 else ArchMemError("ill")

    answers = told(HELLO, request(1), request(2), engine=FakeEngine(fails))

    assert sorted(answer["id"] for answer in answers) == [0, 1, 2]
    assert "too deep" in json.dumps(answers)


def test_what_the_engine_could_not_read_is_an_answer_to_its_request(told):
    engine = FakeEngine()
    engine.message = lambda _: {"jsonrpc": "2.0", "id": None, "error": {"code": -32700}}

    assert told(request(9), engine=engine)[0]["id"] == 9


def test_a_client_that_is_gone_is_let_go_quietly(monkeypatch):
    monkeypatch.setattr(bridge, "ensure_engine", FakeEngine)
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb", buffering=0) as nobody:
        Bridge({}, "text", nobody).serve(io.BytesIO(b"no message\n" + json.dumps(HELLO).encode()))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
messages = st.fixed_dictionaries(
    {},
    optional={
        "jsonrpc": st.just("2.0") | json_values,
        "id": st.integers() | st.text() | json_values,
        "method": st.sampled_from(["initialize", "ping", "notifications/cancelled"]) | json_values,
        "params": json_values,
        "result": json_values,
    },
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.binary()
        | messages.map(lambda it: json.dumps(it).encode())
        | json_values.map(lambda it: json.dumps(it).encode())
    )
)
def test_whatever_comes_each_request_has_one_answer_and_each_answer_is_a_message(lines):
    lines = [line.replace(b"\n", b" ") for line in lines]
    writing, engine = io.BytesIO(), FakeEngine()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bridge, "ensure_engine", lambda: engine)
        patch.setattr(bridge, "PATIENCE", 5.0)
        Bridge({}, "text", writing).serve(io.BytesIO(b"\n".join(lines)))

    answers = [json.loads(line) for line in writing.getvalue().splitlines()]
    assert all(answer["jsonrpc"] == "2.0" and "id" in answer for answer in answers)
    assert len(answers) <= sum(bool(line.strip()) for line in lines)
    answered = [answer["id"] for answer in answers if "result" in answer]
    taken_back = [line for line in lines if b"cancelled" in line]
    assert taken_back or len(answered) == len(engine.said)


@pytest.mark.slow
def test_a_session_imports_nothing_heavy():
    script = """
import sys
import cli.client.bridge, cli.commands.mcp, cli.main
print({"mcp", "pydantic", "anyio", "asyncio", "starlette", "rich"} & set(sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "set()"
