"""The engine's routes: one for each verb, for programs and for terminals, and a few of its own."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import threading
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from cli.engine.calls import MOST_BYTES, Call, HookCall, PrintCall, read_call
from cli.engine.lifetime import Ending
from cli.progress import Narrator
from cli.verbs import find_verb
from memory.errors import ArchMemError
from memory.version import VERSION

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from contextlib import AbstractContextManager

    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from cli.engine.engine import Engine
    from cli.engine.lifetime import Lifetime

    Endpoint = Callable[[Request], Awaitable[Response]]

_log = logging.getLogger(__name__)
MOST_LINES = 10_000  # that wait for whoever follows
LOOK_EVERY = 0.5  # seconds, whether the engine ends
_LAST = None  # after the last line of a stream


def build_app(
    engine: Engine, *, stop: Callable[[Ending], None], mcp: ASGIApp | None = None
) -> Starlette:
    """All that the engine answers.

    Args:
        engine: Does the work.
        stop: Ends the process, once what is under way is done.
        mcp: Answers under `/mcp`, if it is served.
    """
    routes = _Routes(engine, stop)
    return Starlette(
        routes=[
            *([Route("/mcp", mcp)] if mcp else []),
            Route("/health", routes.health, methods=["GET"]),
            Route("/stop", routes.stop, methods=["POST"]),
            Route("/verbs/{verb}", routes.checked(routes.verb), methods=["POST"]),
            Route("/printed/{verb}", routes.checked(routes.printed), methods=["POST"]),
            Route("/followed", routes.checked(routes.followed), methods=["POST"]),
            Route("/hooks/{event}", routes.checked(routes.hook), methods=["POST"]),
        ],
        exception_handlers={ArchMemError: _refused, Exception: _unexpected},
    )


class Guard:
    """Lets nobody in from the network who does not show the token.

    Only who listens at a port is reached from there; who could open a Unix socket is its user.
    What the other end's address is says nothing: a connection that was reset has none.
    """

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on what may pass."""
        _, port = scope.get("server") or (None, 0)
        if scope["type"] == "http" and port is not None:
            shown = dict(scope["headers"]).get(b"authorization", b"")
            if not hmac.compare_digest(shown, self._expected):
                refusal = _error(401, "Unauthorized", "The token is missing or wrong.", "")
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)


class _Routes:
    """What each route does; work goes to threads, so that no caller waits for another."""

    def __init__(self, engine: Engine, stop: Callable[[Ending], None]) -> None:
        self._engine = engine
        self._stop = stop

    async def health(self, _request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(self._engine.health))

    async def stop(self, _request: Request) -> Response:
        self._stop(Ending.STOPPED)
        return JSONResponse({})

    async def verb(self, request: Request) -> Response:
        call = read_call(Call, await _body(request))
        name = request.path_params["verb"]
        response = await run_in_threadpool(self._engine.call, name, call, call.request)
        said = find_verb(name).response.dump_json(response)
        return Response(b'{"response":' + said + b"}", media_type="application/json")

    async def printed(self, request: Request) -> Response:
        call = read_call(PrintCall, await _body(request))
        name = request.path_params["verb"]
        told = _Told(self._engine.lifetime)

        def work() -> dict[str, Any]:
            return {"printed": self._engine.print(name, call, told)._asdict()}

        return StreamingResponse(told.lines(work), media_type="application/x-ndjson")

    async def hook(self, request: Request) -> Response:
        call = read_call(HookCall, await _body(request))
        event = request.path_params["event"]
        return JSONResponse(await run_in_threadpool(self._engine.hook, event, call))

    async def followed(self, request: Request) -> Response:
        call = read_call(PrintCall, await _body(request))
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
            return _error(
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


async def _body(request: Request) -> bytes:
    """The body as far as it is worth reading; a longer one is refused by who reads the call."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            break
    return bytes(body)


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ArchMemError)  # noqa: S101  (a typing aid)
    return JSONResponse({"error": _said(error)}, status_code=400)


async def _unexpected(_request: Request, error: Exception) -> Response:
    return JSONResponse({"error": _bug(error)}, status_code=500)


def _said(error: ArchMemError) -> dict[str, Any]:
    return {"name": type(error).__name__, "message": str(error), "hint": error.hint}


def _bug(error: Exception) -> dict[str, Any]:
    return {
        "name": type(error).__name__,
        "message": f"The engine failed: {type(error).__name__}: {error}.",
        "hint": "Its log, which `archmem status --engine` names, says where.",
    }


def _error(status: int, name: str, message: str, hint: str, **more: Any) -> Response:
    said = {"name": name, "message": message, "hint": hint, **more}
    return JSONResponse({"error": said}, status_code=status)
