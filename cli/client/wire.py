"""One request to the engine and its reply: as much of HTTP/1.1 as that takes.

The standard library's own client would do, but importing it takes 30 ms, longer than most answers.
"""

from __future__ import annotations

import json
import socket
from contextlib import contextmanager, suppress
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from memory.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.client.runtime import EngineEndpoint

_PIECE = 65_536  # bytes read at once, and the longest line of a head
_FULL_QUEUE = 0.01  # seconds until it is tried again


class WireError(Exception):
    """A request that had no proper reply; says so in words that follow "The engine"."""


class NothingThere(WireError):
    """Nobody listens; nothing was sent."""


class ReplyLost(WireError):
    """The connection ended before the reply did; the request may have been carried out."""


class ReplyInvalid(WireError):
    """What came is no reply of an engine."""


class DeadlinePassed(WireError):
    """The reply was not there in time."""


class Connection:
    """A socket with a moment at which all of it has to be over."""

    def __init__(self, stream: socket.socket, until: float | None) -> None:
        """Read from a connected socket until a moment of the monotonic clock, or for ever."""
        self._stream = stream
        self._until = until
        self._buffer = bytearray()

    def send(self, message: bytes) -> None:
        """Send all of it, unless the other end hangs up: it may have replied all the same."""
        with _as_wire_errors(), suppress(BrokenPipeError, ConnectionResetError):
            self._stream.settimeout(_remaining(self._until))
            self._stream.sendall(message)

    def line(self) -> bytes:
        """The next line, without its end."""
        searched = 0
        while (end := self._buffer.find(b"\n", searched)) < 0:
            searched = len(self._buffer)
            if searched > _PIECE:
                raise ReplyInvalid("sent a line without end")
            if not self._fill():
                raise ReplyLost("hung up before it had replied")
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line.removesuffix(b"\r")

    def exactly(self, size: int) -> Iterator[bytes]:
        """So many bytes, piece by piece."""
        while size > 0:
            if not self._buffer and not self._fill():
                raise ReplyLost("hung up before it had replied")
            piece = bytes(self._buffer[:size])
            del self._buffer[:size]
            size -= len(piece)
            yield piece

    def rest(self) -> Iterator[bytes]:
        """All bytes until the other end hangs up, piece by piece."""
        while self._buffer or self._fill():
            yield bytes(self._buffer)
            self._buffer.clear()

    def _fill(self) -> bool:
        with _as_wire_errors():
            self._stream.settimeout(_remaining(self._until))
            piece = self._stream.recv(_PIECE)
        self._buffer += piece
        return bool(piece)


class Reply:
    """What the engine replied; the body can be read once."""

    def __init__(self, connection: Connection) -> None:
        """Read the head of a reply."""
        self.status = _status(connection.line())
        self.headers = _headers(connection)
        self._connection = connection

    def object(self) -> Any:
        """The body, which is one JSON value."""
        return _parse(b"".join(self._pieces()))

    def objects(self) -> Iterator[Any]:
        """The JSON values of a body that has one on each line, as they arrive."""
        unfinished = bytearray()
        for piece in self._pieces():
            *lines, last = piece.split(b"\n")
            for line in lines:
                if unfinished or line:
                    yield _parse(bytes(unfinished) + line)
                unfinished.clear()
            unfinished += last
        if unfinished:
            yield _parse(bytes(unfinished))

    def _pieces(self) -> Iterator[bytes]:
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            return self._chunks()
        if (length := self.headers.get("content-length")) is None:
            return self._connection.rest()
        return self._connection.exactly(_number(length.encode()))

    def _chunks(self) -> Iterator[bytes]:
        while size := _number(self._connection.line().partition(b";")[0], base=16):
            yield from self._connection.exactly(size)
            self._connection.line()
        while self._connection.line():  # fields may follow, which mean nothing to us
            pass


@contextmanager
def request(
    address: EngineEndpoint, method: str, path: str, body: Any = None, *, until: float | None = None
) -> Iterator[Reply]:
    """Send a request; its reply can be read as long as the block lasts.

    Args:
        address: Where the engine listens.
        method: "GET" or "POST".
        path: "/health", "/verbs/search" ...
        body: Sent as JSON, if it is not None.
        until: When all has to be over, by the monotonic clock; None is never.

    Raises:
        WireError: there was no proper reply.
    """
    with connect(address, until=until) as stream:
        connection = Connection(stream, until)
        connection.send(_message(address, method, path, body))
        yield Reply(connection)


def connect(address: EngineEndpoint, *, until: float | None = None) -> socket.socket:
    """A connected socket.

    Raises:
        NothingThere: nobody listens there.
        DeadlinePassed: somebody does, and does not accept.
    """
    while True:
        stream, where = _socket(address)
        try:
            stream.settimeout(_remaining(until))
            stream.connect(where)
        except BlockingIOError:  # a Unix socket whose queue is full says so at once
            stream.close()
            sleep(_FULL_QUEUE)
        except BaseException as error:
            stream.close()
            if isinstance(error, TimeoutError):
                raise DeadlinePassed("does not accept calls") from error
            if isinstance(error, OSError):
                raise NothingThere("does not run") from error
            raise
        else:
            return stream


def _socket(address: EngineEndpoint) -> tuple[socket.socket, str | tuple[str, int]]:
    if address.socket is not None:
        return socket.socket(socket.AF_UNIX), address.socket
    return socket.socket(socket.AF_INET), ("127.0.0.1", address.port or 0)


def _message(address: EngineEndpoint, method: str, path: str, body: Any) -> bytes:
    content = b"" if body is None else json.dumps(body).encode()
    head = [
        f"{method} {path} HTTP/1.1",
        "Host: archmem",
        "Connection: close",
        f"archmem-version: {VERSION}",
        f"Content-Length: {len(content)}",
    ]
    if content:
        head.append("Content-Type: application/json")
    if address.token:
        head.append(f"Authorization: Bearer {address.token}")
    return "\r\n".join([*head, "", ""]).encode("latin-1") + content


def _status(line: bytes) -> int:
    version, _, rest = line.partition(b" ")
    if not version.startswith(b"HTTP/1."):
        raise ReplyInvalid("sent what is no reply")
    return _number(rest[:3])


def _headers(connection: Connection) -> dict[str, str]:
    headers: dict[str, str] = {}
    while line := connection.line():
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    return headers


def _number(text: bytes, base: int = 10) -> int:
    try:
        number = int(text, base)
    except ValueError as error:
        raise ReplyInvalid("sent a reply of no known length") from error
    if number < 0:
        raise ReplyInvalid("sent a reply of no known length")
    return number


def _parse(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ReplyInvalid("sent a reply that is no JSON") from error


def _remaining(until: float | None) -> float | None:
    if until is None:
        return None
    if (seconds := until - monotonic()) <= 0:
        raise DeadlinePassed("did not answer in time")
    return seconds


@contextmanager
def _as_wire_errors() -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise DeadlinePassed("did not answer in time") from error
    except OSError as error:
        raise ReplyLost("hung up before it had replied") from error
