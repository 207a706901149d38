"""A brief as it stands, with its headings and details set apart on a terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cli.forms.screen import Screen
    from memory.models.brief import Brief

_HEADING = re.compile(r"#{1,3} ")
_DETAIL = re.compile(r" {2}[->] ")
_BLOCKING = "BLOCKING"


def print_brief(screen: Screen, brief: Brief, *, styled: bool) -> None:
    """Print a brief; without colour the text is what it is."""
    for line in brief.text.split("\n"):
        screen.line(screen.styled(line, **_style(line)) if styled and line else line)


def _style(line: str) -> dict[str, bool | str]:
    if _HEADING.match(line):
        return {"bold": True}
    if _DETAIL.match(line):
        return {"dim": True}
    if line.startswith("INCOMPLETE") or _BLOCKING in line.partition("]")[0]:
        return {"fg": "yellow"}
    return {}
