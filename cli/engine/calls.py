"""What callers send to the engine, as values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator

from cli.faults import first_fault
from cli.form import OutputForm, Terminal
from memory.errors import InvalidRequest
from memory.models.value import Value

MOST_COLUMNS = 10_000  # of a terminal


class Overrides(Value):
    """What the caller's environment sets above the project's settings."""

    model: str | None = None
    precision: Literal["fp32", "int8"] | None = None


class Address(Value):
    """Whose memory is meant."""

    project: Path  # any folder of the project, absolute
    store: Path | None = None  # where its memory lies, absolute; None is at its root
    settings: Overrides = Overrides()

    def of(self, project: Path) -> Address:
        """The address of another folder of it, by itself: what one caller set is not kept."""
        return Address(project=project, store=self.store)

    @field_validator("project", "store")
    @classmethod
    def _is_absolute(cls, path: Path | None) -> Path | None:
        # The engine's own working folder means nothing to whoever calls.
        if path is not None and not path.is_absolute():
            raise ValueError("should be an absolute path")
        return path


class VerbCall(Address):
    """A verb's request, and whom it is asked of."""

    request: dict[str, Any] = Field(default_factory=dict)


class PrintCall(VerbCall):
    """A call whose answer is wanted as text."""

    terminal: Terminal = Terminal()
    form: OutputForm = OutputForm()

    @field_validator("terminal")
    @classmethod
    def _can_be(cls, terminal: Terminal) -> Terminal:
        # A line of an answer is filled up to its width, however many bytes that takes.
        if not all(1 <= one <= MOST_COLUMNS for one in (terminal.width, terminal.columns)):
            raise ValueError(f"should have 1 to {MOST_COLUMNS:,} columns")
        return terminal


class MessageCall(Address):
    """A message of the Model Context Protocol."""

    message: dict[str, Any]
    protocol: str | None = None  # the version that was agreed upon, where that is done
    results: Literal["text", "structure", "both"] = "text"


class HookCall(Address):
    """What an agent's program hands to a hook."""

    payload: dict[str, Any]


def read_call(kind: type[VerbCall | HookCall | MessageCall], body: bytes) -> Any:
    """A call that was sent as JSON.

    Raises:
        InvalidRequest: it is something else.
    """
    try:
        return kind.model_validate(json.loads(body or b"{}"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InvalidRequest("The call", f"it is not JSON: {error}") from error
    except ValidationError as error:
        raise InvalidRequest("The call", first_fault(error)) from error
