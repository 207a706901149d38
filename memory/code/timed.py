"""How long things took, as traces and profiles of a project have it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class TimeSource(NamedTuple):
    """The report that says so."""

    report: str  # its path in the project
    written: float  # as of files; seconds since the epoch
    day: str  # on which it was written, in UTC


class RepeatedStatement(NamedTuple):
    """What one request asked of databases: the same statement, but for its values."""

    statement: str  # values as "?"; or what the span is called
    table: str  # "" where nobody says
    does: str  # read, write; "" where nobody says
    times: int  # in this request
    milliseconds: float  # of all of them


class TracedRequest(NamedTuple):
    """One request that a server answered, in a trace."""

    method: str  # "" where nobody says
    path: str  # of the route, or as it was asked for
    milliseconds: float
    asked: tuple[RepeatedStatement, ...]
    environment: str  # "production"; "" where nobody says
    source: TimeSource


class Sampled(NamedTuple):
    """The share of a profile's samples that a function was running in."""

    symbol: str  # "list_orders", "Server.List"
    file: str  # the end of its path, or of its folder for a package of Go
    line: int  # that ran, or 0
    running: float  # share of all samples in which it was called
    itself: float  # share in which nothing was called by it
    source: TimeSource


class Timings(NamedTuple):
    """All that the reports of a project say of times."""

    requests: Sequence[TracedRequest] = ()
    sampled: Sequence[Sampled] = ()
    left_out: Mapping[str, str] = {}  # reports that were not taken in, and why
