"""Traces as OpenTelemetry's OTLP writes them in JSON: a document, or one a line.

https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding has the form, the semantic
conventions of HTTP and of databases the names of attributes, those of before they were stable too.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from memory.code.timed import RepeatedStatement, Timings, TracedRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from memory.code.timed import TimeSource

_SERVER = frozenset({2, "2", "SPAN_KIND_SERVER"})
_METHOD = ("http.request.method", "http.method")
_ROUTE = ("http.route", "url.path", "http.target", "url.full", "http.url")
_STATEMENT = ("db.query.text", "db.statement", "db.query.summary")
_TABLE = ("db.collection.name", "db.sql.table", "db.mongodb.collection")
_OPERATION = ("db.operation.name", "db.operation")
_DATABASE = ("db.system.name", "db.system", *_STATEMENT)
_ENVIRONMENT = ("deployment.environment.name", "deployment.environment")
_NAMED = re.compile(r"^(?P<method>[A-Z]{3,7}) (?P<path>/\S*)$")  # as spans are to be called
_VALUES = re.compile(r"'(?:[^']|'')*'|\$\d+|%\(\w+\)s|%s|:\w+\b|\b\d+(?:\.\d+)?\b|\?")
_LISTS = re.compile(r"\(\s*\?(?:\s*,\s*\?)*\s*\)")
_OF = re.compile(
    r"\b(?:from|into|update|join)\s+[\"`\[]?(?:\w+[\"`\]]?\.[\"`\[]?)?(\w+)", re.IGNORECASE
)
_READS = frozenset({"select", "find", "aggregate", "count", "get"})
_WRITES = frozenset({"insert", "update", "delete", "replace", "merge", "upsert"})
_LONGEST = 200  # characters of a statement


class _Span(NamedTuple):
    id: str
    parent: str
    name: str
    kind: Any
    milliseconds: float
    said: Mapping[str, Any]
    environment: str


def read_otlp(text: str, source: TimeSource) -> Timings | None:
    """The requests of a trace; None for what is none."""
    if "resourceSpans" not in text:
        return None
    try:
        traces: dict[str, list[_Span]] = defaultdict(list)
        for document in _documents(text):
            for trace, span in _spans(document):
                traces[trace].append(span)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return Timings(tuple(one for spans in traces.values() for one in _requests(spans, source)))


def _documents(text: str) -> list[Any]:
    try:
        return [json.loads(text)]
    except ValueError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]


def _spans(document: Any) -> Iterator[tuple[str, _Span]]:
    for resource in document.get("resourceSpans") or ():
        about = _attributes(resource.get("resource") or {})
        environment = str(_first(about, _ENVIRONMENT) or "")
        for scope in (
            resource.get("scopeSpans") or resource.get("instrumentationLibrarySpans") or ()
        ):
            for one in scope.get("spans") or ():
                began, ended = int(one["startTimeUnixNano"]), int(one["endTimeUnixNano"])
                yield (
                    str(one["traceId"]),
                    _Span(
                        str(one["spanId"]),
                        str(one.get("parentSpanId") or ""),
                        str(one.get("name") or ""),
                        one.get("kind"),
                        max(ended - began, 0) / 1e6,
                        _attributes(one),
                        environment,
                    ),
                )


def _attributes(of: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes by name; a value stands under the name of its type."""
    return {
        one["key"]: next(iter((one.get("value") or {}).values()), None)
        for one in of.get("attributes") or ()
    }


def _first(said: Mapping[str, Any], names: Iterable[str]) -> Any:
    return next((said[name] for name in names if said.get(name)), None)


def _requests(spans: list[_Span], source: TimeSource) -> Iterator[TracedRequest]:
    """The requests of one trace, each with what was asked below it, other requests apart."""
    below: dict[str, list[_Span]] = defaultdict(list)
    for one in spans:
        below[one.parent].append(one)
    for one in spans:
        if one.kind not in _SERVER:
            continue
        named = _NAMED.match(one.name)
        path = str(_first(one.said, _ROUTE) or (named["path"] if named else ""))
        if not path:
            continue
        method = str(_first(one.said, _METHOD) or (named["method"] if named else ""))
        asked = _asked(one, below)
        yield TracedRequest(
            method.upper(), _path(path), one.milliseconds, asked, one.environment, source
        )


def _path(said: str) -> str:
    """The path of a route or an address: Django's routes have no slash before them."""
    path = urlsplit(said).path if "://" in said else said.partition("?")[0]
    return f"/{path.lstrip('^/').rstrip('$')}"


def _asked(request: _Span, below: Mapping[str, list[_Span]]) -> tuple[RepeatedStatement, ...]:
    found: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    seen, waiting = {request.id}, list(below.get(request.id, ()))
    while waiting:
        one = waiting.pop()
        if one.id in seen or one.kind in _SERVER:
            continue
        seen.add(one.id)
        waiting += below.get(one.id, ())
        if _first(one.said, _DATABASE):
            found[_statement(one)].append(one.milliseconds)
    return tuple(
        RepeatedStatement(*what, len(times), sum(times)) for what, times in sorted(found.items())
    )


def _statement(one: _Span) -> tuple[str, str, str]:
    """A statement without its values, the table it is of, and whether it reads or writes."""
    text = " ".join(str(_first(one.said, _STATEMENT) or one.name).split())
    said = _LISTS.sub("(?)", _VALUES.sub("?", text))
    of = _OF.search(text)
    table = str(_first(one.said, _TABLE) or (of[1] if of else ""))
    verb = str(_first(one.said, _OPERATION) or text.partition(" ")[0]).lower()
    does = "read" if verb in _READS else "write" if verb in _WRITES else ""
    return said[:_LONGEST], table, does
