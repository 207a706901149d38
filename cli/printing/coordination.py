"""What a coordinator is told, as it is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.texts.safe_text import one_line

if TYPE_CHECKING:
    from cli.forms.screen import Screen
    from memory.models.coordination import Triage

_COLOURS = {"systemic": "yellow", "local": "green", "cannot tell": "dim"}
_MOST_SIMILAR = 5


def print_triage(screen: Screen, found: Triage) -> None:
    """Print the verdict, the questions that made it, and changes that were like it."""
    verdict = screen.styled(found.verdict, fg=_COLOURS[found.verdict], bold=True)
    screen.line(f"{verdict}: {one_line(found.reason)}")
    if found.owner:
        screen.line(one_line(f"goes to {found.owner.agent}: {found.owner.reason}"))
    elif found.verdict == "local":
        screen.line("no agent is known for it")
    for one in found.indicators:
        if one.answer != "no" or one.citations:
            screen.line(one_line(f"  {one.answer:7} {one.question} {one.reason}"))
            for citation in one.citations:
                screen.line(f"          {one_line(citation)}")
    for change in found.similar[:_MOST_SIMILAR]:
        touched = f"{change.modules} modules, {change.files} files"
        schema = ", schema" if change.changes_schema else ""
        screen.line(
            one_line(f"  {change.day} {change.commit[:10]} {change.subject}: {touched}{schema}")
        )
