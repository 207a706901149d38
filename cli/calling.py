"""How everything that is no command asks a memory: a verb by name, with a request's fields."""

from __future__ import annotations

from typing import Any, Protocol


class Caller(Protocol):
    """Asks the memory of one project, wherever it is open; for several threads at once."""

    def call(self, verb: str, **request: Any) -> Any:
        """The response to a request, given by its fields: what the verb's method returns.

        Raises:
            ArchMemError: what the memory refuses, or why it could not be asked.
        """
        ...
