"""`archmem serve` and `archmem stop`: the engine, by hand."""

from __future__ import annotations

import os
import sys

import click

from cli.endings import note

IDLE_MINUTES = 30


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Listen on this port of the machine's own network too, for MCP by HTTP.",
)
@click.option(
    "--idle-minutes",
    type=click.FloatRange(min=0, min_open=True),
    help=f"End after so long without a call.  [default: {IDLE_MINUTES}, with --port never]",
)
@click.option("--background", is_flag=True, hidden=True, help="Started by a client.")
def serve(*, port: int | None, idle_minutes: float | None, background: bool) -> None:
    """Run the engine in the foreground.

    There is no need to: commands start it when there is none, and it ends by itself. One engine
    serves all projects of a user; it holds the model, the vectors and the writes.

    \b
    Example:
        archmem serve --port 7437
    """
    from cli.engine.lifetime import Ending
    from cli.engine.serving import serve

    if idle_minutes is None:
        idle_minutes = IDLE_MINUTES if port is None else float("inf")

    def say_where(places: list[str]) -> None:
        if not background:
            for place in places:
                note(f"The engine listens at {place}")
            note("Ctrl+C or `archmem stop` ends it.")

    ending = serve(port=port, idle_seconds=idle_minutes * 60, on_ready=say_where)
    if ending is Ending.UPGRADED:
        # The same process with the new program: whoever watches over it notices nothing.
        options = sys.argv[1:]
        os.execv(sys.executable, [sys.executable, "-P", "-m", "cli.main", *options])  # noqa: S606
    if not background:
        note(f"The engine ends: {ending.value}.")


@click.command()
def stop() -> None:
    """End the engine.

    What is under way has five seconds to finish; what is to be embedded then waits for the next
    engine, which the next command that asks something starts.

    \b
    Example:
        archmem stop
    """
    from cli.client.engine_client import stop_engine

    click.echo("The engine has ended." if stop_engine() else "No engine was running.")
