"""What a command says beside its answer, and how it ends: errors as one line, bugs aloud."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from memory.errors import ArchMemError, DiskRefused
from memory.texts.safe_text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

INTERRUPTED = 128 + signal.SIGINT
NOBODY_READS = 128 + 13  # SIGPIPE, which Windows has no name for


@contextmanager
def end_well(ctx: click.Context) -> Iterator[None]:
    """Translate what ends a command into words and an exit code.

    An error of ours, or of the disk, becomes one line and exit code 1; what nobody expected
    passes through.
    """
    try:
        yield
        sys.stdout.flush()
    except ArchMemError as error:
        raise click.ClickException(one_line(f"{error} {error.hint}")) from error
    except BrokenPipeError:
        point_stdout_nowhere()
        ctx.exit(NOBODY_READS)
    except OSError as error:
        refused = DiskRefused(error)
        raise click.ClickException(one_line(f"{refused} {refused.hint}")) from error
    except KeyboardInterrupt:
        ctx.exit(INTERRUPTED)


def point_stdout_nowhere() -> None:
    """Keep the interpreter from failing when it flushes stdout at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


def note(text: str) -> None:
    """Tell the person something that no program should take for the answer."""
    click.secho(one_line(text), err=True, dim=True)


def print_answer(text: str, *, colour: bool) -> None:
    """Print an answer; one that is longer than the terminal is read in a pager.

    PAGER says which; with PAGER=cat nothing is held up.
    """
    lines = shutil.get_terminal_size().lines
    if sys.stdout.isatty() and sys.stdin.isatty() and text.count("\n") >= lines:
        os.environ.setdefault("LESS", "FRX")  # with colours, and what was read stays on the screen
        click.echo_via_pager(text.removesuffix("\n"), color=colour)
    else:
        click.echo(text, nl=False, color=colour)
