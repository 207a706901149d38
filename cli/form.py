"""In which form a command wants its answer, in which it gets it, and what its terminal can show."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import asdict, dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class OutputForm:
    """What the options of a command say of how, not of what."""

    json: bool = False  # one object a line
    explain: bool = False  # how each score came about
    svg: bool = False  # a picture
    report: str = ""  # as other programs exchange findings: sarif or junit
    markdown: bool = False  # as a file that can be edited and given back
    layout: str = ""  # of a map: table, dot or mermaid
    limit: int = 0  # of what is listed; 0 for as much as is usual
    fail_on: str = ""  # the verdict from which on the command ends with a code of its own

    def as_json(self) -> dict[str, bool | int | str]:
        """To be sent to who prints."""
        return asdict(self)


class Printed(NamedTuple):
    """What a command prints, and how it ends."""

    out: str  # for standard output
    err: str  # for standard error
    code: int = 0


NARROWEST, WIDEST = 40, 100


@dataclass(frozen=True)
class Terminal:
    """Where an answer goes to."""

    width: int = 80  # columns for prose, no more than can be read with ease
    columns: int = 80  # all that there are, for tables
    is_tty: bool = False  # False: a file or a program
    colour: bool = False

    def as_json(self) -> dict[str, int | bool]:
        """To be sent to who prints."""
        return asdict(self)


def this_terminal() -> Terminal:
    """Where the standard output of this process goes.

    FORCE_COLOR makes a terminal of anything; NO_COLOR and TERM=dumb leave it without colour.
    """
    columns = shutil.get_terminal_size().columns
    is_tty = sys.stdout.isatty() or bool(os.environ.get("FORCE_COLOR"))
    is_plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") in {"dumb", "unknown"}
    columns = max(NARROWEST, columns)
    return Terminal(min(columns, WIDEST), columns, is_tty, is_tty and not is_plain)
