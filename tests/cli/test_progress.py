from __future__ import annotations

import io
import threading

import pytest

from cli import progress
from cli.progress import draw, narrating


class Terminal(io.StringIO):
    """A stream that says that it is a terminal, and what is to be seen on it."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True

    @property
    def screen(self) -> str:
        shown = ""
        for part in self.getvalue().split("\r"):
            shown = part + shown[len(part) :]
        return shown.rstrip()


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    return Terminal()


def test_a_line_on_a_terminal_shows_what_is_done_and_is_gone_at_the_end(terminal):
    with narrating(terminal) as narrator:
        narrator.progress("embed", 30, 120)
        shown = terminal.screen

    assert shown == f"Embedding  {'━' * 6}{'╌' * 18}   30/120  0 s"
    assert terminal.screen == ""


def test_nothing_is_drawn_before_there_is_news(terminal):
    with narrating(terminal):
        pass

    assert terminal.getvalue() == ""


def test_a_shorter_line_wipes_a_longer_one(terminal):
    with narrating(terminal) as narrator:
        narrator.progress("keep", 1, 1000)
        narrator.progress("read", 3, 3)

        assert terminal.screen == f"Reading files  {'━' * 24}  3/3  0 s"


def test_a_line_is_redrawn_calmly(terminal):
    with narrating(terminal) as narrator:
        for done in range(5000):
            narrator.progress("read", done, 5000)

    assert terminal.getvalue().count("\r") < 100


def test_the_end_of_a_stage_is_always_drawn(terminal):
    with narrating(terminal) as narrator:
        narrator.progress("read", 1, 2)
        narrator.progress("read", 2, 2)

        assert "2/2" in terminal.screen


def test_the_line_is_gone_after_a_failure(terminal):
    def run_that_is_interrupted() -> None:
        with narrating(terminal) as narrator:
            narrator.compiling("exporting", 0.5)
            assert terminal.screen.startswith("Compiling: exporting  ━")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_that_is_interrupted()

    assert terminal.screen == ""
    assert not [one for one in threading.enumerate() if one.name == "progress"]


def test_the_clock_goes_on_while_nothing_is_heard(terminal, monkeypatch):
    ticked = threading.Event()
    monkeypatch.setattr(progress, "_TICK", 0.01)

    with narrating(terminal) as narrator:
        narrator.compiling("exporting", 0.5)
        monkeypatch.setattr(progress, "draw", lambda *_, **__: ticked.set() or "ticked")

        assert ticked.wait(5)


def test_words_from_elsewhere_cannot_drive_the_terminal(terminal):
    with narrating(terminal) as narrator:
        narrator.progress("new\x1b[2J\nstage", 1, 2)

    assert "\x1b" not in terminal.getvalue()
    assert "\n" not in terminal.getvalue()


def test_a_terminal_that_knows_only_ascii_gets_it(terminal, monkeypatch):
    monkeypatch.setattr(Terminal, "encoding", "ascii")

    with narrating(terminal) as narrator:
        narrator.progress("embed", 1, 2)

    assert terminal.getvalue().isascii()


@pytest.mark.parametrize("width", range(70))
def test_a_line_is_never_wider_than_the_terminal(width):
    line = draw("Keeping memories", 123, 4567, 12.7, width=width, is_plain=True)

    assert len(line) <= width
    assert line.startswith("Keeping memories"[:width])
    assert (" 123/4567  12 s" in line) is (width >= 33)
    assert ("#" in line or "-" in line) is (width >= 43)


def test_what_has_no_known_end_is_counted():
    line = draw("Reading files", 7, 0, 1, width=80, is_plain=True)

    assert line == f"Reading files  {'-' * 24}  7  1 s"


@pytest.mark.parametrize("term", ["dumb", "unknown"])
def test_a_simple_terminal_gets_plain_lines(terminal, monkeypatch, term):
    monkeypatch.setenv("TERM", term)

    with narrating(terminal) as narrator:
        narrator.progress("read", 1, 2)

    assert terminal.getvalue() == "Reading files: 1 of 2\n"


def test_a_log_gets_a_few_plain_lines(capsys):
    with narrating() as narrator:
        for done in range(101):
            narrator.progress("embed", done, 100)
        for share in (0.0, 0.1, 0.2):
            narrator.compiling("loading", share)

    assert capsys.readouterr().err.splitlines() == [
        "Embedding: 0 of 100",
        "Embedding: 25 of 100",
        "Embedding: 50 of 100",
        "Embedding: 75 of 100",
        "Embedding: 100 of 100",
        "Compiling the model: loading (0% done)",
    ]
