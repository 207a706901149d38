"""Nothing leaves the machine: no command opens a connection or looks a name up."""

import socket

import pytest

COMMANDS = (
    *(("index", "--history"), ("search", "tokens"), ("brief", "Check tokens"), ("status",)),
    *(("list", "--as-of", "HEAD"), ("verify",), ("doctor",), ("harvest",), ("audit",), ("lint",)),
    *(("model",), ("backup",), ("record", "note", "--title", "T", "--body", "B")),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_goes_to_the_network(run, shop, monkeypatch, command):
    gone = []

    class Watched(socket.socket):
        def connect(self, address):
            gone.append(address)
            raise OSError("no network")

        connect_ex = connect

    monkeypatch.setattr(socket, "socket", Watched)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **_: gone.append(asked) or [])
    monkeypatch.setattr(socket, "gethostbyname", lambda *asked: gone.append(asked) or "")

    run(*command)

    assert gone == []
