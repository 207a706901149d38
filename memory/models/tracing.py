"""What is told of where a request goes."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import Field

from memory.models.code import Doubts
from memory.models.value import Value

StepKind: TypeAlias = Literal["middleware", "function", "query", "request"]


class TraceStep(Value):
    """One step of a request: a function, and what it does in the order of its lines."""

    what: StepKind
    name: str
    file: str = ""  # where it is called or done, as the line; of middleware nobody says
    line: int = 0
    grade: str = ""  # how a call is known
    does: str = ""  # of a query: read, write
    table: str = ""
    columns: tuple[str, ...] = ()  # that a query goes by
    loop: int = 0  # the line of the loop that repeats it; 0 for none
    notes: tuple[str, ...] = ()  # what an audit says of it, and profiles
    seen: bool = False  # told in full before
    steps: tuple[TraceStep, ...] = ()


class TraceTime(Value):
    """How long it takes, as a baseline or the traces of a report have it."""

    metric: str
    environment: str
    value: float
    unit: str
    citation: str
    uid: str = ""  # of the baseline
    day: str = ""  # of the report
    older: bool = False  # whether the handler's file was written after the report


class TraceStatement(Value):
    """What requests of a route asked of a database, as traces of a report have it."""

    statement: str  # values as "?"
    table: str  # "" where nobody says
    does: str  # read, write; "" where nobody says
    times: int  # in the request that asked most often
    milliseconds: float  # of all of them in a request: the median
    citation: str
    day: str
    confirms: tuple[str, ...] = ()  # findings of queries that loops repeat, by id


class Trace(Value):
    """Where the requests of one route go."""

    method: str
    path: str
    handler: str
    file: str
    line: int
    access: dict[str, str]  # auth, authorisation, validation, rate limit: answer and evidence
    steps: tuple[TraceStep, ...]
    reads: tuple[str, ...]  # tables
    writes: tuple[str, ...]
    requests: tuple[str, ...]  # to other services: "requests.get (shop/rates.py:12)"
    notes: tuple[str, ...] = ()  # what an audit says of the route as a whole
    times: tuple[TraceTime, ...] = ()
    statements: tuple[TraceStatement, ...] = ()  # those that take longest first
    functions: int = 0  # that it goes through, each counted once
    not_followed: int = 0  # calls of methods of values in the files of these functions


class Traces(Value):
    """Those of every route that was meant."""

    traces: tuple[Trace, ...]
    left_out: dict[str, str] = Field(default_factory=dict)  # reports of times, and why
    doubts: Doubts = Doubts()  # of the files that are gone through
