"""What a connection may take before it has asked anything: time, bytes and a descriptor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

if TYPE_CHECKING:
    import asyncio

HEAD_SECONDS = 10.0  # from the first moment of a connection, or the first byte of a later request
BODY_SECONDS = 30.0  # from the end of the head
MOST_HEAD_BYTES = 65_536
#: At once. Who comes by the network has shown nothing yet; who comes by the socket is the user.
MOST_FROM_NETWORK = 64
MOST_LOCAL = 512


class BoundedConnection(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """An HTTP connection that ends if a request does not come in time, or comes without end."""

    _timer: asyncio.TimerHandle | None = None
    _awaited: str | None = None  # "head", "body"; None while an answer is made
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Begin to wait for a head, if there is room for one more."""
        super().connection_made(transport)
        is_local = _is_local(self)
        alike = sum(_is_local(one) is is_local for one in self.connections)
        if alike > (MOST_LOCAL if is_local else MOST_FROM_NETWORK):
            transport.abort()
        else:
            self._await("head")

    def data_received(self, data: bytes) -> None:
        """Take in bytes."""
        if self._awaited is None:
            self._head_bytes = 0
        super().data_received(data)
        self._await(self._missing())
        if self._awaited == "head":
            self._head_bytes += len(data)
            if self._head_bytes > MOST_HEAD_BYTES:
                self._refuse("431 Request Header Fields Too Large")

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._await(None)
        super().connection_lost(exc)

    def _missing(self) -> str | None:
        if self.transport.is_closing():
            return None
        if self.cycle is None or self.cycle.response_complete:
            return "head"
        return "body" if self.cycle.more_body else None

    def _await(self, what: str | None) -> None:
        if what == self._awaited:
            return
        self._awaited = what
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if what is not None:
            seconds = HEAD_SECONDS if what == "head" else BODY_SECONDS
            self._timer = self.loop.call_later(seconds, self._refuse, "408 Request Timeout")

    def _refuse(self, status: str) -> None:
        has_begun = self._awaited == "body" and self.cycle.response_started
        if not has_begun and not self.transport.is_closing():
            said = f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            self.transport.write(said.encode("ascii"))
        self.transport.close()


def _is_local(connection: Any) -> bool:
    """Whether it came by a Unix socket."""
    return connection.server is None or connection.server[1] is None
