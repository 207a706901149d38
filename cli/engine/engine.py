"""What the engine does when it is called: the verbs on open memories, and what hooks say."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.engine.background import embed_soon, read_code_soon
from cli.engine.figures import CallCounts
from cli.engine.requests import ORDERS, state_words
from cli.engine.watching import BatchResult
from cli.forms.screen import Screen
from cli.hooks.sessions import SessionContexts
from cli.printing.learned import LiveView
from cli.progress import Narrator
from cli.verb import looks_at_commit
from cli.verbs import find_verb
from indexer.project_root import find_project
from memory.errors import StoreNotFound
from memory.models.answer import Answer
from memory.models.brief import Brief

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cli.engine.background import Background
    from cli.engine.calls import Address, HookCall, PrintCall
    from cli.engine.lifetime import Lifetime
    from cli.engine.project_list import ProjectList
    from cli.engine.stores import Stores
    from cli.engine.watching import Watching
    from cli.form import Printed
    from cli.verb import Verb
    from indexer.watching import WatcherState
    from memory.api import ArchMem

FILES_PATIENCE = 1.0  # seconds that a question waits for files to be looked at after a start
HOOK_PATIENCE = 0.5  # seconds likewise, of the two that a hook may take
NOT_IN_STEP = "the project's files are still being looked at; ask again in a moment"


class Engine:
    """Serves any number of callers, each on a thread of its own."""

    def __init__(
        self,
        stores: Stores,
        known: ProjectList,
        watching: Watching,
        background: Background,
        lifetime: Lifetime,
        about: dict[str, Any],
    ) -> None:
        """Put it together.

        Args:
            stores: The open memories.
            known: Whose memories there are.
            watching: The projects that are watched.
            background: Embeds what a record leaves to be embedded.
            lifetime: When it ends.
            about: What is to be said of this process.
        """
        self.stores = stores
        self.known = known
        self.watching = watching
        self._background = background
        self.lifetime = lifetime
        self.figures = CallCounts()
        self._given = SessionContexts()
        self._about = about

    def call(self, name: str, address: Address, request: Any) -> Any:
        """What a verb gives back; `request` is its request, or the fields of it.

        Raises:
            ArchMemError: it cannot be done.
        """
        verb = find_verb(name)
        asked = request if isinstance(request, verb.request) else verb.read(request)
        with (
            self.lifetime.serving(),
            self.figures.counting(name),
            self._running(verb, address, asked, Narrator()) as (_, said),
        ):
            return said

    def print(self, name: str, call: PrintCall, narrator: Narrator) -> Printed:
        """What a verb gives back, as it looks on the caller's terminal.

        Raises:
            ArchMemError: it cannot be done.
        """
        screen = Screen(call.terminal)
        if name in ORDERS:
            with self.lifetime.serving(), self.figures.counting(name):
                ORDERS[name](self, call, screen)
            return screen.printed
        verb = find_verb(name)
        asked = verb.read(call.request)
        verb.check_form(call.form)
        with (
            self.lifetime.serving(),
            self.figures.counting(name),
            self._running(verb, call, asked, narrator) as (memory, response),
        ):
            verb.print(screen, call.form, memory, asked, response)
        return screen.printed

    def hook(self, event: str, call: HookCall) -> dict[str, Any]:
        """What a hook prints; nothing for a project without a memory.

        Raises:
            ArchMemError: it could not be found out.
        """
        from cli.hooks import answer_hook

        roots = find_project(call.project)
        try:
            with self.lifetime.serving(), self.figures.counting(f"hook {event}"):
                self.watching.caught_up(call, patience=HOOK_PATIENCE)
                with self.stores.reading(call) as memory:
                    return answer_hook(event, call.payload, memory, roots, self._given)
        except StoreNotFound:
            return {}

    @contextmanager
    def following(self, call: PrintCall, tell: Callable[[str], None]) -> Iterator[None]:
        """Tell in lines what is learned of a project, as long as the block lasts.

        Raises:
            ArchMemError: it cannot be watched.
        """
        live = LiveView(call.form, call.terminal, tell)

        def heard(what: BatchResult | WatcherState) -> None:
            if isinstance(what, BatchResult):
                live.learned(what.report, what.changes)
            else:
                live.remark(state_words(what))

        with self.lifetime.following(), self.watching.listening(call, heard) as state:
            heard(state)
            yield

    def health(self) -> dict[str, Any]:
        """What is to be known of this process; asking does not keep it alive."""
        return {
            **self._about,
            "idle_seconds": round(self.lifetime.idle_seconds, 1),
            "resident_bytes": _resident_bytes(),
            "open": [str(folder) for folder in self.stores.folders],
            "tasks": self._background.waiting(),
            "figures": self.figures.told(),
        }

    @contextmanager
    def _running(
        self, verb: Verb, address: Address, asked: Any, narrator: Narrator
    ) -> Iterator[tuple[ArchMem, Any]]:
        """The memory that a verb was run on, and what it gave back."""
        if verb.writes:
            with self.stores.writing(address, create=verb.creates) as memory:
                if verb.by_meaning:
                    memory.model.wait(verb.patience)
                yield memory, verb.answer(memory, asked, narrator)
                self._read_what_it_lacked(memory, address)
                if memory.upkeep.count_pending():
                    here = address.of(address.project)
                    embed_soon(self._background, self.stores, here, memory.folder)
            return
        is_in_step = self.watching.caught_up(address, patience=FILES_PATIENCE)
        patience = verb.patience if verb.by_meaning else 0.0
        if looks_at_commit(asked):  # which is to be read first: others do not wait for that
            with self.stores.writing(address) as memory:
                memory.model.wait(patience)
                yield memory, verb.answer(memory, asked, narrator)
            return
        with self.stores.reading(address, patience=patience) as memory:
            response = verb.answer(memory, asked, narrator)
            self._read_what_it_lacked(memory, address)
            damage = memory.ledger.damage
            reasons = ["" if is_in_step else NOT_IN_STEP, damage.words if damage else ""]
            yield memory, _with_reasons(response, reasons)

    def _read_what_it_lacked(self, memory: ArchMem, address: Address) -> None:
        """Begin to read the code that an answer went without, of the folder that it looked in."""
        if memory.upkeep.lacked_code():
            read_code_soon(self._background, self.stores, address.of(memory.root))


def _with_reasons(response: Any, more: Sequence[str]) -> Any:
    """The response; an answer says why it may lack something."""
    if not any(more) or not isinstance(response, Answer | Brief):
        return response
    reasons = [reason for reason in (response.reason, *more) if reason]
    return response.model_copy(update={"complete": False, "reason": "; ".join(reasons)})


def _resident_bytes() -> int | None:
    """What this process takes of the machine's memory now, or, on other systems, took at most."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        try:
            import resource
        except ImportError:  # Windows
            return None
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024
    return pages * os.sysconf("SC_PAGE_SIZE")
