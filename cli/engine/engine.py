"""What the engine does when it is called: the verbs on open memories, and what hooks say."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.engine.orders import ORDERS, state_words
from cli.engine.watched_project import Learned
from cli.hooks.given import Given
from cli.printing.learned import LiveView
from cli.printing.screen import Screen
from cli.printing.views import print_response
from cli.progress import Narrator
from cli.verbs import VERBS, read_request
from indexer.project_root import find_project
from memory.errors import InvalidRequest, StoreNotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydantic import BaseModel

    from cli.engine.calls import Address, HookCall, PrintCall
    from cli.engine.embedding import Embedding
    from cli.engine.lifetime import Lifetime
    from cli.engine.project_list import ProjectList
    from cli.engine.stores import Stores
    from cli.engine.watching import Watching
    from cli.form import Printed
    from cli.verbs import Verb
    from indexer.watching import State
    from memory.api import ArchMem

FILES_PATIENCE = 1.0  # seconds that a question waits for files to be looked at after a start
MODEL_PATIENCE = 0.05  # seconds; waiting longer than that seldom pays (benchmarks/latency.py)


class Engine:
    """Serves any number of callers, each on a thread of its own."""

    def __init__(
        self,
        stores: Stores,
        known: ProjectList,
        watching: Watching,
        embedding: Embedding,
        lifetime: Lifetime,
        about: dict[str, Any],
    ) -> None:
        """Put it together.

        Args:
            stores: The open memories.
            known: Whose memories there are.
            watching: The projects that are watched.
            embedding: Embeds what a record leaves to be embedded.
            lifetime: When it ends.
            about: What is to be said of this process.
        """
        self.stores = stores
        self.known = known
        self.watching = watching
        self._embedding = embedding
        self.lifetime = lifetime
        self._given = Given()
        self._about = about

    def call(self, name: str, address: Address, request: Any) -> BaseModel:
        """What a verb gives back; `request` is its request, or the fields of it.

        Raises:
            ArchMemError: it cannot be done.
        """
        verb = _verb(name)
        asked = request if isinstance(request, verb.request) else read_request(verb, request)
        with self.lifetime.serving(), self._memory(verb, address) as memory:
            return verb.run(memory, asked, Narrator())

    def print(self, name: str, call: PrintCall, narrator: Narrator) -> Printed:
        """What a verb gives back, as it looks on the caller's terminal.

        Raises:
            ArchMemError: it cannot be done.
        """
        screen = Screen(call.terminal)
        if name in ORDERS:
            with self.lifetime.serving():
                ORDERS[name](self, call, screen)
            return screen.printed
        verb = _verb(name)
        asked = read_request(verb, call.request)
        with self.lifetime.serving(), self._memory(verb, call) as memory:
            response = verb.run(memory, asked, narrator)
            print_response(screen, call.form, memory, asked, response)
        return screen.printed

    def hook(self, event: str, call: HookCall) -> dict[str, Any]:
        """What a hook prints; nothing for a project without a memory.

        Raises:
            ArchMemError: it could not be found out.
        """
        from cli.hooks import answer_hook

        roots = find_project(call.project)
        try:
            with self.lifetime.serving(), self.stores.reading(call) as memory:
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

        def heard(what: Learned | State) -> None:
            if isinstance(what, Learned):
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
        }

    @contextmanager
    def _memory(self, verb: Verb, address: Address) -> Iterator[ArchMem]:
        if verb.writes:
            with self.stores.writing(address, create=verb.creates) as memory:
                yield memory
                if memory.count_pending():
                    self._embedding.soon(address.of(address.project), memory.folder)
            return
        self.watching.caught_up(address, patience=FILES_PATIENCE)
        patience = MODEL_PATIENCE if verb.by_meaning else 0.0
        with self.stores.reading(address, patience=patience) as memory:
            yield memory


def _verb(name: str) -> Verb:
    if name not in VERBS:
        raise InvalidRequest(name, f"there is no such verb; there are {', '.join(VERBS)}")
    return VERBS[name]


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
