"""An engine for tests of its clients: a thread that says over a socket what a test wants."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from cli.client.runtime import HAS_UNIX_SOCKETS, FileLock

if TYPE_CHECKING:
    from cli.client.runtime import Runtime


@dataclass
class Asked:
    """One request as the engine received it."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


Answer = Callable[[Asked], Iterable[bytes]]  # what to send; the connection is closed after it


def reply(said: object, status: int = 200) -> list[bytes]:
    """A JSON object as servers send it."""
    body = json.dumps(said).encode()
    head = f"HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\n"
    return [f"{head}content-length: {len(body)}\r\n\r\n".encode() + body]


def chunks(*bodies: bytes) -> list[bytes]:
    """A body that comes in pieces, with the marks that say where each ends."""
    return [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        *(b"%x\r\n%b\r\n" % (len(body), body) for body in bodies),
        b"0\r\n\r\n",
    ]


def lines(*objects: object) -> list[bytes]:
    """Objects on a line each, each in a chunk of its own."""
    return chunks(*(json.dumps(one).encode() + b"\n" for one in objects))


@dataclass
class FakeEngine:
    """Listens in a runtime folder and answers with the next of `answers`, the last for ever."""

    runtime: Runtime
    answers: list[Answer]
    port: bool = not HAS_UNIX_SOCKETS
    pid: int = field(default_factory=os.getpid)
    asked: list[Asked] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._lock = FileLock(self.runtime.engine_lock)
        assert self._lock.acquire()
        if self.port:
            self._listener = socket.create_server(("127.0.0.1", 0))
        else:
            self._listener = socket.socket(socket.AF_UNIX)
            self._listener.bind(str(self.runtime.socket))
            self._listener.listen()
        self.describe(started="once")
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
        self._thread.join()

    @property
    def address(self) -> tuple[str, int]:
        return self._listener.getsockname()

    def describe(self, started: str) -> None:
        port = self.address[1] if self.port else None
        said = {"pid": self.pid, "port": port, "token": "secret", "started": started}
        self.runtime.description.write_text(json.dumps(said))

    def end(self) -> None:
        """Stop listening as an engine does that ends."""
        self.runtime.socket.unlink(missing_ok=True)
        self.runtime.description.unlink(missing_ok=True)
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._lock.release()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as stream:
            if not (first := stream.readline()):
                return  # somebody only wanted to know whether an engine listens
            method, path, _ = first.decode().split()
            headers = {}
            while line := stream.readline().strip():
                name, _, said = line.decode().partition(": ")
                headers[name.lower()] = said
            content = stream.read(int(headers["content-length"]))
        asked = Asked(method, path, headers, json.loads(content) if content else None)
        if path == "/health":
            answer: Answer = lambda _: reply({"pid": os.getpid()})  # noqa: E731
        else:
            self.asked.append(asked)
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        with suppress(OSError):  # the client may have heard enough
            for piece in answer(asked):
                connection.sendall(piece)
