"""When the end of what a client says reaches the server."""

from __future__ import annotations

import anyio
import pytest
from mcp.shared.message import SessionMessage
from mcp_types import (
    INVALID_REQUEST,
    PARSE_ERROR,
    JSONRPCNotification,
    JSONRPCRequest,
    JSONRPCResponse,
    jsonrpc_message_adapter,
)
from pydantic import ValidationError

from cli.mcp import server as finishing

PATIENCE = 0.2  # seconds


def asked(number) -> SessionMessage:
    return SessionMessage(JSONRPCRequest(jsonrpc="2.0", id=number, method="ping"))


def answer_to(number) -> SessionMessage:
    return SessionMessage(JSONRPCResponse(jsonrpc="2.0", id=number, result={}))


def taken_back(number) -> SessionMessage:
    return SessionMessage(
        JSONRPCNotification(
            jsonrpc="2.0", method="notifications/cancelled", params={"requestId": number}
        )
    )


@pytest.fixture
def ended(monkeypatch):
    """Seconds until a server learns of the end, and what it was sent and its client got."""
    monkeypatch.setattr(finishing, "PATIENCE", PATIENCE)

    async def serve(said, answers, delay):
        client, reading = anyio.create_memory_object_stream(20)
        writing, screen = anyio.create_memory_object_stream(20)
        async with client:
            for item in said:
                await client.send(item)
        async with finishing.finishing(reading, writing) as (questions, answering):
            got = []

            async def answer():
                await anyio.sleep(delay)
                for item in answers:
                    await answering.send(item)

            begun = anyio.current_time()
            async with anyio.create_task_group() as tasks, questions:
                tasks.start_soon(answer)
                got.extend([item async for item in questions])
            took = anyio.current_time() - begun
            await answering.aclose()
        async with screen:
            return took, got, [item async for item in screen]

    return lambda said, answers=(), delay=0.0: anyio.run(serve, said, answers, delay)


def test_it_comes_at_once_when_nothing_waits_for_an_answer(ended):
    said = [asked(1), taken_back(1), ValueError("no JSON"), taken_back(["nonsense"])]

    took, got, _ = ended(said)

    assert took < PATIENCE
    assert got == said


def test_it_comes_when_the_last_answer_was_given(ended):
    answers = [answer_to("b"), answer_to(1)]

    took, _, shown = ended([asked(1), asked("b")], answers, PATIENCE / 2)

    assert PATIENCE / 2 <= took < PATIENCE
    assert shown == answers


def test_it_comes_anyway_when_patience_is_over(ended):
    took, _, shown = ended([asked(1), asked(2)], [answer_to(1)])

    assert PATIENCE <= took < 10 * PATIENCE
    assert shown == [answer_to(1)]


@pytest.mark.parametrize(
    ("line", "number", "code"),
    [
        (
            '{"jsonrpc":"2.0","id":5,"method":"ping","params":{"_meta":{"a":"\\ud83d"}}}',
            5,
            PARSE_ERROR,
        ),
        ('{"jsonrpc":"2.0","id":"\\ud83d","method":"ping"}', None, PARSE_ERROR),
        ('{"jsonrpc":"2.0","id":6,"method":', None, PARSE_ERROR),
        ("hello", None, PARSE_ERROR),
        ('{"jsonrpc":"2.0","id":7}', 7, INVALID_REQUEST),
        ("[]", None, INVALID_REQUEST),
    ],
)
def test_a_line_that_is_no_message_is_answered_with_an_error(ended, line, number, code):
    with pytest.raises(ValidationError) as fault:
        jsonrpc_message_adapter.validate_json(line)

    _, _, (shown,) = ended([fault.value])

    assert (shown.message.id, shown.message.error.code) == (number, code)
    assert shown.message.model_dump_json()


def test_a_blank_line_is_no_mistake(ended):
    with pytest.raises(ValidationError) as fault:
        jsonrpc_message_adapter.validate_json("\n")

    assert ended([fault.value])[2] == []
