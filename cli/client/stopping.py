"""Ends the engine."""

from __future__ import annotations

from contextlib import suppress

from cli.client.address import find_description, find_runtime
from cli.client.engine import find_engine
from cli.client.errors import EngineUnavailable
from cli.client.succession import await_end

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
    return True
