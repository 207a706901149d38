"""Memories as quoted data: what they say, where it stands, how they stand, how far to trust it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.hooks.page import fitting, joined, length, shortened
from cli.quoting import fenced
from memory.models.flags import flag_of
from memory.models.kinds import Kind, Status
from memory.texts.quoting import harmless_line
from memory.texts.shortening import ELLIPSIS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from memory.models.answer import Listed
    from memory.models.standing import Standing

_TITLE, _CITATION, _OTHER, _NAMES = 140, 200, 80, 60  # characters
_LEAST = 200  # of a title and text


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
    memory, draft = listed.memory, listed.memory.revision.draft
    about = {
        "uid": memory.uid,
        "kind": flag_words(listed) if memory.kind is Kind.FLAG else str(memory.kind),
        "status": status_words(listed.standing),
        "date": _day(listed),
        "trust": str(memory.revision.source.trust),
        "source": shortened(citation or memory.citation, _CITATION),
        "modules": shortened(", ".join(draft.modules), _NAMES),
        "replaced_by": _named(listed.standing.replaced_by, titles),
        "in_force_instead": _named(_instead(listed.standing), titles),
        "amended_by": _named(listed.standing.amended_by, titles),
    }
    whole = text if _begins_with(text, memory.title) else f"{memory.title}\n{text}"
    whole = whole.lstrip("# ").rstrip()
    left = room - length(fenced("", about))
    return fenced(shortened(whole, left), about) if left >= min(_LEAST, length(whole)) else ""


def line(what: str, listed: Listed, titles: Mapping[str, str]) -> str:
    """A memory on one line of a list, what happened to it first."""
    memory, standing = listed.memory, listed.standing
    parts = [
        f"- {what} “{shortened(memory.title, _TITLE)}”",
        "" if what.startswith(str(standing.status)) else status_words(standing),
        _others("replaced by", standing.replaced_by, titles),
        _others("in force instead", _instead(standing), titles),
        _others("replaces", standing.replaces, titles),
        shortened(memory.citation, _CITATION),
        f"trust {memory.revision.source.trust}",
        memory.uid,
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


def flag_words(listed: Listed) -> str:
    """How urgent a flag is, and who tells it to whom."""
    flag = flag_of(listed)
    urgency = "BLOCKING " if flag.blocking else ""
    sender = f" from {flag.sender}" if flag.sender else ""
    receivers = f" to {', '.join(flag.receivers)}" if flag.receivers else ""
    return f"{urgency}{flag.severity} flag".strip() + shortened(f"{sender}{receivers}", _NAMES)


def status_words(standing: Standing) -> str:
    """The status; of what holds also that it does; nothing where nothing is stated."""
    if standing.status is Status.ACCEPTED and standing.in_force:
        return "in force"
    if standing.status is Status.UNSTATED:
        return "" if standing.in_force else "no longer in force"
    return str(standing.status)


def _day(listed: Listed) -> str:
    began, ended = listed.memory.revision.draft.valid_from, listed.standing.valid_to
    first = f"{began:%Y-%m-%d}" if began else ""
    return f"{first} to {ended:%Y-%m-%d}".strip() if ended else first


def _instead(standing: Standing) -> tuple[str, ...]:
    return tuple(uid for uid in standing.current if uid not in standing.replaced_by)


def _begins_with(text: str, title: str) -> bool:
    """Whether a text says its title itself, as a heading or as its first sentence."""
    return text.lstrip("# ").startswith(title.removesuffix(ELLIPSIS))


def _others(words: str, uids: tuple[str, ...], titles: Mapping[str, str]) -> str:
    return f"{words} {_named(uids, titles)}" if uids else ""


def _named(uids: tuple[str, ...], titles: Mapping[str, str]) -> str:
    """The first two by title and uid; of more, how many more."""
    said = [f"“{shortened(titles.get(uid, ''), _OTHER)}” {uid}" for uid in uids[:2]]
    more = [f"{len(uids) - 2} more"] if len(uids) > 2 else []
    return "; ".join(said + more)
