"""Text of no more than a certain length, and the JSON that carries it to Claude."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from memory.texts.shortening import cut

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def length(text: str) -> int:
    """Characters as Claude Code counts them: those beyond U+FFFF are two."""
    return len(text) + sum(char > "\uffff" for char in text)


def shortened(text: str, room: int) -> str:
    """As much of a text as has room, cut between words where that costs little; "" for none."""
    return cut(text, room, length)


def fitting(blocks: Iterable[str], room: int) -> list[str]:
    """The first blocks that have room together, each with a line end behind it."""
    kept: list[str] = []
    for block in blocks:
        room -= length(block) + 1
        if room < 0:
            break
        kept.append(block)
    return kept


def joined(blocks: Sequence[str]) -> str:
    """Blocks one below the other; empty ones leave no line."""
    return "\n".join(block for block in blocks if block)


def context(event: str, text: str) -> dict[str, Any]:
    """What a hook prints to let Claude know something; nothing for nothing."""
    if not text:
        return {}
    return {"hookSpecificOutput": {"hookEventName": event, "additionalContext": text}}
