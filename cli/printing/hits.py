"""Hits as calm blocks: what it is, where it stands, what it says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from cli.printing.bearing import bearing
from cli.printing.console import indented, line, print_whole
from cli.printing.excerpt import excerpt
from cli.printing.standing import relations, summary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

    from memory.models.answer import Hit

_INDENT = 4
_PASSAGE_LINES = 4
_BAR = 20  # characters for a share of the whole score


def print_hit(
    console: Console,
    rank: int,
    hit: Hit,
    words: Sequence[str],
    titles: Mapping[str, str],
    *,
    explain: bool,
) -> None:
    """Print one hit.

    Args:
        console: Where to.
        rank: 1 for the best.
        hit: What was found.
        words: Of the question; they are shown in the passage.
        titles: Of the memories that its standing names, by uid.
        explain: Say how the score came about.
    """
    console.print(_headline(rank, hit))
    console.print(indented(summary(hit), _INDENT))
    print_whole(console, Text(" " * _INDENT + line(hit.citation).plain, "cyan"))
    for relation in relations(hit.standing, titles):
        console.print(indented(relation, _INDENT))
    for bears in bearing(hit):
        console.print(indented(bears, _INDENT))
    if hit.because:
        console.print(indented(line(f"why here: {hit.because}", "italic"), _INDENT))
    console.print(indented(_passage(console, hit, words), _INDENT + 2))
    if explain:
        console.print(indented(_signals(hit), _INDENT))


def _headline(rank: int, hit: Hit) -> Table:
    grid = Table.grid(padding=(0, 1), expand=True)
    grid.add_column(width=_INDENT - 1, justify="right")
    grid.add_column(ratio=1)
    grid.add_column(justify="right", style="dim")
    grid.add_row(f"{rank}.", line(hit.memory.title, "bold"), f"{hit.score:.2f}")
    return grid


def _passage(console: Console, hit: Hit, words: Sequence[str]) -> Text:
    width = console.width - _INDENT - 2
    text = line(excerpt(hit.passage, words, length=width * _PASSAGE_LINES - 8))
    if words:
        text.highlight_regex(_pattern(words), "bold yellow")
    return text


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    """Finds the words, and those that only end otherwise."""
    stems = "|".join(re.escape(word.rstrip("s") or word) for word in words)
    return re.compile(rf"\b(?:{stems})\w{{0,3}}\b", re.IGNORECASE)


def _signals(hit: Hit) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(style="dim")
    grid.add_column(justify="right")
    grid.add_column(style="cyan")
    for name, share in sorted(hit.signals.items(), key=lambda signal: -signal[1]):
        grid.add_row(name, f"{share:+.3f}", "▇" * round(max(0.0, share) * _BAR))
    return grid
