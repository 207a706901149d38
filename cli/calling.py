"""How everything that is no command asks a memory: by verb, with a request for a response."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from pydantic import BaseModel


class Caller(Protocol):
    """Asks the memory of one project, wherever it is open; for several threads at once."""

    def call(self, verb: str, request: BaseModel) -> Any:
        """The response to a request, of the types that the table of verbs names.

        Raises:
            ArchMemError: what the memory refuses, or why it could not be asked.
        """
        ...
