"""What the engine can be told that is not a verb of one memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from cli.engine.everywhere import ask_everywhere
from cli.json_lines import hit_line
from cli.printing.hits import print_hit
from cli.printing.words import counted
from cli.verbs import VERBS, read_request
from indexer.watching import Mode
from memory.retrieval.questions import content_words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cli.engine.calls import Address, PrintCall
    from cli.engine.engine import Engine
    from cli.printing.screen import Screen
    from indexer.watching import State
    from memory.models.answer import Answer

_MIB = 1024 * 1024


def search_everywhere(engine: Engine, call: PrintCall, screen: Screen) -> None:
    """Search the memories of all projects."""
    request = read_request(VERBS["search"], call.request)

    def ask(address: Address) -> Answer:
        return cast("Answer", engine.call("search", address, request))

    found = ask_everywhere(engine.known.addresses(), ask, limit=request.limit)
    for project, answer in found.answers.items():
        if call.form.json:
            for rank, hit in enumerate(answer.hits, start=1):
                screen.json({"project": str(project)} | hit_line(rank, hit))
            continue
        screen.line(screen.styled(f"{project}", bold=True))
        for rank, hit in enumerate(answer.hits, start=1):
            words = content_words(request.question)
            print_hit(screen.console, rank, hit, words, answer.titles, explain=call.form.explain)
            screen.line("")
    for project, answer in found.answers.items():
        if not answer.complete:
            screen.note(f"Note: {project}: {answer.reason}")
    for project, reason in found.not_asked.items():
        screen.note(f"Not asked: {project}: {reason}")
    if not found.answers:
        screen.note("Nothing found.")


def tell_health(engine: Engine, call: PrintCall, screen: Screen) -> None:
    """Tell how the engine is."""
    health = engine.health()
    if call.form.json:
        screen.json(health)
        return
    screen.facts(
        [
            ("Engine", f"process {health['pid']}, archmem {health['version']}"),
            ("Since", str(health["started"])),
            ("Memory", f"{health['resident_bytes'] / _MIB:,.0f} MiB"),
            ("Listens", ", ".join(health["listens"])),
            ("Log", str(health["log"])),
            ("Open", ", ".join(health["open"]) or "nothing"),
        ]
    )
    _print_states(engine.watching.states(), screen)


def turn_on(engine: Engine, call: PrintCall, screen: Screen) -> None:
    """Watch a project from now on."""
    engine.watching.turn_on(call)
    list_watched(engine, call, screen)


def turn_off(engine: Engine, call: PrintCall, screen: Screen) -> None:
    """Watch a project no longer."""
    was_on = engine.watching.turn_off(call)
    screen.line("It is not watched any more." if was_on else "It was not watched.")


def list_watched(engine: Engine, call: PrintCall, screen: Screen) -> None:
    """Tell what is watched."""
    states = engine.watching.states()
    if call.form.json:
        for root, state in states.items():
            screen.json({"project": str(root), "mode": state.mode, "said": state.said})
        return
    _print_states(states, screen)
    if not states:
        screen.note("Nothing is watched; `archmem watch --on` begins.")


def _print_states(states: dict[Path, State], screen: Screen) -> None:
    if states:
        screen.facts((str(root), state_words(state)) for root, state in states.items())


def state_words(state: State) -> str:
    """How a project is watched, and what to do if it is not as it should be."""
    words = str(state.mode)
    if state.mode is Mode.WATCHING:
        words += f", {counted(state.folders, 'folder')}"
    return f"{words}: {state.said}" if state.said else words


OWN: dict[str, Callable[[Any, Any, Any], None]] = {
    "search-everywhere": search_everywhere,
    "health": tell_health,
    "watch-on": turn_on,
    "watch-off": turn_off,
    "watch-list": list_watched,
}
