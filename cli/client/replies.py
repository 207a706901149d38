"""What the replies of the engine mean: objects, or errors in our words."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cli.client.errors import EngineOfOtherVersion, EngineRefused, EngineUnavailable
from cli.client.wire import ReplyInvalid, WireError
from memory.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cli.client.address import Runtime
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
