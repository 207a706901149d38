"""What the engine does when it is called: the verbs on open memories, and what hooks say."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.engine.own import OWN, state_words
from cli.engine.watching import Learned
from cli.printing.learned import new_problems, print_changes, print_remarks
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

MODEL_PATIENCE = 0.15  # seconds that a question waits for a model that is being loaded


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
        if name in OWN:
            with self.lifetime.serving():
                OWN[name](self, call, screen)
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
                return answer_hook(event, call.payload, memory, roots)
        except StoreNotFound:
            return {}

    @contextmanager
    def following(self, call: PrintCall, tell: Callable[[str], None]) -> Iterator[None]:
        """Tell in lines what is learned of a project, as long as the block lasts.

        Raises:
            ArchMemError: it cannot be watched.
        """
        known = set[str]()

        def heard(what: Learned | State) -> None:
            screen = Screen(call.terminal)
            if isinstance(what, Learned):
                print_changes(screen, call.form, what.changes)
                print_remarks(screen, call.form, new_problems(known, what.report.problems))
                known.clear()
                known.update(what.report.problems)
            else:
                print_remarks(screen, call.form, [state_words(what)])
            for line in screen.printed.out.splitlines():
                tell(line)

        with self.lifetime.serving(), self.watching.listening(call, heard) as state:
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
                    self._embedding.soon(address)
            return
        with self.stores.reading(address) as memory:
            if verb.by_meaning:
                memory.model.wait(MODEL_PATIENCE)
            yield memory


def _verb(name: str) -> Verb:
    if name not in VERBS:
        raise InvalidRequest(name, f"there is no such verb; there are {', '.join(VERBS)}")
    return VERBS[name]


def _resident_bytes() -> int:
    """What this process takes of the machine's memory now, or, off Linux, took at most."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        import resource

        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024
    return pages * os.sysconf("SC_PAGE_SIZE")
