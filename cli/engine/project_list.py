"""Lists of projects, kept where they outlive the engine."""

from __future__ import annotations

import json
import logging
import os
import threading
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp

from pydantic import TypeAdapter, ValidationError

from cli.engine.calls import Address
from memory.config import ensure_private

_log = logging.getLogger(__name__)
_ADDRESSES = TypeAdapter(tuple[Address, ...])


class ProjectList:
    """Addresses of projects, by their folders; what cannot be kept is logged, and forgotten."""

    def __init__(self, file: Path | None) -> None:
        """Open nothing yet; without a file it is kept as long as the process lives."""
        self._file = file
        self._kept: tuple[Address, ...] = ()
        self._lock = threading.Lock()

    def addresses(self) -> tuple[Address, ...]:
        """All of them, in the order in which they were added."""
        with self._lock:
            return self._read()

    def add(self, address: Address) -> None:
        """Afterwards the project is listed, once."""
        with self._lock:
            before = self._read()
            if address not in before:
                self._write((*_without(before, address.project), address))

    def remove(self, project: Path) -> bool:
        """Afterwards the project is not listed; returns whether it was."""
        with self._lock:
            before = self._read()
            after = _without(before, project)
            if before != after:
                self._write(after)
            return before != after

    def _read(self) -> tuple[Address, ...]:
        if self._file is None:
            return self._kept
        try:
            return _ADDRESSES.validate_json(self._file.read_bytes())
        except FileNotFoundError:
            return ()
        except OSError as error:
            _log.warning("not read: %s", error)
            return self._kept
        except ValidationError:
            aside = self._file.with_suffix(".damaged")
            _log.warning("%s is not as archmem wrote it; it is put aside", self._file)
            with suppress(OSError):
                self._file.replace(aside)
            return ()

    def _write(self, addresses: tuple[Address, ...]) -> None:
        self._kept = addresses
        if self._file is None:
            return
        said = json.dumps([one.model_dump(mode="json") for one in addresses], indent=2)
        try:
            write_private(self._file, f"{said}\n")
        except OSError as error:
            _log.warning("not kept: %s", error)


def write_private(file: Path, text: str) -> None:
    """Replace a file by one that the user alone can read; its folder is made if need be.

    Raises:
        OSError: it cannot be written.
    """
    ensure_private(file.parent)
    handle, draft = mkstemp(dir=file.parent, prefix=f".{file.name}.")  # for the user alone
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            opened.write(text)
        Path(draft).replace(file)
    except BaseException:
        Path(draft).unlink()
        raise


def _without(addresses: tuple[Address, ...], project: Path) -> tuple[Address, ...]:
    return tuple(one for one in addresses if one.project != project)
