"""Lines of plain text, for what should be on the screen before rich could be imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.safe_text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable


def note(text: str) -> None:
    """Tell the person something that no program should take for the answer."""
    click.secho(one_line(text), err=True, dim=True)


def print_problems(problems: Iterable[str]) -> None:
    """Name on stderr, a line each, what could not be read as it should."""
    for problem in problems:
        for text in problem.splitlines():
            click.echo(f"Problem: {one_line(text)}", err=True)


def print_facts(facts: Iterable[tuple[str, str]]) -> None:
    """Print names and what is to be said of each, a line each; paths in it are not broken."""
    rows = list(facts)
    width = max(len(name) for name, _ in rows) + 2
    for name, words in rows:
        click.echo(click.style(name.ljust(width), dim=True) + one_line(words))
