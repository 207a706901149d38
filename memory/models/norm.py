"""What a memory demands, with the sentence that says so."""

from __future__ import annotations

from enum import StrEnum

from memory.models.value import Value


class Demand(StrEnum):
    """What a sentence demands."""

    REQUIRES = "requires"
    FORBIDS = "forbids"
    REPLACES = "replaces"  # one thing by another
    CHOSE_OVER = "chose over"  # one thing over another that was considered


class Norm(Value):
    """A demand of one revision, read from one of its sentences."""

    demand: Demand
    wanted: str = ""  # what is to be; "" where it only forbids
    unwanted: str = ""  # what is not to be; "" where it only requires
    sentence: str  # the words that decide
    lines: tuple[int, int] | None = None  # of the sentence in the memory's file, 1-based, inclusive
