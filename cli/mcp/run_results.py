"""What a run taught, in few bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.fencing import QUOTED, fenced
from cli.mcp.budget import room_for, weight, within
from cli.mcp.items import line
from cli.mcp.values import LessonItem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memory.models.runs import Taught

_BECAUSE = 160  # bytes


def lesson_items(taught: Sequence[Taught], max_tokens: int) -> tuple[list[LessonItem], int]:
    """As many lessons as fit, and how many more there are."""
    items = [
        LessonItem(
            uid=one.uid,
            title=line(one.title),
            form=one.form,
            what=one.what,
            because=line(one.because, _BECAUSE),
            path=line(one.path or ""),
            problem=line(one.problem),
        )
        for one in taught
    ]
    shown = within(items, room_for(max_tokens), lambda one: weight(one, _told(one)))
    return shown, len(items) - len(shown)


def told_lessons(items: Sequence[LessonItem], more: int) -> str:
    """Their text form."""
    if not items:
        return "Nothing was learned."
    rest = [f"and {more} more"] if more else []
    return f"{fenced(chr(10).join([*map(_told, items), *rest]), {'kind': 'lessons'})}\n{QUOTED}"


def _told(one: LessonItem) -> str:
    because = f", as {one.because}" if one.because else ""
    where = f" in {one.path}" if one.path else ""
    waits = f"; not in its file: {one.problem}" if one.problem else ""
    return f"{one.what} {one.form} {one.uid} {one.title}{because}{where}{waits}"
