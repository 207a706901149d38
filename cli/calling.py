"""How everything that is no command asks a memory: a verb by name, with a request's fields."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from cli.client.engine import ensure_engine
from cli.client.errors import EngineRefused
from memory import errors
from memory.errors import ArchMemError

if TYPE_CHECKING:
    from cli.workspace import Workspace


class Caller(Protocol):
    """Asks the memory of one project, wherever it is open; for several threads at once."""

    def call(self, verb: str, **request: Any) -> Any:
        """The response to a request, given by its fields: what the verb's method returns.

        Raises:
            ArchMemError: what the memory refuses, or why it could not be asked.
        """
        ...


class EngineCaller:
    """A `Caller` for the project of a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        """Begin to start the engine, if there is none; nobody waits for it yet."""
        self._address = workspace.address()
        threading.Thread(target=_start, name="start the engine", daemon=True).start()

    def call(self, verb: str, **request: Any) -> Any:
        """See `Caller.call`."""
        from pydantic_core import to_jsonable_python

        body = self._address | {"request": to_jsonable_python(request)}
        try:
            said = ensure_engine().call(verb, body)
        except EngineRefused as error:
            raise _raised_there(error) from error
        from cli.verbs import find_verb

        return find_verb(verb).response.validate_python(said["response"])


def _raised_there(refused: EngineRefused) -> ArchMemError:
    """The error as the engine raised it, so that callers may tell one class from another."""
    kind = getattr(errors, refused.name, None)
    if not (isinstance(kind, type) and issubclass(kind, ArchMemError)):
        return refused
    error: ArchMemError = kind.__new__(kind)  # its values stay over there; its words came along
    error.args = (str(refused),)
    error.hint = refused.hint
    return error


def _start() -> None:
    with suppress(ArchMemError):  # whoever calls next is told
        ensure_engine()
