"""Baselines for tests, in a ledger."""

import itertools

from memory.models.details import Baseline
from memory.retrieval.passages import keep_memory
from tests.builders import NOW, a_draft, a_source, day

_numbers = itertools.count(1)


def a_baseline(value, on="2025-01-01", **changes):
    """A measurement; fields of its details and of the draft side by side."""
    fields = {"metric": "latency", "unit": "ms", "better": "lower", "environment": "production"}
    fields |= {name: changes.pop(name) for name in list(changes) if name in Baseline.model_fields}
    details = Baseline(value=value, **fields)
    said = {"valid_from": day(on) if on else None, "modules": ("payments",)}
    return a_draft(title=f"{details.metric}: {value}", details=details, **(said | changes))


def keep(ledger, uid, draft, **source):
    with ledger.writing() as db:
        keep_memory(db, uid, draft, a_source(**({"path": f"{uid}.json"} | source)), NOW)
    return uid


def measure(ledger, value, on="2025-01-01", **changes):
    """Keep a measurement; its uid."""
    return keep(ledger, f"bas-{next(_numbers):08}", a_baseline(value, on, **changes))
