"""The engine's routes: one for each verb, for programs and for terminals, and a few of its own."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from cli.client.errors import EngineEnding
from cli.engine.calls import HookCall, MessageCall, PrintCall, VerbCall, read_call
from cli.engine.figures import prometheus
from cli.engine.guard import refused
from cli.engine.lifetime import Ending
from cli.engine.mcp_by_http import EngineTools
from cli.progress import Narrator
from cli.verbs import find_verb
from memory.errors import ArchMemError, DiskRefused
from memory.version import VERSION

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from contextlib import AbstractContextManager

    from starlette.requests import Request

    from cli.engine.engine import Engine
    from cli.engine.lifetime import Lifetime
    from cli.engine.mcp_by_http import McpServers

    Endpoint = Callable[[Request], Awaitable[Response]]

_log = logging.getLogger(__name__)
MOST_LINES = 10_000  # that wait for whoever follows
LOOK_EVERY = 0.5  # seconds, whether the engine ends
#: Stages that keep nothing before they are over: the next run does them whole. Others ask by
#: themselves whether to stop.
_BEGUN_ANEW = frozenset({"read", "keep"})
_LAST = None  # after the last line of a stream


def build_app(
    engine: Engine, servers: McpServers, *, stop: Callable[[Ending], None], with_mcp: bool
) -> Starlette:
    """All that the engine answers.

    Args:
        engine: Does the work.
        servers: Answer messages of MCP.
        stop: Ends the process, once what is under way is done.
        with_mcp: Whether they answer by HTTP too, under `/mcp`.
    """
    routes = _Routes(engine, servers, stop)
    return Starlette(
        routes=[
            *([Route("/mcp", EngineTools(servers))] if with_mcp else []),
            Route("/mcp/messages", routes.message, methods=["POST"]),
            Route("/health", routes.health, methods=["GET"]),
            Route("/metrics", routes.metrics, methods=["GET"]),
            Route("/openapi.json", routes.described, methods=["GET"]),
            Route("/stop", routes.stop, methods=["POST"]),
            Route("/verbs/{verb}", routes.checked(routes.verb), methods=["POST"]),
            Route("/printed/{verb}", routes.checked(routes.printed), methods=["POST"]),
            Route("/followed", routes.checked(routes.followed), methods=["POST"]),
            Route("/hooks/{event}", routes.checked(routes.hook), methods=["POST"]),
        ],
        exception_handlers={ArchMemError: _refused, OSError: _by_disk, Exception: _unexpected},
    )


class _Routes:
    """What each route does; work goes to threads, so that no caller waits for another."""

    def __init__(self, engine: Engine, servers: McpServers, stop: Callable[[Ending], None]) -> None:
        self._engine = engine
        self._servers = servers
        self._stop = stop

    async def health(self, _request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(self._engine.health))

    async def metrics(self, _request: Request) -> Response:
        health = await run_in_threadpool(self._engine.health)
        return Response(prometheus(health), media_type="text/plain; version=0.0.4")

    async def described(self, _request: Request) -> Response:
        from cli.engine.openapi import describe  # which takes a second, and is seldom wanted

        return JSONResponse(await run_in_threadpool(describe))

    async def stop(self, _request: Request) -> Response:
        self._stop(Ending.STOPPED)
        return JSONResponse({})

    async def verb(self, request: Request) -> Response:
        call = read_call(VerbCall, await request.body())
        name = request.path_params["verb"]
        response = await run_in_threadpool(self._engine.call, name, call, call.request)
        said = find_verb(name).response.dump_json(response, by_alias=True)
        return Response(b'{"response":' + said + b"}", media_type="application/json")

    async def printed(self, request: Request) -> Response:
        call = read_call(PrintCall, await request.body())
        name = request.path_params["verb"]
        told = _Told(self._engine.lifetime)

        def work() -> dict[str, Any]:
            return {"printed": self._engine.print(name, call, told)._asdict()}

        return StreamingResponse(told.lines(work), media_type="application/x-ndjson")

    async def hook(self, request: Request) -> Response:
        call = read_call(HookCall, await request.body())
        event = request.path_params["event"]
        return JSONResponse(await run_in_threadpool(self._engine.hook, event, call))

    async def message(self, request: Request) -> Response:
        """Of MCP, whose own versions are what matters: a session outlives an upgrade of ours."""
        call = read_call(MessageCall, await request.body())
        with self._engine.lifetime.serving():
            return JSONResponse({"answer": await self._servers.answer(call)})

    async def followed(self, request: Request) -> Response:
        call = read_call(PrintCall, await request.body())
        told = _Told(self._engine.lifetime)
        return StreamingResponse(
            told.until_hung_up(lambda: self._engine.following(call, told.line)),
            media_type="application/x-ndjson",
        )

    def checked(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint for clients of our version; others are told what to do.

        A client of a newer version is the first sign of an upgrade: then this process, which
        still runs the old program, makes place for the new one.
        """

        async def for_our_version(request: Request) -> Response:
            theirs = request.headers.get("archmem-version", "of no version")
            if theirs == VERSION:
                return await endpoint(request)
            is_outdated = self._engine.lifetime.is_outdated
            if is_outdated:
                self._stop(Ending.UPGRADED)
            return refused(
                409,
                "EngineOfOtherVersion",
                f"The engine is archmem {VERSION}, and this is archmem {theirs}.",
                "Run `archmem stop`, then try again.",
                engine=VERSION,
                restarting=is_outdated,
            )

        return for_our_version


