"""Lists of projects, kept where they outlive the engine."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_state_path
from pydantic import TypeAdapter, ValidationError

from cli.engine.calls import Address
from memory.errors import ConfigInvalid

if TYPE_CHECKING:
    from collections.abc import Callable

_ADDRESSES = TypeAdapter(tuple[Address, ...])


def state_folder() -> Path:
    """What archmem remembers for this user beyond a process; `ARCHMEM_STATE` moves it."""
    named = os.environ.get("ARCHMEM_STATE")
    return Path(named).expanduser().absolute() if named else user_state_path("archmem")


class ProjectList:
    """Addresses of projects, by their folders; only the engine writes it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()

    def addresses(self) -> tuple[Address, ...]:
        """All of them, in the order in which they were added.

        Raises:
            ConfigInvalid: the file is there, but not as it was written.
        """
        try:
            return _ADDRESSES.validate_json(self._file.read_bytes())
        except FileNotFoundError:
            return ()
        except ValidationError as error:
            raise ConfigInvalid(str(self._file), "not as archmem wrote it; delete it") from error

    def add(self, address: Address) -> None:
        """Afterwards the project is listed, once."""
        if address not in self.addresses():
            self._change(lambda all_: [*_without(all_, address.project), address])

    def remove(self, root: Path) -> bool:
        """Afterwards the project is not listed; returns whether it was."""
        was_listed = any(one.project == root for one in self.addresses())
        if was_listed:
            self._change(lambda all_: _without(all_, root))
        return was_listed

    def _change(self, change: Callable[[tuple[Address, ...]], list[Address]]) -> None:
        with self._lock:
            said = [one.model_dump(mode="json") for one in change(self.addresses())]
            self._file.parent.mkdir(parents=True, exist_ok=True)
            draft = self._file.with_suffix(".new")
            draft.write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")
            draft.replace(self._file)


def _without(addresses: tuple[Address, ...], root: Path) -> list[Address]:
    return [one for one in addresses if one.project != root]
