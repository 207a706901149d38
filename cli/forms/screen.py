"""What one command prints, answer and narration apart, as text for a terminal elsewhere."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cli.form import Printed
from memory.texts.safe_text import escape_unsafe, for_terminal, one_line, visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType
    from rich.style import StyleType

    from cli.form import Terminal
    from memory.errors import ArchMemError

_UID = {"style": "dim", "no_wrap": True}
_TEXT = {"ratio": 1, "no_wrap": True, "overflow": "ellipsis"}
_COLUMNS: dict[str, dict[str, Any]] = {
    "Uid": _UID,
    "State": {"no_wrap": True},
    "Title": _TEXT,
    "Task": _TEXT,
}
UNBOUNDED = 10_000  # characters, more than any row has


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


def facts_grid(facts: Iterable[tuple[str, Text]]) -> Table:
    """Names and what is to be said under each."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, words in facts:
        grid.add_row(name, words)
    return grid


class Screen:
    """Collects what a command prints: colours and layout are those of the terminal."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self._answer = io.StringIO()
        self._narration: list[str] = []
        self._code = 0
        self.console = self._console(terminal.width)

    @property
    def row_width(self) -> int:
        """Columns that a row of a table has: those of a terminal; a file or program takes any."""
        return self.terminal.columns if self.terminal.is_tty else UNBOUNDED

    def table(self, columns: Iterable[str], rows: Iterable[Iterable[RenderableType]]) -> None:
        """Print a table, a row a line; a terminal has the last column cut, others have it whole."""
        table = Table(
            box=None,
            expand=self.terminal.is_tty,
            pad_edge=False,
            header_style="bold",
            padding=(0, 2, 0, 0),
        )
        for name in columns:
            table.add_column(name, **_COLUMNS.get(name, {}))
        for row in rows:
            table.add_row(*row)
        self._console(self.row_width).print(table)

    def line(self, text: str) -> None:
        """Print a line of the answer as it is."""
        self._answer.write(f"{text}\n")

    def json(self, said: dict[str, Any]) -> None:
        """Print one object on one line."""
        self.line(escape_unsafe(json.dumps(said, ensure_ascii=False)))

    def facts(self, facts: Iterable[tuple[str, str]]) -> None:
        """Print names and what is to be said of each, a line each; paths are not broken."""
        rows = list(facts)
        width = max(len(name) for name, _ in rows) + 2
        for name, words in rows:
            self.line(self.styled(name.ljust(width), dim=True) + one_line(words))

    def note(self, text: str) -> None:
        """Tell the person something that no program should take for the answer."""
        self._narration.append(click.style(one_line(text), dim=True))

    def problems(self, problems: Iterable[str]) -> None:
        """Name, a line each, what could not be read as it should."""
        for problem in problems:
            self._narration += (f"Problem: {one_line(text)}" for text in problem.splitlines())

    def fail(self, error: ArchMemError) -> None:
        """Say, beside what was printed, why this is not what the caller wanted."""
        self._narration.append(f"Error: {one_line(f'{error} {error.hint}')}")
        self._code = 1

    def end_with(self, code: int) -> None:
        """End the command with this code, though nothing failed: the answer itself means it."""
        self._code = self._code or code

    def styled(self, text: str, **style: Any) -> str:
        """Text for `line` as click styles it, where there is colour."""
        return click.style(text, **style) if self.terminal.colour else text

    @property
    def printed(self) -> Printed:
        """All of it, made harmless; click takes styles out of narration that goes to a file."""
        narration = "".join(f"{said}\n" for said in self._narration)
        answer = for_terminal(self._answer.getvalue())
        return Printed(answer, for_terminal(narration), self._code)

    def _console(self, width: int) -> Console:
        file = self._answer if self.terminal.is_tty else _Trimmed(self._answer)
        return Console(
            file=file,  # type: ignore[arg-type]  # all that rich does with it is to write
            width=width,
            force_terminal=self.terminal.is_tty,
            color_system="standard" if self.terminal.colour else None,
            legacy_windows=False,
            markup=False,
            highlight=False,
            emoji=False,
            _environ={},  # of this process, which is not the one that has the terminal
        )


class _Trimmed(io.TextIOBase):
    """A stream without the blanks at line ends with which rich fills its tables."""

    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        self._stream.write(re.sub(r"(?<! ) ++$", "", text, flags=re.MULTILINE))
        return len(text)

    def flush(self) -> None:
        """Nothing to do."""
