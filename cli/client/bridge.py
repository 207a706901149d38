"""MCP on stdin and stdout, answered by the engine: all that `archmem mcp` does, of little weight.

The engine has the SDK, and each message stands for itself, so nothing is lost when another engine
takes its place. Here lines become messages, and a client that takes a request back, or is gone,
gets no answer. https://modelcontextprotocol.io/specification: transports, stdio.
"""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, BinaryIO

from cli.client.engine_client import ensure_engine
from memory.errors import ArchMemError

if TYPE_CHECKING:
    from collections.abc import Mapping

PATIENCE = 5.0  # seconds for what is not answered when stdin ends
_MOST_AT_ONCE = 8  # requests; others wait
_PARSE_ERROR, _INVALID_REQUEST, _INTERNAL_ERROR = -32700, -32600, -32603


class Bridge:
    """One session: a client's lines in, the engine's answers out."""

    def __init__(self, address: Mapping[str, Any], results: str, writing: BinaryIO) -> None:
        """Make it; a thread begins to start the engine, if there is none.

        Args:
            address: Whose memory is meant, as the engine is told it.
            results: How tools answer.
            writing: Where the client reads.
        """
        self._about = {**address, "results": results}
        self._writing = writing
        self._protocol: str | None = None  # that was agreed upon
        self._lock = threading.Condition()  # of what follows and of writing
        self._open: list[_Asked] = []
        self._waiting: SimpleQueue[_Asked] = SimpleQueue()
        self._workers = 0
        self._in_hand = 0  # requests that a worker has or will take, taken back or not
        threading.Thread(target=_start_engine, daemon=True).start()

    def serve(self, reading: BinaryIO) -> None:
        """Answer what is asked until the client closes its end and has its answers."""
        try:
            for line in reading:
                self._take(line)
        except _ClientGone:
            return
        with self._lock:
            self._lock.wait_for(lambda: not self._open, PATIENCE)

    def _take(self, line: bytes) -> None:
        if not line.strip():
            return
        try:
            message = _whole(json.loads(line))
        except (ValueError, RecursionError) as error:
            number = _readable_id(line)
            self._write(_error(number, _PARSE_ERROR, f"Not JSON: {type(error).__name__}"))
            return
        if not _is_message(message):
            number = _id_of(message)
            self._write(_error(number, _INVALID_REQUEST, "Not a JSON-RPC message"))
        elif "id" not in message or "method" not in message:
            self._note(message)
        elif message["method"] == "initialize":
            self._answer(self._opened(message))  # what follows depends on it
        else:
            self._waiting.put(self._opened(message))
            self._see_to_workers()

    def _opened(self, message: dict[str, Any]) -> _Asked:
        asked = _Asked(message)
        with self._lock:
            self._open.append(asked)
        return asked

    def _note(self, news: dict[str, Any]) -> None:
        """Of what wants no answer only one thing matters here: a request is taken back."""
        params = news.get("params")
        if news.get("method") == "notifications/cancelled" and isinstance(params, dict):
            number = params.get("requestId")
            with self._lock:
                self._open = [asked for asked in self._open if asked.number != number]
                self._lock.notify_all()

    def _see_to_workers(self) -> None:
        with self._lock:
            self._in_hand += 1
            while self._workers < min(_MOST_AT_ONCE, self._in_hand):
                self._workers += 1
                threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        while True:
            self._answer(self._waiting.get())
            with self._lock:
                self._in_hand -= 1

    def _answer(self, asked: _Asked) -> None:
        if asked not in self._open:
            return
        answer = self._asked_of_engine(asked.message)
        if asked.message["method"] == "initialize":
            self._protocol = answer.get("result", {}).get("protocolVersion", self._protocol)
        with self._lock:
            if asked in self._open:
                with suppress(_ClientGone):  # the end of stdin is to be seen soon
                    self._write(answer)
                self._open.remove(asked)
                self._lock.notify_all()

    def _asked_of_engine(self, message: dict[str, Any]) -> dict[str, Any]:
        body = {**self._about, "message": message, "protocol": self._protocol}
        try:
            answer = ensure_engine().message(body)
        except ArchMemError as error:
            return _failure(message, f"{error} {error.hint}".strip())
        except Exception as error:  # noqa: BLE001  (one message must not end a session)
            return _failure(message, f"{type(error).__name__}: {error}")
        if answer is None:
            return _error(message["id"], _INTERNAL_ERROR, "The engine did not answer")
        return {**answer, "id": message["id"]}  # of what it could not read it says none

    def _write(self, message: dict[str, Any]) -> None:
        line = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        with self._lock:
            try:
                self._writing.write(line)
                self._writing.flush()
            except (OSError, ValueError) as error:
                raise _ClientGone from error


class _Asked:
    """A request that is not answered."""

    def __init__(self, message: dict[str, Any]) -> None:
        self.message = message
        self.number = message["id"]


class _ClientGone(Exception):
    """Nobody reads."""


def _start_engine() -> None:
    with suppress(ArchMemError):  # whoever asks next is told
        ensure_engine()


def _whole(message: Any) -> Any:
    """The same with a sign for half a surrogate pair, which is text to JSON and to nobody else."""
    said = json.dumps(message, ensure_ascii=False)
    try:
        said.encode()
    except UnicodeEncodeError:
        return json.loads(said.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    return message


def _is_message(message: object) -> bool:
    """Whether it is one JSON-RPC message: a request, news or an answer."""
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        return False
    if "id" in message and _id_of(message) is None:
        return False
    if "method" in message:
        return isinstance(message["method"], str)
    return "id" in message and ("result" in message or "error" in message)


def _id_of(message: object) -> int | str | None:
    number = message.get("id") if isinstance(message, dict) else None
    is_id = isinstance(number, int | str) and not isinstance(number, bool)
    return number if is_id else None


def _readable_id(line: bytes) -> int | str | None:
    """The id of a message that is JSON, but not of text alone."""
    try:
        number = _id_of(json.loads(line))
        str(number).encode()
    except (ValueError, RecursionError):
        return None
    return number


def _failure(message: dict[str, Any], words: str) -> dict[str, Any]:
    """Why there is no answer: to a tool's caller as its result, since models read only those."""
    if message["method"] != "tools/call":
        return _error(message["id"], _INTERNAL_ERROR, words)
    result = {"content": [{"type": "text", "text": words}], "isError": True}
    return {"jsonrpc": "2.0", "id": message["id"], "result": result}


def _error(number: int | str | None, code: int, words: str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "error": {"code": code, "message": words}}
