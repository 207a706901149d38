"""What other tools found in the code, as their reports say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Reported(NamedTuple):
    """One result of another tool."""

    tool: str  # "Semgrep"
    rule: str  # of the tool
    level: str  # error, warning, note
    message: str
    file: str  # from the root of the project
    line: int
    last_line: int  # 0 where it is a single line
    day: str  # on which the report was written, in UTC
    report: str  # its path
    weight: float = 0.0  # how grave by the tool, 0 to 10 as CVSS; 0 where it does not say
    is_older: bool = False  # whether the file was written after it


class Reports(NamedTuple):
    """All that the reports of a project say."""

    results: Sequence[Reported] = ()
    left_out: Mapping[str, str] = {}  # reports that were not taken in, or not in full, and why
