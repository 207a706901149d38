"""What the engine answers to who may not ask, or asks too much at once."""

from __future__ import annotations

import asyncio
import json
import os

import pytest
from starlette.responses import JSONResponse

from cli.engine.guard import MOST_BYTES, MOST_NESTED, MOST_WRONG, Guard
from cli.engine.serving import _token

TOKEN = {"authorization": "Bearer right"}
HERE = {"host": "127.0.0.1:8000"}


async def echo(scope, receive, send):
    body = (await receive())["body"]
    await JSONResponse({"read": len(body)})(scope, receive, send)


def ask(guard, headers, body=b"", *, port: int | None = 8000, more: int = 0):
    """The status and the headers of a reply; `more` says how often the body is sent again."""
    told = []
    pieces = [body] * (more + 1)
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/verbs/search",
        "server": ("127.0.0.1", port) if port else ("/run/engine.sock", None),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }

    async def receive():
        return {"type": "http.request", "body": pieces.pop(), "more_body": bool(pieces)}

    async def send(message):
        told.append(message)

    asyncio.run(guard(scope, receive, send))
    return told[0]["status"], dict(told[0]["headers"])


@pytest.fixture
def guard():
    return Guard(echo, "right")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (HERE, 401),
        (HERE | {"authorization": "Bearer wrong"}, 401),
        (TOKEN | HERE, 200),
        (TOKEN | {"host": "localhost"}, 200),
        (TOKEN | {"host": "[::1]:8000"}, 200),
        (TOKEN | {"host": "archmem"}, 200),
        (TOKEN, 421),
        (TOKEN | {"host": "evil.example:8000"}, 421),
        (TOKEN | {"host": "127.0.0.1.evil.example"}, 421),
        (TOKEN | {"host": "[::1"}, 421),
        (TOKEN | HERE | {"origin": "http://localhost:8000"}, 200),
        (TOKEN | HERE | {"origin": "https://evil.example"}, 403),
        (TOKEN | HERE | {"origin": "null"}, 403),
        (TOKEN | HERE | {"content-length": str(MOST_BYTES + 1)}, 413),
        (TOKEN | HERE | {"content-length": "9" * 5_000}, 413),
    ],
)
def test_from_the_network_only_who_is_of_here_and_has_the_token_is_let_in(guard, headers, status):
    assert ask(guard, headers)[0] == status


def test_by_the_socket_nobody_needs_a_token_and_a_page_still_needs_an_origin(guard):
    assert ask(guard, {"host": "x"}, port=None)[0] == 200
    assert ask(guard, {"host": "x", "origin": "https://evil.example"}, port=None)[0] == 403


def test_who_guesses_tokens_is_put_off_and_the_right_one_is_still_let_in(guard):
    told = [ask(guard, HERE | {"authorization": f"Bearer {n}"}) for n in range(MOST_WRONG + 2)]

    assert [status for status, _ in told] == [401] * MOST_WRONG + [429] * 2
    assert told[-1][1][b"retry-after"] == b"60"
    assert ask(guard, TOKEN | HERE)[0] == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[" * 200_000, 400),
        (b"[" * 200_000 + b"]" * 200_000, 400),
        (b'{"a":' * 200_000, 400),
        (b"[" * (MOST_NESTED + 1) + b"]" * (MOST_NESTED + 1), 400),
        (b"[" * MOST_NESTED + b"]" * MOST_NESTED, 200),
        (json.dumps([[]] * 1_000).encode(), 200),
        (b'{"limit":' + b"9" * 5_000 + b"}", 400),
        (b"no JSON", 200),  # whoever reads it says so in its own words
        (b"\xff\xfe\x00", 200),
    ],
    ids=lambda value: str(value)[:12],
)
def test_what_no_reader_could_take_is_refused_before_anybody_reads_it(guard, body, status):
    assert ask(guard, TOKEN | HERE, body)[0] == status


def test_a_body_without_end_is_cut_off(guard):
    assert ask(guard, TOKEN | HERE, b" " * 1_000_000, more=20)[0] == 413


@pytest.mark.skipif(os.name == "nt", reason="modes say little there")
def test_a_token_that_others_could_read_is_replaced(tmp_path, monkeypatch):
    monkeypatch.setenv("ARCHMEM_STATE", str(tmp_path / "state"))
    first = _token()
    file = tmp_path / "state/token"
    assert file.stat().st_mode & 0o777 == 0o600
    assert _token() == first

    file.chmod(0o644)
    second = _token()

    assert second != first
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_bytes(b"\xff")
    assert _token().isascii()
