"""Finds out whether an engine listens, and where, and what its replies mean."""

from __future__ import annotations

from contextlib import contextmanager
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from cli.client.errors import EngineOfOtherVersion, EngineRefused, EngineUnavailable
from cli.client.runtime import find_address, find_description, is_free
from cli.client.wire import NothingThere, ReplyInvalid, WireError, connect, request
from memory.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cli.client.runtime import EngineEndpoint, Runtime
    from cli.client.wire import Reply
    from memory.errors import ArchMemError


_OK = 200


def read_object(reply: Reply) -> dict[str, Any]:
    """The one object that a reply is.

    Raises:
        WireError: it is something else.
    """
    said = reply.object()
    if not isinstance(said, dict):
        raise ReplyInvalid("sent a reply that is no object")
    return said


def check_reply(reply: Reply) -> None:
    """Afterwards the reply is no error.

    Raises:
        EngineRefused, EngineOfOtherVersion: it is one.
        WireError: nobody knows what it is.
    """
    if reply.status == _OK:
        return
    match read_object(reply):
        case {"error": error}:
            raise refusal(error)
    raise ReplyInvalid(f"answered with status {reply.status}")


def refusal(error: Mapping[str, Any]) -> ArchMemError:
    """The error that the engine tells of."""
    name, message = str(error.get("name", "")), str(error.get("message", ""))
    if name == EngineOfOtherVersion.__name__:
        return EngineOfOtherVersion(
            str(error.get("engine", "of another version")),
            VERSION,
            restarting=bool(error.get("restarting")),
        )
    return EngineRefused(name, message, str(error.get("hint", "")))


@contextmanager
def in_our_words(runtime: Runtime) -> Iterator[None]:
    """In this block a request without a proper reply becomes an `EngineUnavailable`."""
    try:
        yield
    except WireError as error:
        raise EngineUnavailable(str(error), runtime.log) from error


_SECONDS = 5.0


def find_listening(runtime: Runtime) -> EngineEndpoint | None:
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


def _is_engine(runtime: Runtime, address: EngineEndpoint) -> bool:
    """Whether it is the engine that listens at its port, and not who was given it afterwards."""
    try:
        with request(address, "GET", "/health", until=monotonic() + _SECONDS) as reply:
            pid = read_object(reply).get("pid")
    except WireError:
        return False
    return pid == (find_description(runtime) or {}).get("pid")


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
