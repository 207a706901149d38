"""Builds the MCP server and serves it, over stdio or within an HTTP server.

Importing the SDK takes half a second, most of it for the models of its protocol; what answers
questions is somewhere else, behind the caller, so `initialize` waits for nothing but that.
"""

from __future__ import annotations

import json
import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

import anyio
from anyio import BrokenResourceError
from mcp import MCPError
from mcp.server.mcpserver import MCPServer
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings
from mcp.shared.message import SessionMessage
from mcp_types import (
    INVALID_PARAMS,
    INVALID_REQUEST,
    PARSE_ERROR,
    ErrorData,
    JSONRPCError,
    JSONRPCMessage,
    JSONRPCNotification,
    JSONRPCRequest,
    JSONRPCResponse,
    RequestId,
)
from pydantic import ValidationError

from cli.mcp.prompts import INSTRUCTIONS, all_prompts, prompt_refusal
from cli.mcp.resources import add_resources
from cli.mcp.tool import in_form
from cli.verbs import all_tools
from memory.texts.quoting import harmless_line
from memory.version import VERSION

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from contextlib import AbstractAsyncContextManager

    from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
    from mcp.server.mcpserver import Context
    from mcp.shared._stream_protocols import ReadStream, WriteStream
    from mcp_types import GetPromptResult, InputRequiredResult
    from starlette.types import Receive, Scope, Send

    from cli.calling import Caller
    from cli.mcp.tool import Results

_HERE = ("127.0.0.1", "localhost", "[::1]")  # with any port, or none


def build_server(caller: Caller, results: Results = "text") -> MemoryServer:
    """A server for the memory that the caller asks; nothing is asked before a client wants it.

    Args:
        caller: Asks the memory.
        results: What tools answer with: text is for models, structure for programs.
    """
    server = MemoryServer(
        "archmem",
        title="archmem",
        description="The architectural memory of a codebase.",
        instructions=INSTRUCTIONS,
        version=VERSION,
        tools=[in_form(tool, results) for tool in all_tools(caller)],
        subscriptions=False,  # nobody is told when a memory changes
        log_level="WARNING",
    )
    add_resources(server, caller)
    for prompt in all_prompts():
        server.add_prompt(prompt)
    return server


def serve_stdio(caller: Caller, results: Results = "text") -> None:
    """Serve one client on stdin and stdout until it closes stdin.

    Meanwhile stdout carries the protocol only: what anybody prints goes to stderr.
    """
    # The SDK takes a handler that is there; its own would draw boxes around every traceback.
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    build_server(caller, results).run("stdio")


class MemoryServer(MCPServer):
    """A server that answers all it was asked, and takes a client's mistake for no fault of ours."""

    async def get_prompt(
        self, name: str, arguments: dict[str, Any] | None = None, context: Context | None = None
    ) -> GetPromptResult | InputRequiredResult:
        """A prompt with its arguments in place.

        Raises:
            MCPError: there is no such prompt, or it does not take these arguments.
        """
        line = prompt_refusal(await self.list_prompts(), name, (arguments or {}).keys())
        if line is not None:
            raise MCPError(INVALID_PARAMS, line)
        return await super().get_prompt(name, arguments, context)

    async def run_stdio_async(self) -> None:
        """Serve one client until it closes stdin and has its answers."""
        server = self._lowlevel_server
        try:
            async with stdio_server() as streams, finishing(*streams) as (asked, answers):
                await server.run(asked, answers, server.create_initialization_options())
        except* (BrokenPipeError, BrokenResourceError):
            pass  # the client is gone and reads no answers


class HttpEndpoint:
    """The server as an ASGI application for one path, without sessions.

    It answers while somebody is within `running()`, which can be entered once. Requests whose
    Host or Origin is another than those it knows are refused: a web page must not reach a server
    on the machine of its reader. Who may ask at all is for whoever is in front of it to check.
    """

    def __init__(self, caller: Caller, *, hosts: Sequence[str] = ()) -> None:
        """Make it.

        Args:
            caller: Asks the memory.
            hosts: What `Host` may say beside this machine's own names: "archmem", "example.org:*".
        """
        named = [*_HERE, *(f"{host}:*" for host in _HERE)]
        server = build_server(caller)
        server.streamable_http_app(
            stateless_http=True,
            json_response=True,
            transport_security=TransportSecuritySettings(
                enable_dns_rebinding_protection=True,
                allowed_hosts=[*named, *hosts],
                allowed_origins=[f"http://{host}" for host in named],
            ),
        )
        self._manager = server.session_manager

    def running(self) -> AbstractAsyncContextManager[None]:
        """Keep it ready to answer."""
        return self._manager.run()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        await self._manager.handle_request(scope, receive, send)


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
                elif isinstance(item, ValidationError) and (error := no_message(item)):
                    await writing.send(SessionMessage(error))
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


def no_message(fault: ValidationError) -> JSONRPCError | None:
    """What to answer to a line that is no message; None where it is blank.

    It has the id of the request where one can be read: `json` takes half a surrogate pair, which
    the SDK refuses.
    """
    found = fault.errors(include_url=False, include_context=False)
    said, code = found[0]["input"], INVALID_REQUEST
    if isinstance(said, str | bytes) and found[0]["type"] == "json_invalid":
        if not said.strip():
            return None
        code = PARSE_ERROR
        try:
            said = json.loads(said)
        except (ValueError, RecursionError):
            said = None
    else:
        said = next((one["input"] for one in found if isinstance(one["input"], dict)), None)
    number = said.get("id") if isinstance(said, dict) else None
    is_id = isinstance(number, int | str) and not isinstance(number, bool)
    what = "Not a JSON-RPC message: " + harmless_line(str(found[0]["msg"]))
    return JSONRPCError(
        jsonrpc="2.0",
        id=number if is_id and harmless_line(str(number)) == str(number) else None,
        error=ErrorData(code=code, message=what),
    )


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
