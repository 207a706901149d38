"""`archmem hook`: what an agent's program runs at certain moments."""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import suppress
from threading import Timer
from typing import TYPE_CHECKING, Any

import click

from cli.endings import point_stdout_nowhere
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from collections.abc import Mapping

ALL_IN_ALL = 1.8  # seconds; the interpreter took some before this, and two are not to be exceeded
FOR_THE_ENGINE = 1.6


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="EVENT")
@pass_workspace
def hook(workspace: Workspace, *, words: tuple[str, ...]) -> None:
    """Answer a hook of Claude Code or Codex.

    It is given the name of an event and, on stdin, the event's JSON, and prints the JSON that the
    event takes, or nothing; without an engine it says nothing. It ends with 0 whatever happens, and
    within two seconds; what goes wrong is written to the engine's log. `archmem install`
    sets it up for SessionStart, UserPromptSubmit, SubagentStart, PreCompact and Stop.

    \b
    Example:
        echo '{"prompt": "why did we leave JWT?"}' | archmem hook UserPromptSubmit
    """
    # Whatever hangs (stdin, the engine): nobody is to wait for a memory.
    timer = Timer(ALL_IN_ALL, os._exit, (0,))
    timer.daemon = True
    timer.start()
    event = words[0] if words else ""
    try:
        if said := _answer(workspace, event):
            click.echo(json.dumps(said))
            sys.stdout.flush()
    except Exception as error:  # noqa: BLE001  (an agent's work is not to stop for this)
        with suppress(Exception):  # nor for a log that cannot be written
            _log(f"hook {event}: {type(error).__name__}: {error}")
        point_stdout_nowhere()  # if nobody reads it, its end is not to be a failure either
    timer.cancel()


def _answer(workspace: Workspace, event: str) -> Mapping[str, Any]:
    from cli.client.engine_client import ensure_engine

    if not workspace.engine:  # to open a memory here would take longer than a hook may
        return {}
    until = time.monotonic() + FOR_THE_ENGINE
    payload = json.loads(sys.stdin.read() or "{}")
    address = workspace.address()
    # The folder where the agent works may be a worktree of its own.
    address["project"] = (
        payload.get("cwd") or os.environ.get("CLAUDE_PROJECT_DIR") or address["project"]
    )
    engine = ensure_engine(wait=FOR_THE_ENGINE)
    return engine.hook(event, address | {"payload": payload}, until - time.monotonic())


def _log(text: str) -> None:
    from cli.client.runtime import ensure_runtime

    with ensure_runtime().log.open("a", encoding="utf-8") as log:
        log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text}\n")
