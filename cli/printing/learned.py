"""What a watcher learns, a line each, as it happens."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from cli.forms.screen import Screen
from memory.texts.safe_text import one_line
from memory.texts.shortening import shortened
from memory.views.json_fields import change_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cli.form import OutputForm, Terminal
    from memory.models.answer import Change
    from memory.models.report import IndexReport

_MOST = 10  # lines of one batch; a checkout may change hundreds
_REST = 33  # columns of a line beside title and place
_LEAST = 30  # columns in which a title can still be known again
_STYLES = {"added": "green", "revised": "yellow", "removed": "red"}


class LiveView:
    """Tells in lines what becomes of a project's memory, and nothing twice."""

    def __init__(self, form: OutputForm, terminal: Terminal, tell: Callable[[str], None]) -> None:
        """Begin to tell.

        Args:
            form: As text, or one object a line.
            terminal: Where the lines will be read.
            tell: Is given each line.
        """
        self._form = form
        self._terminal = terminal
        self._tell = tell
        self._problems: set[str] = set()
        self._last = ""

    def learned(self, report: IndexReport, changes: Sequence[Change]) -> None:
        """Tell what a batch of changed files brought."""
        shown = changes if self._form.json else changes[:_MOST]
        for change in shown:
            self._print(change_line(change), self._line(change))
        if rest := len(changes) - len(shown):
            self._say(f"and {rest:,} more")
        if report.moved:
            self._say(f"moved: {report.moved:,} memories, which say what they said")
        if report.withheld:
            self._say(
                f"{report.withheld:,} memories are no longer in the files, too many to believe it: "
                "`archmem index --accept-removals` if that is right",
                fg="yellow",
            )
        for problem in report.problems:
            if problem not in self._problems:
                self._say(f"Problem: {problem}", fg="yellow")
        if self._problems and not report.problems:
            self._say("No file has a problem any more.")
        self._problems = set(report.problems)

    def remark(self, words: str) -> None:
        """Tell something else, unless it was the last thing of this sort."""
        if words != self._last:
            self._say(words, dim=True)
        self._last = words

    def _say(self, words: str, **style: Any) -> None:
        screen = Screen(self._terminal)
        self._print({"said": words}, screen.styled(one_line(words), **style))

    def _line(self, change: Change) -> str:
        screen = Screen(self._terminal)
        memory = change.memory
        what = screen.styled(f"{change.what:<8}", fg=_STYLES[change.what])
        place, title = one_line(memory.citation), one_line(memory.title)
        if self._terminal.is_tty:
            room = self._terminal.width - _REST
            if room - len(place) < _LEAST:
                place = place.rpartition("/")[2]  # where it lies in its folder has to do
            room = max(_LEAST, room - len(place))
            title = shortened(title, room)
        return f"{what} {memory.kind:<11} {title}  {screen.styled(place, dim=True)}"

    def _print(self, said: dict[str, Any], line: str) -> None:
        screen = Screen(self._terminal)
        if self._form.json:
            screen.json(said)
        else:
            screen.line(f"{datetime.now().astimezone():%H:%M:%S}  {line}")
        self._tell(screen.printed.out.rstrip("\n"))
