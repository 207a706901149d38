"""Moments, and commits in their place, as people and models give them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import click

ACCEPTED = "a day such as 2024-05-14, or a moment such as 2024-05-14T09:30:00Z"


def read_as_of(text: str) -> dict[str, str]:
    """The fields of a lens that looks back: to the end of a day, to a moment, or to a commit.

    What can be read as a date is one; every other text is taken for a name that git knows.

    Raises:
        ValueError: it is empty.
    """
    if not text.strip():
        raise ValueError("neither a date nor a commit")
    try:
        return {"as_of": read_moment(text, end_of_day=True).isoformat()}
    except (ValueError, OverflowError):
        return {"commit": text}


def read_moment(text: str, *, end_of_day: bool = False) -> datetime:
    """The moment that a text gives in ISO 8601, in UTC; without a zone it is taken for UTC.

    Args:
        text: "2024-05-14", or "2024-05-14T09:30", with seconds and zone or without.
        end_of_day: A plain day means its last moment, not its first.

    Raises:
        ValueError: it gives none.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    return datetime.combine(day, time.max if end_of_day else time.min, tzinfo=UTC)


class Moment(click.ParamType[datetime]):
    """A day or a moment; a plain day means its first moment, or its last."""

    name = "date"

    def __init__(self, *, end_of_day: bool = False) -> None:
        self.end_of_day = end_of_day

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """The moment in UTC."""
        if isinstance(value, datetime):
            return value
        try:
            return read_moment(value, end_of_day=self.end_of_day)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is no date; give {ACCEPTED}.", param, ctx)


class AsOf(click.ParamType[dict[str, str]]):
    """A day, a moment or a commit, as `read_as_of` gives it."""

    name = "date or commit"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dict[str, str]:
        """The fields of a lens."""
        if isinstance(value, dict):
            return value
        try:
            return read_as_of(value)
        except ValueError as error:
            self.fail(f"{value!r} is {error}; give {ACCEPTED}, or a commit.", param, ctx)
