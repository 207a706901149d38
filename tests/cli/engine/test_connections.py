"""Connections that ask nothing, or never finish asking."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
import uvicorn
from starlette.responses import PlainTextResponse

from cli.engine import connections

if TYPE_CHECKING:
    from collections.abc import Iterator

WAIT = 5  # seconds


@pytest.fixture
def port(monkeypatch):
    """Of a server that has little patience and little room."""
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(connections, "BODY_SECONDS", 0.3)
    monkeypatch.setattr(connections, "MOST_FROM_NETWORK", 4)

    async def app(scope, receive, send):
        while (await receive()).get("more_body"):
            pass
        await PlainTextResponse("answered")(scope, receive, send)

    config = uvicorn.Config(
        app, http=connections.BoundedConnection, log_config=None, lifespan="off", ws="none"
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join(WAIT)


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=WAIT)


def reply(stream: socket.socket) -> bytes:
    """All until the other end hangs up."""
    try:
        return b"".join(iter(lambda: stream.recv(4096), b""))
    except ConnectionResetError:
        return b""


def asked(port: int) -> bytes:
    with connect(port) as stream:
        stream.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        return reply(stream)


@pytest.mark.slow
@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET / HTTP/1.1\r\nHo",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
)
def test_who_does_not_finish_asking_is_hung_up_on(port, begun):
    with connect(port) as stream:
        stream.sendall(begun)
        assert reply(stream).startswith(b"HTTP/1.1 408 ")


def hung_up(stream: socket.socket, pieces: Iterator[bytes]) -> bool:
    """Whether the other end hangs up before it has all the pieces."""
    try:
        for piece in pieces:
            stream.sendall(piece)
    except OSError:
        return True
    return False


@pytest.mark.slow
def test_drop_by_drop_is_not_soon_enough(port):
    def drops() -> Iterator[bytes]:
        for _ in range(100):
            time.sleep(0.05)
            yield b"G"

    with connect(port) as stream:
        assert hung_up(stream, drops())


@pytest.mark.slow
def test_a_head_without_end_is_cut_off(port):
    with connect(port) as stream:
        stream.sendall(b"GET / HTTP/1.1\r\n")
        assert hung_up(stream, (b"A: " + b"a" * 1_000 + b"\r\n" for _ in range(10_000)))


@pytest.mark.slow
def test_those_who_only_hold_on_take_no_more_places_than_there_are_and_not_for_long(port):
    with ExitStack() as stack:
        held = [stack.enter_context(connect(port)) for _ in range(4)]
        time.sleep(0.1)
        assert asked(port) == b""  # no room
        for stream in held:
            reply(stream)

    assert asked(port).endswith(b"answered")
