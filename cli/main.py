"""The command `archmem`: its global options, and where its commands are.

Nothing but click and the standard library is imported here, so that `--help` costs nothing.
"""

from __future__ import annotations

import gc
import sys
from io import TextIOWrapper
from pathlib import Path

import click

from cli.endings import end_well
from cli.lazy import LazyGroup
from cli.verbs import COMMANDS
from cli.workspace import Workspace
from memory.version import VERSION


class ArchMemGroup(LazyGroup):
    """The group of all commands; however one of them ends, it ends in one place."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command that was asked for."""
        with end_well(ctx):
            return super().invoke(ctx)


@click.group(cls=ArchMemGroup, commands=COMMANDS, context_settings={"max_content_width": 100})
@click.option(
    "--project",
    type=click.Path(path_type=Path),
    default=".",
    help="Any folder of the project; the current one if not given.",
)
@click.option(
    "--store",
    type=click.Path(path_type=Path),
    help="Where the memory lies, if not in .archmem at the root of the project.",
)
@click.option(
    "--engine/--no-engine",
    default=True,
    envvar="ARCHMEM_ENGINE",
    help="Ask the engine, starting it if there is none, or open the memory in this process.",
)
@click.version_option(VERSION, prog_name="archmem", message="%(prog)s %(version)s")
@click.pass_context
def archmem(ctx: click.Context, project: Path, store: Path | None, *, engine: bool) -> None:
    """The architectural memory of a codebase.

    It knows what was decided and why, what was tried, what it measured and what was learned,
    and answers with what is in force.

    \b
    Example:
        archmem index
        archmem search "why did we leave JWT?"
    """
    ctx.obj = Workspace(project, store, engine=engine)


def main() -> None:
    """Run `archmem` with the arguments of this process."""
    # Imports make many objects and no garbage; looking for some took a tenth of the start.
    gc.set_threshold(100_000)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal may not know every letter
    archmem(prog_name="archmem")


if __name__ == "__main__":
    main()
