"""Flags as they are printed: a short paragraph each, what blocks first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from cli.forms.screen import indented, line, print_whole
from cli.forms.terminal import styled_status
from memory.flags import is_open, is_overdue, who_acknowledged
from memory.models.flags import flag_of, is_blocking
from memory.texts.formatting import counted, day
from memory.views.json_fields import memory_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.forms.screen import Screen
    from memory.models.answer import Listed
    from memory.models.flags import Flags

_BAD = "red"


def print_flags(screen: Screen, found: Flags) -> None:
    """Print flags, the most urgent first, and how many there are."""
    for number, listed in enumerate(found.flags):
        if number:
            screen.line("")
        _print_flag(screen, listed, found)
    if found.flags:
        blocking = sum(map(is_blocking, found.flags))
        overdue = sum(is_overdue(one, found.at.date()) for one in found.flags)
        parts = [counted(len(found.flags), "flag"), f"{blocking} blocking", f"{overdue} overdue"]
        screen.note(", ".join(part for part in parts if not part.startswith("0 ")) + ".")


def settled_words(found: Flags) -> str:
    """What was done to a flag, or who did it already."""
    if found.changed or found.action != "acknowledge" or not any(map(is_open, found.flags)):
        return found.said
    who = next((who_acknowledged(one.memory.revision.draft) for one in found.flags), "")
    return f"{found.said.removesuffix('.')}, by {who}." if who else found.said


def flag_lines(found: Flags) -> Iterator[dict[str, Any]]:
    """Flags for programs: those of a memory, those of a flag, and what was done to it."""
    for listed in found.flags:
        flag = flag_of(listed).model_dump(mode="json", exclude={"kind", "status"})
        done = {"action": found.action, "changed": found.changed, "said": found.said}
        yield (
            memory_line(listed)
            | flag
            | {
                "overdue": is_overdue(listed, found.at.date()),
                "acknowledged_by": who_acknowledged(listed.memory.revision.draft),
                **(done | {"pending": found.pending} if found.action != "list" else {}),
            }
        )


def _print_flag(screen: Screen, listed: Listed, found: Flags) -> None:
    flag, memory = flag_of(listed), listed.memory
    console = screen.console
    console.print(line(memory.title, "bold"))
    urgency = [
        Text("blocking" if is_blocking(listed) else "", _BAD),
        Text(flag.severity),
        styled_status(listed),
        _due(listed, found),
        Text(day(memory.revision.began)),
        Text(memory.uid, "dim"),
    ]
    console.print(indented(Text(" · ").join(part for part in urgency if part.plain), 2))
    to = ", ".join(flag.receivers)
    who = [f"from {flag.sender}" if flag.sender else "", f"to {to}" if to else ""]
    who += [f"owner {flag.owner}" if flag.owner else ""]
    who += [", ".join(memory.revision.draft.modules)]
    console.print(indented(line(" · ".join(part for part in who if part)), 2))
    for words in (_noticed(listed), _do(listed), _done(listed)):
        if words:
            console.print(indented(line(words), 2))
    print_whole(console, Text(f"  {memory.citation}", "dim"))


def _due(listed: Listed, found: Flags) -> Text:
    due = flag_of(listed).due
    if due is None or not is_open(listed):
        return Text("")
    if is_overdue(listed, found.at.date()):
        return Text(f"overdue since {day(due)}", _BAD)
    return Text(f"due {day(due)}")


def _noticed(listed: Listed) -> str:
    who = who_acknowledged(listed.memory.revision.draft)
    return f"acknowledged by {who}" if who and is_open(listed) else ""


def _do(listed: Listed) -> str:
    action = flag_of(listed).suggested_action
    return f"suggested: {action}" if action and is_open(listed) else ""


def _done(listed: Listed) -> str:
    resolution = flag_of(listed).resolution
    return f"resolution: {resolution}" if resolution and not is_open(listed) else ""
