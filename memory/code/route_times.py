"""How long a route takes, going by the baselines that name it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from memory.metrics.measurement_series import read_latest
from memory.metrics.units import convert
from memory.models.tracing import TraceTime

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memory.ledger.interface.database import Database
    from memory.models.series import Series
    from memory.models.tracing import Trace, Traces


def with_times(db: Database, found: Traces) -> Traces:
    """Traces, each with the newest measurements of time whose metric or place names its path."""
    series = read_latest(db)
    traces = (
        one.model_copy(update={"times": (*_times(series, one), *one.times)}) for one in found.traces
    )
    return found.model_copy(update={"traces": tuple(traces)})


def _times(series: Sequence[Series], trace: Trace) -> tuple[TraceTime, ...]:
    path = r"(?:\{[^}]*\}|<[^>]*>|:\w+|\*)".join(
        map(re.escape, re.split(r"\{[^}]{0,199}\}", trace.path))
    )
    named = re.compile(rf"(?<![\w/]){path}/?(?![\w/{{])") if trace.path.strip("/") else None
    other = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE)\b")
    found = []
    for one in series:
        said = f"{one.metric} {one.environment} {one.latest.note}"
        methods = other.findall(said)
        is_meant = named and named.search(said) and (not methods or trace.method in methods)
        if is_meant and convert(one.latest.value, one.unit, "ms") is not None:
            latest = one.latest
            found.append(
                TraceTime(
                    metric=one.metric,
                    environment=one.environment,
                    value=latest.value,
                    unit=one.unit,
                    uid=latest.uid,
                    citation=latest.citation,
                )
            )
    return tuple(found)
