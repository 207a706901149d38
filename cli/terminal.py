"""What the terminal can show that a command prints on; it may be another process's."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import asdict, dataclass

NARROWEST, WIDEST = 40, 100


@dataclass(frozen=True)
class Terminal:
    """Where an answer goes to."""

    width: int = 80  # columns, no more than can be read with ease
    is_tty: bool = False  # False: a file or a program
    colour: bool = False

    def as_json(self) -> dict[str, int | bool]:
        """To be sent to who prints."""
        return asdict(self)


def this_terminal() -> Terminal:
    """Where the standard output of this process goes.

    FORCE_COLOR makes a terminal of anything; NO_COLOR and TERM=dumb leave it without colour.
    """
    columns = shutil.get_terminal_size((80, 24)).columns
    is_tty = sys.stdout.isatty() or bool(os.environ.get("FORCE_COLOR"))
    is_plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") in {"dumb", "unknown"}
    return Terminal(max(NARROWEST, min(columns, WIDEST)), is_tty, is_tty and not is_plain)
