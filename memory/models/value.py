"""What all values of archmem are."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """Never changed once it is made, and without fields that nobody knows.

    What checks a value is built with the first one: an archmem that starts needs a few of 150.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
