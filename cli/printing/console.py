"""The consoles that people read, and the few ways in which words are put on them."""

from __future__ import annotations

import io
import re
import shutil
import sys
from typing import TYPE_CHECKING, cast

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from cli.safe_text import one_line, visible

if TYPE_CHECKING:
    from typing import IO, TextIO

    from rich.console import RenderableType
    from rich.style import StyleType

NARROWEST, WIDEST = 40, 100
UNBOUNDED = 500  # characters, more than any row has: a title has 300 at most


def out() -> Console:
    """For answers: colour on a terminal only, its width but no more than can be read with ease."""
    return _console(stderr=False)


def out_by_rows() -> Console:
    """For answers of a row a line: cut at the edge of a terminal, whole for file and program."""
    console = _console(stderr=False)
    if not console.is_terminal:
        console.width = UNBOUNDED
    return console


def narration() -> Console:
    """For what is not the answer."""
    return _console(stderr=True)


class _Trimmed(io.TextIOBase):
    """A stream without the blanks at line ends with which rich fills its tables."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        self._stream.write(re.sub(r" +$", "", text, flags=re.MULTILINE))
        return len(text)

    def flush(self) -> None:
        self._stream.flush()


class _Console(Console):
    """A console that leaves it to `cli.endings` what a reader's going away means."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def _console(*, stderr: bool) -> _Console:
    stream = sys.stderr if stderr else sys.stdout
    columns = shutil.get_terminal_size((80, 24)).columns
    return _Console(
        file=stream if stream.isatty() else cast("IO[str]", _Trimmed(stream)),
        width=max(NARROWEST, min(columns, WIDEST)),
        markup=False,
        highlight=False,
        emoji=False,
    )


def line(text: str, style: StyleType = "") -> Text:
    """Text from anywhere, harmless and on one line."""
    return Text(one_line(text), style)


def paragraphs(text: str, style: StyleType = "") -> Text:
    """Text from anywhere, harmless, with its line ends."""
    return Text(visible(text), style)


def indented(what: RenderableType, by: int) -> Padding:
    """Something with space to its left."""
    return Padding(what, (0, 0, 0, by), expand=False)


def print_whole(console: Console, text: Text) -> None:
    """Print a line that is not to be broken, so that a path in it can be copied or clicked."""
    console.print(text, no_wrap=True, overflow="ignore", crop=False)
