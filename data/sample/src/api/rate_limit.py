"""Token buckets per merchant (ADR 22, rate limits)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class TokenBucket:
    rate: float  # tokens a second
    level: float
    updated: float  # seconds

    def take(self, cost: float, now: float) -> bool:
        capacity = self.rate * 10
        self.level = min(capacity, self.level + (now - self.updated) * self.rate)
        self.updated = now
        if self.level < cost:
            return False
        self.level -= cost
        return True
