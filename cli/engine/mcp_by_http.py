"""MCP inside the engine: by HTTP for the project that a request names, and message by message."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse

from cli.engine.calls import Address

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from anyio.abc import TaskGroup, TaskStatus
    from starlette.types import Message, Receive, Scope, Send

    from cli.engine.calls import MessageCall
    from cli.engine.engine import Engine
    from cli.mcp.server import HttpEndpoint
    from cli.mcp.tool import Results

PROJECT_HEADER = b"archmem-project"
_OURSELVES = "archmem"  # as `Host`
_WHOSE = ContextVar[Address]("whose memory the request is about")


class McpServers:
    """The MCP servers of an engine, one for each form of results.

    Each is made when it is first asked: importing the SDK takes half a second.
    """

    def __init__(self, engine: Engine) -> None:
        self._caller = _Caller(engine)
        self._made: dict[Results, HttpEndpoint] = {}
        self._making = anyio.Lock()
        self._tasks: TaskGroup

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Within it they answer."""
        async with anyio.create_task_group() as self._tasks:
            yield
            self._tasks.cancel_scope.cancel()

    async def server(self, results: Results = "text") -> HttpEndpoint:
        """The server that answers in a form."""
        async with self._making:
            if results not in self._made:
                made = await run_in_threadpool(_make, self._caller, results)
                await self._tasks.start(_keep, made)
                self._made[results] = made
        return self._made[results]

    async def answer(self, call: MessageCall) -> dict[str, Any] | None:
        """What is answered to one message of a client that has no HTTP; None to news.

        Requests of both eras of the protocol stand for themselves; what HTTP wants said of them
        in headers is read from them.
        """
        from cli.mcp.server import message_headers

        headers = message_headers(call.message, call.protocol) | {"host": _OURSELVES}
        server = await self.server(call.results)
        body = bytearray()

        said = [json.dumps(call.message).encode()]

        async def receive() -> Message:
            if not said:  # the SDK listens for the end of the connection, and there is none
                await anyio.sleep_forever()
            return {"type": "http.request", "body": said.pop()}

        async def send(message: Message) -> None:
            body.extend(message.get("body", b""))

        scope = {
            "type": "http",
            "method": "POST",
            "path": "/mcp",
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        token = _WHOSE.set(call)
        try:
            await server(scope, receive, send)
        finally:
            _WHOSE.reset(token)
        answer: dict[str, Any] | None = json.loads(body) if body else None
        return answer


async def _keep(server: HttpEndpoint, *, task_status: TaskStatus[None]) -> None:
    async with server.running():
        task_status.started()
        await anyio.sleep_forever()


def _make(caller: _Caller, results: Results) -> HttpEndpoint:
    from cli.mcp.server import HttpEndpoint

    return HttpEndpoint(caller, results, hosts=(_OURSELVES,))


class EngineTools:
    """An ASGI application for `/mcp`.

    A request names its project in the header `archmem-project` or in `?project=`, by an absolute
    path; without one it is refused, since nothing of one project may be told for another.
    """

    def __init__(self, servers: McpServers) -> None:
        self._servers = servers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        if scope["type"] != "http":
            return
        named = _project(scope)
        if named is None or not named.is_absolute():
            words = "Name the project by its absolute path, in the header archmem-project.\n"
            await PlainTextResponse(words, status_code=400)(scope, receive, send)
            return
        server = await self._servers.server()
        token = _WHOSE.set(Address(project=named))
        try:
            await server(scope, receive, send)
        finally:
            _WHOSE.reset(token)


class _Caller:
    """A `Caller` for whichever project the request names that is being answered."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def call(self, verb: str, **request: Any) -> Any:
        """See `Caller.call`."""
        return self._engine.call(verb, _WHOSE.get(), request)


def _project(scope: Scope) -> Path | None:
    header = dict(scope["headers"]).get(PROJECT_HEADER, b"")
    query = parse_qs(scope["query_string"].decode("latin-1"))
    named = unquote(header.decode("latin-1")) or query.get("project", [""])[0]
    return Path(named) if named else None
