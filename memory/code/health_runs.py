"""What `health` measured when it was asked before: the first time, and the last."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from memory.ledger.keeping import keep_derived

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from memory.ledger.interface.database import Database, Ledger

KEPT_AS = "health:1"  # among the facts of code, by which run
_FIRST, _LAST = "first", "last"

Run = tuple[str, dict[str, float]]  # "2026-03-01 14:05", and metrics


def runs_before(ledger: Ledger) -> list[Run]:
    """The first and the last run, where there were any."""
    said = ledger.db.code.facts(KEPT_AS, [_FIRST, _LAST])
    found = [json.loads(said[name]) for name in (_FIRST, _LAST) if name in said]
    return [(moment, metrics) for moment, metrics in found]


def keep_run(ledger: Ledger, now: datetime, metrics: Mapping[str, float]) -> None:
    """Keep this run as the last one, and as the first where it is; not where that cannot be."""
    run = json.dumps([f"{now:%Y-%m-%d %H:%M}", dict(metrics)])

    def write(db: Database) -> None:
        first = db.code.facts(KEPT_AS, [_FIRST]).get(_FIRST, run)
        db.code.forget(KEPT_AS)
        db.code.save_facts(KEPT_AS, {_FIRST: first, _LAST: run})

    keep_derived(ledger, write)
