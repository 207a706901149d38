"""Keeps a result within the tokens that its reader has for it, and tells where to go on."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, TypeVar

from mcp.server.mcpserver.exceptions import ToolError

from memory.texts.shortening import cut, json_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pydantic import BaseModel

T = TypeVar("T")

#: English prose has about four bytes a token, source code three, a Chinese character is about
#: one token of three bytes: so nothing that is recalled has more tokens than this says.
BYTES_A_TOKEN = 3
#: What surrounds the items of a result: names of fields, `next`, a word about the fences.
AROUND = 400  # bytes


def room_for(max_tokens: int) -> int:
    """Bytes that the items of a result may take."""
    return max_tokens * BYTES_A_TOKEN - AROUND


def weight(item: BaseModel, text: str) -> int:
    """Bytes of an item of a result, in whichever of its two forms is the longer."""
    return 1 + max(json_bytes(item.model_dump(mode="json")), len(text.encode()) + 1)


def shortened(text: str, size: int) -> str:
    """The text, or its beginning and … in at most `size` bytes of JSON; whole words if possible."""
    return cut(text, size, json_bytes)


def within(
    items: Iterable[T], room: int, weigh: Callable[[T], int], *, at_least: int = 1
) -> list[T]:
    """As many of the first items as fit."""
    taken: list[T] = []
    for item in items:
        room -= weigh(item)
        if room < 0 and len(taken) >= at_least:
            break
        taken.append(item)
    return taken


def next_after(offset: int, *about: object) -> str:
    """The cursor that goes on at an offset of the answer to a certain question."""
    return f"{offset}-{_sign(about)}"


def offset_of(cursor: str, *about: object) -> int:
    """Where a cursor goes on; 0 where there is none.

    Raises:
        ToolError: it is none, or was given for another question.
    """
    if not cursor:
        return 0
    offset, _, sign = cursor.partition("-")
    if not (offset.isascii() and offset.isdigit() and len(offset) < 10) or sign != _sign(about):
        raise ToolError(
            f"next: {cursor[:40]!r} does not belong to these arguments, or what it goes on in has "
            "changed; repeat the call with the same arguments, or leave `next` out to begin anew."
        )
    return int(offset)


def _sign(about: tuple[object, ...]) -> str:
    return hashlib.blake2b(repr(about).encode("utf-8", "replace"), digest_size=4).hexdigest()
