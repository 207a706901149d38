"""`archmem completion`: a shell completes commands and options, and `man` knows them."""

from __future__ import annotations

import os
from pathlib import Path

import click
from click.shell_completion import get_completion_class

from cli.endings import note
from cli.manual import manual_pages

_PROGRAM, _VARIABLE = "archmem", "_ARCHMEM_COMPLETE"
_DATA = ("XDG_DATA_HOME", ".local/share")
#: Where each shell looks by itself, from the user's data or configuration folder; zsh looks in no
#: folder of the user's, so that it has to be told of this one.
_PLACES = {
    "bash": (*_DATA, "bash-completion/completions/archmem"),
    "zsh": (*_DATA, "zsh/site-functions/_archmem"),
    "fish": ("XDG_CONFIG_HOME", ".config", "fish/completions/archmem.fish"),
}


@click.command()
@click.argument("shell", type=click.Choice(list(_PLACES)), required=False)
@click.option("--print", "only_print", is_flag=True, help="Print the script, and write nothing.")
@click.pass_context
def completion(ctx: click.Context, shell: str | None, *, only_print: bool) -> None:
    """Install completion and manual.

    Writes the script to where the shell looks for it, and a page of the manual for each command to
    where `man` does. The shell is the one of $SHELL if none is named.

    \b
    Examples:
        archmem completion
        archmem completion zsh --print
    """
    shell = shell or Path(os.environ.get("SHELL", "")).name
    complete = get_completion_class(shell)
    if shell not in _PLACES or complete is None:
        raise click.UsageError(f"Name a shell: {', '.join(_PLACES)}.", ctx)
    program = ctx.find_root().command
    script = complete(program, {}, _PROGRAM, _VARIABLE).source()
    if only_print:
        click.echo(script)
        return
    file = _place(*_PLACES[shell])
    _write(file, script)
    click.echo(f"{file} makes {shell} complete what {_PROGRAM} takes, from its next start.")
    if shell == "zsh":
        note(f"~/.zshrc has to name its folder before compinit: fpath=({file.parent} $fpath)")
    pages = _place(*_DATA, "man/man1")
    assert isinstance(program, click.Group)  # noqa: S101  (a typing aid)
    for name, page in manual_pages(program, _PROGRAM):
        _write(pages / f"{name}.1", page)
    click.echo(f"{pages} has the pages of `man {_PROGRAM}`, `man {_PROGRAM}-search` and so on.")


def _place(variable: str, folder: str, below: str) -> Path:
    return Path(os.environ.get(variable) or Path.home() / folder) / below


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}.") from error
