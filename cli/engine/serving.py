"""The engine as a process: one at a time, and gone without a trace."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import secrets
import signal
import socket
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import uvicorn

from cli.client.address import HAS_UNIX_SOCKETS, ensure_runtime
from cli.client.errors import EngineUnavailable
from cli.client.locking import FileLock
from cli.engine.lifetime import LOOK_EVERY, Ending, Lifetime
from cli.engine.project_list import state_folder
from memory.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cli.client.address import Runtime
    from cli.engine.building import Built

LOOPBACK = "127.0.0.1"
LOCK_PATIENCE = 1.0  # seconds: clients hold the lock for an instant to see whether it is free
GRACE = 5  # seconds for calls that are under way when the engine ends
_log = logging.getLogger(__name__)


def serve(*, port: int | None, idle_seconds: float) -> Ending:
    """Be the engine until something ends it; returns what did.

    Args:
        port: Of this machine's own network; where there are no Unix sockets 0 finds a free one.
        idle_seconds: After so long without a call or a changed file it ends.

    Raises:
        EngineUnavailable: another process is the engine, or nothing can listen here.
        RuntimeFolderUnsafe: others could get in.
    """
    runtime = ensure_runtime()
    with _alone(runtime), ExitStack() as stack:
        _settle(runtime)
        # What cannot be imported is to be seen before clients connect.
        from cli.engine.building import built_engine

        lifetime = Lifetime(idle_seconds=idle_seconds)
        for number in (signal.SIGTERM, signal.SIGINT):
            # While uvicorn runs it has its own; when it has ended it raises the signal again.
            signal.signal(number, lambda *_: lifetime.end(Ending.STOPPED))
        sockets, said = stack.enter_context(_listening(runtime, port))
        about = {name: said[name] for name in ("pid", "version", "started")}
        about |= {"listens": _places(said), "log": str(runtime.log)}
        with built_engine(
            lifetime, token=said["token"], about=about, with_mcp=port is not None
        ) as built:
            asyncio.run(_run(built, sockets, lifetime))
        return lifetime.ending or Ending.STOPPED


@contextmanager
def _alone(runtime: Runtime) -> Iterator[None]:
    until = time.monotonic() + LOCK_PATIENCE
    with FileLock(runtime.engine_lock) as lock:
        while not lock.acquire():
            if time.monotonic() > until:
                raise EngineUnavailable("runs already, as another process", runtime.log)
            time.sleep(0.02)
        yield


@contextmanager
def _listening(
    runtime: Runtime, port: int | None
) -> Iterator[tuple[list[socket.socket], dict[str, Any]]]:
    """Sockets that accept connections, and what `engine.json` says of how to reach them."""
    sockets: list[socket.socket] = []
    try:
        try:
            if HAS_UNIX_SOCKETS:
                runtime.socket.unlink(missing_ok=True)  # of one that was killed: we have its lock
                sockets.append(_listen(socket.AF_UNIX, str(runtime.socket)))
                runtime.socket.chmod(0o600)
            if port is not None or not HAS_UNIX_SOCKETS:
                sockets.append(_listen(socket.AF_INET, (LOOPBACK, port or 0)))
                port = sockets[-1].getsockname()[1]
            said = _describe(runtime, port)
        except OSError as error:
            raise EngineUnavailable(f"cannot listen: {error}", runtime.log) from error
        yield sockets, said
    finally:
        for one in sockets:
            one.close()
        for file in (runtime.socket, runtime.description):
            with suppress(OSError):
                file.unlink()


def _listen(family: socket.AddressFamily, address: str | tuple[str, int]) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.bind(address)
        listener.listen(128)
    except BaseException:
        listener.close()
        raise
    listener.setblocking(False)
    return listener


def _describe(runtime: Runtime, port: int | None) -> dict[str, Any]:
    said = {
        "pid": os.getpid(),
        "version": VERSION,
        "program": sys.executable,
        "started": datetime.now(UTC).isoformat(),
        "socket": str(runtime.socket) if HAS_UNIX_SOCKETS else None,
        "port": port,
        "token": _token(),
    }
    _write_private(runtime.description, json.dumps(said))
    return said


def _token() -> str:
    """What callers by the network have to show; the same for every engine of this user."""
    file = state_folder() / "token"
    with suppress(OSError):
        if token := file.read_text(encoding="ascii").strip():
            return token
    token = secrets.token_urlsafe(32)
    file.parent.mkdir(parents=True, exist_ok=True)
    _write_private(file, token)
    return token


def _write_private(file: Path, text: str) -> None:
    """Replace a file by one that the user alone can read."""
    draft = file.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
        opened.write(text)
    draft.replace(file)


def _places(said: dict[str, Any]) -> list[str]:
    """Where one can reach it, in words."""
    places = [said["socket"]] if said["socket"] else []
    return places + ([f"http://{LOOPBACK}:{said['port']}"] if said["port"] else [])


def _settle(runtime: Runtime) -> None:
    """Belong to nobody: neither to a caller's folder nor to its environment."""
    os.chdir(runtime.folder)  # Chroma reads a `.env` in the working folder
    for name in ("ARCHMEM_STORE", "ARCHMEM_MODEL", "ARCHMEM_PRECISION"):
        os.environ.pop(name, None)


async def _run(built: Built, sockets: list[socket.socket], lifetime: Lifetime) -> None:
    server = uvicorn.Server(
        uvicorn.Config(
            built.app,
            log_config=None,
            access_log=False,
            loop="none",
            ws="none",
            timeout_graceful_shutdown=GRACE,
        )
    )

    def leave() -> None:
        server.should_exit = True

    lifetime.on_end = leave
    looking = asyncio.create_task(_look(lifetime, leave))
    try:
        async with built.running():
            await server.serve(sockets)
    finally:
        looking.cancel()


async def _look(lifetime: Lifetime, leave: Callable[[], None]) -> None:
    while lifetime.look() is None:
        await asyncio.sleep(LOOK_EVERY)
    leave()
