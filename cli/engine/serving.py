"""The engine as a process: one at a time, and gone without a trace."""

from __future__ import annotations

import asyncio
import json
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

from cli.client.errors import CannotServe
from cli.client.runtime import HAS_UNIX_SOCKETS, FileLock, ensure_runtime, find_description
from cli.engine.connections import BoundedConnection
from cli.engine.figures import log_to
from cli.engine.garbage import collect_when_quiet, put_off
from cli.engine.lifetime import LOOK_EVERY, Ending, Lifetime
from cli.engine.project_list import write_private
from memory.config import state_folder
from memory.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cli.client.runtime import Runtime
    from cli.engine.building import Built

LOOPBACK = "127.0.0.1"
LOCK_PATIENCE = 1.0  # seconds: clients hold the lock for an instant to see whether it is free
SWITCH = 0.0003  # seconds that a thread which computes may keep one that answers waiting, each time
GRACE = 5  # seconds for calls that are under way when the engine ends


def serve(
    *, port: int | None, idle_seconds: float, on_ready: Callable[[list[str]], None]
) -> Ending:
    """Be the engine until something ends it; returns what did.

    Args:
        port: Of this machine's own network; where there are no Unix sockets 0 finds a free one.
        idle_seconds: After so long without a call or a changed file it ends.
        on_ready: Told where it listens, once it does.

    Raises:
        CannotServe: another process is the engine, or nothing can listen here.
        RuntimeFolderUnsafe: others could get in.
    """
    runtime = ensure_runtime()
    with _alone(runtime) as lock, ExitStack() as stack:
        log_to(runtime.events)
        sys.setswitchinterval(SWITCH)
        put_off()
        _settle(runtime)
        # What cannot be imported is to be seen before clients connect.
        from cli.engine.building import built_engine

        lifetime = Lifetime(idle_seconds=idle_seconds)
        for number in (signal.SIGTERM, signal.SIGINT):
            # While uvicorn runs it has its own; when it has ended it raises the signal again.
            signal.signal(number, lambda *_: lifetime.end(Ending.STOPPED))
        sockets, said = stack.enter_context(_listening(runtime, lock, port))
        about = {name: said[name] for name in ("pid", "version", "started")}
        about |= {"listens": _places(said), "log": str(runtime.events)}
        on_ready(about["listens"])
        with built_engine(
            lifetime, token=said["token"] or "", about=about, with_mcp=port is not None
        ) as built:
            asyncio.run(_run(built, sockets, lifetime, lock))
        return lifetime.ending or Ending.STOPPED


@contextmanager
def _alone(runtime: Runtime) -> Iterator[FileLock]:
    until = time.monotonic() + LOCK_PATIENCE
    with FileLock(runtime.engine_lock) as lock:
        while not lock.acquire():
            if time.monotonic() > until:
                pid = (find_description(runtime) or {}).get("pid", "unknown")
                raise CannotServe(f"process {pid} does so already", "`archmem stop` ends that one.")
            time.sleep(0.02)
        yield lock


@contextmanager
def _listening(
    runtime: Runtime, lock: FileLock, port: int | None
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
            raise CannotServe(f"it cannot listen: {error}") from error
        yield sockets, said
    finally:
        for one in sockets:
            one.close()
        if lock.is_in_place:  # else these files are another engine's
            for file in (runtime.socket, runtime.description):
                with suppress(OSError):
                    file.unlink()


def _listen(family: socket.AddressFamily, address: str | tuple[str, int]) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    if family == socket.AF_INET and os.name != "nt":  # where it would let others in beside us
        # What is left of connections of an engine before does not keep the port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
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
        "token": None if port is None else _token(),
    }
    write_private(runtime.description, json.dumps(said))
    return said


def _token() -> str:
    """What callers by the network have to show; the same for every engine of this user.

    One that others could read, as where a copy of the file did not keep its mode, is replaced.
    """
    file = state_folder() / "token"
    with suppress(OSError, UnicodeDecodeError):
        is_ours_alone = os.name == "nt" or not file.stat().st_mode & 0o077
        if is_ours_alone and (token := file.read_text(encoding="ascii").strip()):
            return token
    token = secrets.token_urlsafe(32)
    write_private(file, token)
    return token


def _places(said: dict[str, Any]) -> list[str]:
    """Where one can reach it, in words."""
    places = [said["socket"]] if said["socket"] else []
    if said["port"]:
        token = state_folder() / "token"
        places.append(f"http://{LOOPBACK}:{said['port']}, MCP under /mcp, for the token in {token}")
    return places


def _settle(runtime: Runtime) -> None:
    """Belong to nobody: neither to a caller's folder nor to its environment."""
    os.chdir(runtime.folder)  # Chroma reads a `.env` in the working folder
    for name in ("ARCHMEM_STORE", "ARCHMEM_MODEL", "ARCHMEM_PRECISION"):
        os.environ.pop(name, None)


async def _run(
    built: Built, sockets: list[socket.socket], lifetime: Lifetime, lock: FileLock
) -> None:
    server = uvicorn.Server(
        uvicorn.Config(
            built.app,
            http=BoundedConnection,
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
    looking = asyncio.create_task(_look(lifetime, lock, leave))
    try:
        async with built.running():
            await server.serve(sockets)
    finally:
        looking.cancel()


async def _look(lifetime: Lifetime, lock: FileLock, leave: Callable[[], None]) -> None:
    while lifetime.look() is None:
        if not lock.is_in_place:
            lifetime.end(Ending.HOMELESS)
            break
        collect_when_quiet(lifetime)
        await asyncio.sleep(LOOK_EVERY)
    leave()
