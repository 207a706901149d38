"""What a watcher learns, a line each, as it happens."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from cli.json_lines import change_line
from cli.safe_text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cli.form import Form
    from cli.printing.screen import Screen
    from memory.models.answer import Change

_MOST = 20  # lines of one batch; a checkout may change hundreds
_STYLES = {"added": "green", "revised": "yellow", "removed": "red"}


def print_changes(screen: Screen, form: Form, changes: Iterable[Change]) -> None:
    """Print what changed in a memory; for people at most so many lines, and how many more."""
    found = list(changes)
    if form.json:
        for change in found:
            screen.json(change_line(change))
        return
    for change in found[:_MOST]:
        screen.line(_line(screen, change))
    if len(found) > _MOST:
        screen.line(f"{_now()}  and {len(found) - _MOST:,} more")


def print_remarks(screen: Screen, form: Form, remarks: Iterable[str]) -> None:
    """Print what else is to be said, for people and programs."""
    for words in remarks:
        if form.json:
            screen.json({"said": words})
        else:
            screen.line(f"{_now()}  {screen.styled(one_line(words), dim=True)}")


def new_problems(before: Iterable[str], now: Iterable[str]) -> Iterator[str]:
    """The problems that were not known before, and that all are gone if they are."""
    known = set(before)
    found = list(now)
    yield from (f"Problem: {problem}" for problem in found if problem not in known)
    if known and not found:
        yield "No file has a problem any more."


def _line(screen: Screen, change: Change) -> str:
    memory = change.memory
    what = screen.styled(f"{change.what:<8}", fg=_STYLES[change.what])
    place = screen.styled(one_line(memory.citation), dim=True)
    return f"{_now()}  {what} {memory.kind:<11} {one_line(memory.title)}  {place}"


def _now() -> str:
    return f"{datetime.now().astimezone():%H:%M:%S}"
