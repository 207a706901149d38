"""Finds out whether an engine listens, and where."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from cli.client.address import find_address, find_description
from cli.client.replies import in_our_words, read_object
from cli.client.wire import NothingThere, WireError, connect, request

if TYPE_CHECKING:
    from cli.client.address import Address, Runtime

_SECONDS = 5.0


def find_listening(runtime: Runtime) -> Address | None:
    """Where the engine listens; None if nobody does, whatever a dead one has left behind.

    Raises:
        EngineUnavailable: it listens, and does not accept calls.
    """
    if (address := find_address(runtime)) is None:
        return None
    with in_our_words(runtime):
        try:
            connect(address, until=monotonic() + _SECONDS).close()
        except NothingThere:
            return None
    return address if address.socket or _is_engine(runtime, address) else None


def _is_engine(runtime: Runtime, address: Address) -> bool:
    """Whether it is the engine that listens at its port, and not who was given it afterwards."""
    try:
        with request(address, "GET", "/health", until=monotonic() + _SECONDS) as reply:
            pid = read_object(reply).get("pid")
    except WireError:
        return False
    return pid == (find_description(runtime) or {}).get("pid")
