"""What all values of archmem are."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """Never changed once it is made, and without fields that nobody knows.

    What checks a value is built with the first one: an archmem that starts needs a few of 150.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    @classmethod
    def model_rebuild(cls, *, _parent_namespace_depth: int = 0, **how: Any) -> bool | None:
        """Build what checks a value with the types of the class's own module.

        A maker's variables are no types; Python 3.13.0 dies of looking at some functions'.
        """
        return super().model_rebuild(_parent_namespace_depth=0, **how)
