"""The few ways in which words from anywhere are put on a console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from memory.texts.safe_text import one_line, visible

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.style import StyleType


def line(text: str, style: StyleType = "") -> Text:
    """Text from anywhere, harmless and on one line."""
    return Text(one_line(text), style)


def paragraphs(text: str, style: StyleType = "") -> Text:
    """Text from anywhere, harmless, with its line ends."""
    return Text(visible(text), style)


def indented(what: RenderableType, by: int) -> Padding:
    """Something with space to its left."""
    return Padding(what, (0, 0, 0, by), expand=False)


def print_whole(console: Console, text: Text) -> None:
    """Print a line that is not to be broken, so that a path in it can be copied or clicked."""
    console.print(text, no_wrap=True, overflow="ignore", crop=False)
