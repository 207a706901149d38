"""Puts the engine together: models, stores, routes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cli.engine.app import build_app
from cli.engine.background import Background
from cli.engine.daily import Daily
from cli.engine.engine import Engine
from cli.engine.guard import Guard
from cli.engine.mcp_by_http import McpServers
from cli.engine.project_list import ProjectList
from cli.engine.stores import Stores
from cli.engine.watching import Watching
from memory.config import state_folder
from memory.retrieval.model import SharedModels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from starlette.types import ASGIApp

    from cli.engine.lifetime import Lifetime
    from memory.retrieval.embedding import OnStage, Precision


class Compiling:
    """A `CompileElsewhere`: called, it waits for a child that compiles."""

    def __init__(self) -> None:
        self._children: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._is_over = False

    def __call__(
        self, name: str | None, precision: Precision, force: bool, on_stage: OnStage
    ) -> None:
        """Returns when the child has compiled the model, or given up; the cache tells which.

        Args:
            name: As the settings have it; None is the built-in model.
            precision: "fp32" or "int8".
            force: Even if it is compiled already.
            on_stage: Told the child's stages.
        """
        command = [sys.executable, "-P", "-m", "cli.main", "model", "compile", "--stages"]
        command += ["--precision", precision]
        command += ["--model", name] if name else []
        command += ["--force"] if force else []
        with self._lock:
            if self._is_over:
                return
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
            )
            self._children.add(child)
        with child:
            for line in child.stdout or ():
                said = json.loads(line)
                on_stage(said["stage"], said["share"])
        with self._lock:
            self._children.discard(child)

    def close(self) -> None:
        """Afterwards no child runs, and none begins; what one had done is done anew some day."""
        with self._lock:
            self._is_over = True
            for child in self._children:
                child.terminate()


@dataclass(frozen=True)
class Built:
    """An engine that can be served."""

    app: ASGIApp
    running: Callable[[], AbstractAsyncContextManager[None]]  # entered while it is served


@contextmanager
def built_engine(
    lifetime: Lifetime, *, token: str, about: dict[str, Any], with_mcp: bool
) -> Iterator[Built]:
    """The engine, put together; afterwards all that it opened is closed.

    Args:
        lifetime: When it ends.
        token: What callers from the network have to show.
        about: What is to be said of this process.
        with_mcp: Whether it answers MCP by HTTP too, under `/mcp`.
    """
    with engine_parts(lifetime, about=about, by="the engine", state=state_folder()) as engine:
        engine.watching.resume()
        yield _built(engine, lifetime, token, with_mcp=with_mcp)


@contextmanager
def engine_parts(
    lifetime: Lifetime, *, about: dict[str, Any], by: str, state: Path | None
) -> Iterator[Engine]:
    """An engine that nobody can reach from outside; afterwards all that it opened is closed.

    Args:
        lifetime: When it ends.
        about: What is to be said of this process.
        by: Who owns what it opens.
        state: The folder of what it remembers; None for nothing beyond this process.
    """
    compiling = Compiling()
    models = SharedModels(compile_elsewhere=compiling, in_background=True)
    known = ProjectList(state / "projects.json" if state else None)
    stores = Stores(models, known, owner=f"{by}, process {os.getpid()}")
    background = Background()
    listed = ProjectList(state / "watched.json" if state else None)
    watching = Watching(stores, background, lifetime, listed)
    daily = Daily(stores, known, watching, background)
    daily.start()
    try:
        yield Engine(stores, known, watching, background, lifetime, about)
    finally:
        compiling.close()
        daily.close()
        background.close()  # first, since whoever stops watching waits for looks
        watching.close()
        stores.close()


def _built(engine: Engine, lifetime: Lifetime, token: str, *, with_mcp: bool) -> Built:
    servers = McpServers(engine)
    app = build_app(engine, servers, stop=lifetime.end, with_mcp=with_mcp)
    return Built(Guard(app, token), servers.running)
