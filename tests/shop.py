"""A small shop with decisions, baselines and flags."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

DECISIONS = """\
# Architectural decisions

## 2024-02-05 — Use Redis lists as the job queue

**Status:** Superseded by "Move background jobs to RabbitMQ"
**Modules:** queue, notifications

**Context:** Cron could not keep up with receipts.

**Decision:** LPUSH and BRPOP on one Redis list.

## 2026-01-12 — Move background jobs to RabbitMQ

**Status:** Accepted
**Modules:** queue
**Supersedes:** Use Redis lists as the job queue

**Context:** A deploy loses jobs that BRPOP has taken but nobody has handled.

**Decision:** Quorum queues, acknowledged after the job is done.

**Alternatives:**

- A jobs table in Postgres
- Streams in Redis

## 2026-02-16 — Limit request rates with token buckets

**Status:** Accepted
**Modules:** api

**Context:** One merchant's nightly export slowed checkout for everybody.

**Decision:** A token bucket per merchant.
"""
BASELINES = {
    "baselines": [
        {
            "metric": "queue_throughput",
            "value": 740,
            "unit": "jobs/s",
            "better": "higher",
            "date": "2024-10-07",
            "module": "queue",
        }
    ]
}
FLAGS = {
    "flags": [
        {
            "id": "F-1",
            "type": "security",
            "from": "payments-agent",
            "to": "auth-agent",
            "description": "A revoked token keeps working for thirty seconds.",
            "severity": "high",
            "status": "open",
            "timestamp": "2026-03-01T09:00:00Z",
        }
    ]
}
MEMORY = ".claude/memory"
LONG_AGO = 1_700_000_000


def write_shop(root: Path) -> None:
    for path, text in (
        ("context/decisions.md", DECISIONS),
        ("performance/baselines.json", json.dumps(BASELINES, indent=2)),
        ("flags/pending.json", json.dumps(FLAGS, indent=2)),
    ):
        file = root / MEMORY / path
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
        os.utime(file, (LONG_AGO, LONG_AGO))  # a young file is read twice
