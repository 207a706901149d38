"""Decides whether two embedders say the same, on texts chosen to catch those that do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from memory.retrieval.embedding.compiled import Parity

if TYPE_CHECKING:
    from memory.retrieval.embedding.embedder import Embedder, Precision

# The default model reaches 2.3e-7 and 0.989; test_default_model.py holds it to that.
MAX_DIFFERENCE = 1e-4  # fp32, against sentence-transformers
MIN_COSINE = 0.98  # int8, against fp32, on average

PROBES = (
    "",
    " \n\t ",
    "cache",
    "We keep payments idempotent with a key per attempt, because the provider retries.",
    "Superseded by ADR-0014: the queue is PostgreSQL, no longer RabbitMQ. Status: accepted.",
    "p95 latency fell from 840 ms to 212 ms (n=30, commit 9f3c2e1) after the N+1 was removed.",
    "def retry(times: int = 3) -> None:\n    for attempt in range(times):\n        call(attempt)\n",
    "SELECT u.id, count(*) FROM users u JOIN orders o USING (user_id) GROUP BY 1 HAVING 2 > 5;",
    '{"module": "auth", "flags": [{"severity": "high", "blocking": true}]}',
    "Warteschlange über Größe: Entscheidungsträger prüfen müssen — naïve façade, coöperate.",
    "我们决定使用事件溯源，因为审计需要完整的历史记录。",
    "アーキテクチャの決定を記録する。 Принятое решение: отказаться от монолита.",
    "🚀 ship it 👩‍💻 ✅ → ∑(x²) ≤ ∞ \u202eright to left\u202c e\u0301 vs é",
    "\x00nul \ud800 lone surrogate \ufffd and \u200bzero width",
    "supercalifragilisticexpialidocious" * 12,
    "| metric | before | after |\n|---|---|---|\n| rss | 1.2 GB | 480 MB |\n" * 3,
    "Every service owns its tables; nobody reads another's schema. " * 120,  # beyond any maximum
)


def measure_parity(candidate: Embedder, reference: Embedder) -> Parity:
    """How near a candidate's vectors come to the reference's, as passages and as questions."""
    ours, theirs = (
        np.vstack([embedder.encode(PROBES), [embedder.encode_query(text) for text in PROBES[2:6]]])
        for embedder in (candidate, reference)
    )
    cosines = (ours * theirs).sum(axis=1)
    return Parity(
        max_difference=float(np.abs(ours - theirs).max()),
        mean_cosine=float(cosines.mean()),
        min_cosine=float(cosines.min()),
    )


def find_objection(parity: Parity, precision: Precision) -> str | None:
    """Why a model of this parity must not serve; None if it may."""
    if precision == "fp32" and not parity.max_difference <= MAX_DIFFERENCE:
        return f"its vectors differ by {parity.max_difference:.1e} from sentence-transformers'"
    if precision == "int8" and not parity.mean_cosine >= MIN_COSINE:
        return f"in int8 the mean cosine to fp32 falls to {parity.mean_cosine:.3f}"
    return None
