"""Shows how far a long run has come: one line that updates itself, or plain lines in a log."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, TextIO

import click

from memory.texts.safe_text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

STAGES = {
    "read": "Reading files",
    "keep": "Keeping memories",
    "history": "Reading commits",
    "embed": "Embedding",
}
_STEPS = 4  # plain lines for one stage, at most, beside its first
_PERCENT = 100
_BAR = 24  # columns
_NARROWEST_BAR = 8
_CALM = 0.1  # seconds between two drawings
_TICK = 1.0  # seconds after which the clock on the line goes on, whatever happens


class Narrator:
    """Is told what a long run does; this one tells nobody."""

    def progress(self, stage: str, done: int, total: int) -> None:
        """`done` of `total` things of a stage are finished."""

    def compiling(self, words: str, share: float) -> None:
        """The model is being compiled; `share` of it, 0 to 1, is done."""

    def should_stop(self) -> bool:
        """Whether what can wait is to be left for another time; asked every few seconds."""
        return False


@contextmanager
def narrating(stream: TextIO | None = None) -> Iterator[Narrator]:
    """Something that shows progress as long as the block lasts, on stderr if not elsewhere."""
    stream = stream or sys.stderr
    if not _is_drawn_on(stream):
        yield _Lines(stream)
        return
    line = _LiveLine(stream)
    try:
        yield line
    finally:
        line.close()


def draw(words: str, done: int, total: int, seconds: float, *, width: int, is_plain: bool) -> str:
    """A line of at most `width` columns; the bar goes first where there is no room, then the end.

    Args:
        words: What is being done.
        done: How much of it has been.
        total: How much there is of it; 0 if nobody knows.
        seconds: How long it has taken.
        width: Columns.
        is_plain: Only ASCII can be shown.
    """
    share = min(done / total, 1.0) if total else 0.0
    # As wide at the start as at the end, so that the bar does not move.
    count = f"{done:>{len(str(total))}}/{total}" if total else f"{done}"
    ends = f"{count}  {int(seconds)} s"
    columns = min(_BAR, width - len(words) - len(ends) - 4)
    if columns >= _NARROWEST_BAR:
        full, empty = "#-" if is_plain else "━╌"
        filled = round(share * columns)
        return f"{words}  {full * filled}{empty * (columns - filled)}  {ends}"
    return f"{words}  {ends}"[: max(width, 0)]


class _LiveLine(Narrator):
    """One line on a terminal, drawn over and over; nothing is drawn before there is news."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_plain = not _can_write(stream, "━╌")
        self._stage = ""
        self._words, self._done, self._total = "", 0, 0
        self._began = self._drawn_at = 0.0
        self._drawn = 0  # columns that have to be wiped
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._clock: threading.Thread | None = None

    def progress(self, stage: str, done: int, total: int) -> None:
        self._tell(stage, one_line(STAGES.get(stage, stage)), done, total)

    def compiling(self, words: str, share: float) -> None:
        self._tell("compile", f"Compiling: {one_line(words)}", round(share * _PERCENT), _PERCENT)

    def close(self) -> None:
        """Leave the terminal as it was."""
        self._closed.set()
        if self._clock:
            self._clock.join()
        self._write("")

    def _tell(self, stage: str, words: str, done: int, total: int) -> None:
        with self._lock:
            is_next = (stage, words) != (self._stage, self._words)
            if stage != self._stage:
                self._stage, self._began = stage, monotonic()
            self._words, self._done, self._total = words, done, total
            if is_next or done == total or monotonic() - self._drawn_at >= _CALM:
                self._draw()
        if self._clock is None:
            self._clock = threading.Thread(target=self._tick, name="progress", daemon=True)
            self._clock.start()

    def _tick(self) -> None:
        while not self._closed.wait(_TICK):
            with self._lock:
                self._draw()

    def _draw(self) -> None:
        self._drawn_at = monotonic()
        seconds = self._drawn_at - self._began
        # The last column stays empty: some terminals go to the next line once it is written.
        width = _columns(self._stream) - 1
        self._write(
            draw(
                self._words,
                self._done,
                self._total,
                seconds,
                width=width,
                is_plain=self._is_plain,
            )
        )

    def _write(self, line: str) -> None:
        if line or self._drawn:
            wiped = line.ljust(self._drawn)
            self._stream.write(f"\r{wiped}" if line else f"\r{wiped}\r")
            self._stream.flush()
            self._drawn = len(line)


class _Lines(Narrator):
    """A line when a stage begins or has come a good deal further."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._said: dict[str, object] = {}

    def progress(self, stage: str, done: int, total: int) -> None:
        step = done * _STEPS // total if total else _STEPS
        self._say(stage, step, f"{STAGES.get(stage, stage)}: {done} of {total}")

    def compiling(self, words: str, share: float) -> None:
        self._say("compile", words, f"Compiling the model: {words} ({share:.0%} done)")

    def _say(self, stage: str, step: object, words: str) -> None:
        if self._said.get(stage) != step:
            self._said[stage] = step
            click.echo(one_line(words), file=self._stream)


def _is_drawn_on(stream: TextIO) -> bool:
    return stream.isatty() and os.environ.get("TERM") not in {"dumb", "unknown"}


def _can_write(stream: TextIO, letters: str) -> bool:
    try:
        letters.encode(stream.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def _columns(stream: TextIO) -> int:
    """How wide the stream's terminal is now; COLUMNS, which says how wide stdout is, may differ."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80
