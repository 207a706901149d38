"""Moments as the ledger stores them: UTC text that sorts as time does."""

from __future__ import annotations

from datetime import UTC, datetime


def to_text(moment: datetime) -> str:
    """`2026-01-02T03:04:05.000006Z`, always of this width."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def from_text(text: str) -> datetime:
    """The moment that `to_text` wrote."""
    return datetime.fromisoformat(text)


def moment(text: str | None) -> datetime | None:
    """The same of what may be missing."""
    return from_text(text) if text else None
