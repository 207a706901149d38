"""Run a request once per idempotency key (ADR 7)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any


class KeyReused(Exception):
    """The key is known with a different body: 422."""


def replay_or_run(db: Any, scope: str, key: str, body: bytes, run: Callable[[], bytes]) -> bytes:
    digest = hashlib.sha256(body).hexdigest()
    known = db.claim_key(scope, key, digest, keep_days=7)
    if known is None:
        return db.store_response(scope, key, run())
    if known.digest != digest:
        raise KeyReused(key)
    return known.response
