from __future__ import annotations

import io
import re
import subprocess
import sys
import time

import pytest

from cli import progress
from cli.progress import narrating

CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True

    @property
    def text(self) -> str:
        """All that was written, without what drives the terminal."""
        return CONTROL.sub("", self.getvalue())


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    return Terminal()


def test_a_line_on_a_terminal_shows_what_is_done(terminal):
    with narrating(terminal) as narrator:
        narrator.progress("embed", 30, 120)

    assert re.search(r"Embedding .* 30/120 0:00:00", terminal.text)


def test_the_line_is_gone_at_the_end_and_after_a_failure(terminal):
    def run_that_is_interrupted() -> None:
        with narrating(terminal) as narrator:
            narrator.compiling("exporting", 0.5)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_that_is_interrupted()

    assert "Compiling: exporting" in terminal.text
    assert terminal.getvalue().endswith("\x1b[1A\x1b[2K")  # up a line, which is wiped
    assert "\x1b[?25h" in terminal.getvalue()  # the cursor is there again


def test_who_waits_long_without_news_is_told_what_is_done(terminal, monkeypatch):
    monkeypatch.setattr(progress, "_UNTOLD", 0.01)

    with narrating(terminal, doing="Looking at the code"):
        time.sleep(0.5)
    drawn = terminal.text
    with narrating(terminal, doing="At work") as narrator:
        narrator.progress("embed", 1, 2)
        time.sleep(0.3)

    assert "Looking at the code" in drawn
    assert "At work" not in terminal.text  # there was news


def test_nothing_is_drawn_before_there_is_news(terminal):
    with narrating(terminal):
        pass

    assert terminal.getvalue() == ""


def test_a_line_is_redrawn_calmly(terminal):
    with narrating(terminal) as narrator:
        for done in range(5000):
            narrator.progress("read", done, 5000)

    assert terminal.text.count("Reading files") < 100


def test_a_stage_that_follows_takes_the_place_of_the_one_before(terminal):
    with narrating(terminal) as narrator:
        narrator.progress("keep", 1, 1000)
        narrator.progress("read", 3, 3)

    assert "Keeping" not in terminal.text.rpartition("3/3")[0].splitlines()[-1]
    assert "3/3" in terminal.text


def test_what_has_no_known_end_is_counted(terminal):
    with narrating(terminal) as narrator:
        narrator.progress("read", 7, 0)

    assert "7/?" in terminal.text


def test_words_from_elsewhere_cannot_drive_the_terminal(terminal):
    with narrating(terminal) as narrator:
        narrator.progress("new\x1b[2Jstage [red]", 1, 2)

    assert "\x1b[2J" not in terminal.getvalue()
    assert "stage [red]" in terminal.text


def test_a_terminal_that_knows_only_ascii_gets_it(terminal, monkeypatch):
    monkeypatch.setattr(Terminal, "encoding", "ascii")

    with narrating(terminal) as narrator:
        narrator.progress("embed", 1, 2)

    assert terminal.getvalue().isascii()


@pytest.mark.parametrize("width", [10, 20, 33, 60])
def test_a_line_is_never_wider_than_the_terminal(terminal, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))

    with narrating(terminal) as narrator:
        narrator.progress("keep", 123, 4567)

    assert all(len(line) <= width for line in re.split(r"[\r\n]", terminal.text))


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


def test_what_is_never_drawn_imports_no_rich():
    program = """
import sys
from cli.progress import narrating
with narrating():
    pass
assert "rich" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_how_much_code_is_read_is_drawn_and_not_logged(terminal):
    log = io.StringIO()
    for stream in (terminal, log):
        with narrating(stream) as narrator:
            narrator.progress("code", 300, 1200)

    assert re.search(r"Reading code .* 300/1200", terminal.text)
    assert log.getvalue() == ""
