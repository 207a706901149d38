"""One page of a longer list: as many items as fit, and where to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from cli.mcp.budget import next_after, offset_of, room_for, within

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

S = TypeVar("S")
T = TypeVar("T")


def one_page(
    said: Sequence[S],
    make: Callable[[S, int], T],
    weigh: Callable[[T], int],
    *,
    about: tuple[object, ...],
    cursor: str,
    max_tokens: int,
    limit: int = 50,
) -> tuple[list[T], str]:
    """The items of a page, and the cursor of the next one; "" after the last.

    Args:
        said: All there is.
        make: Makes an item of one, of so many bytes at most.
        weigh: The bytes of an item.
        about: What was asked, to which a cursor belongs.
        cursor: Where the page begins, from the page before.
        max_tokens: At most so many tokens, as `budget` reckons them.
        limit: At most so many items.
    """
    start = offset_of(cursor, *about)
    room = room_for(max_tokens)
    ahead = [make(one, room) for one in said[start : start + limit]]
    shown = within(ahead, room, weigh)
    end = start + len(shown)
    return shown, next_after(end, *about) if end < len(said) else ""
