"""Shows how far a long run has come: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.printing.console import narration
from cli.safe_text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import TaskID

STAGES = {"read": "Reading files", "keep": "Keeping memories", "embed": "Embedding"}
_STEPS = 4  # plain lines for one stage, at most, beside its first
_PERCENT = 100


class Watcher(Protocol):
    """Is told what a run does."""

    def progress(self, stage: str, done: int, total: int) -> None:
        """`done` of `total` things of a stage are finished."""

    def compiling(self, words: str, share: float) -> None:
        """The model is being compiled; `share` of it, 0 to 1, is done."""


@contextmanager
def watching() -> Iterator[Watcher]:
    """Something that shows progress on stderr for as long as the block lasts."""
    console = narration()
    if not console.is_terminal:
        yield _Lines()
        return
    columns = (
        TextColumn("{task.description:<24}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        yield _Bars(bars)


class _Bars:
    """A bar for each stage."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def progress(self, stage: str, done: int, total: int) -> None:
        self._show(stage, STAGES.get(stage, stage), done, total)

    def compiling(self, words: str, share: float) -> None:
        words = f"Compiling: {one_line(words)}"
        self._show("compile", words, round(share * _PERCENT), _PERCENT)

    def _show(self, key: str, words: str, done: int, total: int) -> None:
        if key not in self._tasks:
            self._tasks[key] = self._bars.add_task(words)
        self._bars.update(self._tasks[key], description=words, completed=done, total=total)


class _Lines:
    """A line when a stage begins or has come a good deal further."""

    def __init__(self) -> None:
        self._said: dict[str, object] = {}

    def progress(self, stage: str, done: int, total: int) -> None:
        step = done * _STEPS // total if total else _STEPS
        self._say(stage, step, f"{STAGES.get(stage, stage)}: {done} of {total}")

    def compiling(self, words: str, share: float) -> None:
        self._say("compile", words, f"Compiling the model: {words} ({share:.0%} done)")

    def _say(self, stage: str, step: object, words: str) -> None:
        if self._said.get(stage) != step:
            self._said[stage] = step
            click.echo(one_line(words), err=True)
