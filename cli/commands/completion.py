"""`archmem completion`: the shell completes commands and options."""

from __future__ import annotations

import os
from pathlib import Path

import click
from click.shell_completion import get_completion_class

from cli.endings import note

_PROGRAM, _VARIABLE = "archmem", "_ARCHMEM_COMPLETE"
#: Where each shell looks by itself, from the user's data or configuration folder; zsh looks in no
#: folder of the user's, so that it has to be told of this one.
_PLACES = {
    "bash": ("XDG_DATA_HOME", ".local/share", "bash-completion/completions/archmem"),
    "zsh": ("XDG_DATA_HOME", ".local/share", "zsh/site-functions/_archmem"),
    "fish": ("XDG_CONFIG_HOME", ".config", "fish/completions/archmem.fish"),
}


@click.command()
@click.argument("shell", type=click.Choice(list(_PLACES)), required=False)
@click.option("--print", "only_print", is_flag=True, help="Print the script, and write nothing.")
@click.pass_context
def completion(ctx: click.Context, shell: str | None, *, only_print: bool) -> None:
    """Make a shell complete commands.

    Writes the script to where the shell looks for it; the shell is the one of $SHELL if none is
    named.

    \b
    Examples:
        archmem completion
        archmem completion zsh --print
    """
    shell = shell or Path(os.environ.get("SHELL", "")).name
    complete = get_completion_class(shell)
    if shell not in _PLACES or complete is None:
        raise click.UsageError(f"Name a shell: {', '.join(_PLACES)}.", ctx)
    script = complete(ctx.find_root().command, {}, _PROGRAM, _VARIABLE).source()
    if only_print:
        click.echo(script)
        return
    variable, folder, name = _PLACES[shell]
    file = Path(os.environ.get(variable) or Path.home() / folder) / name
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(script, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}.") from error
    click.echo(f"{file} makes {shell} complete what {_PROGRAM} takes, from its next start.")
    if shell == "zsh":
        note(f"~/.zshrc has to name its folder before compinit: fpath=({file.parent} $fpath)")
