"""MCP by HTTP: the tools of `archmem mcp` inside the engine, for the project that is named."""

from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

from starlette.responses import PlainTextResponse

from cli.engine.calls import Address
from cli.mcp.server import HttpEndpoint

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from cli.engine.engine import Engine

PROJECT_HEADER = b"archmem-project"
_WHOSE = ContextVar[Address]("whose memory the request is about")


class EngineTools:
    """An ASGI application for `/mcp`.

    A request names its project in the header `archmem-project` or in `?project=`, by an absolute
    path; without one it is refused, since nothing of one project may be told for another.
    """

    def __init__(self, engine: Engine) -> None:
        self._endpoint = HttpEndpoint(_Caller(engine), hosts=("archmem",))
        self.running = self._endpoint.running

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        if scope["type"] != "http":
            return
        named = _project(scope)
        if named is None or not named.is_absolute():
            words = "Name the project by its absolute path, in the header archmem-project.\n"
            await PlainTextResponse(words, status_code=400)(scope, receive, send)
            return
        token = _WHOSE.set(Address(project=named))
        try:
            await self._endpoint(scope, receive, send)
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
