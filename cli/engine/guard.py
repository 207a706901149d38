"""Who may ask the engine, and how much at once."""

from __future__ import annotations

import hmac
import json
from collections import deque
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 8_000_000  # a record is a text that somebody reads
MOST_NESTED = 100  # lists and objects in one another; no request has ten
#: Wrong tokens from the network within `WINDOW` seconds, after which others are not looked at
#: closely. The right one is always let in: whoever guesses must not lock its owner out.
MOST_WRONG = 20
WINDOW = 60.0
#: The machine's own names, by which a web page elsewhere cannot be reached, and our client's.
_HOSTS = frozenset({"127.0.0.1", "localhost", "::1", "archmem"})


class Guard:
    """Hands on requests that are small enough, and from the network those with the token.

    Only who listens at a port is reached from there; who could open a Unix socket is its user.
    What the other end's address is says nothing: a connection that was reset has none. A web page
    must not reach an engine on the machine of its reader, so an Origin has to be of here, and from
    the network the Host too.
    """

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._expected = f"Bearer {token}".encode()
        self._wrong: deque[float] = deque(maxlen=MOST_WRONG)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on what may pass."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if refusal := self._refusal(scope):
            await refusal(scope, receive, send)
        elif (body := await _body(receive)) is None:
            return  # nobody is there any more
        elif refusal := _fault_of(body):
            await refusal(scope, receive, send)
        else:
            await self._app(scope, _said_again(body, receive), send)

    def _refusal(self, scope: Scope) -> Response | None:
        """Why a request is not let in, by its head."""
        headers = dict(scope["headers"])
        _, port = scope.get("server") or (None, 0)
        if port is not None:
            shown = headers.get(b"authorization", b"")
            if not hmac.compare_digest(shown, self._expected):
                return self._wrong_token()
            host = headers.get(b"host", b"").decode("latin-1")
            if _name(f"//{host}") not in _HOSTS:
                return refused(421, "WrongHost", "The engine is not known by this Host.", "")
        origin = headers.get(b"origin")
        if origin is not None and _name(origin.decode("latin-1")) not in _HOSTS:
            return refused(403, "WrongOrigin", "No page of another Origin is answered.", "")
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and len(length) < 20 and int(length) <= MOST_BYTES:
            return None
        return _TOO_LONG

    def _wrong_token(self) -> Response:
        now = monotonic()
        is_many = len(self._wrong) == MOST_WRONG and now - self._wrong[0] < WINDOW
        self._wrong.append(now)
        if not is_many:
            return refused(401, "Unauthorized", "The token is missing or wrong.", "")
        many = refused(429, "TooManyWrongTokens", "Too many wrong tokens came lately.", "")
        many.headers["retry-after"] = f"{WINDOW:.0f}"
        return many


def refused(status: int, name: str, message: str, hint: str, **more: Any) -> Response:
    """What is answered instead, in the form that clients know."""
    said = {"name": name, "message": message, "hint": hint, **more}
    return JSONResponse({"error": said}, status_code=status)


_TOO_LONG = refused(413, "InvalidRequest", f"It is longer than {MOST_BYTES:,} bytes.", "")


def _name(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


async def _body(receive: Receive) -> bytes | None:
    """As much of a body as is worth reading; None if the caller hung up."""
    body = bytearray()
    while len(body) <= MOST_BYTES:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    return bytes(body)


def _fault_of(body: bytes) -> Response | None:
    """What is wrong with a body before anybody asks what it means; what is no JSON is not."""
    if len(body) > MOST_BYTES:
        return _TOO_LONG
    if not body:
        return None
    try:
        said = json.loads(body)
    except (json.JSONDecodeError, UnicodeDecodeError):
        return None
    except RecursionError:
        return _TOO_NESTED
    except ValueError as error:  # a number of more digits than Python reads
        return refused(400, "InvalidRequest", f"The call: {str(error).partition(';')[0]}.", "")
    opened = body.count(b"[") + body.count(b"{")
    return _TOO_NESTED if opened > MOST_NESTED and _depth(said) > MOST_NESTED else None


_TOO_NESTED = refused(400, "InvalidRequest", f"It nests deeper than {MOST_NESTED}.", "")


def _depth(said: Any) -> int:
    depth, level = 0, [said]
    while level := [one for one in level if isinstance(one, dict | list)]:
        depth += 1
        level = [
            inner for one in level for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return depth


def _said_again(body: bytes, receive: Receive) -> Receive:
    """Hands a body on that was read, and afterwards what still comes."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again
