"""In which form a command wants its answer, and in which it gets it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Form:
    """What the options of a command say of how, not of what."""

    json: bool = False  # one object a line
    explain: bool = False  # how each score came about
    svg: bool = False  # a picture
    fail_on: str = ""  # the verdict from which on the command ends with a code of its own

    def as_json(self) -> dict[str, bool | str]:
        """To be sent to who prints."""
        return asdict(self)


class Printed(NamedTuple):
    """What a command prints, and how it ends."""

    out: str  # for standard output
    err: str  # for standard error
    code: int = 0
