"""Finishes what a client asked before it closed its end: the SDK would cancel it unanswered.

See https://github.com/modelcontextprotocol/python-sdk/issues/2678.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeAlias

import anyio
from mcp.shared.message import SessionMessage
from mcp_types import (
    JSONRPCError,
    JSONRPCMessage,
    JSONRPCNotification,
    JSONRPCRequest,
    JSONRPCResponse,
    RequestId,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
    from mcp.shared._stream_protocols import ReadStream, WriteStream

Read: TypeAlias = SessionMessage | Exception  # a message, or why a line is none

PATIENCE = 5.0  # seconds


@asynccontextmanager
async def finishing(
    reading: ReadStream[Read], writing: WriteStream[SessionMessage]
) -> AsyncIterator[tuple[MemoryObjectReceiveStream[Read], MemoryObjectSendStream[SessionMessage]]]:
    """The two streams, of which the first does not end before what it brought is answered.

    It ends nevertheless when `PATIENCE` is over.
    """
    unanswered = _Unanswered()
    to_server, asked = anyio.create_memory_object_stream[Read]()
    answers, from_server = anyio.create_memory_object_stream[SessionMessage]()

    async def relay_questions() -> None:
        async with reading, to_server:
            async for item in reading:
                if isinstance(item, SessionMessage):
                    unanswered.note_asked(item.message)
                await to_server.send(item)
            with anyio.move_on_after(PATIENCE):
                await unanswered.none_left()

    async def relay_answers() -> None:
        async with writing, from_server:
            async for item in from_server:
                await writing.send(item)
                unanswered.note_answered(item.message)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(relay_questions)
        tasks.start_soon(relay_answers)
        yield asked, answers


class _Unanswered:
    """The requests that wait for an answer; those that a client took back do not."""

    def __init__(self) -> None:
        self._ids: set[RequestId] = set()
        self._fewer = anyio.Event()

    def note_asked(self, message: JSONRPCMessage) -> None:
        if isinstance(message, JSONRPCRequest):
            self._ids.add(message.id)
        elif isinstance(message, JSONRPCNotification) and (
            message.method == "notifications/cancelled"
        ):
            self._forget((message.params or {}).get("requestId"))

    def note_answered(self, message: JSONRPCMessage) -> None:
        if isinstance(message, JSONRPCResponse | JSONRPCError):
            self._forget(message.id)

    async def none_left(self) -> None:
        while self._ids:
            self._fewer = anyio.Event()
            await self._fewer.wait()

    def _forget(self, number: object) -> None:
        self._ids = {each for each in self._ids if each != number}
        self._fewer.set()
