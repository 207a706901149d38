"""What all values of archmem are."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """Never changed once it is made, and without fields that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")
