"""What has changed since one looked last, where the system does not tell of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from indexer.scanner import scan
from indexer.watching.values import Cause
from memory.config import SETTINGS_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path, PurePosixPath

    from indexer.scanner import SeenFile
    from indexer.watching.values import Tuning


class Polling:
    """Looks at all wanted files again and again, as often as its share of a core allows."""

    def __init__(
        self,
        root: Path,
        accepts: Callable[[PurePosixPath], bool],
        ignore: Sequence[str],
        tuning: Tuning,
    ) -> None:
        self._root = root
        self._accepts = accepts
        self._ignore = ignore
        self._tuning = tuning
        self._files: dict[str, SeenFile] = {}
        self._settings: tuple[int, int] | None = None
        self.next_at = 0.0  # when to look again, by time.monotonic()

    def look(self) -> Collection[str] | Cause:
        """The paths that are not as they were, or that everything is to be looked at.

        Raises:
            ProjectNotFound, ProjectUnreadable: The root is gone, or was replaced meanwhile.
        """
        began = time.thread_time()
        self.next_at = time.monotonic() + self._tuning.poll_every
        before, settings = self._files, self._settings
        found = scan(self._root, self._accepts, ignore=self._ignore)
        self._files = {file.path: file for file in found.files}
        self._settings = self._look_at_settings()
        took = time.thread_time() - began
        self.next_at = max(self.next_at, time.monotonic() + took / self._tuning.share)
        if self._settings != settings:
            return Cause.SETTINGS
        paths = before.keys() | self._files.keys()
        return {path for path in paths if before.get(path) != self._files.get(path)}

    def _look_at_settings(self) -> tuple[int, int] | None:
        try:
            found = (self._root / SETTINGS_FILE).stat()
        except OSError:
            return None
        return found.st_size, found.st_mtime_ns
