"""Ends the engine."""

from __future__ import annotations

import os
from contextlib import suppress
from time import monotonic, sleep
from typing import Any

from cli.client.address import find_description, find_runtime
from cli.client.engine import find_engine
from cli.client.errors import EngineUnavailable
from cli.client.succession import await_end

_STEP = 0.015  # seconds between two looks
_WAIT = 10.0  # seconds; the engine gives calls that are under way half of it


def stop_engine() -> bool:
    """Afterwards no engine runs; returns whether one did.

    Raises:
        RuntimeFolderUnsafe: it cannot be told whose engine that would be.
        EngineUnavailable: it does not end.
    """
    if (engine := find_engine()) is None:
        return False
    runtime = find_runtime()
    asked = find_description(runtime)
    with suppress(EngineUnavailable):  # it may be gone before it could reply
        engine.stop()
    await_end(runtime, asked, wait=_WAIT)
    _await_process(asked)
    return True


def _await_process(asked: dict[str, Any] | None) -> None:
    """Wait for the process too, which has nothing left to do but to go."""
    pid = (asked or {}).get("pid")
    until = monotonic() + _WAIT
    while isinstance(pid, int) and os.name == "posix" and monotonic() < until:
        try:
            os.kill(pid, 0)
        except OSError:
            return
        sleep(_STEP)
