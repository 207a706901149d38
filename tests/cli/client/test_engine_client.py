from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

import pytest

from cli.client import engine_client as client
from cli.client import engine_client as engine_module
from cli.client.engine_client import Printed, ensure_engine, find_engine, stop_engine
from cli.client.errors import EngineOfOtherVersion, EngineRefused, EngineUnavailable
from cli.client.runtime import find_address
from memory.version import VERSION
from tests.cli.client.fake_engine import lines, reply

NO_STORE = {"name": "StoreNotFound", "message": "No memory at /x.", "hint": "Run it."}
OTHER = {"name": "EngineOfOtherVersion", "message": "m", "hint": "h", "engine": "9.9"}


class Heard:
    """What was told while a command ran."""

    def __init__(self) -> None:
        self.told = []

    def progress(self, stage, done, total):
        self.told.append((stage, done, total))

    def compiling(self, words, share):
        self.told.append((words, share))


@pytest.fixture
def printed():
    """Let the engine that runs print a verb."""

    def print_verb(verb="index", heard=None):
        heard = heard or Heard()
        return ensure_engine().print(
            verb, {"request": {}}, on_progress=heard.progress, on_compiling=heard.compiling
        )

    return print_verb


def hang_up(asked):
    return []


def test_a_verb_is_called_by_its_name(engine_that):
    engine = engine_that(lambda asked: reply({"hits": []}))

    assert find_engine().call("search", {"project": "/p", "request": {}}) == {"hits": []}

    (asked,) = engine.asked
    assert (asked.method, asked.path) == ("POST", "/verbs/search")
    assert asked.body == {"project": "/p", "request": {}}


def test_what_a_hook_says_is_handed_on(engine_that):
    engine = engine_that(lambda asked: reply({}))

    body = {"project": "/p", "payload": {"cwd": "/p"}}

    assert find_engine().hook("SessionStart", body, deadline=2) == {}

    (asked,) = engine.asked
    assert (asked.path, asked.body) == ("/hooks/SessionStart", body)


@pytest.mark.slow
def test_a_hook_is_over_by_its_deadline(engine_that):
    def late(asked):
        time.sleep(0.3)
        return reply({})

    engine_that(late)

    with pytest.raises(EngineUnavailable, match="did not answer in time"):
        find_engine().hook("Stop", {}, deadline=0.1)


def test_progress_is_told_before_what_is_printed(engine_that, printed):
    heard = Heard()
    engine_that(
        lambda asked: lines(
            {"compiling": {"words": "exporting", "share": 0.5}},
            {"progress": {"stage": "embed", "done": 1, "total": 2}},
            {"something": "new"},
            {"printed": {"out": "a\n", "err": "b\n", "code": 1}},
        )
    )

    assert printed("index", heard) == Printed("a\n", "b\n", 1)
    assert heard.told == [("exporting", 0.5), ("embed", 1, 2)]


@pytest.mark.parametrize("status", [400, 404, 500])
def test_an_error_of_the_engine_keeps_its_name_words_and_hint(engine_that, status):
    engine_that(lambda asked: reply({"error": NO_STORE}, status))

    with pytest.raises(EngineRefused, match=r"^No memory at /x\.$") as refused:
        find_engine().call("search", {})

    assert (refused.value.name, refused.value.hint) == ("StoreNotFound", "Run it.")


def test_an_error_in_the_middle_of_printing_is_one_too(engine_that, printed):
    progress = {"progress": {"stage": "read", "done": 1, "total": 2}}
    engine_that(lambda asked: lines(progress, {"error": NO_STORE}))

    with pytest.raises(EngineRefused, match="No memory"):
        printed()


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (reply({"detail": "?"}, 500), "answered with status 500"),
        (reply([]), "sent a reply that is no object"),
        ([b"HTTP/1.1 500 Oops\r\nContent-Length: 2\r\n\r\nNo"], "sent a reply that is no JSON"),
        ([b"220 mail\r\n"], "sent what is no reply"),
    ],
)
def test_an_answer_that_makes_no_sense_is_told_with_the_log(engine_that, runtime, sent, words):
    engine_that(lambda asked: sent)

    with pytest.raises(EngineUnavailable, match=f"The engine {words}; its log is {runtime.log}"):
        find_engine().call("search", {})


def test_an_engine_of_another_version_is_named(engine_that):
    engine = engine_that(lambda asked: reply({"error": OTHER}, 409))

    with pytest.raises(EngineOfOtherVersion, match=rf"archmem 9\.9, this is archmem {VERSION}"):
        find_engine().call("search", {})

    assert len(engine.asked) == 1


@pytest.fixture
def successor(engine_that, monkeypatch):
    """What starts when an engine has to be started: another thread, with these answers."""
    started = []

    def use(*answers):
        def start(runtime, **_):
            started.append(engine_that(*answers))
            return find_address(runtime)

        monkeypatch.setattr("cli.client.starting.start_engine", start)
        return started

    return use


def test_an_engine_that_makes_place_for_ours_is_followed_by_it(engine_that, successor, monkeypatch):
    monkeypatch.setattr(client, "_NEXT", 0.05)

    def upgraded(asked):
        yield from reply({"error": OTHER | {"restarting": True}}, 409)
        old.end()

    old = engine_that(upgraded)
    started = successor(lambda asked: reply({"from": "new"}))
    engine = find_engine()

    assert engine.call("search", {"q": 1}) == {"from": "new"}
    assert engine.call("search", {"q": 2}) == {"from": "new"}
    assert (len(old.asked), len(started)) == (1, 1)


