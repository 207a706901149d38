"""Shows how far a long run has come: one line that updates itself, or plain lines in a log."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from threading import Lock, Timer
from typing import TYPE_CHECKING, TextIO

import click

from memory.texts.safe_text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress, TaskID

STAGES = {
    "read": "Reading files",
    "keep": "Keeping memories",
    "history": "Reading commits",
    "embed": "Embedding",
    "past": "Looking at commits of the past",
    "code": "Reading code",
    "look": "Looking at the code",
}
_NOT_LOGGED = frozenset({"code", "look"})  # of what is asked often; a log has the answer
_STEPS = 4  # plain lines for one stage, at most, beside its first
_PERCENT = 100
_BAR = 24  # columns
_UNTOLD = 2.0  # seconds without news after which a person wonders


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
def narrating(stream: TextIO | None = None, *, doing: str = "") -> Iterator[Narrator]:
    """Something that shows progress as long as the block lasts, on stderr if not elsewhere.

    Args:
        stream: Where.
        doing: What a terminal is told where there is no other news within `_UNTOLD` seconds.
    """
    stream = stream or sys.stderr
    if not _is_drawn_on(stream):
        yield _Lines(stream)
        return
    line = _LiveLine(stream)
    timer = Timer(_UNTOLD, line.wait, [doing])
    timer.daemon = True
    if doing:
        timer.start()
    try:
        yield line
    finally:
        timer.cancel()
        line.close()


class _LiveLine(Narrator):
    """One line on a terminal, drawn over and over; nothing is drawn before there is news."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._progress: Progress | None = None  # rich takes 60 ms to import: not for short answers
        self._task: TaskID | None = None
        self._stage = ""
        self._turn = Lock()
        self._closed = False

    def wait(self, doing: str) -> None:
        """Say what is done, if nothing was said so far."""
        with self._turn:
            if not self._closed and self._progress is None:
                self._draw("", doing, 0, None)

    def progress(self, stage: str, done: int, total: int) -> None:
        self._tell(stage, STAGES.get(stage, stage), done, total or None)

    def compiling(self, words: str, share: float) -> None:
        self._tell("compile", f"Compiling: {words}", round(share * _PERCENT), _PERCENT)

    def close(self) -> None:
        """Leave the terminal as it was."""
        with self._turn:
            self._closed = True
            if self._progress:
                self._progress.stop()

    def _tell(self, stage: str, words: str, done: int, total: int | None) -> None:
        with self._turn:
            self._draw(stage, words, done, total)

    def _draw(self, stage: str, words: str, done: int, total: int | None) -> None:
        if self._progress is None:
            self._progress = _line_on(self._stream)
            self._progress.start()
        if stage != self._stage or self._task is None:
            if self._task is not None:
                self._progress.remove_task(self._task)
            self._stage, self._task = stage, self._progress.add_task("", total=total)
        assert self._task is not None  # noqa: S101  (a typing aid)
        self._progress.update(self._task, description=one_line(words), completed=done, total=total)


class _Lines(Narrator):
    """A line when a stage begins or has come a good deal further."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._said: dict[str, object] = {}

    def progress(self, stage: str, done: int, total: int) -> None:
        if stage in _NOT_LOGGED:
            return
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


def _line_on(stream: TextIO) -> Progress:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(_BAR),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(file=stream),
        transient=True,
    )
