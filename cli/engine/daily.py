"""What the engine does by itself for the projects that it has open or watches."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from cli.engine.background import embed_soon
from indexer.project_root import find_project
from memory.config import STORE_FOLDER
from memory.errors import ArchMemError
from memory.keeping.backups import back_up_when_due

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cli.engine.background import Background
    from cli.engine.calls import Address
    from cli.engine.project_list import ProjectList
    from cli.engine.stores import Stores
    from cli.engine.watching import Watching

FIRST_LOOK = 60.0  # seconds after the start, when whoever started the engine has been answered
LOOK_EVERY = 600.0  # seconds; a new day is noticed so much later at most
_log = logging.getLogger(__name__)


def _today() -> date:
    return datetime.now(UTC).date()


class Daily:
    """Looks at review triggers on a thread of its own; that keeps no engine alive.

    Each ledger notes the day on which that was done last, so that an engine that begins anew
    does not do it again, and none that is away for days does it more than once.
    """

    def __init__(
        self,
        stores: Stores,
        known: ProjectList,
        watching: Watching,
        background: Background,
        *,
        today: Callable[[], date] = _today,
    ) -> None:
        """Do nothing yet.

        Args:
            stores: The open memories.
            known: Whose memories there are.
            watching: The projects that are watched.
            background: Embeds the flags that are raised.
            today: The day, in UTC.
        """
        self._stores = stores
        self._known = known
        self._watching = watching
        self._background = background
        self._today = today
        self._done: dict[Path, date] = {}  # by where a memory lies: the day it was looked at
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="daily")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End once the project that is being looked at is done."""
        self._is_over.set()
        if self._thread.is_alive():
            self._thread.join()

    def look(self) -> None:
        """Afterwards every project that is open or watched has been looked at today."""
        today = self._today()
        for address, folder in self._projects():
            if self._is_over.is_set():
                return
            self._back_up(address)
            if self._done.get(folder) == today:
                continue
            try:
                self._review(address, today)
            except Exception as error:  # noqa: BLE001  (of one project; the next look tries again)
                _log.warning("not reviewed: %s: %s", type(error).__name__, error)
            else:
                self._done[folder] = today

    def _work(self) -> None:
        pause = FIRST_LOOK
        while not self._is_over.wait(pause):
            self.look()
            pause = LOOK_EVERY

    def _projects(self) -> Iterator[tuple[Address, Path]]:
        """Whose memories are open, and whose files are watched, with where each memory lies."""
        opened = set(self._stores.folders)
        watched = self._watching.addresses()
        for address in (*self._known.addresses(), *watched):
            try:
                main = find_project(address.project).main
            except (ArchMemError, OSError):
                continue  # away; when it is back it is looked at
            folder = (address.store or main / STORE_FOLDER).resolve()
            if folder in opened or address in watched:
                yield address, folder

    def _back_up(self, address: Address) -> None:
        try:
            with self._stores.writing(address) as memory:
                back_up_when_due(memory.session, datetime.now(UTC))
        except Exception as error:  # noqa: BLE001  (of one project; the next look tries again)
            _log.warning("not backed up: %s: %s", type(error).__name__, error)

    def _review(self, address: Address, today: date) -> None:
        with self._stores.writing(address) as memory:
            if memory.upkeep.was_reviewed(today):
                return
            memory.review(today)
            if memory.upkeep.count_pending():
                here = address.of(address.project)
                embed_soon(self._background, self._stores, here, memory.folder)
