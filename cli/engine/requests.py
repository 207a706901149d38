"""Orders to the engine beside the verbs of one memory, and one question to all projects."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from cli.forms.terminal import print_hit
from cli.verbs import find_verb
from cli.verbs.search import UNKNOWN
from indexer.watching import Mode
from memory.errors import ArchMemError, ProjectNotFound, StoreNotFound
from memory.texts.formatting import ago, counted, minute
from memory.texts.words import content_words
from memory.views.json_fields import hit_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from cli.engine.calls import Address, PrintCall
    from cli.engine.engine import Engine
    from cli.forms.screen import Screen
    from indexer.watching import WatcherState
    from memory.models.answer import Answer, Hit


_MIB = 1024 * 1024


def search_everywhere(engine: Engine, call: PrintCall, screen: Screen) -> None:
    """Search the memories of all projects."""
    request: Any = find_verb("search").read(call.request)

    def ask(address: Address) -> Answer:
        return cast("Answer", engine.call("search", address, request))

    found = ask_everywhere(engine.known.addresses(), ask, limit=request.limit)
    for project in found.gone:
        engine.known.remove(project)
    words = content_words(request.question)
    if found.is_unknown and not call.form.json:
        screen.line(f"{UNKNOWN} What comes nearest:\n")
    for rank, (project, hit) in enumerate(found.hits, start=1):
        known = found.answers[project].known
        if call.form.json:
            screen.json({"project": str(project)} | hit_line(rank, hit) | {"known": known})
            continue
        titles = found.answers[project].titles
        screen.line(screen.styled(str(project), bold=True))
        print_hit(screen.console, rank, hit, words, titles, explain=call.form.explain)
        screen.line("")
    for project, answer in found.answers.items():
        if not answer.complete:
            screen.note(f"Note: {project}: {answer.reason}")
    for project, reason in found.not_asked.items():
        screen.note(f"Not asked: {project}: {reason}")
    if not found.hits:
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
            ("Since", _since(health["started"])),
            ("Memory", f"{(health['resident_bytes'] or 0) / _MIB:,.0f} MiB"),
            *(("Listens", place) for place in health["listens"]),
            ("Log", str(health["log"])),
            ("Under way", _under_way(health)),
            *(("Waiting", task) for task in health["tasks"]),
            *((f"  {name}", _fared(one)) for name, one in health["figures"]["calls"].items()),
            *(("Open", folder) for folder in health["open"]),
            *(
                ("Watched", f"{root}, {state_words(state)}")
                for root, state in engine.watching.states().items()
            ),
        ]
    )


def _under_way(health: Mapping[str, Any]) -> str:
    calls = health["figures"]["calls"].values()
    answered = sum(one["calls"] for one in calls)
    failed = sum(one["failed"] for one in calls)
    return (
        f"{counted(health['figures']['under_way'], 'call')}; {answered:,} so far, {failed} failed"
    )


def _fared(one: Mapping[str, Any]) -> str:
    """How the calls of one name fared."""
    words = [counted(one["calls"], "call")]
    words += [f"{one[kind]} {kind}" for kind in ("refused", "failed") if one[kind]]
    shares = [
        f"p{float(share) * 100:g} {took * 1e3:,.0f} ms" for share, took in one["seconds"].items()
    ]
    return ", ".join([*words, *shares])


def turn_on(engine: Engine, call: PrintCall, screen: Screen) -> None:
    """Watch a project from now on."""
    root, state = engine.watching.turn_on(call)
    if call.form.json:
        screen.json(_watched(root, state))
    else:
        screen.line(f"From now on {root} is watched ({state_words(state)}).")


def turn_off(engine: Engine, call: PrintCall, screen: Screen) -> None:
    """Watch a project no longer."""
    root, was_on = engine.watching.turn_off(call)
    if call.form.json:
        screen.json({"project": str(root), "was_watched": was_on})
    else:
        screen.line(f"{root} {'is not watched any more' if was_on else 'was not watched'}.")


def list_watched(engine: Engine, call: PrintCall, screen: Screen) -> None:
    """Tell what is watched."""
    states = engine.watching.states()
    if call.form.json:
        for root, state in states.items():
            screen.json(_watched(root, state))
        return
    if states:
        screen.facts((str(root), state_words(state)) for root, state in states.items())
    if not states:
        screen.note("Nothing is watched; `archmem watch --on` begins.")


def _watched(root: Path, state: WatcherState) -> dict[str, Any]:
    return {
        "project": str(root),
        "mode": state.mode,
        "folders": state.folders,
        "said": state.said,
    }


def _since(started: str) -> str:
    moment = datetime.fromisoformat(started)
    return f"{minute(moment)}, {ago(moment, datetime.now(UTC))}"


def state_words(state: WatcherState) -> str:
    """How a project is watched, and what to do if it is not as it should be."""
    words = str(state.mode)
    if state.mode is Mode.WATCHING:
        words += f", {counted(state.folders, 'folder')}"
    return f"{words}: {state.said}" if state.said else words


ORDERS: dict[str, Callable[[Engine, PrintCall, Screen], None]] = {
    "search-everywhere": search_everywhere,
    "engine-health": tell_health,
    "watch-on": turn_on,
    "watch-off": turn_off,
    "watch-list": list_watched,
}


class Everywhere(NamedTuple):
    """What the projects answered."""

    hits: list[tuple[Path, Hit]]  # with the project of each, the best one first
    answers: dict[Path, Answer]  # of each project that was asked
    not_asked: dict[Path, str]  # why, by project
    gone: tuple[Path, ...]  # projects that are no more, or have no memory any more

    @property
    def is_unknown(self) -> bool:
        """Whether something was found, and no project is known to answer."""
        return bool(self.hits) and not any(answer.known for answer in self.answers.values())


def ask_everywhere(
    projects: Iterable[Address], ask: Callable[[Address], Answer], *, limit: int
) -> Everywhere:
    """Ask each project by itself, and put their hits in one order.

    A score is how likely a hit is the answer, and falls within a project, so that they can be
    put side by side. Where one project cannot say (another model, words alone), its hits come
    behind those of the others. What clones of one repository have in common is told once.

    Args:
        projects: Whom to ask.
        ask: Asks one.
        limit: At most so many hits; of equal ones those of the project named first.
    """
    answers: dict[Path, Answer] = {}
    not_asked: dict[Path, str] = {}
    gone: list[Path] = []
    for address in projects:
        try:
            answers[address.project] = ask(address)
        except (ProjectNotFound, StoreNotFound):
            gone.append(address.project)
        except ArchMemError as error:
            not_asked[address.project] = f"{error} {error.hint}"
        except OSError as error:
            not_asked[address.project] = str(error)
    return Everywhere(_merged(answers)[:limit], answers, not_asked, tuple(gone))


def _merged(answers: Mapping[Path, Answer]) -> list[tuple[Path, Hit]]:
    ranked: list[tuple[bool, float, Path, Hit]] = []
    seen: set[str] = set()
    for project, answer in answers.items():
        is_sayable = any(hit.relevance is not None for hit in answer.hits)
        for hit in answer.hits:
            if hit.memory.uid not in seen:
                seen.add(hit.memory.uid)
                ranked.append((is_sayable, hit.score, project, hit))
    ranked.sort(key=lambda found: (-found[0], -found[1]))
    return [(project, hit) for _, _, project, hit in ranked]
