"""Says in one line why there is no answer, so that nobody takes it for "nothing found"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.client.errors import EngineOfOtherVersion
from memory.errors import AmbiguousUid, ArchMemError, UnknownMemory
from memory.texts.quoting import harmless_line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from pydantic import ValidationError

BROKEN = "archmem failed; its stderr says how. This does not mean that nothing is known."
#: What to do about it for one who has tools, where the error itself speaks of commands.
_HINTS: Mapping[type[ArchMemError], str] = {
    UnknownMemory: "memory_search finds uids.",
    AmbiguousUid: "Give more of it.",
    EngineOfOtherVersion: (
        "Restart the program that runs `archmem mcp`: archmem was upgraded meanwhile."
    ),
}


def refusal(error: BaseException) -> str | None:
    """What to tell whoever asked; None for what is a fault of ours and not theirs to know."""
    if isinstance(error, ArchMemError):
        return harmless_line(f"{error} {_HINTS.get(type(error), error.hint)}")
    if isinstance(error, OSError):
        return harmless_line(
            f"The memory could not be asked: {error}. This does not mean that nothing is known."
        )
    return None


def invalid_arguments(name: str, error: ValidationError, schema: Mapping[str, Any]) -> str:
    """What is wrong with the arguments of a tool, and what it takes."""
    return harmless_line(f"{name}: {wrong_fields(error)} {_takes(schema)}")


def wrong_fields(error: ValidationError) -> str:
    """What is wrong with which field; of many, the first five."""
    wrong = "; ".join(
        f"{'.'.join(map(str, each['loc'])) or 'arguments'}: {each['msg']}"
        for each in error.errors(include_url=False, include_context=False)[:5]
    )
    return harmless_line(f"{wrong}.")


def unknown_arguments(name: str, unknown: set[str], schema: Mapping[str, Any]) -> str:
    """Which arguments a tool has not, and what it takes."""
    named = ", ".join(repr(each[:40]) for each in sorted(unknown))
    return harmless_line(f"{name} has no argument {named}. {_takes(schema)}")


def _takes(schema: Mapping[str, Any]) -> str:
    required = schema.get("required", ())
    names = (f"{each} (required)" if each in required else each for each in schema["properties"])
    return f"It takes {', '.join(names) or 'none'}."
