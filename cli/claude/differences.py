"""The differences that a plan makes, as lines that people read."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import click

from cli.claude.plans import AGENT
from memory.texts.safe_text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.claude.plans import FileChange

_NOWHERE = "/dev/null"  # as git and diff call it on every system
_HEADER = 3  # lines: both names, and the place
_COLOURS = {"-": "red", "+": "green", "@": "cyan"}


def difference(change: FileChange) -> Iterator[str]:
    """A unified diff, line by line and in colour, without characters that drive a terminal."""
    old, new = _lines(change.before), _lines(change.after)
    names = (
        change.path if change.before is not None else _NOWHERE,
        change.path if change.after is not None else _NOWHERE,
    )
    for number, line in enumerate(difflib.unified_diff(old, new, *names)):
        text = visible(line).removesuffix("\n")
        if number < 2:
            yield click.style(text.rstrip(), bold=True)
        else:
            yield click.style(text, fg=_COLOURS.get(line[0]))
        if not line.endswith("\n"):
            yield "\\ No newline at end of file"


def short_difference(change: FileChange) -> Iterator[str]:
    """The same, but only the head of the agent's definition where it comes or goes as a whole."""
    lines = list(difference(change))
    shown = len(lines)
    if change.path == AGENT and None in (change.before, change.after):
        shown = _HEADER + _front_matter(_lines(change.after or change.before))
    yield from lines[:shown]
    if shown < len(lines):
        rest = f"… {len(lines) - shown} more lines; --dry-run shows them all"
        yield click.style(rest, dim=True)


def _front_matter(lines: list[str]) -> int:
    """How many lines the front matter has, with those that fence it."""
    return next((at for at, line in enumerate(lines, 1) if at > 1 and line.strip() == "---"), 0)


def _lines(text: str | None) -> list[str]:
    """The lines with their ends, as diff and git count them: a line feed ends one."""
    whole = (text or "").split("\n")
    return [f"{line}\n" for line in whole[:-1]] + [line for line in whole[-1:] if line]
