"""Memories as quoted data in text of no more than a certain length, and the JSON around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.fencing import fenced
from memory.kinds.vocabulary import Kind
from memory.texts.quoting import harmless_line
from memory.texts.shortening import ELLIPSIS, cut, utf16_length
from memory.views.memory_view import all_named, flag_words, view

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from memory.models.answer import Listed

_TITLE, _CITATION, _OTHER, _NAMES, _FLAG = 140, 200, 80, 60, 82  # characters
_LEAST = 200  # of a title and text

length = utf16_length  # characters as Claude Code counts them


def shortened(text: str, room: int) -> str:
    """As much of a text as has room, cut between words where that costs little; "" for none."""
    return cut(text, room, length)


def joined(blocks: Sequence[str]) -> str:
    """Blocks one below the other; empty ones leave no line."""
    return "\n".join(block for block in blocks if block)


def context(event: str, text: str) -> dict[str, Any]:
    """What a hook prints to let Claude know something; nothing for nothing."""
    if not text:
        return {}
    return {"hookSpecificOutput": {"hookEventName": event, "additionalContext": text}}


def quote(
    listed: Listed, text: str, titles: Mapping[str, str], room: int, *, citation: str = ""
) -> str:
    """A memory as a quoted record, its text cut so that all has room.

    Args:
        listed: The memory.
        text: What of it is to be read.
        titles: Of the memories that its standing names, by uid.
        room: Characters for all of it.
        citation: Where the text stands, if not where the memory does.

    Returns:
        Nothing where so little of the text would have room that it says nothing.
    """
    told = view(listed)
    about = {
        "uid": told.uid,
        "kind": urgency(listed) if told.kind == Kind.FLAG else told.kind,
        "status": told.standing,
        "date": told.dates,
        "trust": told.trust,
        "warning": told.orders,
        "source": shortened(citation or told.citation, _CITATION),
        "modules": shortened(", ".join(told.modules), _NAMES),
    } | {
        words.replace(" ", "_"): all_named(uids, titles, shorten=_short)
        for words, uids in told.relations
        if words != "replaces"
    }
    begins = text.lstrip("# ").startswith(told.title.removesuffix(ELLIPSIS))
    whole = (text if begins else f"{told.title}\n{text}").lstrip("# ").rstrip()
    left = room - length(fenced("", about))
    return fenced(shortened(whole, left), about) if left >= min(_LEAST, length(whole)) else ""


def line(what: str, listed: Listed, titles: Mapping[str, str]) -> str:
    """A memory on one line of a list, what happened to it first."""
    told = view(listed)
    parts = [
        f"- {what} “{shortened(told.title, _TITLE)}”",
        "" if what.startswith(told.status) else told.standing,
        *(
            f"{words} {all_named(uids, titles, shorten=_short)}"
            for words, uids in told.relations
            if words != "amended by"
        ),
        shortened(told.citation, _CITATION),
        f"trust {told.trust}",
        told.orders,
        told.uid,
    ]
    return harmless_line(" · ".join(part for part in parts if part))


def listing(heading: str, lines: Sequence[str], room: int, rest: str, *, unseen: int = 0) -> str:
    """Lines as one quoted text below a heading, as many as have room; nothing for no lines.

    Args:
        heading: One line, of our own words.
        lines: The most important first.
        room: Characters for all of it.
        rest: What the lines that had no room are about, and how to get them.
        unseen: How many more there are of them.
    """
    longest_note = f"{len(lines) + unseen:,} more {rest}"
    left = room - length(heading) - length(longest_note) - length(fenced("", {})) - 3
    kept = fitting(lines, left)
    if not kept:
        return ""
    more = len(lines) - len(kept) + unseen
    note = f"{more:,} more {rest}" if more else ""
    return joined([heading, fenced("\n".join(kept), {}), note])


def fitting(blocks: Iterable[str], room: int) -> list[str]:
    """The first blocks that have room together, each with a line end behind it."""
    kept: list[str] = []
    for block in blocks:
        room -= length(block) + 1
        if room < 0:
            break
        kept.append(block)
    return kept


def urgency(listed: Listed) -> str:
    """How urgent a flag is, and who tells it to whom, in short."""
    return shortened(flag_words(listed), _FLAG)


def _short(title: str) -> str:
    return shortened(title, _OTHER)
