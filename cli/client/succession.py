"""Waits until an engine has gone, and another one has taken its place."""

from __future__ import annotations

from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from cli.client.address import find_description
from cli.client.errors import EngineUnavailable
from cli.client.locking import is_free

if TYPE_CHECKING:
    from cli.client.address import Runtime

_STEP = 0.015  # seconds between two looks


def await_end(runtime: Runtime, asked: dict[str, Any] | None, *, wait: float) -> None:
    """Wait until the engine has gone that described itself so.

    Raises:
        EngineUnavailable: it has not, after `wait` seconds.
    """
    until = monotonic() + wait
    while not _has_next(runtime, asked) and not is_free(runtime.engine_lock):
        if monotonic() >= until:
            pid = (asked or {}).get("pid", "unknown")
            raise EngineUnavailable(f"does not end; `kill -9 {pid}` would end it", runtime.log)
        sleep(_STEP)


def await_next(runtime: Runtime, asked: dict[str, Any] | None, *, wait: float) -> None:
    """Give an engine that begins anew by itself the time for it, lest there be two that begin."""
    until = monotonic() + wait
    while not _has_next(runtime, asked) and monotonic() < until:
        sleep(_STEP)


def _has_next(runtime: Runtime, asked: dict[str, Any] | None) -> bool:
    """Whether another engine has taken the place of the one that described itself so."""
    now = find_description(runtime)
    return now is not None and now != asked