def test_an_engine_that_began_anew_by_itself_is_asked_again(engine_that, runtime):
    def upgraded(asked):
        yield from reply({"error": OTHER | {"restarting": True}}, 409)
        old.describe(started="again")

    old = engine_that(upgraded, lambda asked: reply({"from": "new"}))

    assert find_engine().call("search", {}) == {"from": "new"}


def test_an_engine_that_begins_anew_is_given_time_to_listen(engine_that, successor):
    def upgraded(asked):
        yield from reply({"error": OTHER | {"restarting": True}}, 409)
        old.end()
        timer.start()

    def begin_anew():
        engine_that(lambda asked: reply({"from": "new"})).describe(started="again")

    timer = threading.Timer(0.1, begin_anew)
    old = engine_that(upgraded)
    started = successor(lambda asked: reply({"from": "another"}))

    assert find_engine().call("search", {}) == {"from": "new"}
    timer.join()
    assert started == []


def test_an_engine_that_says_so_and_does_not_go_is_given_up(engine_that, monkeypatch):
    monkeypatch.setattr(client, "_END", 0.05)
    engine_that(lambda asked: reply({"error": OTHER | {"restarting": True}}, 409))

    with pytest.raises(EngineUnavailable, match=r"does not end; `kill -9 \d+` would end it"):
        find_engine().call("search", {})


@pytest.mark.parametrize("verb", ["search", "record", "index"])
def test_a_verb_whose_answer_was_lost_is_asked_again(engine_that, verb):
    engine = engine_that(hang_up, lambda asked: reply({"n": 2}))

    assert find_engine().call(verb, {"request": verb}) == {"n": 2}
    assert [asked.body for asked in engine.asked] == [{"request": verb}] * 2


def test_an_answer_that_is_lost_twice_is_given_up(engine_that):
    engine = engine_that(hang_up)

    with pytest.raises(EngineUnavailable, match="hung up before it had replied"):
        find_engine().call("search", {})

    assert len(engine.asked) == 2


def test_printing_that_breaks_off_is_asked_again(engine_that, printed):
    progress = {"progress": {"stage": "read", "done": 1, "total": 2}}
    engine_that(
        lambda asked: lines(progress)[:2],
        lambda asked: lines(progress),
        lambda asked: lines({"printed": {"out": "", "err": ""}}),
    )

    with pytest.raises(EngineUnavailable, match="hung up"):
        printed()
    assert printed() == Printed("", "", 0)


def test_an_engine_that_went_when_it_was_idle_is_started_again(engine_that, successor):
    idle = engine_that(lambda asked: reply({"from": "old"}))
    engine = find_engine()
    idle.end()
    started = successor(lambda asked: reply({"from": "new"}))

    assert engine.call("search", {}) == {"from": "new"}
    assert len(started) == 1


def test_a_second_start_leaves_a_hook_no_more_time(engine_that, monkeypatch):
    waits = []

    def start(runtime, *, wait, **_):
        waits.append(wait)
        raise EngineUnavailable("did not come up", runtime.log)

    monkeypatch.setattr("cli.client.starting.start_engine", start)
    gone = engine_that(lambda asked: reply({}))
    engine = find_engine()
    gone.end()

    with pytest.raises(EngineUnavailable, match="did not come up"):
        engine.hook("Stop", {}, deadline=0.5)

    assert 0 < waits[0] <= 0.5


def test_an_engine_at_a_port_is_found_and_asked(engine_that):
    engine = engine_that(lambda asked: reply({"n": 1}), port=True)

    assert find_engine().call("search", {}) == {"n": 1}
    assert engine.asked[0].headers["authorization"] == "Bearer secret"


def test_who_was_given_the_port_of_an_engine_is_not_taken_for_it(engine_that, runtime):
    engine_that(lambda asked: reply({}), port=True)
    text = runtime.description.read_text()

    runtime.description.write_text(text.replace('"pid": ', '"pid": 1'))

    assert find_engine() is None


def test_what_is_learned_is_followed_until_the_engine_ends(engine_that):
    engine = engine_that(lambda asked: lines({"line": "one"}, {"line": "two"})[:-1])
    followed = find_engine().follow({"project": "/p"})

    assert (next(followed), next(followed)) == ("one", "two")
    with pytest.raises(EngineUnavailable, match="has ended"):
        next(followed)
    assert [(asked.path, asked.body) for asked in engine.asked] == [
        ("/followed", {"project": "/p"})
    ]


@pytest.mark.parametrize("sent", [reply({"error": NO_STORE}, 400), lines({"error": NO_STORE})])
def test_what_cannot_be_followed_says_why(engine_that, sent):
    engine_that(lambda asked: sent)

    with pytest.raises(EngineRefused, match="No memory"):
        next(find_engine().follow({}))


def test_stopping_where_nothing_runs_says_so(runtime):
    assert stop_engine() is False


def test_an_engine_that_does_not_stop_is_named(engine_that, monkeypatch):
    monkeypatch.setattr(engine_module, "_END", 0.05)
    engine_that(lambda asked: reply({}))

    with pytest.raises(EngineUnavailable, match=r"does not end; `kill -9 \d+` would end it"):
        stop_engine()


def test_an_engine_whose_process_works_on_has_not_ended(engine_that, monkeypatch):
    monkeypatch.setattr(engine_module, "_END", 0.05)

    def go(asked):
        engine.end()
        return reply({})

    engine = engine_that(go)

    with pytest.raises(EngineUnavailable, match=r"still at work; `kill -9 \d+` would end it"):
        stop_engine()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing says that it has ended")
def test_an_engine_that_is_gone_before_it_says_so_has_ended(engine_that):
    def go(asked):
        engine.end()
        return []

    with subprocess.Popen(["true"]) as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # it has ended, unheeded
        engine = engine_that(go, pid=process.pid)

        assert stop_engine() is True