class _Told(Narrator):
    """Hands on what a thread tells, as lines of JSON."""

    def __init__(self, lifetime: Lifetime) -> None:
        self._lifetime = lifetime
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()

    def progress(self, stage: str, done: int, total: int) -> None:
        if self.should_stop() and stage in _BEGUN_ANEW:
            raise EngineEnding
        self._tell({"progress": {"stage": stage, "done": done, "total": total}})

    def compiling(self, words: str, share: float) -> None:
        self._tell({"compiling": {"words": words, "share": share}})

    def should_stop(self) -> bool:
        return self._lifetime.ending is not None

    def line(self, text: str) -> None:
        waiting = self._queue.qsize()
        if waiting < MOST_LINES:
            self._tell({"line": text})
        elif waiting == MOST_LINES:  # nobody reads them: no more are kept, and that is said
            self._tell({"line": "What came after this is left out: nobody was reading."})

    async def until_hung_up(
        self, opening: Callable[[], AbstractContextManager[None]]
    ) -> AsyncIterator[str]:
        """What is told as long as somebody listens and something is open."""
        stack = ExitStack()
        try:
            await run_in_threadpool(stack.enter_context, opening())
        except ArchMemError as error:
            yield json.dumps({"error": _said(error)}) + "\n"
            return
        try:
            while not self.should_stop():
                with suppress(TimeoutError):
                    told = await asyncio.wait_for(self._queue.get(), LOOK_EVERY)
                    yield json.dumps(told) + "\n"
        finally:
            threading.Thread(target=stack.close).start()  # a cancelled task cannot wait for one

    async def lines(self, work: Callable[[], dict[str, Any]]) -> AsyncIterator[str]:
        """What is told while the work is done on a thread, and then what it gives back."""

        def do() -> None:
            try:
                self._tell(work())
            except ArchMemError as error:
                self._tell({"error": _said(error)})
            except OSError as error:
                _log.exception("the disk refused a call")
                self._tell({"error": _said(DiskRefused(error))})
            except Exception as error:  # noqa: BLE001  (the caller has to hear of it)
                _log.exception("a call failed")
                self._tell({"error": _bug(error)})
            finally:
                self._tell(_LAST)

        doing = asyncio.ensure_future(run_in_threadpool(do))
        while (told := await self._queue.get()) is not _LAST:
            yield json.dumps(told) + "\n"
        await doing

    def _tell(self, what: dict[str, Any] | None) -> None:
        with suppress(RuntimeError):  # the loop is closed: the engine has ended meanwhile
            self._loop.call_soon_threadsafe(self._queue.put_nowait, what)


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ArchMemError)  # noqa: S101  (a typing aid)
    return JSONResponse({"error": _said(error)}, status_code=400)


async def _by_disk(request: Request, error: Exception) -> Response:
    assert isinstance(error, OSError)  # noqa: S101  (a typing aid)
    _log.error("the disk refused a call", exc_info=error)
    return await _refused(request, DiskRefused(error))


async def _unexpected(_request: Request, error: Exception) -> Response:
    _log.error("a call failed", exc_info=error)
    return JSONResponse({"error": _bug(error)}, status_code=500)


def _said(error: ArchMemError) -> dict[str, Any]:
    return {"name": type(error).__name__, "message": str(error), "hint": error.hint}


def _bug(error: Exception) -> dict[str, Any]:
    return {
        "name": type(error).__name__,
        "message": f"The engine failed: {type(error).__name__}: {error}.",
        "hint": "Its log, which `archmem status --engine` names, says where.",
    }
