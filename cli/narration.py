"""What a command says beside its answer."""

from __future__ import annotations

import click

from memory.texts.safe_text import one_line


def note(text: str) -> None:
    """Tell the person something that no program should take for the answer."""
    click.secho(one_line(text), err=True, dim=True)
