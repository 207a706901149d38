"""Asks a memory in this process, for those who want no engine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cli.client.errors import EngineWanted
from cli.forms.screen import Screen
from cli.verbs import all_verbs
from indexer.project import open_project

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cli.form import Form, Printed
    from cli.progress import Narrator
    from cli.terminal import Terminal
    from cli.workspace import Workspace


def print_here(
    workspace: Workspace,
    name: str,
    request: Mapping[str, Any],
    form: Form,
    terminal: Terminal,
    narrator: Narrator,
) -> Printed:
    """What a verb's answer looks like on a terminal.

    Raises:
        EngineWanted: only the engine can do it.
        StoreOwned: the engine has the memory open.
        ArchMemError: whatever else keeps it from answering.
    """
    verb = all_verbs().get(name)
    if verb is None:
        raise EngineWanted
    asked = verb.read(json.loads(json.dumps(request)))  # as the engine is given it
    screen = Screen(terminal)
    with open_project(workspace.project, store=workspace.store, create=verb.creates) as memory:
        response = verb.run(memory, asked, narrator)
        verb.print(screen, form, memory, asked, response)
    return screen.printed


def follow_here(
    workspace: Workspace, form: Form, terminal: Terminal, tell: Callable[[str], None]
) -> None:
    """Tell in lines what is learned of a project, until the process is interrupted.

    Raises:
        StoreOwned: the engine has the memory open.
        ArchMemError: whatever else keeps the project from being watched.
    """
    from threading import Event

    from cli.engine.building import engine_parts
    from cli.engine.calls import PrintCall
    from cli.engine.lifetime import Lifetime

    call = PrintCall(**workspace.address(), form=form, terminal=terminal)
    with (
        engine_parts(
            Lifetime(idle_seconds=float("inf")), about={}, by="archmem watch", state=None
        ) as engine,
        engine.following(call, tell),
    ):
        Event().wait()
