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
from cli.lazy import LazyCommand, LazyGroup
from cli.workspace import Workspace
from memory.version import VERSION

COMMANDS = (
    LazyCommand("init", "cli.commands.init:init", "Make an empty memory for a project."),
    LazyCommand("index", "cli.commands.index:index", "Bring the memory up to date with the files."),
    LazyCommand("search", "cli.commands.search:search", "Find what answers a question."),
    LazyCommand("tried", "cli.commands.tried:tried", "Tell what was tried, and what came of it."),
    LazyCommand("brief", "cli.commands.brief:brief", "Tell what is known for a task."),
    LazyCommand("check", "cli.commands.check:check", "Check a plan against what is known."),
    LazyCommand("related", "cli.commands.search:related", "Find what has to do with a memory."),
    LazyCommand("show", "cli.commands.show:show", "Print all that is known of one memory."),
    LazyCommand("explain", "cli.commands.explain:explain", "Say why a memory stands as it does."),
    LazyCommand("history", "cli.commands.history:history", "Tell how a memory came to say this."),
    LazyCommand("timeline", "cli.commands.timeline:timeline", "Tell how a module evolved."),
    LazyCommand("baselines", "cli.commands.baselines:baselines", "Plot what was measured."),
    LazyCommand("list", "cli.commands.list:list_", "List memories, the latest first."),
    LazyCommand("record", "cli.commands.record:record", "Keep something new, and write it down."),
    LazyCommand("run", "cli.commands.run:run", "Open a run, tell what came of it, list runs."),
    LazyCommand("learn", "cli.commands.learn:learn", "Turn what came of a run into lessons."),
    LazyCommand("flag", "cli.commands.flag:flag", "List flags, raise them and settle them."),
    LazyCommand(
        "consolidate",
        "cli.commands.consolidate:consolidate",
        "Propose what could be tidied, with reasons.",
    ),
    LazyCommand("verify", "cli.commands.verify:verify", "Say what no longer holds."),
    LazyCommand("status", "cli.commands.status:status", "Say what the memory holds and lacks."),
    LazyCommand("watch", "cli.commands.watch:watch", "Keep the memory in step with the files."),
    LazyCommand("mcp", "cli.commands.mcp:mcp", "Serve the memory to an agent by MCP."),
    LazyCommand("hook", "cli.commands.hook:hook", "Answer a hook of Claude Code."),
    LazyCommand("install", "cli.commands.install:install", "Make a coding agent use the memory."),
    LazyCommand("uninstall", "cli.commands.install:uninstall", "Take it out of an agent's files."),
    LazyCommand("serve", "cli.commands.serve:serve", "Run the engine in the foreground."),
    LazyCommand("stop", "cli.commands.serve:stop", "End the engine."),
    LazyCommand("model", "cli.commands.model:model", "Show or compile the embedding model."),
)


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
