from __future__ import annotations

import json
import socket
import threading
import time

import pytest

from cli.client.runtime import EngineEndpoint, find_address
from cli.client.wire import (
    DeadlinePassed,
    NothingThere,
    ReplyInvalid,
    ReplyLost,
    connect,
    request,
)
from memory.version import VERSION
from tests.cli.client.fake_engine import chunks, lines, reply

SAID = {"text": "Grüße ✓ \ud83d", "numbers": [1, 2.5, None]}
WHOLE = reply(SAID)[0]
HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture
def ask(runtime):
    """What is read from the engine, as one object or as one a line."""

    def ask_engine(body=None, *, method="POST", by_line=False, seconds=None):
        until = None if seconds is None else time.monotonic() + seconds
        address = find_address(runtime) or EngineEndpoint(str(runtime.socket))
        with request(address, method, "/x", body, until=until) as reply:
            return list(reply.objects()) if by_line else reply.object()

    return ask_engine


def byte_by_byte(whole: bytes) -> list[bytes]:
    return [whole[at : at + 1] for at in range(len(whole))]


def test_what_is_sent_arrives_as_it_was_meant(engine_that, ask):
    engine = engine_that(lambda asked: reply(asked.body))

    assert ask(SAID) == SAID
    (asked,) = engine.asked
    assert (asked.method, asked.path) == ("POST", "/x")
    assert asked.headers["archmem-version"] == VERSION
    assert asked.headers["content-type"] == "application/json"
    assert ("authorization" in asked.headers) is engine.port  # a socket is for the user alone


def test_a_question_without_a_body_has_none(engine_that, ask):
    engine = engine_that(lambda asked: reply({}))

    ask(method="GET")

    assert engine.asked[0].headers["content-length"] == "0"


def test_a_port_is_shown_the_token(engine_that):
    engine = engine_that(lambda asked: reply({}), port=True)

    with request(EngineEndpoint(None, engine.address[1], "secret"), "GET", "/x") as answer:
        assert answer.status == 200

    assert engine.asked[0].headers["authorization"] == "Bearer secret"


@pytest.mark.parametrize(
    "whole",
    [
        WHOLE,
        b"".join(chunks(*byte_by_byte(json.dumps(SAID).encode()))),
        b"".join(chunks(json.dumps(SAID).encode())).replace(b"0\r\n\r\n", b"0;x\r\nA: b\r\n\r\n"),
        HEAD + b"\r\n" + json.dumps(SAID).encode(),
        WHOLE.replace(b"\r\n", b"\n"),
    ],
    ids=["length", "chunks", "trailer", "until the end", "bare line ends"],
)
def test_a_reply_is_the_same_however_it_is_sent(engine_that, ask, whole):
    engine_that(lambda asked: [whole], lambda asked: byte_by_byte(whole))

    assert ask() == SAID
    assert ask() == SAID


@pytest.mark.parametrize("cut", [0, 1, 10, len(HEAD), len(WHOLE) // 2, len(WHOLE) - 1])
def test_a_reply_that_breaks_off_is_lost(engine_that, ask, cut):
    engine_that(lambda asked: [WHOLE[:cut]])

    with pytest.raises(ReplyLost, match="hung up before it had replied"):
        ask()


def test_chunks_that_break_off_are_lost(engine_that, ask):
    whole = chunks(b'{"a":', b"1}")
    for cut in range(1, len(whole)):
        with pytest.raises(ReplyLost):
            _ask_one_that_sends(engine_that, ask, whole[:cut])


def _ask_one_that_sends(engine_that, ask, pieces):
    engine = engine_that(lambda asked: pieces)
    try:
        ask()
    finally:
        engine.__exit__()


@pytest.mark.parametrize(
    "sent",
    [
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 what\r\n\r\n",
        HEAD + b"Content-Length: many\r\n\r\n",
        HEAD + b"Content-Length: -1\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
        HEAD + b"Content-Length: 4\r\n\r\noops",
        HEAD + b"Content-Length: 2\r\n\r\n\xff\xfe",
        HEAD + b"\r\n" + b"[" * 100_000,
        b"x" * 200_000,
    ],
)
def test_what_is_no_reply_is_refused(engine_that, ask, sent):
    engine_that(lambda asked: [sent])

    with pytest.raises(ReplyInvalid):
        ask()


@pytest.mark.posix
def test_objects_arrive_one_by_one(engine_that, runtime):
    heard = threading.Event()

    def slowly(asked):
        first, second, end = lines({"n": 1}, {"n": 2})[:3]
        yield first + second
        assert heard.wait(5)
        yield end
        yield lines()[-1]

    engine_that(slowly)

    with request(EngineEndpoint(str(runtime.socket)), "POST", "/x", {}) as answer:
        objects = answer.objects()
        assert next(objects) == {"n": 1}
        heard.set()
        assert list(objects) == [{"n": 2}]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_objects_are_the_same_however_the_lines_are_cut(engine_that, ask, size):
    objects = [{"progress": n} for n in range(5)] + [SAID]
    text = b"\n".join(json.dumps(one).encode() for one in objects) + b"\n\n"
    cut = [text[at : at + size] for at in range(0, len(text), size)]
    engine_that(lambda asked: chunks(*cut), lambda asked: chunks(text.rstrip()))

    assert ask(by_line=True) == objects
    assert ask(by_line=True) == objects


def test_large_requests_and_replies_arrive(engine_that, ask):
    engine_that(lambda asked: reply(asked.body))
    large = ["x" * 1000] * 3000

    assert ask(large, seconds=10) == large


def test_a_deadline_is_for_the_whole_reply(engine_that, ask):
    given_up = threading.Event()

    def drip(asked):
        for byte in byte_by_byte(WHOLE):
            if given_up.wait(0.02):
                return
            yield byte

    engine_that(drip)
    began = time.monotonic()

    with pytest.raises(DeadlinePassed, match="did not answer in time"):
        ask(seconds=0.1)

    given_up.set()
    assert time.monotonic() - began < 1


def test_a_deadline_in_the_past_asks_nothing(engine_that, ask):
    engine = engine_that(lambda asked: reply({}))

    with pytest.raises(DeadlinePassed):
        ask(seconds=-1)

    assert engine.asked == []


@pytest.mark.posix
def test_who_answers_before_having_read_all_is_heard(runtime):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(runtime.socket))
        listener.listen()

        def answer_at_once():
            connection, _ = listener.accept()
            with connection:
                connection.sendall(reply({"error": "too large"}, 413)[0])
                connection.shutdown(socket.SHUT_RDWR)

        thread = threading.Thread(target=answer_at_once)
        thread.start()
        with request(EngineEndpoint(str(runtime.socket)), "POST", "/x", "x" * 5_000_000) as answer:
            assert (answer.status, answer.object()) == (413, {"error": "too large"})
        thread.join()


@pytest.mark.posix
@pytest.mark.parametrize("left", [None, "file", "socket"])
def test_where_nobody_listens_there_is_nothing(runtime, left):
    if left == "file":
        runtime.socket.touch()
    if left == "socket":
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(runtime.socket))

    with pytest.raises(NothingThere):
        connect(EngineEndpoint(str(runtime.socket)))


@pytest.mark.posix
def test_an_engine_that_does_not_accept_is_not_waited_for_longer_than_asked(runtime):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(runtime.socket))
        listener.listen(0)
        with connect(EngineEndpoint(str(runtime.socket))), pytest.raises(DeadlinePassed):
            connect(EngineEndpoint(str(runtime.socket)), until=time.monotonic() + 0.05)
