"""Measurements as rows, without the cost of whole memories."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from memory.ledger.selecting import seen_through
from memory.ledger.times import from_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from memory.ledger.connection import Database
    from memory.models.selection import Lens

#: The name of a metric as it is compared: case, hyphens and blanks are told apart by nobody.
_NAMED = "json_extract({0}.draft, '$.details.metric')"
_METRIC = f"replace(replace(lower({_NAMED}), ' ', '_'), '-', '_')"
_ENDED = "('rejected', 'withdrawn')"


class Measurement(NamedTuple):
    """A baseline with a number, as its source has it."""

    uid: str
    at: datetime | None
    metric: str
    value: float
    unit: str
    spread: float | None
    n: int | None
    better: str  # lower, higher or nothing
    environment: str
    commit: str
    threshold: float | None
    modules: tuple[str, ...]
    citation: str
    note: str
    title: str


def metric_key(metric: str) -> str:
    """The name of a metric as it is compared; what `fetch_measurements` looks for."""
    lowered = "".join(chr(ord(one) + 32) if "A" <= one <= "Z" else one for one in metric)
    return lowered.replace(" ", "_").replace("-", "_")


def metrics_of(db: Database, uids: Iterable[str]) -> dict[str, str]:
    """The compared names of these memories' metrics, by uid; others have none."""
    sql = f"""
        SELECT m.uid, {_METRIC.format("r")}
        FROM memories AS m JOIN revisions AS r ON r.id = m.newest
        WHERE m.kind = 'baseline' AND m.uid IN (SELECT value FROM json_each(?))
    """
    return dict(db.execute(sql, [json.dumps(sorted(set(uids)))]).fetchall())


def fetch_measurements(
    db: Database, lens: Lens, metrics: Iterable[str] | None = None
) -> list[Measurement]:
    """The baselines with a number that the lens shows, oldest first, undated ones first.

    Those of one day are in the order in which the ledger learned of them. Left out is what its
    own source rejects or withdraws.

    Args:
        db: An open ledger.
        lens: From when to look.
        metrics: Only of these, by their compared names; None for all.
    """
    seen, values = seen_through(lens)
    sql = f"""
        SELECT m.uid, s.valid_from,
        json_extract(s.draft, '$.details.metric', '$.details.value', '$.details.unit',
                     '$.details.spread', '$.details.n', '$.details.better',
                     '$.details.environment', '$.details.commit', '$.details.threshold',
                     '$.modules', '$.extra.note'),
        m.path, m.first_line, json_extract(s.source, '$.author'), s.title
        FROM ({seen}) AS s JOIN memories AS m ON m.id = s.memory_id
        WHERE m.kind = 'baseline' AND s.removed = 0 AND s.status NOT IN {_ENDED}
        AND json_extract(s.draft, '$.details.value') IS NOT NULL
    """
    if metrics is not None:
        # By the index first: a store may hold a hundred thousand baselines of other metrics.
        sql += f"""
            AND s.memory_id IN (
                SELECT r.memory_id FROM revisions AS r
                WHERE {_NAMED.format("r")} IS NOT NULL
                AND {_METRIC.format("r")} IN (SELECT value FROM json_each(?))
            ) AND {_METRIC.format("s")} IN (SELECT value FROM json_each(?))
        """
        wanted = json.dumps(sorted(set(metrics)))
        values = [*values, wanted, wanted]
    return [_measurement(*row) for row in db.execute(f"{sql} ORDER BY s.valid_from, m.id", values)]


def _measurement(
    uid: str,
    at: str | None,
    said: str,
    path: str | None,
    line: int | None,
    author: str,
    title: str,
) -> Measurement:
    metric, value, unit, spread, n, better, environment, commit, threshold, modules, note = (
        json.loads(said)
    )
    place = f"{path}:{line}" if path and line else path or f"recorded by {author}"
    return Measurement(
        uid=uid,
        at=from_text(at) if at else None,
        metric=metric,
        value=float(value),
        unit=unit or "",
        spread=spread,
        n=n,
        better=better or "",
        environment=environment or "",
        commit=commit or "",
        threshold=threshold,
        modules=tuple(modules or ()),
        citation=place,
        note=note if isinstance(note, str) else "",
        title=title,
    )
