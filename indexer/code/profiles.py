"""Profiles as text: tables of `go tool pprof -top`, and stacks of `py-spy record -f raw`."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from memory.code.timed import Sampled, Timings

if TYPE_CHECKING:
    from memory.code.timed import TimeSource

_PPROF_HEAD = re.compile(r"^[ \t]*+flat\s+flat%\s+sum%\s+cum\s+cum%\s*$", re.MULTILINE)
_PPROF = re.compile(
    r"^\s*(?P<took>\S+)\s+(?P<flat>[\d.]+)%\s+[\d.]+%\s+\S+\s+(?P<cum>[\d.]+)%\s+(?P<name>\S+)"
    r"(?:\s+(?P<file>/?[^\s:]+):(?P<line>\d+))?(?:\s+\(inline\))?\s*$"
)
_TIME = re.compile(r"0|[\d.]+(?:ns|us|µs|ms|s|mins?|hrs?)")  # else it is of memory, or a count
_STACK = re.compile(r"^(?P<frames>.+) (?P<samples>\d+)$")
_FRAME = re.compile(r"^(?P<name>.+?) \((?P<file>[^()]+?)(?::(?P<line>\d+))?\)$")
_GENERIC = re.compile(r"\[[^\]]{0,499}\]")  # "List[...]"
_CLOSURE = re.compile(r"\.(?:func\d+|gowrap\d+|\d+)")


def read_pprof(text: str, source: TimeSource) -> Timings | None:
    """The functions of a table of times; None for anything else, one of memory too."""
    head = _PPROF_HEAD.search(text)
    if head is None:
        return None
    found = []
    for row in text[head.end() :].splitlines():
        if (said := _PPROF.match(row)) and _TIME.fullmatch(said["took"]):
            package, symbol = _of_go(said["name"])
            file, line = said["file"] or package, int(said["line"] or 0)
            cum, flat = float(said["cum"]) / 100, float(said["flat"]) / 100
            found.append(Sampled(symbol, file, line, cum, flat, source))
    return Timings(sampled=tuple(found)) if found else None


def _of_go(name: str) -> tuple[str, str]:
    """The package and the definition of a function: "a.b/shop.(*Server).List.func1"."""
    folder, slash, last = _GENERIC.sub("", name).rpartition("/")
    package, _, symbol = last.partition(".")
    symbol = _CLOSURE.sub("", symbol).replace("(*", "").replace(")", "")
    return f"{folder}{slash}{package}", symbol


def read_stacks(text: str, source: TimeSource) -> Timings | None:
    """The functions of stacks, a line each with its samples; None for anything else."""
    running: Counter[tuple[str, str]] = Counter()
    itself: Counter[tuple[str, str]] = Counter()
    lines: dict[tuple[str, str], int] = {}
    total = 0
    for row in filter(str.strip, text.splitlines()):
        stack = _STACK.match(row.strip())
        if stack is None:
            return None
        samples, seen = int(stack["samples"]), set()
        total += samples
        own = None
        for frame in stack["frames"].split(";"):
            if (said := _FRAME.match(frame.strip())) is None:
                own = None  # a thread, a process, or native code
                continue
            own = (said["name"].partition(".<locals>")[0], said["file"])
            lines.setdefault(own, int(said["line"] or 0))
            if own not in seen:
                seen.add(own)
                running[own] += samples
        if own:
            itself[own] += samples
    if not running:
        return None
    return Timings(
        sampled=tuple(
            Sampled(
                name, file, lines[name, file], count / total, itself[name, file] / total, source
            )
            for (name, file), count in running.most_common()
        )
    )
